-- Where each roll-out stands, the newest first.
SELECT
    rollout_id,
    channel,
    model_id,
    artefact_id,
    toString(state) AS state,
    step,
    share,
    toUnixTimestamp64Milli(since) AS since_ms,
    toUnixTimestamp64Milli(at) AS at_ms,
    toUnixTimestamp64Milli(requested_at) AS requested_ms,
    gate_report_id,
    gate_passed,
    gate_failed,
    reason,
    by
FROM rollouts
WHERE until IS NULL
ORDER BY requested_at DESC, rollout_id
LIMIT {most:UInt32}
