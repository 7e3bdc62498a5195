-- Data sets, the newest first; of one name where one is given.
SELECT * REPLACE (toString(kind) AS kind), toUnixTimestamp64Milli(published_at) AS published_ms
FROM datasets
WHERE {name:String} = '' OR name = {name:String}
ORDER BY published_at DESC, dataset_id
LIMIT {most:UInt32}
