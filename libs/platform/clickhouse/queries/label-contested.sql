-- The newest items on which people split over one question, with the text, to group alike ones. Votes as (offset, labeler, answer).
SELECT platform, content_id, revision, votes, newest_text AS text
FROM
(
    SELECT
        platform,
        content_id,
        revision,
        arraySort(groupArray((record_offset, toString(labeler_id), toString(answer)))) AS votes,
        max(record_offset) AS newest
    FROM label_votes
    WHERE question_key = {question:String} AND counts AND labeler_role = 'REVIEWER' AND answer != 'UNSURE'
    GROUP BY platform, content_id, revision
    HAVING uniqExact(answer) > 1
) AS c
INNER JOIN
(
    SELECT platform, content_id, revision, argMax(text, record_offset) AS newest_text
    FROM content
    WHERE text != '' AND (platform, content_id) IN (
        SELECT platform, content_id
        FROM label_votes
        WHERE question_key = {question:String} AND counts AND labeler_role = 'REVIEWER' AND answer != 'UNSURE'
        GROUP BY platform, content_id, revision
        HAVING uniqExact(answer) > 1)
    GROUP BY platform, content_id, revision
) AS t USING (platform, content_id, revision)
ORDER BY newest DESC
LIMIT {most:UInt64}
