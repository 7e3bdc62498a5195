-- Appeals against verdicts of champion and candidate that people closed in one window, by author as above. The first attempt of a lease counts.
SELECT
    if(v.role = 'CANARY', 'CANARY', 'CONTROL') AS arm,
    multiIf(
        p.author_hash IS NOT NULL, lower(hex(p.author_hash)),
        p.conversation_hash IS NOT NULL, lower(hex(p.conversation_hash)),
        concat(toString(v.platform), '/', v.content_id)) AS cluster,
    toUInt32(count()) AS closed,
    toUInt32(countIf(s.decision_overturns)) AS overturned
FROM
(
    SELECT platform, content_id, revision, decision_verdict_id, decision_overturns
    FROM label_submitted FINAL
    WHERE origin = 'APPEALED' AND attempt = 0 AND decision_channel = {channel:String} AND decision_verdict_id IS NOT NULL
        AND submitted_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND submitted_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
) AS s
INNER JOIN
(
    SELECT verdict_id, platform, content_id, revision, role
    FROM verdict_issued FINAL
    WHERE channel = {channel:String} AND issued_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND ((role = 'CANARY' AND deployment_id = {candidate:String}) OR (role = 'LIVE' AND deployment_id = {champion:String}))
) AS v ON v.verdict_id = s.decision_verdict_id
LEFT JOIN
(
    SELECT platform, content_id, revision, any(author_hash) AS author_hash, any(conversation_hash) AS conversation_hash
    FROM prediction_scored
    WHERE scored_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    GROUP BY platform, content_id, revision
) AS p ON p.platform = v.platform AND p.content_id = v.content_id AND p.revision = v.revision
GROUP BY arm, cluster
ORDER BY arm, cluster
