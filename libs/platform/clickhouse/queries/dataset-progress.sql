-- How far the registry was filled, and how far label.resolved is readable here.
SELECT
    (SELECT max(labels_until) FROM dataset_fills) AS filled_until,
    (SELECT ifNull(max(next_offset), 0) FROM freshness WHERE topic = 'label.resolved') AS readable_until
