-- One verdict by its id, found by the skip index.
SELECT
    platform,
    content_id,
    revision,
    channel,
    action,
    lower(hex(text_hash)) AS text_hash,
    record_partition
FROM verdict_issued
WHERE verdict_id = unhex({verdict_id:String})
ORDER BY record_offset DESC
LIMIT 1
