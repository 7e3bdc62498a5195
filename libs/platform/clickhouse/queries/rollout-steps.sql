-- Every step of the roll-outs whose id begins so.
SELECT
    rollout_id,
    sequence,
    channel,
    model_id,
    artefact_id,
    champion,
    candidate,
    toString(state) AS state,
    step,
    share,
    toUnixTimestamp64Milli(since) AS since_ms,
    toUnixTimestamp64Milli(at) AS at_ms,
    gate_report_id,
    gate_passed,
    gate_failed,
    gate_overridden,
    arrayMap(g -> tuple(g.guard, g.finding, g.figure, g.low, g.high, g.margin), guards) AS guards,
    reason,
    by
FROM rollouts
WHERE startsWith(rollout_id, {rollout_id:String})
ORDER BY rollout_id, sequence
LIMIT 1000
