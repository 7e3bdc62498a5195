-- Tables of the events. Rules (streaming 4, design 3):
-- * Columns are the Avro fields in snake_case. A record becomes a named Tuple, a map a Map, an enum an Enum8 with the Avro order from 1.
--   `source` is three columns, because each of them compresses by its own codec.
-- * record_partition and record_offset say where in Kafka the event stands, and the highest offset wins among repetitions.
-- * Ordered by keys that start the usual query and end with the event's id. Flow tables are partitioned by the event's day, so that a
--   repetition falls in the same partition; tables of a few rows have one partition.
-- * Ids are bytes, not hexadecimal text; the views show text.
-- * LowCardinality for columns, plain strings inside maps and arrays: an INSERT looks each one up by itself, 0.4 us a string, which was
--   two thirds of its cost. Compression makes them as small.

CREATE TABLE IF NOT EXISTS content_submitted
(
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    text_hash FixedString(16) CODEC(NONE),
    kind Enum8('POST' = 1, 'COMMENT' = 2, 'MESSAGE' = 3, 'PROFILE' = 4, 'PROMPT' = 5, 'COMPLETION' = 6, 'OTHER' = 7),
    text String CODEC(ZSTD(3)) TTL day + INTERVAL 30 DAY,
    language LowCardinality(Nullable(String)),
    metadata Map(String, String) CODEC(ZSTD(3)) TTL day + INTERVAL 30 DAY,
    submitted_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    day Date,
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
PARTITION BY day
ORDER BY (platform, content_id, revision, text_hash)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'content.submitted: one row per text of a revision. Holds text.';

CREATE TABLE IF NOT EXISTS content_reported
(
    report_id String CODEC(ZSTD(1)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    kind Enum8('REPORT' = 1, 'APPEAL' = 2, 'SUGGESTION' = 3),
    channel LowCardinality(Nullable(String)),
    verdict_id Nullable(FixedString(16)),
    category LowCardinality(Nullable(String)),
    scores Map(String, Float64),
    reporter_hash Nullable(FixedString(16)),
    reason Nullable(String) CODEC(ZSTD(3)) TTL toDate(reported_at) + INTERVAL 30 DAY,
    reported_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
PARTITION BY toYYYYMM(reported_at)
ORDER BY (platform, content_id, revision, report_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'content.reported: reports, appeals and suggested scores. The reason may quote the text and is kept as long.';

CREATE TABLE IF NOT EXISTS content_erased
(
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    requested_by LowCardinality(Nullable(String)),
    erased_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (platform, content_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'content.erased: contents whose text must go from everywhere.';

CREATE TABLE IF NOT EXISTS prediction_scored
(
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    kind Enum8('POST' = 1, 'COMMENT' = 2, 'MESSAGE' = 3, 'PROFILE' = 4, 'PROMPT' = 5, 'COMPLETION' = 6, 'OTHER' = 7),
    language LowCardinality(String),
    language_confidence Float32 CODEC(ZSTD(1)),
    author_hash Nullable(FixedString(16)) CODEC(ZSTD(1)),
    conversation_hash Nullable(FixedString(16)) CODEC(ZSTD(1)),
    text_hash FixedString(16) CODEC(NONE),
    text_length UInt32 CODEC(T64, ZSTD(1)),
    duplicate_key FixedString(8) CODEC(NONE),
    obfuscation Tuple(
        zero_width UInt32, bidi UInt32, confusable UInt32, mixed_script UInt32,
        leet UInt32, spaced_letters UInt32, repeats UInt32, encoded UInt32) CODEC(ZSTD(1)),
    scores Array(Tuple(
        model_id String,
        tier Enum8('NGRAM' = 1, 'ENCODER' = 2),
        logits Map(String, Float32))) CODEC(ZSTD(1)),
    assignments Array(Tuple(
        channel String,
        role Enum8('LIVE' = 1, 'CANARY' = 2, 'SHADOW' = 3),
        mode Enum8('NORMAL' = 1, 'REVIEW_ALL' = 2, 'ALLOW_ALL' = 3),
        deployment_id String,
        model_id String,
        calibration_id String,
        probabilities Map(String, Float32),
        error Nullable(String))) CODEC(ZSTD(1)),
    source_topic LowCardinality(String),
    source_partition UInt16 CODEC(T64, ZSTD(1)),
    source_offset UInt64 CODEC(Delta, ZSTD(1)),
    submitted_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    scored_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
PARTITION BY toDate(scored_at)
ORDER BY (platform, content_id, revision, source_partition, source_offset)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'prediction.scored: one row per scored record of content.submitted, which its source coordinates identify.';

CREATE TABLE IF NOT EXISTS verdict_issued
(
    verdict_id FixedString(16) CODEC(NONE),
    kind Enum8('ISSUED' = 1, 'SUPERSEDED' = 2, 'RETRACTED' = 3) CODEC(ZSTD(1)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(6)),
    revision Int32 CODEC(T64, ZSTD(1)),
    channel LowCardinality(String),
    action Enum8('ALLOW' = 1, 'REVIEW' = 2, 'BLOCK' = 3) CODEC(ZSTD(1)),
    categories Map(String, Tuple(
        probability_1024 UInt16,
        action Enum8('ALLOW' = 1, 'REVIEW' = 2, 'BLOCK' = 3),
        review_threshold Nullable(Float64),
        block_threshold Nullable(Float64),
        provisional Bool)) CODEC(ZSTD(3)),
    deployment_id LowCardinality(String),
    model_id LowCardinality(String),
    calibration_id LowCardinality(String),
    threshold_set_id LowCardinality(String),
    policy_id LowCardinality(String),
    policy_version Int32 CODEC(T64, ZSTD(1)),
    role Enum8('LIVE' = 1, 'CANARY' = 2, 'SHADOW' = 3) CODEC(ZSTD(1)),
    mode Enum8('NORMAL' = 1, 'REVIEW_ALL' = 2, 'ALLOW_ALL' = 3) CODEC(ZSTD(1)),
    decided_by Enum8('MODEL' = 1, 'MODE' = 2, 'UNCOVERED' = 3, 'PERSON' = 4) CODEC(ZSTD(1)),
    text_hash FixedString(16) CODEC(ZSTD(1)),
    cause_id Nullable(String) CODEC(ZSTD(1)),
    supersedes Nullable(FixedString(16)) CODEC(ZSTD(1)),
    reason Nullable(String) CODEC(ZSTD(1)),
    source_topic LowCardinality(String),
    source_partition UInt16 CODEC(T64, ZSTD(1)),
    source_offset UInt64 CODEC(Delta, ZSTD(1)),
    submitted_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    issued_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1)),
    INDEX verdict_id_bloom verdict_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(record_offset)
PARTITION BY toDate(issued_at)
ORDER BY (platform, content_id, revision, channel, verdict_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'verdict.<channel>: the verdicts of all channels. Probabilities count in 1/1024; prediction_scored has them in full.';

CREATE TABLE IF NOT EXISTS policy_published
(
    policy_id LowCardinality(String),
    version Int32,
    title String CODEC(ZSTD(1)),
    owner String CODEC(ZSTD(1)),
    changelog String CODEC(ZSTD(3)),
    categories Array(String),
    channels Map(String, Tuple(
        uncovered Enum8('ALLOW' = 1, 'REVIEW' = 2),
        targets Map(String, Tuple(
            block_precision Nullable(Float64),
            review_recall Nullable(Float64),
            provisional_block Nullable(Float64),
            provisional_review Nullable(Float64))))),
    document String CODEC(ZSTD(3)),
    document_hash FixedString(16),
    published_at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (policy_id, version)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'policy.published: every version of every policy.';

CREATE TABLE IF NOT EXISTS deployment_bundled
(
    deployment_id String,
    channel LowCardinality(String),
    model_id LowCardinality(String),
    model_sha256 String,
    calibration_id LowCardinality(String),
    threshold_set_id LowCardinality(String),
    policy_id LowCardinality(String),
    policy_version Int32,
    calibrators Map(String, Tuple(
        kind Enum8('PLATT' = 1, 'BETA' = 2, 'ISOTONIC' = 3, 'IDENTITY' = 4),
        parameters Array(Float64),
        x Array(Float64),
        y Array(Float64))) CODEC(ZSTD(1)),
    thresholds Map(String, Tuple(
        review Nullable(Float64),
        block Nullable(Float64),
        provisional Bool)) CODEC(ZSTD(1)),
    uncovered Enum8('ALLOW' = 1, 'REVIEW' = 2),
    uncovered_categories Array(String),
    bundled_at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY deployment_id
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'deployment.bundled: immutable bundles of model, calibrators, thresholds and policy.';

CREATE TABLE IF NOT EXISTS deployment_changed
(
    channel LowCardinality(String),
    sequence Int64,
    mode Enum8('NORMAL' = 1, 'REVIEW_ALL' = 2, 'ALLOW_ALL' = 3),
    live String,
    previous Nullable(String),
    canary_deployment_id Nullable(String),
    canary_share Nullable(Float64),
    shadows Array(String),
    reason String CODEC(ZSTD(1)),
    changed_by String,
    changed_at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (channel, sequence)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'deployment.changed: what runs in each channel, change by change.';

CREATE TABLE IF NOT EXISTS dead_letter_rejected
(
    stage LowCardinality(String),
    release LowCardinality(String),
    reason LowCardinality(String),
    detail String CODEC(ZSTD(1)),
    source_topic LowCardinality(String),
    source_partition UInt16 CODEC(T64, ZSTD(1)),
    source_offset UInt64 CODEC(Delta, ZSTD(1)),
    key Nullable(String) CODEC(ZSTD(3)),
    value Nullable(String) CODEC(ZSTD(3)) TTL toDate(rejected_at) + INTERVAL 30 DAY,
    headers Array(Tuple(key String, value String)) CODEC(ZSTD(3)),
    record_timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    rejected_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
PARTITION BY toYYYYMM(rejected_at)
ORDER BY (stage, source_topic, source_partition, source_offset)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'dead-letter.<app>: records that could not be processed, as they were. The value may hold text and is kept as long as text.';

CREATE TABLE IF NOT EXISTS warehouse_watermark
(
    topic LowCardinality(String),
    partition UInt16,
    next_offset UInt64,
    end_offset UInt64,
    complete_until DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (topic, partition)
COMMENT 'How far each partition is readable here: all records below next_offset, and all that were written to Kafka before complete_until.';

CREATE TABLE IF NOT EXISTS job_runs
(
    job LowCardinality(String),
    window_from DateTime64(3, 'UTC'),
    window_to DateTime64(3, 'UTC'),
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(run_at)
ORDER BY (job, window_from)
COMMENT 'Finished runs of jobs over closed windows; the latest run of a window counts.';

CREATE TABLE IF NOT EXISTS verdict_hourly_runs
(
    hour DateTime('UTC'),
    channel LowCardinality(String),
    platform LowCardinality(String),
    action Enum8('ALLOW' = 1, 'REVIEW' = 2, 'BLOCK' = 3),
    category LowCardinality(String),
    verdicts UInt64,
    run_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (hour, channel, platform, action, category, run_at)
COMMENT 'What the runs of verdict-rollup counted. Read verdict_hourly, which shows the run that counts.';
