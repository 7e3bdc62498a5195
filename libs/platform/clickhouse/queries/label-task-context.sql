-- What was said around one item in its conversation, within a day: of each content the newest revision, at most three before and two after.
WITH
    fromUnixTimestamp64Milli({at:Int64}, 'UTC') AS moment,
    around AS
    (
        SELECT content_id, revision, text_hash, author_hash, submitted_at
        FROM prediction_scored
        WHERE platform = {platform:String} AND conversation_hash = unhex({conversation_hash:String})
            AND scored_at BETWEEN moment - INTERVAL 1 DAY AND moment + INTERVAL 1 DAY
            AND content_id != {content_id:String}
            AND (platform, content_id) NOT IN (SELECT platform, content_id FROM content_erased)
        ORDER BY record_offset DESC
        LIMIT 1 BY content_id
    ),
    near AS
    (
        SELECT * FROM (SELECT * FROM around WHERE submitted_at <= moment ORDER BY submitted_at DESC, content_id LIMIT 3)
        UNION ALL
        SELECT * FROM (SELECT * FROM around WHERE submitted_at > moment ORDER BY submitted_at, content_id LIMIT 2)
    )
SELECT
    n.content_id AS content_id,
    toUnixTimestamp64Milli(n.submitted_at) AS submitted_at,
    n.submitted_at <= moment AS is_before,
    ifNull(lower(hex(n.author_hash)), '') = {author_hash:String} AND {author_hash:String} != '' AS is_same_author,
    c.text AS text
FROM near AS n
INNER JOIN
(
    SELECT content_id, revision, text_hash, text
    FROM content_submitted
    WHERE platform = {platform:String} AND content_id IN (SELECT content_id FROM near) AND text != ''
    ORDER BY record_offset DESC
    LIMIT 1 BY content_id, revision, text_hash
) AS c ON c.content_id = n.content_id AND c.revision = n.revision AND c.text_hash = n.text_hash
ORDER BY n.submitted_at, n.content_id
