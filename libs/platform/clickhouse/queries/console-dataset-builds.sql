-- Builds under way, and those that ended lately, the latest word first.
SELECT request_id, attempt, state, step, done, total, detail, dataset_id AS subject_id, at
FROM dataset_builds
WHERE state IN ('STARTED', 'RUNNING') OR at >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY state IN ('STARTED', 'RUNNING') DESC, at DESC
LIMIT {limit:UInt32}
