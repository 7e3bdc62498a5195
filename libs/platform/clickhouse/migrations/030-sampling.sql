-- Who was drawn for people, with which probability (sampling 1).

CREATE TABLE IF NOT EXISTS sampling_planned
(
    plan_id String,
    salt_id FixedString(8),
    channel LowCardinality(String),
    window_from DateTime64(3, 'UTC'),
    window_to DateTime64(3, 'UTC'),
    observed_from DateTime64(3, 'UTC'),
    observed_to DateTime64(3, 'UTC'),
    uniform_share Float64,
    threshold_share Float64,
    strata Array(Tuple(
        languages Array(String),
        teams Array(Tuple(team String, share Float64)),
        budget Float64,
        train_only_budget Float64,
        contents UInt64,
        uniform_rate Float64,
        multiplier Float64,
        categories Array(Tuple(
            category String,
            scored_by Nullable(String),
            threshold Nullable(Float64),
            share Float64,
            above Float64,
            uncertainty Float64,
            threshold_weight Float64,
            uncertainty_weight Float64)),
        buckets Map(String, Tuple(contents UInt64, factor Float64)),
        other_factor Float64)) CODEC(ZSTD(3)),
    planned_at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (window_from, plan_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'sampling.planned: how contents were drawn, window by window.';

CREATE TABLE IF NOT EXISTS sampling_drawn
(
    draw_id FixedString(16) CODEC(NONE),
    plan_id LowCardinality(Nullable(String)),
    salt_id FixedString(8) CODEC(ZSTD(1)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    channel LowCardinality(String),
    window_from DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    window_to DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    team LowCardinality(Nullable(String)),
    u Float64 CODEC(ZSTD(1)),
    probability Float64 CODEC(ZSTD(1)),
    parts Tuple(uniform Float64, threshold Float64, uncertainty Float64, metadata_factor Float64) CODEC(ZSTD(1)),
    scores Map(String, Float32) CODEC(ZSTD(1)),
    deployment_id LowCardinality(String),
    model_id LowCardinality(String),
    calibration_id LowCardinality(String),
    kind Enum8('POST' = 1, 'COMMENT' = 2, 'MESSAGE' = 3, 'PROFILE' = 4, 'PROMPT' = 5, 'COMPLETION' = 6, 'OTHER' = 7),
    language LowCardinality(String),
    text_hash FixedString(16) CODEC(NONE),
    duplicate_key FixedString(8) CODEC(NONE),
    conversation_hash Nullable(FixedString(16)) CODEC(ZSTD(1)),
    source_topic LowCardinality(String),
    source_partition UInt16 CODEC(T64, ZSTD(1)),
    source_offset UInt64 CODEC(Delta, ZSTD(1)),
    scored_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    drawn_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
PARTITION BY toDate(scored_at)
ORDER BY (platform, content_id, revision, draw_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'sampling.drawn: contents that were drawn, with the probability that they had.';

CREATE TABLE IF NOT EXISTS sampling_closed
(
    draw_id FixedString(16) CODEC(NONE),
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2),
    plan_id LowCardinality(Nullable(String)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    channel LowCardinality(String),
    window_from DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    window_to DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    probability Nullable(Float64) CODEC(ZSTD(1)),
    cap_probability Nullable(Float64) CODEC(ZSTD(1)),
    value Nullable(Float64) CODEC(ZSTD(1)),
    team LowCardinality(Nullable(String)),
    kind Enum8('POST' = 1, 'COMMENT' = 2, 'MESSAGE' = 3, 'PROFILE' = 4, 'PROMPT' = 5, 'COMPLETION' = 6, 'OTHER' = 7),
    language LowCardinality(String),
    duplicate_key FixedString(8) CODEC(NONE),
    conversation_hash Nullable(FixedString(16)) CODEC(ZSTD(1)),
    closed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
PARTITION BY toYYYYMM(window_from)
ORDER BY (window_from, draw_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'sampling.closed: what people are asked about, with the final inclusion probability; train-only picks have none.';

CREATE OR REPLACE VIEW draws
(
    draw_id String COMMENT 'Id, 32 hex digits',
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2) COMMENT 'DRAWN by chance, or picked for training alone: never part of an estimate',
    plan_id LowCardinality(Nullable(String)) COMMENT 'The plan; null: uniform bootstrap',
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    channel LowCardinality(String) COMMENT 'Channel whose scores and thresholds the draw looked at',
    window_from DateTime64(3, 'UTC') COMMENT 'Begin of its window of scored_at; filter by it',
    window_to DateTime64(3, 'UTC') COMMENT 'End of the window',
    probability Nullable(Float64) COMMENT 'Final inclusion probability; null: picked without chance',
    first_probability Nullable(Float64) COMMENT 'Of the draw in the stream, before the cap',
    u Nullable(Float64) COMMENT 'Random number of the draw',
    scores Map(String, Float32) COMMENT 'Calibrated probabilities when it was drawn',
    team LowCardinality(Nullable(String)) COMMENT 'Who is asked',
    kind Enum8('POST' = 1, 'COMMENT' = 2, 'MESSAGE' = 3, 'PROFILE' = 4, 'PROMPT' = 5, 'COMPLETION' = 6, 'OTHER' = 7) COMMENT 'What the text is',
    language LowCardinality(String) COMMENT 'Detected language, BCP-47, or und',
    duplicate_key String COMMENT 'Key of near-duplicates, 16 hex digits',
    deployment_id LowCardinality(String) COMMENT 'Bundle that gave the scores; empty for train-only picks',
    scored_at DateTime64(3, 'UTC') COMMENT 'When it was scored; 1970 for train-only picks',
    closed_at DateTime64(3, 'UTC') COMMENT 'When the window was closed'
)
AS SELECT
    lower(hex(c.draw_id)) AS draw_id,
    c.origin AS origin,
    c.plan_id AS plan_id,
    c.platform AS platform,
    c.content_id AS content_id,
    c.revision AS revision,
    c.channel AS channel,
    c.window_from AS window_from,
    c.window_to AS window_to,
    c.probability AS probability,
    if(c.origin = 'DRAWN', d.probability, NULL) AS first_probability,
    if(c.origin = 'DRAWN', d.u, NULL) AS u,
    d.scores AS scores,
    c.team AS team,
    c.kind AS kind,
    c.language AS language,
    lower(hex(c.duplicate_key)) AS duplicate_key,
    d.deployment_id AS deployment_id,
    d.scored_at AS scored_at,
    c.closed_at AS closed_at
FROM (SELECT * FROM sampling_closed FINAL) AS c
LEFT JOIN (SELECT * FROM sampling_drawn FINAL) AS d ON d.draw_id = c.draw_id
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'What people are asked about: one row per draw of a closed window';
