-- Models and calibrations, the newest first.
SELECT
    artefact_id, kind, model_id, name, family, dataset_id, recipe_id, parent_model_id, channel, policy_id, policy_version,
    categories, thresholds, unmet_targets, metrics, bytes, release, completed_at
FROM models
ORDER BY completed_at DESC, artefact_id
LIMIT {limit:UInt32}
