-- How much each reviewer did, and what since a moment, task by task in order: (offset, milliseconds or -1, 1 when something was answered YES, answers whose question is
-- resolved to yes or no, those of them that agree).
SELECT
    labeler_id,
    count() AS done,
    arraySort(groupArrayIf((record_offset, milliseconds, said_yes, compared, agreed), is_recent)) AS tasks
FROM
(
    SELECT
        toString(labeler_id) AS labeler_id,
        record_offset,
        ifNull(any(duration_ms), -1) AS milliseconds,
        max(answer = 'YES') AS said_yes,
        max(submitted_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')) AS is_recent,
        countIf(answer != 'UNSURE' AND toString(fact) IN ('YES', 'NO') AND votes > 0) AS compared,
        countIf(answer != 'UNSURE' AND votes > 0 AND toString(answer) = toString(fact)) AS agreed
    FROM label_votes AS v
    LEFT JOIN (SELECT platform, content_id, revision, question_key, fact, votes FROM label_facts) AS f
        USING (platform, content_id, revision, question_key)
    WHERE labeler_role = 'REVIEWER' AND purpose != 'REPEAT'
    GROUP BY labeler_id, record_offset
)
GROUP BY labeler_id
ORDER BY labeler_id
