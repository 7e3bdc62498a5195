-- One dead letter with its bytes, by the record that was rejected.
SELECT
    dead_letter_id, stage, release, reason, detail, source_topic, source_partition, source_offset, key, key_base64, value_bytes,
    value_base64, headers, record_timestamp, rejected_at,
    record_partition, record_offset
FROM dead_letters
WHERE stage = {stage:String} AND source_topic = {topic:String} AND source_partition = {partition:UInt16} AND source_offset = {offset:UInt64}
