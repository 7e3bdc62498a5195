-- Prevalence, precision and recall with 95 % intervals by channel, category, window and slice (sampling 1.4): the same numbers as
-- estimate-quality.ts. Reads the relation estimation_rows (README.md): one row for each content, category and channel of a window, drawn or
-- not. What was not drawn by chance (reports, appeals, train-only picks) has no probability and no way in: `is_drawn` looks at the origin
-- and at the probability, and a label counts only where it is true.
WITH
    1.96 AS quantile,
    20 AS least_labels,
    30 AS least_weighted_positives,
    drawn_rows AS
    (
        SELECT
            *,
            origin = 'DRAWN' AND isNotNull(probability) AND probability > 0 AND probability <= 1 AS is_drawn,
            is_drawn AND isNotNull(label) AS is_labelled
        FROM estimation_rows
    ),
    -- Missing labels are missing at random within a stratum of the queue, because draws are served by hash.
    labelling AS
    (
        SELECT channel, category, window_from, queue_stratum, countIf(is_labelled) / count() AS labelling_probability
        FROM drawn_rows
        WHERE is_drawn
        GROUP BY channel, category, window_from, queue_stratum
    ),
    weighted AS
    (
        SELECT
            channel, category, window_from, language, platform, kind, queue_stratum, duplicate_group, is_drawn, is_labelled, score AS m,
            toFloat64(flagged) AS h,
            if(is_labelled, assumeNotNull(toFloat64(label)), 0.) AS y,
            if(is_labelled, assumeNotNull(toFloat64(probability)) * labelling_probability, 1.) AS p,
            if(is_labelled, 1 / p, 0.) AS w,
            if(is_labelled, y - m, 0.) AS e,
            (1 - p) * w * w * e * e AS square,
            m + w * e AS z,
            is_drawn AND labelling_probability = 0 AS is_silent
        FROM drawn_rows
        LEFT JOIN labelling USING (channel, category, window_from, queue_stratum)
    ),
    grouped AS
    (
        SELECT
            channel, category, window_from, slice.1 AS slice_by, slice.2 AS slice_value,
            toFloat64(count()) AS n, sum(h) AS f, sum(h * z) AS a, sum(z) AS b,
            countIf(is_drawn) AS drawn, countIf(is_labelled) AS labels,
            sum(h * is_labelled) AS flagged_labels, sum(y) AS positive_labels, max(is_silent) AS is_silent,
            sum(w) AS w1, sum(w * w) AS w2, max(w) AS w_max,
            sum(h * w) AS hw, sum(y * w) AS yw, sum(h * y * w) AS hyw, sum(h * w * w) AS hw2, sum(y * w * w) AS yw2,
            sum(square) AS sq, sum(h * square) AS hsq
        FROM weighted
        ARRAY JOIN [('all', ''), ('language', toString(language)), ('platform', toString(platform)), ('kind', toString(kind))] AS slice
        GROUP BY channel, category, window_from, slice_by, slice_value, duplicate_group
    ),
    totals AS
    (
        SELECT
            channel, category, window_from, slice_by, slice_value,
            sum(n) AS contents, sum(f) AS flagged, sum(drawn) AS drawn_contents, sum(labels) AS labelled_contents,
            toUInt64(sum(flagged_labels)) AS labels_flagged, toUInt64(sum(positive_labels)) AS labels_positive, max(is_silent) AS silent,
            sum(w1) AS weights, sum(w2) AS squared_weights, max(w_max) AS maximum_weight,
            sum(hw) AS flagged_weights, sum(yw) AS positive_weights, sum(hyw) AS flagged_positive_weights,
            sum(hw2) AS squared_flagged_weights, sum(yw2) AS squared_positive_weights,
            sum(b) AS positives, sum(a) AS true_positives, sum(sq) AS squares, sum(hsq) AS flagged_squares,
            sum(n * n) AS nn, sum(f * f) AS ff, sum(b * b) AS bb, sum(a * a) AS aa, sum(b * n) AS bn, sum(a * f) AS af, sum(a * b) AS ab
        FROM grouped
        GROUP BY channel, category, window_from, slice_by, slice_value
    ),
    metrics AS
    (
        SELECT
            channel, category, window_from, slice_by, slice_value, silent, positives, weights, squared_weights,
            toUInt64(contents) AS contents_count, toUInt64(flagged) AS flagged_count, drawn_contents, labelled_contents, maximum_weight,
            positives / contents AS prevalence, true_positives / flagged AS precision, true_positives / positives AS recall,
            arrayJoin([
                ('prevalence', labelled_contents, positive_weights, weights, squared_weights, prevalence,
                    squares / (contents * contents),
                    (bb - 2 * prevalence * bn + prevalence * prevalence * nn) / (contents * contents),
                    positive_weights / weights, positive_weights / contents),
                ('precision', labels_flagged, flagged_positive_weights, flagged_weights, squared_flagged_weights, precision,
                    flagged_squares / (flagged * flagged),
                    (aa - 2 * precision * af + precision * precision * ff) / (flagged * flagged),
                    flagged_positive_weights / flagged_weights, flagged_positive_weights / flagged),
                ('recall', labels_positive, positive_weights, positive_weights, squared_positive_weights, recall,
                    (pow(1 - recall, 2) * flagged_squares + recall * recall * (squares - flagged_squares)) / (positives * positives),
                    (aa - 2 * recall * ab + recall * recall * bb) / (positives * positives),
                    flagged_positive_weights / positive_weights, flagged_positive_weights / positive_weights)
            ]) AS metric,
            metric.2 AS metric_labels,
            metric.3 AS weighted_positives,
            metric.6 AS raw,
            multiIf(silent, 'pending', metric_labels < least_labels OR NOT isFinite(raw) OR positives <= 0, 'insufficient_labels', 'estimated') AS state,
            least(1., greatest(0., raw)) AS value,
            metric.7 AS variance,
            greatest(0., metric.8) AS process_variance,
            value * (1 - value) AS spread,
            -- At 0 or 1 the variance says nothing about how many trials that is; the labels do.
            if(metric.5 = 0, 0., metric.4 * metric.4 / metric.5) AS effective,
            arrayMap(v -> if(v = 0, toFloat64(metric_labels), if(spread > 0, spread / v, effective)), [variance, process_variance]) AS trials,
            arrayMap(v -> multiIf(
                weighted_positives < least_weighted_positives OR spread <= 0, 'wilson', metric.1 = 'prevalence', 'wald', 'logit'),
                [variance, process_variance]) AS methods,
            arrayMap((v, n, method) -> multiIf(
                method = 'wald', (greatest(0., value - quantile * sqrt(v)), least(1., value + quantile * sqrt(v))),
                method = 'logit', (
                    1 / (1 + exp(quantile * sqrt(v) / spread - log(value / (1 - value)))),
                    1 / (1 + exp(-quantile * sqrt(v) / spread - log(value / (1 - value))))),
                (
                    greatest(0., (value + pow(quantile, 2) / (2 * n)) / (1 + pow(quantile, 2) / n)
                        - quantile / (1 + pow(quantile, 2) / n) * sqrt(spread / n + pow(quantile, 2) / (4 * n * n))),
                    least(1., (value + pow(quantile, 2) / (2 * n)) / (1 + pow(quantile, 2) / n)
                        + quantile / (1 + pow(quantile, 2) / n) * sqrt(spread / n + pow(quantile, 2) / (4 * n * n)))
                )), [variance, process_variance], trials, methods) AS intervals
        FROM totals
    )
SELECT
    channel,
    category,
    window_from,
    slice_by,
    slice_value,
    metric.1 AS metric_name,
    state,
    if(state = 'estimated', value, NULL) AS estimate,
    if(state = 'estimated', intervals[1].1, NULL) AS low,
    if(state = 'estimated', intervals[1].2, NULL) AS high,
    if(state = 'estimated', variance, NULL) AS estimate_variance,
    if(state = 'estimated', intervals[2].1, NULL) AS process_low,
    if(state = 'estimated', intervals[2].2, NULL) AS process_high,
    if(state = 'estimated', process_variance, NULL) AS estimate_process_variance,
    if(state = 'estimated', metric.9, NULL) AS hajek,
    if(state = 'estimated', metric.10, NULL) AS horvitz_thompson,
    contents_count AS contents,
    flagged_count AS flagged,
    drawn_contents AS drawn,
    labelled_contents AS labels,
    metric_labels,
    drawn_contents - labelled_contents AS pending,
    if(squared_weights = 0, 0., weights * weights / squared_weights) AS effective_labels,
    maximum_weight
FROM metrics
ORDER BY channel, category, window_from, slice_by, slice_value, metric_name
