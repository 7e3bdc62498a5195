-- What the gate measured for a roll-out, in the last decision about it.
SELECT
    check, measure, evidence, category, subject, rule, figure, low, high, limit, champion, challenger, finding, why, blocks, override_id
FROM gate_checks
WHERE rollout_id = {rollout_id:String} AND report_id = (
    SELECT report_id FROM gate_reports WHERE rollout_id = {rollout_id:String} ORDER BY decided_at DESC LIMIT 1)
ORDER BY place
