-- How many rows are stored under an id, and the highest place.
SELECT count() AS rows, if(rows = 0, -1, toInt64(max(ordinal))) AS last
FROM dataset_stored_rows FINAL
WHERE dataset_id = {dataset_id:String}
