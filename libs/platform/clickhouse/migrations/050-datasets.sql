-- Data sets: what was published, how far builds are, and what they are made of (labels 2.5, design 5).
-- A data set must rebuild bit for bit for years, while the tables of the events merge repetitions, texts expire and windows close late. So what
-- a build reads is first copied, once, up to the cut: dataset_labels, dataset_origins and dataset_items are append-only and hold no text.

CREATE TABLE IF NOT EXISTS dataset_published
(
    dataset_id String,
    name String,
    kind Enum8('BUILT' = 1, 'IMPORTED' = 2),
    request_id Nullable(String),
    policy_id Nullable(String),
    policy_version Nullable(Int32),
    labels_until Nullable(Int64),
    sources Array(String),
    rule String,
    recipe_id String,
    recipe String CODEC(ZSTD(3)),
    salt_id String,
    rows Int64,
    digest String,
    splits Map(String, Int64),
    categories Map(String, Tuple(positives Int64, negatives Int64, unknown Int64)) CODEC(ZSTD(1)),
    languages Map(String, Int64),
    licences Array(String),
    expectations Array(Tuple(name String, passed Bool, detail String)) CODEC(ZSTD(3)),
    previous_id Nullable(String),
    published_at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY dataset_id
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'dataset.published: frozen training sets.';

CREATE TABLE IF NOT EXISTS dataset_progressed
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
COMMENT 'dataset.progressed: how far the work on requested data sets is.';

CREATE TABLE IF NOT EXISTS dataset_fills
(
    labels_until UInt64,
    filled_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(filled_at)
ORDER BY labels_until
COMMENT 'Up to which offsets of label.resolved the registry was filled, to the end. What stands beyond the last one is of a fill that was broken off.';

CREATE TABLE IF NOT EXISTS dataset_labels
(
    record_offset UInt64 CODEC(Delta, ZSTD(1)),
    kind Enum8('RESOLVED' = 1, 'DERIVED' = 2) CODEC(ZSTD(1)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    policy_id LowCardinality(String),
    policy_version Int32 CODEC(T64, ZSTD(1)),
    categories Map(String, Tuple(value Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3), weight Float64)) CODEC(ZSTD(1)),
    rule LowCardinality(String),
    is_settled Bool CODEC(ZSTD(1)),
    is_expert Bool CODEC(ZSTD(1)),
    resolved_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY record_offset
COMMENT 'label.resolved as it was said, every record: the table of the event keeps of equal ones the last, and a cut must find the first again.';

CREATE TABLE IF NOT EXISTS dataset_origins
(
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    filled_until UInt64 CODEC(T64, ZSTD(1)),
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2, 'REPORTED' = 3, 'APPEALED' = 4, 'IMPORTED' = 5, 'RED_TEAM' = 6, 'OTHER' = 7) CODEC(ZSTD(1)),
    inclusion Nullable(Float64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (platform, content_id, revision, filled_until)
COMMENT 'Why people were asked about a labelled revision, and the final inclusion probability of its draw, as they were known when the registry was filled.';

CREATE TABLE IF NOT EXISTS dataset_items
(
    seq UInt64 CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    first_offset UInt64 CODEC(Delta, ZSTD(1)),
    item_key String CODEC(ZSTD(3)),
    has_text Bool CODEC(ZSTD(1)),
    text_hash String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    language LowCardinality(String),
    author_hash String CODEC(ZSTD(1)),
    exact_key String CODEC(ZSTD(1)),
    bands String CODEC(ZSTD(1)),
    sketch String CODEC(ZSTD(1)),
    root String CODEC(ZSTD(3)),
    tied Array(String) CODEC(ZSTD(1)),
    split Enum8('train' = 1, 'validation' = 2, 'test' = 3, 'none' = 4) CODEC(ZSTD(1)),
    is_quarantined Bool CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY seq
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Registry of labelled revisions in the order of the journal, and of imported rows as builds first took them: hashes of the text, near-duplicate group, split. Append-only, holds no text.';

CREATE TABLE IF NOT EXISTS dataset_stored_rows
(
    dataset_id String CODEC(ZSTD(1)),
    ordinal UInt32 CODEC(Delta, ZSTD(1)),
    row_key String CODEC(ZSTD(3)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    text String CODEC(ZSTD(3)),
    text_hash FixedString(16) CODEC(NONE),
    language LowCardinality(String),
    kind LowCardinality(String),
    split Enum8('train' = 1, 'validation' = 2, 'test' = 3, 'none' = 4) CODEC(ZSTD(1)),
    group_key String CODEC(ZSTD(3)),
    group_size UInt32 CODEC(T64, ZSTD(1)),
    labels Map(String, Tuple(value Enum8('NO' = 0, 'YES' = 1), weight Float64)) CODEC(ZSTD(1)),
    weight Float64 CODEC(ZSTD(1)),
    inclusion Nullable(Float64) CODEC(ZSTD(1)),
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2, 'REPORTED' = 3, 'APPEALED' = 4, 'IMPORTED' = 5, 'RED_TEAM' = 6, 'OTHER' = 7) CODEC(ZSTD(1)),
    is_gold Bool CODEC(ZSTD(1)),
    source LowCardinality(String),
    author_hash String CODEC(ZSTD(1)),
    labelled_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    row_hash FixedString(8) CODEC(NONE),
    INDEX text_hash_bloom text_hash TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
ORDER BY (dataset_id, ordinal)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Rows of data sets. Holds masked text. Read dataset_rows, which hides the text of erased contents at once.';

CREATE TABLE IF NOT EXISTS dataset_left_out
(
    dataset_id String CODEC(ZSTD(1)),
    row_key String CODEC(ZSTD(3)),
    reason LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (dataset_id, row_key)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Labelled revisions that a data set could not take because their text was gone: a rebuild leaves out the same.';

CREATE TABLE IF NOT EXISTS dataset_stored_reports
(
    dataset_id String,
    report String CODEC(ZSTD(3)),
    card String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY dataset_id
COMMENT 'Quality reports and cards of data sets. Read dataset_reports.';

CREATE OR REPLACE VIEW datasets
(
    dataset_id String COMMENT 'ds- and the hash of cut, policy, rule, recipe, salt and digest',
    name String COMMENT 'Name of its recipe, or of the import',
    kind Enum8('BUILT' = 1, 'IMPORTED' = 2) COMMENT 'BUILT: from labels of this installation and the imports that its recipe names. IMPORTED: from a labelled file',
    request_id Nullable(String) COMMENT 'The request that it answers; null for imports',
    policy_id Nullable(String) COMMENT 'Policy whose categories the labels are of; null for imports',
    policy_version Nullable(Int32) COMMENT 'Its version',
    labels_until Nullable(Int64) COMMENT 'Cut: labels of label.resolved before this offset; null for imports',
    sources Array(String) COMMENT 'Data sets that were imported and whose rows it takes',
    recipe_id String COMMENT 'r- and the hash of the recipe',
    recipe String COMMENT 'The recipe as JSON; of an import the mapping',
    rule String COMMENT 'How answers became labels; for imports the mapping',
    salt_id String COMMENT 'Hash of the salt by which groups get their split: data sets of different salts cannot be compared',
    rows UInt64 COMMENT 'Number of rows',
    digest String COMMENT 'SHA-256 over the rows in their order; tidegate dataset verify finds it again',
    splits Map(String, UInt64) COMMENT 'Rows by split: train, validation, test, none',
    categories Map(String, Tuple(positives UInt64, negatives UInt64, unknown UInt64)) COMMENT 'Rows with yes, with no and without a label, by category',
    languages Map(String, UInt64) COMMENT 'Rows by language',
    licences Array(String) COMMENT 'Licences of its sources, SPDX where there is one',
    previous_id Nullable(String) COMMENT 'Data set of the same recipe before it',
    expectations Array(Tuple(name String, passed Bool, detail String)) COMMENT 'Demands of the recipe, and what was found',
    published_at DateTime64(3, 'UTC') COMMENT 'When it was published'
)
AS SELECT
    dataset_id,
    name,
    kind,
    request_id,
    policy_id,
    policy_version,
    labels_until,
    sources,
    recipe_id,
    recipe,
    rule,
    salt_id,
    toUInt64(rows) AS rows,
    digest,
    CAST(splits, 'Map(String, UInt64)') AS splits,
    CAST(categories, 'Map(String, Tuple(positives UInt64, negatives UInt64, unknown UInt64))') AS categories,
    CAST(languages, 'Map(String, UInt64)') AS languages,
    licences,
    previous_id,
    expectations,
    published_at
FROM dataset_published FINAL
COMMENT 'Data sets: one row each; their rows are in dataset_rows';

CREATE OR REPLACE VIEW dataset_rows
(
    dataset_id String COMMENT 'The data set: filter by it',
    ordinal UInt32 COMMENT 'Place in the data set, from 0: rows stand in the order of their keys',
    row_key String COMMENT 'platform/contentId/revision; of an import its name, the line and 1',
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform; of an import the line',
    revision Int32 COMMENT 'Revision of the content',
    text String COMMENT 'The text, personal data masked; empty when the content was erased',
    text_hash String COMMENT 'SHA-256 of the masked text, first 32 hex digits: outlives the text',
    language LowCardinality(String) COMMENT 'Detected language, BCP-47, or und',
    kind LowCardinality(String) COMMENT 'POST, COMMENT, MESSAGE, PROFILE, PROMPT, COMPLETION or OTHER',
    split Enum8('train' = 1, 'validation' = 2, 'test' = 3, 'none' = 4) COMMENT 'By near-duplicate group, for ever; none: it ties groups of different splits',
    group_key String COMMENT 'Key of the first member of its near-duplicate group',
    group_size UInt32 COMMENT 'Members of the group up to the cut; one of them stands for all',
    labels Map(String, Tuple(value Enum8('NO' = 0, 'YES' = 1), weight Float64)) COMMENT 'What is known, by category; a category that is not there is unknown. Weight 0 counts and never trains',
    weight Float64 COMMENT 'Of the row: log(1 + group_size) / log 2',
    inclusion Nullable(Float64) COMMENT 'Final inclusion probability of its draw; null: it never enters an estimate',
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2, 'REPORTED' = 3, 'APPEALED' = 4, 'IMPORTED' = 5, 'RED_TEAM' = 6, 'OTHER' = 7) COMMENT 'Why people were asked',
    is_gold Bool COMMENT 'An expert settled it: frozen gold',
    source LowCardinality(String) COMMENT 'The data set it was imported with, or labels',
    author_hash String COMMENT 'Keyed hash of the author, 32 hex digits; empty: not known. For a check of leakage, never a feature',
    labelled_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was resolved; null for imports',
    erased Bool COMMENT 'Whether the content was erased'
)
AS SELECT
    dataset_id,
    ordinal,
    row_key,
    platform,
    content_id,
    revision,
    if(erased, '', text) AS text,
    lower(hex(text_hash)) AS text_hash,
    language,
    kind,
    split,
    group_key,
    group_size,
    labels,
    weight,
    inclusion,
    origin,
    is_gold,
    source,
    author_hash,
    labelled_at,
    toBool((platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS erased
FROM dataset_stored_rows FINAL
COMMENT 'Rows of data sets';

CREATE OR REPLACE VIEW dataset_reports
(
    dataset_id String COMMENT 'The data set',
    report String COMMENT 'Quality report, JSON: counts, balance, agreement, suspected label errors, duplicates, leakage by author, personal data left',
    card String COMMENT 'Card for people, Markdown'
)
AS SELECT dataset_id, report, card
FROM dataset_stored_reports FINAL
COMMENT 'Quality reports and cards of data sets';

CREATE OR REPLACE VIEW dataset_builds
(
    request_id String COMMENT 'The request',
    attempt Int32 COMMENT 'Starts of the work, from 1: a role that was killed begins another one',
    state Enum8('STARTED' = 1, 'RUNNING' = 2, 'COMPLETED' = 3, 'FAILED' = 4) COMMENT 'COMPLETED and FAILED end the request',
    step String COMMENT 'What is being done',
    done Int64 COMMENT 'Parts of the step that are done',
    total Int64 COMMENT 'Parts that it has; 0: not known',
    detail Nullable(String) COMMENT 'FAILED: why, and what to do about it',
    dataset_id Nullable(String) COMMENT 'The data set, once it is known',
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
    p.subject_id AS dataset_id,
    p.at AS at
FROM
(
    SELECT
        request_id,
        max(attempt) AS attempt,
        argMax(tuple(state, step, done, total, detail, subject_id, at)::Tuple(
            state Enum8('STARTED' = 1, 'RUNNING' = 2, 'COMPLETED' = 3, 'FAILED' = 4), step String, done Int64, total Int64,
            detail Nullable(String), subject_id Nullable(String), at DateTime64(3, 'UTC')), (dataset_progressed.attempt, sequence)) AS p
    FROM dataset_progressed
    GROUP BY request_id
)
COMMENT 'How far each requested data set is: the latest that was said of it';
