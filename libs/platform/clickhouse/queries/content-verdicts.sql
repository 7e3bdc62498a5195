-- The verdicts of one content in all channels, newest first.
SELECT
    verdict_id, kind, current, revision, channel, action, categories, deployment_id, model_id, calibration_id, threshold_set_id,
    policy_id, policy_version, role, mode, decided_by, cause_id, supersedes, reason, issued_at
FROM verdicts
WHERE platform = {platform:String} AND content_id = {content_id:String}
ORDER BY issued_at DESC, record_offset DESC, channel
