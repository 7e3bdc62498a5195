-- What the warehouse knows of some revisions, by parallel arrays: the newest text, and the newest prediction beside it. A revision that
-- is not there gives no row.
WITH wanted AS
(
    SELECT item.1 AS platform, item.2 AS content_id, item.3 AS revision
    FROM (SELECT arrayJoin(arrayZip({platforms:Array(String)}, {content_ids:Array(String)}, {revisions:Array(Int32)})) AS item)
)
SELECT
    c.platform AS platform,
    c.content_id AS content_id,
    c.revision AS revision,
    c.kind AS kind,
    c.text AS text,
    lower(hex(c.text_hash)) AS text_hash,
    toUnixTimestamp64Milli(c.submitted_at) AS submitted_at,
    ifNull(c.language, '') AS given_language,
    p.language AS detected_language,
    lower(hex(ifNull(p.author_hash, ''))) AS author_hash,
    lower(hex(ifNull(p.conversation_hash, ''))) AS conversation_hash,
    p.probabilities AS probabilities
FROM
(
    SELECT platform, content_id, revision, kind, text, text_hash, submitted_at, language
    FROM content_submitted
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM wanted)
    ORDER BY record_offset DESC
    LIMIT 1 BY platform, content_id, revision
) AS c
LEFT JOIN
(
    SELECT platform, content_id, revision, language, author_hash, conversation_hash,
        arrayFirst(a -> a.role = 'LIVE' AND NOT empty(a.probabilities), assignments).probabilities AS probabilities
    FROM prediction_scored
    WHERE (platform, content_id, revision) IN (SELECT platform, content_id, revision FROM wanted)
    ORDER BY record_offset DESC
    LIMIT 1 BY platform, content_id, revision
) AS p ON p.platform = c.platform AND p.content_id = c.content_id AND p.revision = c.revision
