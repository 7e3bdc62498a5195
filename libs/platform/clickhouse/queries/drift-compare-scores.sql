-- Puts the windows of scores that end now beside their references and freezes both. A window of one hour needs enough contents; hours that have
-- too few are merged into six hours, and what is too little then into a day. 168 hours take every hour of the week: slow drift.
-- Reference: the same hours of the week in the last four good weeks of eight, else the training profile, else the same hours of the last four
-- good days of seven. Good: no comparison that held the hour exceeded. Slow drift: training, else the first whole week of the model.
-- Parameters: to; width, hours; least, contents on either side; run_at.
INSERT INTO drift_window_runs (
    channel, window_to, width_hours, feature, model_id, category, slice_by, slice_value, window_from, hours, reference, reference_hours, edges, mix_values,
    reference_counts, counts, reference_histogram, histogram, reference_contents, contents, reference_mean, mean, reference_variance, variance,
    reference_sums, sums, run_at)
WITH
    fromUnixTimestamp64Milli({to:Int64}, 'UTC') AS end,
    end - toIntervalHour({width:UInt16}) AS begin,
    chosen AS
    (
        SELECT *
        FROM
        (
            SELECT
                *,
                sumIf(contents, contents < {least:UInt64}) OVER (
                    PARTITION BY channel, model_id, category, slice_by, slice_value, toStartOfInterval(hour, INTERVAL 6 HOUR)) AS six_hours
            FROM drift_score_hours
            WHERE hour >= begin AND hour < end
        )
        WHERE multiIf(
            {width:UInt16} = 1, contents >= {least:UInt64},
            {width:UInt16} = 6, contents < {least:UInt64} AND six_hours >= {least:UInt64},
            {width:UInt16} = 24, contents < {least:UInt64} AND six_hours < {least:UInt64},
            true)
    ),
    windows AS
    (
        SELECT
            channel, model_id, category, slice_by, slice_value, arraySort(groupArray(hour)) AS hours, sum(contents) AS n,
            sumForEach(histogram) AS bins, sum(logits) AS x, sum(squared_logits) AS xx,
            tuple(sum(flagged), sum(probability), sum(flagged_probability), sum(spread), sum(flagged_spread)) AS s
        FROM chosen
        GROUP BY channel, model_id, category, slice_by, slice_value
        HAVING n >= {least:UInt64}
    ),
    wanted AS
    (
        SELECT channel, model_id, category, slice_by, slice_value, hour AS current_hour, back.1 AS kind, back.2 AS steps, hour - toIntervalHour(kind * steps) AS past_hour
        FROM chosen
        ARRAY JOIN arrayConcat(arrayMap(i -> (168, i), range(1, 9)), arrayMap(i -> (24, i), range(1, 8))) AS back
        WHERE {width:UInt16} < 168
    ),
    -- Named one by one, so that only these are read.
    past_hours AS
    (
        SELECT toDateTime(begin, 'UTC') + toIntervalHour(arrayJoin(range({width:UInt16})))
            - toIntervalHour(arrayJoin(arrayConcat(arrayMap(i -> 168 * i, range(1, 9)), arrayMap(i -> 24 * i, range(1, 8))))) AS past_hour
    ),
    bad AS
    (
        SELECT DISTINCT s.channel AS channel, s.model_id AS model_id, s.category AS category, s.slice_by AS slice_by, s.slice_value AS slice_value, bad_hour
        FROM (SELECT * FROM drift_window_runs FINAL WHERE feature = 'logit' AND window_to >= begin - INTERVAL 58 DAY AND width_hours < 168) AS s
        INNER JOIN (SELECT * FROM drift_judgement_runs FINAL WHERE notEmpty(signs) AND window_to >= begin - INTERVAL 58 DAY) AS j
            ON j.channel = s.channel AND j.window_to = s.window_to AND j.width_hours = s.width_hours AND j.feature = s.feature AND j.model_id = s.model_id
            AND j.category = s.category AND j.slice_by = s.slice_by AND j.slice_value = s.slice_value AND j.run_at = s.run_at
        ARRAY JOIN s.hours AS bad_hour
        WHERE (s.window_to, s.run_at) IN (SELECT window_to, run_at FROM job_runs FINAL WHERE job = 'drift-alerts')
    ),
    past AS
    (
        SELECT
            w.channel AS channel, w.model_id AS model_id, w.category AS category, w.slice_by AS slice_by, w.slice_value AS slice_value, w.kind AS kind,
            r.contents AS contents, r.histogram AS histogram, r.logits AS logits, r.squared_logits AS squared_logits, r.flagged AS flagged,
            r.probability AS probability, r.flagged_probability AS flagged_probability, r.spread AS spread, r.flagged_spread AS flagged_spread
        FROM wanted AS w
        INNER JOIN (SELECT * FROM drift_score_hours WHERE hour IN (SELECT past_hour FROM past_hours)) AS r
            ON r.channel = w.channel AND r.model_id = w.model_id AND r.category = w.category AND r.slice_by = w.slice_by
            AND r.slice_value = w.slice_value AND r.hour = w.past_hour
        WHERE (w.channel, w.model_id, w.category, w.slice_by, w.slice_value, w.past_hour) NOT IN (
            SELECT channel, model_id, category, slice_by, slice_value, bad_hour FROM bad)
        ORDER BY w.steps
        LIMIT 4 BY w.channel, w.model_id, w.category, w.slice_by, w.slice_value, w.kind, w.current_hour
    ),
    references AS
    (
        SELECT
            channel, model_id, category, slice_by, slice_value, if(kind = 168, 1, 3) AS reference, count() AS hours, sum(contents) AS n,
            sumForEach(histogram) AS bins, sum(logits) AS x, sum(squared_logits) AS xx,
            tuple(sum(flagged), sum(probability), sum(flagged_probability), sum(spread), sum(flagged_spread)) AS s
        FROM past
        GROUP BY channel, model_id, category, slice_by, slice_value, kind
        UNION ALL
        SELECT
            w.channel, t.model_id, t.category, t.slice_by, t.slice_value, 2, 0, t.contents, t.histogram, t.logits, t.squared_logits,
            (toUInt64(0), 0., 0., 0., 0.)
        FROM (SELECT DISTINCT channel, model_id FROM chosen) AS w
        INNER JOIN (SELECT * FROM drift_training_profiles FINAL) AS t ON t.model_id = w.model_id
        UNION ALL
        SELECT
            channel, model_id, category, slice_by, slice_value, 4, count(), sum(contents), sumForEach(histogram), sum(logits),
            sum(squared_logits), tuple(sum(flagged), sum(probability), sum(flagged_probability), sum(spread), sum(flagged_spread))
        FROM drift_score_hours
        WHERE {width:UInt16} = 168 AND hour < begin AND (hour, channel, model_id) IN (
            SELECT toDateTime(toMonday(min(hour) + INTERVAL 167 HOUR), 'UTC') + toIntervalHour(arrayJoin(range(168))), channel, model_id
            FROM drift_score_hours
            GROUP BY channel, model_id)
        GROUP BY channel, model_id, category, slice_by, slice_value
    ),
    best AS
    (
        SELECT *
        FROM references
        WHERE n >= {least:UInt64}
        ORDER BY reference
        LIMIT 1 BY channel, model_id, category, slice_by, slice_value
    ),
    pairs AS
    (
        SELECT
            w.channel AS channel, w.model_id AS model_id, w.category AS category, w.slice_by AS slice_by, w.slice_value AS slice_value,
            w.hours AS hours, b.reference AS reference, b.hours AS reference_hours,
            b.bins AS reference_bins, w.bins AS bins, b.n AS reference_n, w.n AS n, b.x / b.n AS reference_mean, w.x / w.n AS mean,
            greatest(0., b.xx / b.n - pow(b.x / b.n, 2)) AS reference_variance, greatest(0., w.xx / w.n - pow(w.x / w.n, 2)) AS variance,
            b.s AS reference_s, w.s AS s,
            arrayCumSum(b.bins) AS reference_sums,
            arrayCumSum(w.bins) AS window_sums,
            -- Deciles on the grid; one in the last bin that holds something would leave an empty group.
            arrayDistinct(arrayFilter(i -> i > 0 AND reference_sums[i] < b.n,
                arrayMap(decile -> arrayFirstIndex(c -> c * 10 >= decile * b.n, reference_sums), range(1, 10)))) AS edges,
            arrayConcat(arrayMap(i -> reference_sums[i], edges), [b.n]) AS reference_ends,
            arrayConcat(arrayMap(i -> window_sums[i], edges), [w.n]) AS window_ends
        FROM windows AS w
        INNER JOIN best AS b ON b.channel = w.channel AND b.model_id = w.model_id AND b.category = w.category AND b.slice_by = w.slice_by
            AND b.slice_value = w.slice_value
    )
SELECT
    channel, end, {width:UInt16}, 'logit', model_id, category, slice_by, slice_value, begin, hours, reference, reference_hours, edges, [],
    arrayMap((sum, before) -> toUInt64(sum - before), reference_ends, arrayPushFront(arrayPopBack(reference_ends), 0)),
    arrayMap((sum, before) -> toUInt64(sum - before), window_ends, arrayPushFront(arrayPopBack(window_ends), 0)),
    reference_bins, bins, reference_n, n, reference_mean, mean, reference_variance, variance, reference_s, s,
    fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
FROM pairs
