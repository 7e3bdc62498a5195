-- Earlier windows of what a run has judged, newest last: of comparisons that exceed, and of the scores of whole channels, whose flags are watched
-- as a sequence. Parameters: to, end of the run's windows; run_at; most windows of each.
SELECT
    channel, width_hours, feature, model_id, category, toString(slice_by) AS slice_by, slice_value,
    arraySort(one -> one.1, groupArray((
        toUnixTimestamp64Milli(window_to), toUInt8(notEmpty(signs)), contents, flagged, if(expected_contents > 0, expected_flagged / expected_contents, -1)))) AS past
FROM
(
    SELECT
        j.channel AS channel, j.width_hours AS width_hours, j.feature AS feature, j.model_id AS model_id, j.category AS category, j.slice_by AS slice_by,
        j.slice_value AS slice_value, j.window_to AS window_to, j.signs AS signs, w.contents AS contents, w.sums.flagged AS flagged,
        if(w.reference = 'TRAINING', 0, w.reference_contents) AS expected_contents, w.reference_sums.flagged AS expected_flagged
    FROM
    (
        SELECT *
        FROM drift_judgement_runs FINAL
        WHERE (window_to, run_at) IN (SELECT window_to, run_at FROM job_runs FINAL WHERE job = 'drift-alerts')
            AND window_to < fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND window_to >= fromUnixTimestamp64Milli({to:Int64}, 'UTC') - INTERVAL 180 DAY
            AND (channel, width_hours, feature, model_id, category, slice_by, slice_value) IN (
                SELECT channel, width_hours, feature, model_id, category, slice_by, slice_value
                FROM drift_judgement_runs
                WHERE window_to = fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND run_at = fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
                    AND (notEmpty(signs) OR (feature = 'logit' AND slice_by = 'all')))
        ORDER BY window_to DESC
        LIMIT {most:UInt32} BY channel, width_hours, feature, model_id, category, slice_by, slice_value
    ) AS j
    LEFT JOIN (SELECT * FROM drift_window_runs FINAL WHERE feature = 'logit' AND slice_by = 'all' AND window_to >= fromUnixTimestamp64Milli({to:Int64}, 'UTC') - INTERVAL 30 DAY) AS w
        ON w.channel = j.channel AND w.window_to = j.window_to AND w.width_hours = j.width_hours AND w.feature = j.feature AND w.model_id = j.model_id
        AND w.category = j.category AND w.slice_by = j.slice_by AND w.slice_value = j.slice_value AND w.run_at = j.run_at
)
GROUP BY channel, width_hours, feature, model_id, category, slice_by, slice_value
