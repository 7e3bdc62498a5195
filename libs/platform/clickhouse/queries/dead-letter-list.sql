-- Dead letters, newest first, without their bytes. An empty stage or reason means any.
SELECT
    dead_letter_id, stage, reason, detail, source_topic, source_partition, source_offset, key, value_bytes, rejected_at,
    record_partition, record_offset
FROM dead_letters
WHERE (stage = {stage:String} OR {stage:String} = '') AND (reason = {reason:String} OR {reason:String} = '')
ORDER BY rejected_at DESC, source_topic, source_partition, source_offset DESC
LIMIT {limit:UInt32}
