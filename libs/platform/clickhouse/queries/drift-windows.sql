-- What a run has compared, with its distances. Parameters: to, end of the windows; run_at.
SELECT
    channel, width_hours, feature, model_id, category, toString(slice_by) AS slice_by, slice_value, toUnixTimestamp64Milli(window_from) AS window_from,
    reference_contents, contents, group_count, psi, jensen_shannon, hellinger, kolmogorov_smirnov, wasserstein, reference_mean, mean,
    reference_variance, variance, toString(reference) AS reference, reference_sums, sums
FROM drift_statistics
WHERE window_to = fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND run_at = fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
ORDER BY channel, width_hours, feature, model_id, category, slice_by, slice_value
