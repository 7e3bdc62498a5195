-- Verdicts of a bundle that was rolled back which still stand: nothing has replaced or withdrawn them, and no person has decided. With the
-- logits that the model which judges now gave at the time, if it looked, and the text for where it did not; empty: erased since.
SELECT
    lower(hex(v.verdict_id)) AS verdict_id,
    toString(v.platform) AS platform,
    v.content_id AS content_id,
    v.revision AS revision,
    lower(hex(v.text_hash)) AS text_hash,
    v.record_partition AS record_partition,
    p.logits AS logits,
    c.text AS text
FROM
(
    SELECT verdict_id, platform, content_id, revision, text_hash, record_partition, source_partition, source_offset, issued_at
    FROM verdict_issued FINAL
    WHERE channel = {channel:String} AND deployment_id IN (
            SELECT assumeNotNull(candidate) FROM deployment_progressed WHERE rollout_id = {rollout_id:String} AND candidate IS NOT NULL)
        AND kind != 'RETRACTED'
        AND toDate(issued_at) >= toDate(fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
        AND issued_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND verdict_id NOT IN (
            SELECT assumeNotNull(supersedes) FROM verdict_issued
            WHERE channel = {channel:String} AND supersedes IS NOT NULL AND issued_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC'))
    ORDER BY issued_at, verdict_id
    LIMIT {most:UInt32} OFFSET {skip:UInt32}
) AS v
LEFT JOIN
(
    SELECT platform, content_id, revision, source_partition, source_offset,
        arrayFirst(s -> s.model_id = {model_id:String}, scores).logits AS logits
    FROM prediction_scored FINAL
    WHERE scored_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
) AS p ON p.platform = v.platform AND p.content_id = v.content_id AND p.revision = v.revision
    AND p.source_partition = v.source_partition AND p.source_offset = v.source_offset
LEFT JOIN
(
    SELECT platform, content_id, revision, text_hash, any(text) AS text
    FROM content_submitted
    WHERE (platform, content_id) NOT IN (SELECT platform, content_id FROM content_erased)
    GROUP BY platform, content_id, revision, text_hash
) AS c ON c.platform = v.platform AND c.content_id = v.content_id AND c.revision = v.revision AND c.text_hash = v.text_hash
ORDER BY v.issued_at, verdict_id
