-- Labels that look wrong, the most doubtful first.
SELECT policy_id, policy_version, channel, platform, content_id, revision, score, flags, audit, measured_at
FROM label_errors
ORDER BY score, platform, content_id, revision
LIMIT {limit:UInt32}
