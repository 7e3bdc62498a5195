-- What runs in each channel now.
SELECT
    d.channel AS channel,
    toString(d.mode) AS mode,
    d.deployment_id AS deployment_id,
    d.model_id AS model_id,
    d.policy_id AS policy_id,
    d.policy_version AS policy_version,
    d.canary_deployment_id AS canary_deployment_id,
    c.model_id AS canary_model_id,
    d.canary_share AS canary_share,
    d.shadows AS shadows,
    d.reason AS reason,
    d.changed_by AS changed_by,
    toUnixTimestamp64Milli(d.changed_at) AS changed_ms
FROM deployments AS d
LEFT JOIN (SELECT deployment_id, toString(model_id) AS model_id FROM deployment_bundled FINAL) AS c
    ON c.deployment_id = ifNull(d.canary_deployment_id, '')
WHERE d.changed_until IS NULL
ORDER BY channel
