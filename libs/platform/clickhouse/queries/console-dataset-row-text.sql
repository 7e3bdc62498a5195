-- Text of one row, personal data masked; empty when the content was erased.
SELECT text
FROM dataset_rows
WHERE dataset_id = {dataset_id:String} AND row_key = {row_key:String}
LIMIT 1
