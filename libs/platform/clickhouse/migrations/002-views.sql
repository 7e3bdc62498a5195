-- Views for analysts. They read deduplicated (FINAL); a repeated event lies in the same partition, so partitions need no merging with
-- each other. Ids are hexadecimal text, text of erased contents is not shown.

CREATE OR REPLACE VIEW content
(
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content, from 1',
    kind Enum8('POST' = 1, 'COMMENT' = 2, 'MESSAGE' = 3, 'PROFILE' = 4, 'PROMPT' = 5, 'COMPLETION' = 6, 'OTHER' = 7) COMMENT 'POST, COMMENT, MESSAGE, PROFILE, PROMPT, COMPLETION or OTHER',
    text String COMMENT 'The text; empty 30 days after its day, and when the content is erased',
    text_hash String COMMENT 'SHA-256 of the text, first 32 hex digits; joins predictions and verdicts',
    language LowCardinality(Nullable(String)) COMMENT 'BCP-47 tag that the platform gave; predictions.language is detected',
    metadata Map(String, String) COMMENT 'Further facts; emptied with the text',
    erased Bool COMMENT 'Whether the content was erased',
    submitted_at DateTime64(3, 'UTC') COMMENT 'When the platform submitted it',
    day Date COMMENT 'Partition: filter by it where you can. Day of submitted_at, or of the Kafka record where submitted_at is far from it',
    record_partition UInt16 COMMENT 'Partition of content.submitted',
    record_offset UInt64 COMMENT 'Offset in that partition'
)
AS SELECT
    platform,
    content_id,
    revision,
    kind,
    if(erased, '', text) AS text,
    lower(hex(text_hash)) AS text_hash,
    language,
    if(erased, map(), metadata) AS metadata,
    toBool((platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS erased,
    submitted_at,
    day,
    record_partition,
    record_offset
FROM content_submitted FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Contents: one row per text of a revision';

CREATE OR REPLACE VIEW predictions
(
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    kind Enum8('POST' = 1, 'COMMENT' = 2, 'MESSAGE' = 3, 'PROFILE' = 4, 'PROMPT' = 5, 'COMPLETION' = 6, 'OTHER' = 7) COMMENT 'POST, COMMENT, MESSAGE, PROFILE, PROMPT, COMPLETION or OTHER',
    language LowCardinality(String) COMMENT 'Detected language, BCP-47, or und',
    language_confidence Float32 COMMENT 'Confidence of the detection, 0 to 1',
    author_hash Nullable(String) COMMENT 'Keyed hash of the author',
    conversation_hash Nullable(String) COMMENT 'Keyed hash of the conversation',
    text_hash String COMMENT 'SHA-256 of the text, first 32 hex digits',
    text_length UInt32 COMMENT 'Length of the text in UTF-16 code units',
    duplicate_key String COMMENT 'Equal for texts that differ in little, 16 hex digits',
    obfuscation Tuple(zero_width UInt32, bidi UInt32, confusable UInt32, mixed_script UInt32, leet UInt32, spaced_letters UInt32, repeats UInt32, encoded UInt32) COMMENT 'How often the normaliser had to undo a disguise, by kind',
    scores Array(Tuple(model_id String, tier Enum8('NGRAM' = 1, 'ENCODER' = 2), logits Map(String, Float32))) COMMENT 'Raw outputs, one entry per model that ran',
    assignments Array(Tuple(channel String, role Enum8('LIVE' = 1, 'CANARY' = 2, 'SHADOW' = 3), mode Enum8('NORMAL' = 1, 'REVIEW_ALL' = 2, 'ALLOW_ALL' = 3), deployment_id String, model_id String, calibration_id String, probabilities Map(String, Float32), error Nullable(String))) COMMENT 'Which bundle judged in each channel; role SHADOW never becomes a verdict',
    probabilities Map(String, Map(String, Float32)) COMMENT 'Calibrated probability by channel and category, of the assignments that became verdicts: probabilities[''public''][''H'']',
    submitted_at DateTime64(3, 'UTC') COMMENT 'When the platform submitted the content',
    scored_at DateTime64(3, 'UTC') COMMENT 'When it was scored; its day is the partition: filter by it',
    source_partition UInt16 COMMENT 'Partition of the scored record in content.submitted',
    source_offset UInt64 COMMENT 'Offset of the scored record',
    record_partition UInt16 COMMENT 'Partition of prediction.scored',
    record_offset UInt64 COMMENT 'Offset in that partition'
)
AS SELECT
    platform,
    content_id,
    revision,
    kind,
    language,
    language_confidence,
    lower(hex(author_hash)) AS author_hash,
    lower(hex(conversation_hash)) AS conversation_hash,
    lower(hex(text_hash)) AS text_hash,
    text_length,
    lower(hex(duplicate_key)) AS duplicate_key,
    obfuscation,
    scores,
    assignments,
    mapFromArrays(
        arrayMap(a -> a.channel, arrayFilter(a -> a.role != 'SHADOW', assignments)),
        arrayMap(a -> a.probabilities, arrayFilter(a -> a.role != 'SHADOW', assignments))) AS probabilities,
    submitted_at,
    scored_at,
    source_partition,
    source_offset,
    record_partition,
    record_offset
FROM prediction_scored FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'What the models said: one row per scored revision';

CREATE OR REPLACE VIEW verdicts
(
    verdict_id String COMMENT 'Id, 32 hex digits',
    kind Enum8('ISSUED' = 1, 'SUPERSEDED' = 2, 'RETRACTED' = 3) COMMENT 'ISSUED, SUPERSEDED (replaces the verdict named in supersedes) or RETRACTED (withdraws it)',
    current Bool COMMENT 'Whether it still holds: not replaced, not withdrawn, and no withdrawal itself',
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    channel LowCardinality(String) COMMENT 'Audience of the verdict',
    action Enum8('ALLOW' = 1, 'REVIEW' = 2, 'BLOCK' = 3) COMMENT 'ALLOW, REVIEW or BLOCK: the strictest over the categories',
    categories Map(String, Tuple(probability Float32, action Enum8('ALLOW' = 1, 'REVIEW' = 2, 'BLOCK' = 3), review_threshold Nullable(Float64), block_threshold Nullable(Float64), provisional Bool)) COMMENT 'By category: probability (rounded to 1/1024), the action that it asks for, the thresholds in force',
    deployment_id LowCardinality(String) COMMENT 'Bundle that decided; empty for a person',
    model_id LowCardinality(String) COMMENT 'Model of the bundle',
    calibration_id LowCardinality(String) COMMENT 'Calibration of the bundle',
    threshold_set_id LowCardinality(String) COMMENT 'Thresholds of the bundle',
    policy_id LowCardinality(String) COMMENT 'Policy of the bundle',
    policy_version Int32 COMMENT 'Version of the policy',
    role Enum8('LIVE' = 1, 'CANARY' = 2, 'SHADOW' = 3) COMMENT 'LIVE or CANARY',
    mode Enum8('NORMAL' = 1, 'REVIEW_ALL' = 2, 'ALLOW_ALL' = 3) COMMENT 'NORMAL, REVIEW_ALL or ALLOW_ALL',
    decided_by Enum8('MODEL' = 1, 'MODE' = 2, 'UNCOVERED' = 3, 'PERSON' = 4) COMMENT 'MODEL, MODE (kill switch), UNCOVERED or PERSON',
    text_hash String COMMENT 'SHA-256 of the text, first 32 hex digits',
    cause_id Nullable(String) COMMENT 'What asked for this verdict, when it was not the content itself',
    supersedes Nullable(String) COMMENT 'verdict_id that this one replaces or withdraws',
    reason Nullable(String) COMMENT 'Why, in a few words',
    source_topic LowCardinality(String) COMMENT 'Topic of the record that was decided',
    source_partition UInt16 COMMENT 'Its partition',
    source_offset UInt64 COMMENT 'Its offset',
    submitted_at DateTime64(3, 'UTC') COMMENT 'When the platform submitted the content, or the request was made',
    issued_at DateTime64(3, 'UTC') COMMENT 'When it was decided; its day is the partition: filter by it',
    record_partition UInt16 COMMENT 'Partition of the verdict topic',
    record_offset UInt64 COMMENT 'Offset in that partition'
)
AS SELECT
    lower(hex(v.verdict_id)) AS verdict_id,
    v.kind AS kind,
    toBool(v.kind != 'RETRACTED' AND v.verdict_id NOT IN (
        SELECT assumeNotNull(supersedes) FROM verdict_issued WHERE supersedes IS NOT NULL)) AS current,
    v.platform AS platform,
    v.content_id AS content_id,
    v.revision AS revision,
    v.channel AS channel,
    v.action AS action,
    CAST(
        mapApply((category, c) -> (category, (c.probability_1024 / 1024, c.action, c.review_threshold, c.block_threshold, c.provisional)), v.categories),
        'Map(String, Tuple(probability Float32, action Enum8(''ALLOW'' = 1, ''REVIEW'' = 2, ''BLOCK'' = 3), review_threshold Nullable(Float64), block_threshold Nullable(Float64), provisional Bool))') AS categories,
    v.deployment_id AS deployment_id,
    v.model_id AS model_id,
    v.calibration_id AS calibration_id,
    v.threshold_set_id AS threshold_set_id,
    v.policy_id AS policy_id,
    v.policy_version AS policy_version,
    v.role AS role,
    v.mode AS mode,
    v.decided_by AS decided_by,
    lower(hex(v.text_hash)) AS text_hash,
    v.cause_id AS cause_id,
    lower(hex(v.supersedes)) AS supersedes,
    v.reason AS reason,
    v.source_topic AS source_topic,
    v.source_partition AS source_partition,
    v.source_offset AS source_offset,
    v.submitted_at AS submitted_at,
    v.issued_at AS issued_at,
    v.record_partition AS record_partition,
    v.record_offset AS record_offset
FROM verdict_issued AS v FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Verdicts of all channels: one row per verdict id';

CREATE OR REPLACE VIEW deployments
(
    channel LowCardinality(String) COMMENT 'The channel',
    sequence Int64 COMMENT 'Counts the changes of the channel, from 1',
    mode Enum8('NORMAL' = 1, 'REVIEW_ALL' = 2, 'ALLOW_ALL' = 3) COMMENT 'NORMAL, REVIEW_ALL or ALLOW_ALL',
    deployment_id String COMMENT 'Bundle that was live from changed_at on',
    model_id LowCardinality(String) COMMENT 'Its model; empty while its bundle is not read yet',
    calibration_id LowCardinality(String) COMMENT 'Its calibration',
    threshold_set_id LowCardinality(String) COMMENT 'Its thresholds',
    policy_id LowCardinality(String) COMMENT 'Its policy',
    policy_version Int32 COMMENT 'Version of the policy',
    thresholds Map(String, Tuple(review Nullable(Float64), block Nullable(Float64), provisional Bool)) COMMENT 'By category: where review and block begin',
    previous Nullable(String) COMMENT 'Bundle that was live before',
    canary_deployment_id Nullable(String) COMMENT 'Bundle that judged a share of the traffic',
    canary_share Nullable(Float64) COMMENT 'That share, 0 to 1',
    shadows Array(String) COMMENT 'Bundles that scored without effect',
    reason String COMMENT 'Why it changed',
    changed_by String COMMENT 'Role or person (by role) that changed it',
    changed_at DateTime64(3, 'UTC') COMMENT 'From when on it held',
    changed_until Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when it held; null: it holds'
)
AS SELECT
    c.channel AS channel,
    c.sequence AS sequence,
    c.mode AS mode,
    c.live AS deployment_id,
    b.model_id AS model_id,
    b.calibration_id AS calibration_id,
    b.threshold_set_id AS threshold_set_id,
    b.policy_id AS policy_id,
    b.policy_version AS policy_version,
    b.thresholds AS thresholds,
    c.previous AS previous,
    c.canary_deployment_id AS canary_deployment_id,
    c.canary_share AS canary_share,
    c.shadows AS shadows,
    c.reason AS reason,
    c.changed_by AS changed_by,
    c.changed_at AS changed_at,
    c.changed_until AS changed_until
FROM
(
    SELECT
        *,
        leadInFrame(toNullable(changed_at)) OVER (
            PARTITION BY channel ORDER BY sequence ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS changed_until
    FROM deployment_changed FINAL
) AS c
LEFT JOIN (SELECT * FROM deployment_bundled FINAL) AS b ON b.deployment_id = c.live
COMMENT 'What ran in each channel, from when until when';

CREATE OR REPLACE VIEW dead_letters
(
    dead_letter_id String COMMENT 'stage/topic/partition/offset: the app that rejected, and the record that it rejected',
    stage LowCardinality(String) COMMENT 'App that rejected the record',
    release LowCardinality(String) COMMENT 'Release of the app',
    reason LowCardinality(String) COMMENT 'Code of the rejection',
    detail String COMMENT 'What is wrong, with the field',
    source_topic LowCardinality(String) COMMENT 'Topic of the rejected record',
    source_partition UInt16 COMMENT 'Its partition',
    source_offset UInt64 COMMENT 'Its offset',
    key Nullable(String) COMMENT 'Original key, as text',
    key_base64 Nullable(String) COMMENT 'Original key, byte for byte',
    value_bytes Nullable(UInt64) COMMENT 'Length of the original value',
    value_base64 Nullable(String) COMMENT 'Original value, byte for byte; null 30 days after the rejection, and when the content of the key is erased',
    headers Map(String, String) COMMENT 'Original headers: base64 of each value by its name',
    record_timestamp DateTime64(3, 'UTC') COMMENT 'Timestamp of the rejected record',
    rejected_at DateTime64(3, 'UTC') COMMENT 'When it was rejected; its month is the partition',
    record_partition UInt16 COMMENT 'Partition of the dead-letter topic',
    record_offset UInt64 COMMENT 'Offset in that partition'
)
AS SELECT
    concat(stage, '/', source_topic, '/', toString(source_partition), '/', toString(source_offset)) AS dead_letter_id,
    stage,
    release,
    reason,
    detail,
    source_topic,
    source_partition,
    source_offset,
    toValidUTF8(d.key) AS key,
    base64Encode(d.key) AS key_base64,
    length(d.value) AS value_bytes,
    if(ifNull(d.key, '') IN (SELECT concat(platform, '/', content_id) FROM content_erased), NULL, base64Encode(d.value)) AS value_base64,
    mapFromArrays(arrayMap(h -> h.key, d.headers), arrayMap(h -> base64Encode(h.value), d.headers)) AS headers,
    record_timestamp,
    rejected_at,
    record_partition,
    record_offset
FROM dead_letter_rejected AS d FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Records that could not be processed';

CREATE OR REPLACE VIEW freshness
(
    topic LowCardinality(String) COMMENT 'Topic, without the configured prefix',
    partition UInt16 COMMENT 'Partition',
    next_offset UInt64 COMMENT 'All records below this offset are readable here',
    end_offset UInt64 COMMENT 'End of the partition at the last look',
    lag_records Int64 COMMENT 'Records between the two',
    complete_until DateTime64(3, 'UTC') COMMENT 'All records that were written to Kafka before this time are readable here',
    lag_seconds Float64 COMMENT 'Seconds since complete_until',
    written_at DateTime64(3, 'UTC') COMMENT 'When the warehouse last said so; a stopped warehouse says nothing'
)
AS SELECT
    topic,
    partition,
    next_offset,
    end_offset,
    if(end_offset > next_offset, end_offset - next_offset, 0) AS lag_records,
    complete_until,
    greatest(0, toFloat64(now64(3, 'UTC')) - toFloat64(complete_until)) AS lag_seconds,
    written_at
FROM warehouse_watermark FINAL
COMMENT 'How far the warehouse is, per topic and partition';

CREATE OR REPLACE VIEW verdict_hourly
(
    hour DateTime('UTC') COMMENT 'Start of the hour in which the verdicts were issued',
    channel LowCardinality(String) COMMENT 'The channel',
    platform LowCardinality(String) COMMENT 'The platform',
    action Enum8('ALLOW' = 1, 'REVIEW' = 2, 'BLOCK' = 3) COMMENT 'ALLOW, REVIEW or BLOCK',
    category LowCardinality(String) COMMENT 'Empty: all verdicts, by their action. Otherwise verdicts in which this category asked for that action; ALLOW is not counted by category',
    verdicts UInt64 COMMENT 'Verdicts, withdrawals not counted'
)
AS SELECT
    hour,
    channel,
    platform,
    action,
    category,
    verdicts
FROM verdict_hourly_runs FINAL
WHERE (hour, run_at) IN (SELECT toDateTime(window_from, 'UTC'), run_at FROM job_runs FINAL WHERE job = 'verdict-rollup')
COMMENT 'Verdicts per hour, of closed hours';
