-- The newest contents of the stored window for the verdict-diff replay, each once, oldest first; what was erased is not there.
SELECT
    concat(toString(c.platform), '/', c.content_id, '/', toString(c.revision)) AS content_key,
    toString(c.platform) AS platform,
    p.language AS language,
    toString(c.kind) AS kind,
    c.text AS text
FROM
(
    SELECT platform, content_id, revision, kind, text, submitted_at
    FROM content_submitted FINAL
    WHERE day >= toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC')) AND text != ''
        AND submitted_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND (platform, content_id) NOT IN (SELECT platform, content_id FROM content_erased)
    ORDER BY submitted_at DESC, platform, content_id, revision
    LIMIT {most:UInt32}
) AS c
LEFT JOIN
(
    SELECT platform, content_id, revision, any(toString(language)) AS language
    FROM prediction_scored
    WHERE scored_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY platform, content_id, revision
) AS p ON p.platform = c.platform AND p.content_id = c.content_id AND p.revision = c.revision
ORDER BY c.submitted_at, platform, content_key
