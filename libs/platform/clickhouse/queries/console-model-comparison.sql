-- The latest paired comparison of two models, whichever of them was there first.
SELECT report, evaluated_at
FROM evaluation_reports
WHERE (model_id = {challenger:String} AND compared_with = {champion:String})
    OR (model_id = {champion:String} AND compared_with = {challenger:String})
ORDER BY evaluated_at DESC
LIMIT 1
