-- Has the world moved? Counters of scores and of what contents are, hour by hour, windows beside frozen references, and what the job makes of
-- them (drift 5.1 to 5.4). Tables whose names end with _runs hold what each run of a job wrote; views show the run that was recorded, so a run
-- that was broken off shows nothing and a repeated one replaces the earlier.

CREATE TABLE IF NOT EXISTS drift_score_runs
(
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    channel LowCardinality(String),
    model_id LowCardinality(String),
    category LowCardinality(String),
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3),
    slice_value LowCardinality(String),
    contents UInt64 CODEC(T64, ZSTD(1)),
    histogram Array(UInt64) COMMENT 'Contents by logit: 80 bins of a quarter from -10 on, the outer ones open' CODEC(ZSTD(1)),
    probabilities Array(Float64) COMMENT 'Sum of calibrated scores in the same bins' CODEC(ZSTD(1)),
    logits Float64 COMMENT 'Sum of logits',
    squared_logits Float64,
    flagged UInt64 COMMENT 'At or above the threshold of the bundle that judged: review, or block where nothing is reviewed' CODEC(T64, ZSTD(1)),
    probability Float64 COMMENT 'Sum of calibrated scores s',
    flagged_probability Float64,
    spread Float64 COMMENT 'Sum of s (1 - s)',
    flagged_spread Float64,
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (hour, channel, model_id, category, slice_by, slice_value, run_at)
TTL hour + INTERVAL 400 DAY
COMMENT 'What the runs of drift-roll-up counted of scores. Read drift_score_hours.';

CREATE TABLE IF NOT EXISTS drift_mix_runs
(
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    channel LowCardinality(String),
    feature LowCardinality(String),
    contents UInt64 CODEC(T64, ZSTD(1)),
    counts Map(String, UInt64) CODEC(ZSTD(1)),
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (hour, channel, feature, run_at)
TTL hour + INTERVAL 400 DAY
COMMENT 'What the runs of drift-roll-up counted of features. Read drift_mix_hours.';

CREATE TABLE IF NOT EXISTS drift_training_profiles
(
    model_id LowCardinality(String),
    category LowCardinality(String),
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3),
    slice_value LowCardinality(String),
    contents UInt64,
    histogram Array(UInt64) COMMENT 'Rows by logit, in the bins of drift_score_runs',
    logits Float64,
    squared_logits Float64,
    recorded_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(recorded_at)
ORDER BY (model_id, category, slice_by, slice_value)
COMMENT 'Held-out logits of models when they were trained: the reference where there are no good weeks yet, and of slow drift.';

CREATE TABLE IF NOT EXISTS drift_window_runs
(
    channel LowCardinality(String),
    window_to DateTime64(3, 'UTC'),
    width_hours UInt16 COMMENT '1, 6, 24 or 168',
    feature LowCardinality(String) COMMENT 'logit, or the feature of drift_mix_runs',
    model_id LowCardinality(String),
    category LowCardinality(String),
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3),
    slice_value LowCardinality(String),
    window_from DateTime64(3, 'UTC'),
    hours Array(DateTime('UTC')) COMMENT 'Hours of the window that are in it: those that had contents enough for a shorter one are not' CODEC(ZSTD(1)),
    reference Enum8('WEEKS' = 1, 'TRAINING' = 2, 'DAYS' = 3, 'FIRST_WEEK' = 4),
    reference_hours UInt32,
    edges Array(UInt8) COMMENT 'Of logits: groups end after these bins, the deciles of the reference' CODEC(ZSTD(1)),
    mix_values Array(String) COMMENT 'Of a mix: values of the groups; the last group is all others' CODEC(ZSTD(1)),
    reference_counts Array(UInt64) COMMENT 'Contents of the reference by group' CODEC(ZSTD(1)),
    counts Array(UInt64) CODEC(ZSTD(1)),
    reference_histogram Array(UInt64) CODEC(ZSTD(1)),
    histogram Array(UInt64) CODEC(ZSTD(1)),
    reference_contents UInt64,
    contents UInt64,
    reference_mean Float64,
    mean Float64,
    reference_variance Float64,
    variance Float64,
    reference_sums Tuple(flagged Float64, probability Float64, flagged_probability Float64, spread Float64, flagged_spread Float64),
    sums Tuple(flagged Float64, probability Float64, flagged_probability Float64, spread Float64, flagged_spread Float64),
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(window_to)
ORDER BY (channel, window_to, width_hours, feature, model_id, category, slice_by, slice_value, run_at)
TTL toDateTime(window_to) + INTERVAL 400 DAY
COMMENT 'Windows beside their references, frozen when they were compared. Read drift_scores.';

CREATE TABLE IF NOT EXISTS drift_judgement_runs
(
    channel LowCardinality(String),
    window_to DateTime64(3, 'UTC'),
    width_hours UInt16,
    feature LowCardinality(String),
    model_id LowCardinality(String),
    category LowCardinality(String),
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3),
    slice_value LowCardinality(String),
    p_value Float64 COMMENT 'Of all statistics of the comparison together',
    adjusted_p_value Float64 COMMENT 'Benjamini-Hochberg over all comparisons of the channel that end with this hour',
    signs Array(String) COMMENT 'Statistics beyond their limits; empty: it does not exceed',
    is_severe Bool,
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(window_to)
ORDER BY (channel, window_to, width_hours, feature, model_id, category, slice_by, slice_value, run_at)
TTL toDateTime(window_to) + INTERVAL 400 DAY
COMMENT 'What the runs of drift-alerts made of each window. Read drift_scores.';

CREATE TABLE IF NOT EXISTS drift_alerted
(
    alert_id FixedString(16),
    kind Enum8('TRAFFIC' = 1, 'PERFORMANCE' = 2, 'OTHER' = 3),
    level Enum8('PAGE' = 1, 'TICKET' = 2),
    suggestion Enum8('RETRAIN' = 1, 'RECALIBRATE' = 2, 'LOOK_AT_POLICY' = 3, 'BENIGN' = 4),
    channel LowCardinality(String),
    window_from DateTime64(3, 'UTC'),
    window_to DateTime64(3, 'UTC'),
    findings Array(Tuple(
        feature String,
        category Nullable(String),
        slice_by String,
        slice_value String,
        model_id Nullable(String),
        signs Array(String),
        suggestion Enum8('RETRAIN' = 1, 'RECALIBRATE' = 2, 'LOOK_AT_POLICY' = 3, 'BENIGN' = 4),
        label_free Enum8('MOVED' = 1, 'STABLE' = 2, 'UNKNOWN' = 3),
        labelled Enum8('MOVED' = 1, 'STABLE' = 2, 'UNKNOWN' = 3),
        before Nullable(Float64),
        after Nullable(Float64),
        target Nullable(Float64),
        psi Nullable(Float64),
        jensen_shannon Nullable(Float64),
        kolmogorov_smirnov Nullable(Float64),
        wasserstein Nullable(Float64),
        p_value Nullable(Float64),
        reference_contents Int64,
        contents Int64)) CODEC(ZSTD(3)),
    finding_count Int32,
    alerted_at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (channel, alert_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'drift.alerted: what stood out, and what that suggests.';

CREATE OR REPLACE VIEW drift_score_hours
(
    hour DateTime('UTC') COMMENT 'Start of the hour of scored_at',
    channel LowCardinality(String) COMMENT 'Channel whose effective bundle judged',
    model_id LowCardinality(String) COMMENT 'Its model',
    category LowCardinality(String) COMMENT 'Category of the model',
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3) COMMENT 'all, language, platform or kind',
    slice_value LowCardinality(String) COMMENT 'Which language, platform or kind; empty for all',
    contents UInt64 COMMENT 'Contents',
    histogram Array(UInt64) COMMENT 'Contents by logit: 80 bins of a quarter from -10 on, the outer ones open',
    probabilities Array(Float64) COMMENT 'Sum of calibrated scores in the same bins',
    logits Float64 COMMENT 'Sum of logits',
    squared_logits Float64 COMMENT 'Sum of their squares',
    flagged UInt64 COMMENT 'At or above the threshold in force: review, or block where nothing is reviewed',
    probability Float64 COMMENT 'Sum of calibrated scores s: positives that the model expects',
    flagged_probability Float64 COMMENT 'The same of flagged contents',
    spread Float64 COMMENT 'Sum of s (1 - s)',
    flagged_spread Float64 COMMENT 'The same of flagged contents'
)
AS SELECT
    hour, channel, model_id, category, slice_by, slice_value, contents, histogram, probabilities, logits, squared_logits, flagged, probability,
    flagged_probability, spread, flagged_spread
FROM drift_score_runs FINAL
WHERE (hour, run_at) IN (SELECT toDateTime(window_from, 'UTC'), run_at FROM job_runs FINAL WHERE job = 'drift-roll-up')
COMMENT 'Counters of scores by closed hour, channel, model, category and slice';

CREATE OR REPLACE VIEW drift_mix_hours
(
    hour DateTime('UTC') COMMENT 'Start of the hour of scored_at',
    channel LowCardinality(String) COMMENT 'The channel',
    feature LowCardinality(String) COMMENT 'language, platform, kind, length (in powers of two) or obfuscation (disguises that the normaliser undid)',
    contents UInt64 COMMENT 'Contents',
    counts Map(String, UInt64) COMMENT 'Contents by value'
)
AS SELECT hour, channel, feature, contents, counts
FROM drift_mix_runs FINAL
WHERE (hour, run_at) IN (SELECT toDateTime(window_from, 'UTC'), run_at FROM job_runs FINAL WHERE job = 'drift-roll-up')
COMMENT 'What contents were, by closed hour and channel';

CREATE OR REPLACE VIEW drift_statistics
(
    channel LowCardinality(String) COMMENT 'The channel',
    window_to DateTime64(3, 'UTC') COMMENT 'End of the window',
    width_hours UInt16 COMMENT '1; 6 or 24 where an hour has too few contents; 168: slow drift',
    feature LowCardinality(String) COMMENT 'logit, or the feature whose mix is compared',
    model_id LowCardinality(String) COMMENT 'Model of the logits; empty for a mix',
    category LowCardinality(String) COMMENT 'Category of the logits; empty for a mix',
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3) COMMENT 'all, language, platform or kind',
    slice_value LowCardinality(String) COMMENT 'Which of them; empty for all',
    window_from DateTime64(3, 'UTC') COMMENT 'Start of the window',
    hours Array(DateTime('UTC')) COMMENT 'Its hours that are in it',
    reference Enum8('WEEKS' = 1, 'TRAINING' = 2, 'DAYS' = 3, 'FIRST_WEEK' = 4) COMMENT 'What it is compared with',
    reference_hours UInt32 COMMENT 'Hours of the reference',
    reference_contents UInt64 COMMENT 'Contents of the reference',
    contents UInt64 COMMENT 'Contents of the window',
    group_count UInt64 COMMENT 'Groups of the PSI',
    psi Float64 COMMENT 'Population stability index',
    jensen_shannon Float64 COMMENT 'Jensen-Shannon distance, to the base 2',
    hellinger Float64 COMMENT 'Hellinger distance',
    kolmogorov_smirnov Nullable(Float64) COMMENT 'D over the bins; null for a mix',
    wasserstein Nullable(Float64) COMMENT 'Distance over the bins in standard deviations of the reference; null for a mix',
    reference_mean Float64 COMMENT 'Mean logit of the reference',
    mean Float64 COMMENT 'Mean logit of the window',
    reference_variance Float64 COMMENT 'Variance of the logits of the reference',
    variance Float64 COMMENT 'Variance of the logits of the window',
    reference_sums Tuple(flagged Float64, probability Float64, flagged_probability Float64, spread Float64, flagged_spread Float64) COMMENT 'Sums of the reference for label-free estimates',
    sums Tuple(flagged Float64, probability Float64, flagged_probability Float64, spread Float64, flagged_spread Float64) COMMENT 'Sums of the window',
    run_at DateTime64(3, 'UTC') COMMENT 'The run that compared it'
)
AS SELECT
    channel, window_to, width_hours, feature, model_id, category, slice_by, slice_value, window_from, hours, reference, reference_hours,
    reference_contents, contents,
    length(reference_counts) AS group_count,
    arraySum((p, q) -> (q - p) * log(q / p), reference_shares, shares) AS psi,
    sqrt(greatest(0., arraySum((p, q) -> (p * log2(2 * p / (p + q)) + q * log2(2 * q / (p + q))) / 2, reference_shares, shares))) AS jensen_shannon,
    sqrt(arraySum((p, q) -> pow(sqrt(q) - sqrt(p), 2), reference_shares, shares) / 2) AS hellinger,
    if(feature = 'logit', arrayMax(gaps), NULL) AS kolmogorov_smirnov,
    if(feature = 'logit', if(reference_variance > 0, 0.25 * arraySum(gaps) / sqrt(reference_variance), 0.), NULL) AS wasserstein,
    reference_mean, mean, reference_variance, variance, reference_sums, sums, run_at
FROM
(
    SELECT
        *,
        arrayMap(n -> (n + 0.5) / (arraySum(reference_counts) + 0.5 * length(reference_counts)), reference_counts) AS reference_shares,
        arrayMap(n -> (n + 0.5) / (arraySum(counts) + 0.5 * length(counts)), counts) AS shares,
        arrayMap((a, b) -> abs(a / reference_contents - b / contents), arrayCumSum(reference_histogram), arrayCumSum(histogram)) AS gaps
    FROM drift_window_runs FINAL
)
COMMENT 'Distances of every window of every run from its reference; read drift_scores';

CREATE OR REPLACE VIEW drift_scores
(
    channel LowCardinality(String) COMMENT 'The channel',
    window_from DateTime64(3, 'UTC') COMMENT 'First scored_at',
    window_to DateTime64(3, 'UTC') COMMENT 'First scored_at after it',
    width_hours UInt16 COMMENT '1; 6 or 24 where an hour has too few contents; 168: slow drift, against training or the first week',
    feature LowCardinality(String) COMMENT 'logit: scores of a category; language, platform, kind, length or obfuscation: the mix of contents',
    model_id LowCardinality(String) COMMENT 'Model of the scores; empty for a mix. Joins models',
    category LowCardinality(String) COMMENT 'Category of the scores; empty for a mix. Joins drift_performance, live_quality',
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3) COMMENT 'all, language, platform or kind',
    slice_value LowCardinality(String) COMMENT 'Which language, platform or kind; empty for all',
    reference Enum8('WEEKS' = 1, 'TRAINING' = 2, 'DAYS' = 3, 'FIRST_WEEK' = 4) COMMENT 'WEEKS: same hours of the week in the last four good weeks. TRAINING: held-out rows. DAYS: same hours of the last four good days. FIRST_WEEK of the model',
    reference_contents UInt64 COMMENT 'Contents of the reference',
    contents UInt64 COMMENT 'Contents of the window',
    group_count UInt64 COMMENT 'Groups of the PSI: deciles of the reference, or values of the mix',
    psi Float64 COMMENT 'Population stability index; .1 matters, .25 is severe',
    psi_noise Float64 COMMENT 'PSI to be expected without drift',
    jensen_shannon Float64 COMMENT 'Jensen-Shannon distance, to the base 2; .1 of a mix matters',
    hellinger Float64 COMMENT 'Hellinger distance',
    kolmogorov_smirnov Nullable(Float64) COMMENT 'D over bins of a quarter logit; .1 matters; null for a mix',
    wasserstein Nullable(Float64) COMMENT 'Wasserstein-1 distance in standard deviations of the reference; .1 matters; null for a mix',
    reference_mean Nullable(Float64) COMMENT 'Mean logit of the reference; null for a mix',
    mean Nullable(Float64) COMMENT 'Mean logit of the window; null for a mix',
    reference_flag_rate Nullable(Float64) COMMENT 'Share of flagged contents of the reference; null for a mix, and where training is the reference',
    flag_rate Nullable(Float64) COMMENT 'Share of flagged contents of the window; null for a mix',
    p_value Float64 COMMENT 'Chance of such distances without drift',
    adjusted_p_value Float64 COMMENT 'The same, adjusted for all comparisons of the channel at this time (Benjamini-Hochberg)',
    signs Array(String) COMMENT 'Statistics beyond their effect size and critical value: PSI, JENSEN_SHANNON, KOLMOGOROV_SMIRNOV, WASSERSTEIN',
    exceeds Bool COMMENT 'Whether there is a sign; two of three windows that exceed open an alert',
    severe Bool COMMENT 'PSI above a quarter: the alert is a page',
    compared_at DateTime64(3, 'UTC') COMMENT 'When the job drift-alerts compared it'
)
AS SELECT
    s.channel AS channel,
    s.window_from AS window_from,
    s.window_to AS window_to,
    s.width_hours AS width_hours,
    s.feature AS feature,
    s.model_id AS model_id,
    s.category AS category,
    s.slice_by AS slice_by,
    s.slice_value AS slice_value,
    s.reference AS reference,
    s.reference_contents AS reference_contents,
    s.contents AS contents,
    s.group_count AS group_count,
    s.psi AS psi,
    (s.group_count - 1) * (1 / s.reference_contents + 1 / s.contents) AS psi_noise,
    s.jensen_shannon AS jensen_shannon,
    s.hellinger AS hellinger,
    s.kolmogorov_smirnov AS kolmogorov_smirnov,
    s.wasserstein AS wasserstein,
    if(s.feature = 'logit', s.reference_mean, NULL) AS reference_mean,
    if(s.feature = 'logit', s.mean, NULL) AS mean,
    if(s.feature = 'logit' AND s.reference != 'TRAINING', s.reference_sums.flagged / s.reference_contents, NULL) AS reference_flag_rate,
    if(s.feature = 'logit', s.sums.flagged / s.contents, NULL) AS flag_rate,
    j.p_value AS p_value,
    j.adjusted_p_value AS adjusted_p_value,
    j.signs AS signs,
    toBool(notEmpty(j.signs)) AS exceeds,
    j.is_severe AS severe,
    s.run_at AS compared_at
FROM drift_statistics AS s
INNER JOIN (SELECT * FROM drift_judgement_runs FINAL) AS j
    ON j.channel = s.channel AND j.window_to = s.window_to AND j.width_hours = s.width_hours AND j.feature = s.feature AND j.model_id = s.model_id
    AND j.category = s.category AND j.slice_by = s.slice_by AND j.slice_value = s.slice_value AND j.run_at = s.run_at
WHERE (s.window_to, s.run_at) IN (SELECT window_to, run_at FROM job_runs FINAL WHERE job = 'drift-alerts')
COMMENT 'How far scores and contents of closed windows are from their references';

CREATE OR REPLACE VIEW drift_days
(
    day Date COMMENT 'UTC day of scored_at',
    channel LowCardinality(String) COMMENT 'The channel',
    category LowCardinality(String) COMMENT 'The category',
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3) COMMENT 'all, language, platform or kind',
    slice_value LowCardinality(String) COMMENT 'Which of them; empty for all',
    contents UInt64 COMMENT 'Contents, from the counters of scores',
    flagged UInt64 COMMENT 'Of them flagged',
    probability Float64 COMMENT 'Sum of calibrated scores s',
    flagged_probability Float64 COMMENT 'The same of flagged contents',
    spread Float64 COMMENT 'Sum of s (1 - s)',
    flagged_spread Float64 COMMENT 'The same of flagged contents',
    labelled Tuple(
        contents UInt64, flagged UInt64, labels UInt64, flagged_labels UInt64, positive_labels UInt64, silent_draws UInt64, positives Float64,
        true_positives Float64, nn Float64, ff Float64, bb Float64, aa Float64, bn Float64, af Float64, ab Float64) COMMENT 'Sums of live_quality_totals'
)
AS SELECT
    day,
    channel,
    category,
    slice_by,
    slice_value,
    sum(c) AS contents,
    sum(f) AS flagged,
    sum(p) AS probability,
    sum(fp) AS flagged_probability,
    sum(v) AS spread,
    sum(fv) AS flagged_spread,
    CAST(
        (sum(l.1), sum(l.2), sum(l.3), sum(l.4), sum(l.5), sum(l.6), sum(l.7), sum(l.8), sum(l.9), sum(l.10), sum(l.11), sum(l.12), sum(l.13),
            sum(l.14), sum(l.15)),
        'Tuple(contents UInt64, flagged UInt64, labels UInt64, flagged_labels UInt64, positive_labels UInt64, silent_draws UInt64, positives Float64, true_positives Float64, nn Float64, ff Float64, bb Float64, aa Float64, bn Float64, af Float64, ab Float64)') AS labelled
FROM
(
    SELECT
        toDate(hour, 'UTC') AS day, channel, category, slice_by, slice_value, contents AS c, flagged AS f, probability AS p,
        flagged_probability AS fp, spread AS v, flagged_spread AS fv,
        (toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0), toUInt64(0), 0., 0., 0., 0., 0., 0., 0., 0., 0.) AS l
    FROM drift_score_hours
    UNION ALL
    SELECT
        toDate(window_from, 'UTC') AS day, channel, category, slice_by, slice_value, 0, 0, 0., 0., 0., 0.,
        (contents, flagged, labels, flagged_labels, positive_labels, silent_draws, positives, true_positives, nn, ff, bb, aa, bn, af, ab)
    FROM live_quality_totals FINAL
)
GROUP BY day, channel, category, slice_by, slice_value
COMMENT 'Sums of a day from which label-free and labelled performance follow; they add up over days';

CREATE OR REPLACE VIEW drift_performance
(
    channel LowCardinality(String) COMMENT 'The channel',
    category LowCardinality(String) COMMENT 'The category',
    slice_by Enum8('all' = 0, 'language' = 1, 'platform' = 2, 'kind' = 3) COMMENT 'all, language, platform or kind',
    slice_value LowCardinality(String) COMMENT 'Which language, platform or kind; empty for all',
    period String COMMENT 'day: a UTC day; week: it and the six days before it',
    window_from DateTime64(3, 'UTC') COMMENT 'First scored_at',
    window_to DateTime64(3, 'UTC') COMMENT 'First scored_at after it',
    metric String COMMENT 'prevalence, precision, recall or f1',
    label_free Nullable(Float64) COMMENT 'What calibrated scores say of their own decisions (CBPE)',
    label_free_error Nullable(Float64) COMMENT 'Standard error, were the scores calibrated',
    labelled Nullable(Float64) COMMENT 'Model-assisted estimate (AIPW) from labels with known inclusion probabilities, as in live_quality; null with fewer than 20 labels, and for f1',
    labelled_error Nullable(Float64) COMMENT 'Its standard error for the traffic that the window is a sample of',
    gap Nullable(Float64) COMMENT 'labelled less label_free: what the scores do not know',
    gap_z Nullable(Float64) COMMENT 'gap in standard errors; beyond 3 the calibration does not hold',
    contents UInt64 COMMENT 'Contents of the counters',
    flagged UInt64 COMMENT 'Of them flagged',
    labels UInt64 COMMENT 'Labels that the metric rests on: all, flagged or positive ones'
)
AS WITH
    20 AS least_labels,
    sums AS
    (
        SELECT
            w.1 AS period,
            d.day + w.2 AS last_day,
            d.channel AS channel,
            d.category AS category,
            d.slice_by AS slice_by,
            d.slice_value AS slice_value,
            sum(d.contents) AS n, sum(d.flagged) AS m, sum(d.probability) AS p, sum(d.flagged_probability) AS tp, sum(d.spread) AS v,
            sum(d.flagged_spread) AS fv, sum(d.labelled.contents) AS ln, sum(d.labelled.flagged) AS lm, sum(d.labelled.labels) AS labels,
            sum(d.labelled.flagged_labels) AS flagged_labels, sum(d.labelled.positive_labels) AS positive_labels,
            sum(d.labelled.silent_draws) AS silent, sum(d.labelled.positives) AS lp, sum(d.labelled.true_positives) AS ltp,
            sum(d.labelled.nn) AS nn, sum(d.labelled.ff) AS ff, sum(d.labelled.bb) AS bb, sum(d.labelled.aa) AS aa, sum(d.labelled.bn) AS bn,
            sum(d.labelled.af) AS af, sum(d.labelled.ab) AS ab, max(w.2 = 0) AS has_last_day
        FROM drift_days AS d
        ARRAY JOIN arrayConcat([('day', 0)], arrayMap(i -> ('week', i), range(7))) AS w
        GROUP BY period, last_day, channel, category, slice_by, slice_value
        HAVING has_last_day
    ),
    metrics AS
    (
        SELECT
            *,
            tp / p AS r,
            m + p AS both,
            lp / ln AS lprevalence,
            ltp / lm AS lprecision,
            ltp / lp AS lrecall,
            arrayJoin([
                ('prevalence', p / n, v / (n * n), lprevalence, (bb - 2 * lprevalence * bn + lprevalence * lprevalence * nn) / (ln * ln), labels),
                ('precision', tp / m, fv / (m * m), lprecision, (aa - 2 * lprecision * af + lprecision * lprecision * ff) / (lm * lm), flagged_labels),
                ('recall', r, (pow(1 - r, 2) * fv + r * r * (v - fv)) / (p * p), lrecall, (aa - 2 * lrecall * ab + lrecall * lrecall * bb) / (lp * lp), positive_labels),
                ('f1', 2 * tp / both, 4 * (pow(both - tp, 2) * fv + tp * tp * (v - fv)) / pow(both, 4), nan, nan, toUInt64(0))
            ]) AS one,
            n > 0 AND isFinite(one.2) AS has_free,
            one.6 >= least_labels AND silent = 0 AND lp > 0 AND isFinite(one.4) AS has_labels,
            if(has_free, one.2, NULL) AS free,
            if(has_free, sqrt(greatest(0., one.3)), NULL) AS free_error,
            if(has_labels, least(1., greatest(0., one.4)), NULL) AS known,
            if(has_labels, sqrt(greatest(0., one.5)), NULL) AS known_error
        FROM sums
    )
SELECT
    channel,
    category,
    slice_by,
    slice_value,
    period,
    toDateTime64(last_day - if(period = 'week', 6, 0), 3, 'UTC') AS window_from,
    toDateTime64(last_day + 1, 3, 'UTC') AS window_to,
    one.1 AS metric,
    free AS label_free,
    free_error AS label_free_error,
    known AS labelled,
    known_error AS labelled_error,
    known - free AS gap,
    if(sqrt(known_error * known_error + free_error * free_error) > 0, gap / sqrt(known_error * known_error + free_error * free_error), NULL) AS gap_z,
    n AS contents,
    m AS flagged,
    one.6 AS labels
FROM metrics
COMMENT 'What scores say of their own decisions beside what labels say, by day and week';

CREATE OR REPLACE VIEW drift_alerts
(
    alert_id String COMMENT 'Id, 32 hex digits; an alert has a row for each of its findings',
    alerted_at DateTime64(3, 'UTC') COMMENT 'When it was written',
    kind Enum8('TRAFFIC' = 1, 'PERFORMANCE' = 2, 'OTHER' = 3) COMMENT 'TRAFFIC: scores, mixes and flag rates, without labels. PERFORMANCE: labelled figures',
    level Enum8('PAGE' = 1, 'TICKET' = 2) COMMENT 'PAGE or TICKET',
    suggestion Enum8('RETRAIN' = 1, 'RECALIBRATE' = 2, 'LOOK_AT_POLICY' = 3, 'BENIGN' = 4) COMMENT 'What the alert suggests: the strongest of its findings',
    channel LowCardinality(String) COMMENT 'The channel',
    window_from DateTime64(3, 'UTC') COMMENT 'Window that opened it',
    window_to DateTime64(3, 'UTC') COMMENT 'Its end; joins drift_scores',
    feature String COMMENT 'What stands out: logit, a mix, flag_rate, or a labelled metric',
    category String COMMENT 'The category; empty for a mix',
    slice_by String COMMENT 'all, language, platform or kind',
    slice_value String COMMENT 'Which of them; empty for all',
    model_id String COMMENT 'Model whose scores moved; empty where none is named',
    signs Array(String) COMMENT 'What is beyond its limit',
    finding_suggestion Enum8('RETRAIN' = 1, 'RECALIBRATE' = 2, 'LOOK_AT_POLICY' = 3, 'BENIGN' = 4) COMMENT 'What this finding suggests',
    label_free Enum8('MOVED' = 1, 'STABLE' = 2, 'UNKNOWN' = 3) COMMENT 'Whether label-free estimates moved',
    labelled Enum8('MOVED' = 1, 'STABLE' = 2, 'UNKNOWN' = 3) COMMENT 'Whether labelled estimates moved',
    before Nullable(Float64) COMMENT 'The figure in the reference',
    after Nullable(Float64) COMMENT 'The figure in the window',
    target Nullable(Float64) COMMENT 'Target of the policy that it misses',
    psi Nullable(Float64) COMMENT 'Population stability index',
    finding_count Int32 COMMENT 'Findings of the alert, also those beyond the 50 that it lists'
)
AS SELECT
    lower(hex(a.alert_id)) AS alert_id,
    a.alerted_at AS alerted_at,
    a.kind AS kind,
    a.level AS level,
    a.suggestion AS suggestion,
    a.channel AS channel,
    a.window_from AS window_from,
    a.window_to AS window_to,
    f.feature AS feature,
    ifNull(f.category, '') AS category,
    f.slice_by AS slice_by,
    f.slice_value AS slice_value,
    ifNull(f.model_id, '') AS model_id,
    f.signs AS signs,
    f.suggestion AS finding_suggestion,
    f.label_free AS label_free,
    f.labelled AS labelled,
    f.before AS before,
    f.after AS after,
    f.target AS target,
    f.psi AS psi,
    a.finding_count AS finding_count
FROM drift_alerted AS a FINAL
ARRAY JOIN a.findings AS f
COMMENT 'Drift alerts: a row for each finding';
