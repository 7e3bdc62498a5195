-- Puts what the contents of a window were beside what they were in its reference, and freezes both. Windows and references are those of
-- drift-compare-scores, without training. Values with less than 1 % of the reference, and new ones, are one group.
-- Parameters: to; width, hours; least, contents on either side; run_at.
INSERT INTO drift_window_runs (
    channel, window_to, width_hours, feature, model_id, category, slice_by, slice_value, window_from, hours, reference, reference_hours, edges, mix_values,
    reference_counts, counts, reference_contents, contents, run_at)
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
                sumIf(contents, contents < {least:UInt64}) OVER (PARTITION BY channel, feature, toStartOfInterval(hour, INTERVAL 6 HOUR)) AS six_hours
            FROM drift_mix_hours
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
        SELECT channel, feature, arraySort(groupArray(hour)) AS hours, sum(contents) AS n, sumMap(counts) AS values_counted
        FROM chosen
        GROUP BY channel, feature
        HAVING n >= {least:UInt64}
    ),
    wanted AS
    (
        SELECT channel, feature, hour AS current_hour, back.1 AS kind, back.2 AS steps, hour - toIntervalHour(kind * steps) AS past_hour
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
        SELECT DISTINCT s.channel AS channel, s.feature AS feature, bad_hour
        FROM (SELECT * FROM drift_window_runs FINAL WHERE feature != 'logit' AND window_to >= begin - INTERVAL 58 DAY AND width_hours < 168) AS s
        INNER JOIN (SELECT * FROM drift_judgement_runs FINAL WHERE notEmpty(signs) AND window_to >= begin - INTERVAL 58 DAY) AS j
            ON j.channel = s.channel AND j.window_to = s.window_to AND j.width_hours = s.width_hours AND j.feature = s.feature AND j.run_at = s.run_at
        ARRAY JOIN s.hours AS bad_hour
        WHERE (s.window_to, s.run_at) IN (SELECT window_to, run_at FROM job_runs FINAL WHERE job = 'drift-alerts')
    ),
    past AS
    (
        SELECT w.channel AS channel, w.feature AS feature, w.kind AS kind, r.contents AS contents, r.counts AS counts
        FROM wanted AS w
        INNER JOIN (SELECT * FROM drift_mix_hours WHERE hour IN (SELECT past_hour FROM past_hours)) AS r
            ON r.channel = w.channel AND r.feature = w.feature AND r.hour = w.past_hour
        WHERE (w.channel, w.feature, w.past_hour) NOT IN (SELECT channel, feature, bad_hour FROM bad)
        ORDER BY w.steps
        LIMIT 4 BY w.channel, w.feature, w.kind, w.current_hour
    ),
    references AS
    (
        SELECT channel, feature, if(kind = 168, 1, 3) AS reference, count() AS hours, sum(contents) AS n, sumMap(counts) AS values_counted
        FROM past
        GROUP BY channel, feature, kind
        UNION ALL
        SELECT channel, feature, 4, count(), sum(contents), sumMap(counts)
        FROM drift_mix_hours
        WHERE {width:UInt16} = 168 AND hour < begin AND (hour, channel) IN (
            SELECT toDateTime(toMonday(min(hour) + INTERVAL 167 HOUR), 'UTC') + toIntervalHour(arrayJoin(range(168))), channel
            FROM drift_mix_hours
            GROUP BY channel)
        GROUP BY channel, feature
    ),
    best AS
    (
        SELECT *
        FROM references
        WHERE n >= {least:UInt64}
        ORDER BY reference
        LIMIT 1 BY channel, feature
    ),
    pairs AS
    (
        SELECT
            w.channel AS channel, w.feature AS feature, w.hours AS hours, b.reference AS reference, b.hours AS reference_hours, b.n AS reference_n, w.n AS n,
            arraySort(arrayFilter(value -> b.values_counted[value] * 100 >= b.n, mapKeys(b.values_counted))) AS kept,
            arrayMap(value -> toUInt64(b.values_counted[value]), kept) AS reference_kept,
            arrayMap(value -> toUInt64(w.values_counted[value]), kept) AS window_kept
        FROM windows AS w
        INNER JOIN best AS b ON b.channel = w.channel AND b.feature = w.feature
    )
SELECT
    channel, end, {width:UInt16}, feature, '', '', 'all', '', begin, hours, reference, reference_hours, [], kept,
    arrayPushBack(reference_kept, toUInt64(reference_n - arraySum(reference_kept))),
    arrayPushBack(window_kept, toUInt64(n - arraySum(window_kept))),
    reference_n, n, fromUnixTimestamp64Milli({run_at:Int64}, 'UTC')
FROM pairs
