-- Everything that went into one verdict: the prediction that its source names, the bundle and the policy. Found by the skip index on
-- the id, then by keys.
WITH verdict AS
(
    SELECT *
    FROM verdicts
    WHERE verdict_id = lower({verdict_id:String}) AND (platform, content_id) IN (
        SELECT platform, content_id FROM verdict_issued WHERE verdict_id = unhex({verdict_id:String}))
    ORDER BY record_offset DESC
    LIMIT 1
)
SELECT
    v.verdict_id AS verdict_id,
    v.kind AS kind,
    v.platform AS platform,
    v.content_id AS content_id,
    v.revision AS revision,
    v.channel AS channel,
    v.action AS action,
    v.role AS role,
    v.mode AS mode,
    v.decided_by AS decided_by,
    v.categories AS categories,
    v.text_hash AS text_hash,
    v.cause_id AS cause_id,
    v.supersedes AS supersedes,
    s.superseded_by AS superseded_by,
    v.reason AS reason,
    concat(v.source_topic, '/', toString(v.source_partition), '/', toString(v.source_offset)) AS source,
    v.submitted_at AS submitted_at,
    v.issued_at AS issued_at,
    v.deployment_id AS deployment_id,
    v.model_id AS model_id,
    v.calibration_id AS calibration_id,
    v.threshold_set_id AS threshold_set_id,
    v.policy_id AS policy_id,
    v.policy_version AS policy_version,
    p.scored_at AS scored_at,
    p.language AS language,
    p.text_length AS text_length,
    arrayFirst(score -> score.model_id = v.model_id, p.scores).logits AS logits,
    arrayFirst(a -> a.channel = v.channel AND a.deployment_id = v.deployment_id, p.assignments).probabilities AS probabilities,
    arrayFirst(a -> a.channel = v.channel AND a.deployment_id = v.deployment_id, p.assignments).error AS model_error,
    b.calibrators AS calibrators,
    b.bundled_at AS bundled_at,
    o.title AS policy_title,
    o.owner AS policy_owner,
    o.changelog AS policy_changelog
FROM verdict AS v
LEFT JOIN
(
    SELECT platform, content_id, revision, lower(hex(text_hash)) AS text_hash, record_partition, record_offset,
        toNullable(scored_at) AS scored_at, language, text_length, scores, assignments
    FROM prediction_scored
    WHERE (platform, content_id) IN (SELECT platform, content_id FROM verdict)
    ORDER BY record_offset DESC
    LIMIT 1 BY record_partition, record_offset
) AS p ON p.platform = v.platform AND p.content_id = v.content_id AND p.revision = v.revision AND p.text_hash = v.text_hash
LEFT JOIN (SELECT deployment_id, calibrators, toNullable(bundled_at) AS bundled_at FROM deployment_bundled FINAL) AS b
    ON b.deployment_id = v.deployment_id
LEFT JOIN (SELECT policy_id, version, title, owner, changelog FROM policy_published FINAL) AS o
    ON o.policy_id = v.policy_id AND o.version = v.policy_version
LEFT JOIN
(
    SELECT lower(hex(assumeNotNull(supersedes))) AS replaced, groupUniqArray(lower(hex(verdict_id))) AS superseded_by
    FROM verdict_issued
    WHERE supersedes = unhex({verdict_id:String})
    GROUP BY replaced
) AS s ON s.replaced = v.verdict_id
ORDER BY
    v.source_topic = 'prediction.scored' AND p.record_partition = v.source_partition AND p.record_offset = v.source_offset DESC,
    p.record_offset DESC
LIMIT 1
