-- One data set.
SELECT * REPLACE (toString(kind) AS kind), toUnixTimestamp64Milli(published_at) AS published_ms
FROM datasets
WHERE dataset_id = {dataset_id:String}
