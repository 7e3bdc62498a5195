-- Precision, recall or prevalence of one channel over time, the newest windows first. An empty category, metric or value means any.
SELECT
    category, window_from, window_to, slice_by, slice_value, metric, status, estimate, low, high, n, n_eff, contents, flagged, drawn,
    labels, pending, computed_at
FROM live_quality
WHERE channel = {channel:String}
    AND period = {period:String}
    AND slice_by = {slice_by:String}
    AND (metric = {metric:String} OR {metric:String} = '')
    AND (category = {category:String} OR {category:String} = '')
    AND window_from >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY window_from DESC, category, slice_value, metric
LIMIT {limit:UInt32}
