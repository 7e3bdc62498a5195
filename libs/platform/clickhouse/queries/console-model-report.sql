-- One evaluation report; compared_with is empty for that of one model.
SELECT evaluation_id, dataset_id, split, report, evaluated_at
FROM evaluation_reports
WHERE model_id = {model_id:String} AND evaluation_id = {evaluation_id:String} AND compared_with = {compared_with:String}
LIMIT 1
