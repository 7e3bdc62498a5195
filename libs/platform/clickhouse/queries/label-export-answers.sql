-- What people answered, a page after a place, item by item: every answer that counts in the resolution.
SELECT
    platform,
    content_id,
    revision,
    record_offset,
    toString(labeler_id) AS labeler_id,
    toString(labeler_role) AS labeler_role,
    rater_group,
    mapApply((k, v) -> (k, toString(v)), answers) AS given,
    toUnixTimestamp64Milli(submitted_at) AS submitted_ms,
    duration_ms
FROM label_submissions
WHERE counts AND (platform, content_id, revision, record_offset)
    > ({platform:String}, {content_id:String}, {revision:Int32}, {record_offset:Int64})
ORDER BY platform, content_id, revision, record_offset
LIMIT {most:UInt64}
