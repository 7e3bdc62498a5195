-- End of the shortest beginning of the registry that holds the labels before a cut and the rows of these imports; its size; and the place of
-- its newest labelled revision in label.resolved, -1 without one.
SELECT
    maxIf(seq + 1, (source = 'labels' AND first_offset < {until:UInt64}) OR source IN {sources:Array(String)}) AS needed,
    max(seq + 1) AS size,
    if(countIf(source = 'labels') = 0, -1, toInt64(maxIf(first_offset, source = 'labels'))) AS last_offset
FROM dataset_items
