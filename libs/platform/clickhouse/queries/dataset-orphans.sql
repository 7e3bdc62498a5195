-- Data sets of which something is stored, all of it from before a time, and which were never published.
SELECT dataset_id, sum(rows) AS rows
FROM
(
    SELECT dataset_id, count() AS rows, max(written_at) AS written_at FROM dataset_stored_rows GROUP BY dataset_id
    UNION ALL
    SELECT dataset_id, 0 AS rows, max(written_at) AS written_at FROM dataset_left_out GROUP BY dataset_id
    UNION ALL
    SELECT dataset_id, 0 AS rows, max(written_at) AS written_at FROM dataset_stored_reports GROUP BY dataset_id
)
GROUP BY dataset_id
HAVING max(written_at) < fromUnixTimestamp64Milli({before:Int64}) AND dataset_id NOT IN (SELECT dataset_id FROM dataset_published)
ORDER BY dataset_id
