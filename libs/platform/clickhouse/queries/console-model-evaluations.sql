-- What a model was measured on, the latest first; comparisons name the other model.
SELECT evaluation_id, dataset_id, split, compared_with, evaluated_at
FROM evaluation_reports
WHERE model_id = {model_id:String}
ORDER BY evaluated_at DESC, evaluation_id, compared_with
LIMIT {limit:UInt32}
