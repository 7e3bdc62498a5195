-- Models and calibrations, the newest first.
SELECT
    artefact_id,
    toString(kind) AS kind,
    model_id,
    model_sha256,
    name,
    toString(family) AS family,
    dataset_id,
    recipe_id,
    parent_model_id,
    channel,
    policy_id,
    policy_version,
    categories,
    mapApply((k, v) -> (k, tuple(v.review, v.block, v.provisional)), thresholds) AS thresholds,
    arrayMap(t -> tuple(t.category, t.action, t.target, t.why, t.fallback), unmet_targets) AS unmet_targets,
    mapApply((k, v) -> (k, tuple(v.rows, v.positives, v.average_precision, v.low, v.high, v.roc_auc)), metrics) AS metrics,
    bytes,
    release,
    request_id,
    toUnixTimestamp64Milli(completed_at) AS completed_ms
FROM models
WHERE startsWith(artefact_id, {artefact_id:String})
ORDER BY completed_at DESC, artefact_id
LIMIT {most:UInt32}
