-- Data sets, the newest first.
SELECT
    dataset_id, name, kind, policy_id, policy_version, rows, splits, licences, previous_id, recipe_id, digest,
    length(expectations) AS expected, countEqual(expectations.passed, false) AS failed, published_at
FROM datasets
ORDER BY published_at DESC, dataset_id
LIMIT {limit:UInt32}
