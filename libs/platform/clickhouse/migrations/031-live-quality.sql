-- Prevalence, precision and recall of what runs, from labels with known inclusion probabilities (sampling 1.4).

CREATE TABLE IF NOT EXISTS live_quality_totals
(
    channel LowCardinality(String),
    category LowCardinality(String),
    window_from DateTime64(3, 'UTC'),
    window_to DateTime64(3, 'UTC'),
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3),
    slice_value LowCardinality(String),
    contents UInt64,
    flagged UInt64,
    drawn UInt64,
    labels UInt64,
    flagged_labels UInt64,
    positive_labels UInt64,
    silent_draws UInt64 COMMENT 'Draws of parts of the queue in which nobody has labelled anything yet',
    weights Float64 COMMENT 'Sum of w, the inverse inclusion probability, over labels',
    squared_weights Float64,
    maximum_weight Float64,
    flagged_weights Float64,
    positive_weights Float64,
    flagged_positive_weights Float64,
    squared_flagged_weights Float64,
    squared_positive_weights Float64,
    positives Float64 COMMENT 'Sum of z = m + w (y - m) over contents; m is the calibrated score, y the label',
    true_positives Float64,
    squares Float64 COMMENT 'Sum of (1 - p) w^2 (y - m)^2 over labels',
    flagged_squares Float64,
    nn Float64 COMMENT 'Over groups of near-duplicates with n contents, f flagged ones, b = sum of z, a = sum of flagged z: sum of n^2',
    ff Float64,
    bb Float64,
    aa Float64,
    bn Float64,
    af Float64,
    ab Float64,
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(run_at)
PARTITION BY toYYYYMM(window_from)
ORDER BY (channel, category, window_from, window_to, slice_by, slice_value)
COMMENT 'Sums of closed sampling windows from which live_quality follows; the latest run counts.';

CREATE TABLE IF NOT EXISTS live_quality_runs
(
    window_from DateTime64(3, 'UTC'),
    window_to DateTime64(3, 'UTC'),
    labels_until UInt64 COMMENT 'Labels below this offset of label.resolved are in the sums',
    draws_until UInt64 COMMENT 'Draws below this offset of sampling.closed are in the sums',
    took_ms UInt64 COMMENT 'What the sums cost: a window waits a hundred times as long for its next turn',
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(run_at)
ORDER BY (window_from, window_to)
COMMENT 'Which draws and labels the sums of a window have seen.';

CREATE OR REPLACE VIEW live_quality
(
    channel LowCardinality(String) COMMENT 'Channel whose model, thresholds and policy are judged',
    category LowCardinality(String) COMMENT 'Category of the policy',
    period String COMMENT 'window: one sampling window; day: the closed windows of a UTC day together',
    window_from DateTime64(3, 'UTC') COMMENT 'First scored_at',
    window_to DateTime64(3, 'UTC') COMMENT 'First scored_at after it',
    slice_by String COMMENT 'all, language, platform or kind',
    slice_value LowCardinality(String) COMMENT 'Which language, platform or kind; empty for all',
    metric String COMMENT 'prevalence, precision or recall',
    status String COMMENT 'ok; insufficient_labels: fewer than 20 labels speak of the metric; pending: a part of the queue was drawn from and has no label yet',
    estimate Nullable(Float64) COMMENT 'Model-assisted estimate, 0 to 1; null unless ok',
    low Nullable(Float64) COMMENT 'Lower end of the 95 % interval for the contents of the window',
    high Nullable(Float64) COMMENT 'Its upper end',
    process_low Nullable(Float64) COMMENT 'Lower end of the 95 % interval for the traffic that the window is a sample of',
    process_high Nullable(Float64) COMMENT 'Its upper end',
    n UInt64 COMMENT 'Labels that the metric rests on: all for prevalence, flagged ones for precision, positive ones for recall',
    n_eff Float64 COMMENT 'As many labels of equal weight would say as much as all labels of the slice',
    max_weight Float64 COMMENT 'Contents that the heaviest label stands for',
    contents UInt64 COMMENT 'Contents that could be drawn',
    flagged UInt64 COMMENT 'Of them at or above the threshold in force when they were scored',
    drawn UInt64 COMMENT 'Drawn with a known probability',
    labels UInt64 COMMENT 'Of them labelled yes or no under the policy of the bundle that judged them',
    pending UInt64 COMMENT 'Of them not labelled, or undecided',
    variance Nullable(Float64) COMMENT 'Of the estimate, for the contents of the window',
    process_variance Nullable(Float64) COMMENT 'Of the estimate, for the traffic',
    hajek Nullable(Float64) COMMENT 'Check: weights divided by their sum, no model',
    horvitz_thompson Nullable(Float64) COMMENT 'Check: weights alone, no model',
    computed_at DateTime64(3, 'UTC') COMMENT 'When the job last computed it'
)
AS WITH
    1.96 AS quantile,
    20 AS least_labels,
    30 AS least_weighted_positives,
    windows AS (SELECT * FROM live_quality_totals FINAL),
    totals AS
    (
        SELECT 'window' AS period, * FROM windows
        UNION ALL
        -- Draws of different windows are independent, so every sum adds up. Near-duplicates of different windows count as two observations.
        SELECT
            'day' AS period,
            channel,
            category,
            toDateTime64(toStartOfDay(w.window_from, 'UTC'), 3, 'UTC') AS window_from,
            window_from + INTERVAL 1 DAY AS window_to,
            slice_by,
            slice_value,
            sum(w.contents), sum(w.flagged), sum(w.drawn), sum(w.labels), sum(w.flagged_labels), sum(w.positive_labels), sum(w.silent_draws),
            sum(w.weights), sum(w.squared_weights), max(w.maximum_weight), sum(w.flagged_weights), sum(w.positive_weights),
            sum(w.flagged_positive_weights), sum(w.squared_flagged_weights), sum(w.squared_positive_weights), sum(w.positives),
            sum(w.true_positives), sum(w.squares), sum(w.flagged_squares), sum(w.nn), sum(w.ff), sum(w.bb), sum(w.aa), sum(w.bn), sum(w.af),
            sum(w.ab), max(w.run_at)
        FROM windows AS w
        GROUP BY channel, category, window_from, slice_by, slice_value
    ),
    metrics AS
    (
        SELECT
            *,
            positives / contents AS prevalence,
            true_positives / flagged AS precision,
            true_positives / positives AS recall,
            arrayJoin([
                ('prevalence', labels, positive_weights, weights, squared_weights, prevalence,
                    squares / (contents * contents),
                    (bb - 2 * prevalence * bn + prevalence * prevalence * nn) / (contents * contents),
                    positive_weights / weights, positive_weights / contents),
                ('precision', flagged_labels, flagged_positive_weights, flagged_weights, squared_flagged_weights, precision,
                    flagged_squares / (flagged * flagged),
                    (aa - 2 * precision * af + precision * precision * ff) / (flagged * flagged),
                    flagged_positive_weights / flagged_weights, flagged_positive_weights / flagged),
                ('recall', positive_labels, positive_weights, positive_weights, squared_positive_weights, recall,
                    (pow(1 - recall, 2) * flagged_squares + recall * recall * (squares - flagged_squares)) / (positives * positives),
                    (aa - 2 * recall * ab + recall * recall * bb) / (positives * positives),
                    flagged_positive_weights / positive_weights, flagged_positive_weights / positive_weights)
            ]) AS one,
            one.2 AS metric_labels,
            one.3 AS weighted_positives,
            one.6 AS raw,
            multiIf(silent_draws > 0, 'pending', metric_labels < least_labels OR NOT isFinite(raw) OR positives <= 0, 'insufficient_labels', 'ok') AS state,
            least(1., greatest(0., raw)) AS value,
            one.7 AS window_variance,
            greatest(0., one.8) AS traffic_variance,
            value * (1 - value) AS spread,
            -- At 0 or 1 the variance says nothing about how many trials that is; the labels do.
            if(one.5 = 0, 0., one.4 * one.4 / one.5) AS effective,
            arrayMap(v -> if(v = 0, toFloat64(metric_labels), if(spread > 0, spread / v, effective)), [window_variance, traffic_variance]) AS trials,
            arrayMap(v -> multiIf(
                weighted_positives < least_weighted_positives OR spread <= 0, 'wilson', one.1 = 'prevalence', 'wald', 'logit'),
                [window_variance, traffic_variance]) AS methods,
            arrayMap((v, trial, method) -> multiIf(
                method = 'wald', (greatest(0., value - quantile * sqrt(v)), least(1., value + quantile * sqrt(v))),
                method = 'logit', (
                    1 / (1 + exp(quantile * sqrt(v) / spread - log(value / (1 - value)))),
                    1 / (1 + exp(-quantile * sqrt(v) / spread - log(value / (1 - value))))),
                (
                    greatest(0., (value + pow(quantile, 2) / (2 * trial)) / (1 + pow(quantile, 2) / trial)
                        - quantile / (1 + pow(quantile, 2) / trial) * sqrt(spread / trial + pow(quantile, 2) / (4 * trial * trial))),
                    least(1., (value + pow(quantile, 2) / (2 * trial)) / (1 + pow(quantile, 2) / trial)
                        + quantile / (1 + pow(quantile, 2) / trial) * sqrt(spread / trial + pow(quantile, 2) / (4 * trial * trial)))
                )), [window_variance, traffic_variance], trials, methods) AS intervals
        FROM totals
    )
SELECT
    channel,
    category,
    period,
    window_from,
    window_to,
    toString(slice_by) AS slice_by,
    slice_value,
    one.1 AS metric,
    state AS status,
    if(state = 'ok', value, NULL) AS estimate,
    if(state = 'ok', intervals[1].1, NULL) AS low,
    if(state = 'ok', intervals[1].2, NULL) AS high,
    if(state = 'ok', intervals[2].1, NULL) AS process_low,
    if(state = 'ok', intervals[2].2, NULL) AS process_high,
    metric_labels AS n,
    if(squared_weights = 0, 0., weights * weights / squared_weights) AS n_eff,
    maximum_weight AS max_weight,
    contents,
    flagged,
    drawn,
    labels,
    toUInt64(drawn - labels) AS pending,
    if(state = 'ok', window_variance, NULL) AS variance,
    if(state = 'ok', traffic_variance, NULL) AS process_variance,
    if(state = 'ok', one.9, NULL) AS hajek,
    if(state = 'ok', one.10, NULL) AS horvitz_thompson,
    run_at AS computed_at
FROM metrics
COMMENT 'Prevalence, precision and recall of what runs, by channel, category, window and slice; never from reports, appeals or train-only picks';
