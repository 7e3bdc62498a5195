-- The data set that was built last from what people said here.
SELECT dataset_id
FROM datasets
WHERE kind = 'BUILT'
ORDER BY published_at DESC
LIMIT 1
