-- Models and calibrations, how far their making is, and how good they are (design 5, evaluation 4).

CREATE TABLE IF NOT EXISTS training_completed
(
    artefact_id String,
    kind Enum8('MODEL' = 1, 'CALIBRATION' = 2),
    request_id String,
    model_id String,
    model_sha256 String,
    name String,
    family LowCardinality(String),
    dataset_id Nullable(String),
    recipe_id String,
    parent_model_id Nullable(String),
    channel Nullable(String),
    policy_id Nullable(String),
    policy_version Nullable(Int32),
    categories Array(String),
    calibrators Map(String, Tuple(
        kind Enum8('PLATT' = 1, 'BETA' = 2, 'ISOTONIC' = 3, 'IDENTITY' = 4),
        parameters Array(Float64),
        x Array(Float64),
        y Array(Float64))) CODEC(ZSTD(3)),
    thresholds Map(String, Tuple(review Nullable(Float64), block Nullable(Float64), provisional Bool)) CODEC(ZSTD(1)),
    unmet_targets Array(Tuple(category String, action String, target Float64, why String, fallback String)) CODEC(ZSTD(3)),
    metrics Map(String, Tuple(
        rows Int64,
        positives Int64,
        average_precision Nullable(Float64),
        low Nullable(Float64),
        high Nullable(Float64),
        roc_auc Nullable(Float64))) CODEC(ZSTD(1)),
    bytes Int64,
    release String,
    completed_at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY artefact_id
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'training.completed: models and calibrations. Their files are in the artefact store.';

CREATE TABLE IF NOT EXISTS training_progressed
(
    request_id String,
    attempt Int32,
    sequence Int32,
    state Enum8('STARTED' = 1, 'RUNNING' = 2, 'COMPLETED' = 3, 'FAILED' = 4),
    step String CODEC(ZSTD(1)),
    done Int64,
    total Int64,
    detail Nullable(String) CODEC(ZSTD(3)),
    subject_id Nullable(String),
    at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (request_id, attempt, sequence)
TTL toDateTime(at) + INTERVAL 1 YEAR
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'training.progressed: how far the work on requested models and calibrations is.';

CREATE TABLE IF NOT EXISTS evaluation_figures
(
    evaluation_id String,
    model_id String,
    dataset_id String,
    split LowCardinality(String),
    slice_by LowCardinality(String),
    slice_value String,
    category LowCardinality(String),
    rows UInt64 CODEC(T64, ZSTD(1)),
    positives UInt64 CODEC(T64, ZSTD(1)),
    prevalence Nullable(Float64) CODEC(ZSTD(1)),
    average_precision Nullable(Float64) CODEC(ZSTD(1)),
    low Nullable(Float64) CODEC(ZSTD(1)),
    high Nullable(Float64) CODEC(ZSTD(1)),
    wide Bool,
    roc_auc Nullable(Float64) CODEC(ZSTD(1)),
    evaluated_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY (model_id, evaluation_id, slice_by, slice_value, category)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Quality of models on labelled rows, by category and slice. Read evaluations.';

CREATE TABLE IF NOT EXISTS evaluation_stored_reports
(
    evaluation_id String,
    model_id String,
    dataset_id String,
    split LowCardinality(String),
    compared_with String,
    report String CODEC(ZSTD(3)),
    evaluated_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY (model_id, evaluation_id, compared_with)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Evaluation reports as JSON. Read evaluation_reports.';

CREATE OR REPLACE VIEW models
(
    artefact_id String COMMENT 'm- or c- and the hash of all that decides a probability; its folder in the artefact store',
    kind Enum8('MODEL' = 1, 'CALIBRATION' = 2) COMMENT 'MODEL: a trained model. CALIBRATION: other calibrators and thresholds for a model that there is',
    model_id String COMMENT 'The model; of a MODEL the artefact_id',
    model_sha256 String COMMENT 'SHA-256 of its file',
    name String COMMENT 'Name of the recipe',
    family LowCardinality(String) COMMENT 'HASHED_LINEAR, STACKED_ENCODER or EXTERNAL',
    dataset_id Nullable(String) COMMENT 'Data set that it learned from; null for a calibration',
    recipe_id String COMMENT 'r- and the hash of the recipe',
    parent_model_id Nullable(String) COMMENT 'Model that it started from',
    channel Nullable(String) COMMENT 'Of a calibration the channel',
    policy_id Nullable(String) COMMENT 'Policy whose targets the thresholds meet; null: targets of the recipe',
    policy_version Nullable(Int32) COMMENT 'Its version',
    categories Array(String) COMMENT 'Categories that it covers, in the order of its outputs',
    calibrators Map(String, Tuple(kind Enum8('PLATT' = 1, 'BETA' = 2, 'ISOTONIC' = 3, 'IDENTITY' = 4), parameters Array(Float64), x Array(Float64), y Array(Float64))) COMMENT 'Map from a logit to a probability, by category',
    thresholds Map(String, Tuple(review Nullable(Float64), block Nullable(Float64), provisional Bool)) COMMENT 'Where review and block begin, by category; provisional: not solved from labels',
    unmet_targets Array(Tuple(category String, action String, target Float64, why String, fallback String)) COMMENT 'Targets of the policy that the labels do not let it promise yet',
    metrics Map(String, Tuple(rows Int64, positives Int64, average_precision Nullable(Float64), low Nullable(Float64), high Nullable(Float64), roc_auc Nullable(Float64))) COMMENT 'Quality on held-out rows, by category; low and high: 95 % interval of the average precision',
    bytes UInt64 COMMENT 'Size of its files',
    release String COMMENT 'Release of the product that made it',
    request_id String COMMENT 'The request that it answers; of several with the same outcome the first',
    completed_at DateTime64(3, 'UTC') COMMENT 'When it was completed'
)
AS SELECT
    artefact_id,
    kind,
    model_id,
    model_sha256,
    name,
    family,
    dataset_id,
    recipe_id,
    parent_model_id,
    channel,
    policy_id,
    policy_version,
    categories,
    calibrators,
    thresholds,
    unmet_targets,
    metrics,
    toUInt64(bytes) AS bytes,
    release,
    request_id,
    completed_at
FROM training_completed FINAL
COMMENT 'Models and calibrations: one row each';

CREATE OR REPLACE VIEW trainings
(
    request_id String COMMENT 'The request',
    attempt Int32 COMMENT 'Starts of the work, from 1: a role that was killed begins another one',
    state Enum8('STARTED' = 1, 'RUNNING' = 2, 'COMPLETED' = 3, 'FAILED' = 4) COMMENT 'COMPLETED and FAILED end the request',
    step String COMMENT 'What is being done',
    done Int64 COMMENT 'Parts of the step that are done',
    total Int64 COMMENT 'Parts that it has; 0: not known',
    detail Nullable(String) COMMENT 'FAILED: why, and what to do about it',
    artefact_id Nullable(String) COMMENT 'The artefact, once it is known',
    at DateTime64(3, 'UTC') COMMENT 'When it was said'
)
AS SELECT
    request_id,
    attempt,
    p.state AS state,
    p.step AS step,
    p.done AS done,
    p.total AS total,
    p.detail AS detail,
    p.subject_id AS artefact_id,
    p.at AS at
FROM
(
    SELECT
        request_id,
        max(attempt) AS attempt,
        argMax(tuple(state, step, done, total, detail, subject_id, at)::Tuple(
            state Enum8('STARTED' = 1, 'RUNNING' = 2, 'COMPLETED' = 3, 'FAILED' = 4), step String, done Int64, total Int64,
            detail Nullable(String), subject_id Nullable(String), at DateTime64(3, 'UTC')), (training_progressed.attempt, sequence)) AS p
    FROM training_progressed
    GROUP BY request_id
)
COMMENT 'How far each requested model or calibration is: the latest that was said of it';

CREATE OR REPLACE VIEW evaluations
(
    evaluation_id String COMMENT 'The evaluation; its report is in evaluation_reports',
    model_id String COMMENT 'The model',
    dataset_id String COMMENT 'The data set whose rows it was measured on',
    split LowCardinality(String) COMMENT 'Part of the data set: validation, test, or all',
    slice_by LowCardinality(String) COMMENT 'all, language, platform, kind, length, emoji, identity or obfuscated',
    slice_value String COMMENT 'Value of the slice; empty for all',
    category LowCardinality(String) COMMENT 'The category; MACRO: mean over the categories that have both labels, without ANY',
    rows UInt64 COMMENT 'Rows with a known label',
    positives UInt64 COMMENT 'Of them yes; of MACRO those of its rarest category',
    prevalence Nullable(Float64) COMMENT 'Weighted share of positives: the average precision of a model without skill',
    average_precision Nullable(Float64) COMMENT 'Area under the precision-recall curve; null without positives',
    low Nullable(Float64) COMMENT '95 % bootstrap interval of the average precision',
    high Nullable(Float64) COMMENT '95 % bootstrap interval of the average precision',
    wide Bool COMMENT 'Fewer than 30 positives: the interval says little',
    roc_auc Nullable(Float64) COMMENT 'Area under the ROC curve',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When it was measured'
)
AS SELECT
    evaluation_id,
    model_id,
    dataset_id,
    split,
    slice_by,
    slice_value,
    category,
    rows,
    positives,
    prevalence,
    average_precision,
    low,
    high,
    wide,
    roc_auc,
    evaluated_at
FROM evaluation_figures FINAL
COMMENT 'Quality of models on labelled rows, by category and slice';

CREATE OR REPLACE VIEW evaluation_reports
(
    evaluation_id String COMMENT 'The evaluation',
    model_id String COMMENT 'The model',
    dataset_id String COMMENT 'The data set whose rows it was measured on',
    split LowCardinality(String) COMMENT 'Part of the data set: validation, test, or all',
    compared_with String COMMENT 'Id of the model that it was compared with; empty: none',
    report String COMMENT 'The whole report, JSON (docs/evaluation.md)',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When it was measured'
)
AS SELECT evaluation_id, model_id, dataset_id, split, compared_with, report, evaluated_at
FROM evaluation_stored_reports FINAL
COMMENT 'Evaluation reports';
