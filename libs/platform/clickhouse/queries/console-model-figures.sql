-- Latest figures of some models by data set, split and category.
SELECT
    model_id, dataset_id, split, category,
    argMax(tuple(rows, positives, average_precision, low, high, wide, roc_auc)::Tuple(
        rows UInt64, positives UInt64, average_precision Nullable(Float64), low Nullable(Float64), high Nullable(Float64), wide Bool,
        roc_auc Nullable(Float64)), evaluated_at) AS figure
FROM evaluations
WHERE model_id IN ({models:Array(String)}) AND slice_by = 'all'
GROUP BY model_id, dataset_id, split, category
ORDER BY dataset_id, split, category, model_id
