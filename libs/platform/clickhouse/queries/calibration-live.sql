-- What is live in a channel, what its policy asks there, and the version of the policy under which its calibrators first went live.
-- Parameters: channel.
WITH
    live AS
    (
        SELECT *
        FROM (SELECT * FROM deployment_bundled FINAL)
        WHERE deployment_id = (SELECT live FROM deployment_changed FINAL WHERE channel = {channel:String} ORDER BY sequence DESC LIMIT 1)
    )
SELECT
    b.channel AS channel,
    b.model_id AS model_id,
    b.model_sha256 AS model_sha256,
    -- A model that was not trained here came with a release.
    if(m.family != '', m.family, 'HASHED_LINEAR') AS family,
    b.policy_id AS policy_id,
    b.policy_version AS policy_version,
    f.policy_version AS calibrated_under,
    b.calibrators AS calibrators,
    b.thresholds AS thresholds,
    toString(b.uncovered) AS uncovered,
    p.targets AS targets
FROM live AS b
INNER JOIN
(
    SELECT policy_id, version, channels[{channel:String}].targets AS targets
    FROM policy_published FINAL
    WHERE mapContains(channels, {channel:String})
) AS p ON p.policy_id = b.policy_id AND p.version = b.policy_version
INNER JOIN
(
    SELECT channel, model_id, calibration_id, policy_id, argMin(policy_version, (bundled_at, record_offset)) AS policy_version
    FROM deployment_bundled FINAL
    GROUP BY channel, model_id, calibration_id, policy_id
) AS f ON f.channel = b.channel AND f.model_id = b.model_id AND f.calibration_id = b.calibration_id AND f.policy_id = b.policy_id
LEFT JOIN (SELECT artefact_id, toString(family) AS family FROM training_completed FINAL WHERE kind = 'MODEL') AS m ON m.artefact_id = b.model_id
