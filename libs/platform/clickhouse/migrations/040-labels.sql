-- What people answered, what it means, and how good it is (labels 2).
-- The tables of the events have one partition: answers are few, imports bring dates of many years, and a repetition may carry another time.

CREATE TABLE IF NOT EXISTS label_submitted
(
    submission_id FixedString(16) CODEC(NONE),
    lease_id FixedString(16) CODEC(NONE),
    attempt Int32 CODEC(T64, ZSTD(1)),
    task_id FixedString(16) CODEC(ZSTD(1)),
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2, 'REPORTED' = 3, 'APPEALED' = 4, 'IMPORTED' = 5, 'RED_TEAM' = 6, 'OTHER' = 7) CODEC(ZSTD(1)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    labeler_id LowCardinality(String),
    labeler_role Enum8('REVIEWER' = 1, 'EXPERT' = 2) CODEC(ZSTD(1)),
    rater_group LowCardinality(Nullable(String)),
    purpose Enum8('FRESH' = 1, 'GOLD' = 2, 'REPEAT' = 3) CODEC(ZSTD(1)),
    ordinal Int32 CODEC(T64, ZSTD(1)),
    outcome Enum8('ANSWERED' = 1, 'SKIPPED' = 2, 'ESCALATED' = 3) CODEC(ZSTD(1)),
    answers Map(String, Enum8('YES' = 1, 'NO' = 2, 'UNSURE' = 3)) CODEC(ZSTD(1)),
    reason Nullable(Enum8('LANGUAGE' = 1, 'UPSETTING' = 2, 'UNREADABLE' = 3, 'GONE' = 4, 'MINOR' = 5, 'LEGAL' = 6, 'DOUBT' = 7, 'OTHER' = 8)) CODEC(ZSTD(1)),
    decision_channel LowCardinality(Nullable(String)),
    decision_verdict_id Nullable(FixedString(16)) CODEC(ZSTD(1)),
    decision_action Nullable(Enum8('ALLOW' = 1, 'REVIEW' = 2, 'BLOCK' = 3)) CODEC(ZSTD(1)),
    decision_overturns Nullable(Bool) CODEC(ZSTD(1)),
    policies Array(String) CODEC(ZSTD(1)),
    text_hash Nullable(FixedString(16)) CODEC(ZSTD(1)),
    window_from Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    leased_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    duration_ms Nullable(Int32) CODEC(ZSTD(1)),
    submitted_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (platform, content_id, revision, submission_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'label.submitted: what people answered, every attempt of every lease. Holds no text and no names.';

CREATE TABLE IF NOT EXISTS label_resolved
(
    resolved_id FixedString(16) CODEC(NONE),
    kind Enum8('RESOLVED' = 1, 'DERIVED' = 2) CODEC(ZSTD(1)),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32 CODEC(T64, ZSTD(1)),
    facts Map(String, Tuple(
        fact Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3),
        probability Nullable(Float64),
        votes Int32,
        unsure Int32,
        is_expert Bool,
        is_trainable Bool)) CODEC(ZSTD(1)),
    rule LowCardinality(String),
    pass_id LowCardinality(Nullable(String)),
    from_resolved_id Nullable(FixedString(16)) CODEC(ZSTD(1)),
    policy_id LowCardinality(Nullable(String)),
    policy_version Nullable(Int32) CODEC(ZSTD(1)),
    categories Map(String, Tuple(
        value Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3),
        weight Float64,
        decided_by Array(String))) CODEC(ZSTD(1)),
    is_settled Bool CODEC(ZSTD(1)),
    resolved_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    record_partition UInt16 CODEC(T64, ZSTD(1)),
    record_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (platform, content_id, revision, kind, resolved_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'label.resolved: facts from answers (RESOLVED) and categories from facts (DERIVED), everything that was ever said; the highest offset holds.';

-- What the jobs of the label role found, run by run; the views show the latest recorded run of the latest window (job_runs).

CREATE TABLE IF NOT EXISTS label_skills
(
    run_at DateTime64(3, 'UTC'),
    pass_id LowCardinality(String),
    question LowCardinality(String),
    labeler_id String CODEC(ZSTD(1)),
    sensitivity Float64 CODEC(ZSTD(1)),
    specificity Float64 CODEC(ZSTD(1)),
    prevalence Float64 CODEC(ZSTD(1)),
    vanished Nullable(Enum8('YES' = 1, 'NO' = 2)),
    votes UInt64 CODEC(T64, ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, question, labeler_id)
TTL toDateTime(run_at) + INTERVAL 90 DAY
COMMENT 'Parameters of the exact passes (job label-resolve). labeler_id empty: all labelers together; prevalence, vanished and votes stand there.';

CREATE TABLE IF NOT EXISTS labeler_quality_runs
(
    run_at DateTime64(3, 'UTC'),
    labeler_id String CODEC(ZSTD(1)),
    question LowCardinality(String),
    answers UInt64,
    unsure UInt64,
    hits UInt32,
    misses UInt32,
    rejections UInt32,
    false_alarms UInt32,
    sensitivity Float64,
    sensitivity_low Float64,
    sensitivity_high Float64,
    sensitivity_too_low Float64,
    specificity Float64,
    specificity_low Float64,
    specificity_high Float64,
    specificity_too_low Float64,
    standing Enum8('GOOD' = 1, 'WARN' = 2, 'STOP' = 3),
    fitted_sensitivity Nullable(Float64),
    fitted_specificity Nullable(Float64),
    compared UInt64,
    agreement Nullable(Float64),
    repeats UInt32,
    consistency Nullable(Float64),
    consistency_low Nullable(Float64),
    consistency_high Nullable(Float64),
    median_ms Nullable(Float64),
    limit_ms Nullable(Float64),
    is_hurried Bool,
    no_run UInt32,
    no_run_limit Nullable(UInt32),
    always_no Bool,
    drift Nullable(Enum8('RISEN' = 1, 'FALLEN' = 2)),
    audit_items UInt32,
    audit_answered UInt32,
    audit_precision Nullable(Float64),
    audit_recall Nullable(Float64),
    audit_f1 Nullable(Float64)
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, labeler_id, question)
TTL toDateTime(run_at) + INTERVAL 90 DAY
COMMENT 'What the runs of label-quality found of labelers. Read labeler_quality.';

CREATE TABLE IF NOT EXISTS label_agreement_runs
(
    run_at DateTime64(3, 'UTC'),
    kind Enum8('QUESTION' = 1, 'CLAUSE' = 2, 'CATEGORY' = 3),
    subject String,
    question LowCardinality(String),
    policy_id LowCardinality(String),
    policy_version Int32,
    category LowCardinality(String),
    clause UInt32,
    rule String,
    alpha Nullable(Float64),
    alpha_low Nullable(Float64),
    alpha_high Nullable(Float64),
    band Nullable(Enum8('GOOD' = 1, 'TENTATIVE' = 2, 'POOR' = 3)),
    positive_agreement Nullable(Float64),
    positive_low Nullable(Float64),
    positive_high Nullable(Float64),
    items UInt64,
    answers UInt64,
    vanished Nullable(Enum8('YES' = 1, 'NO' = 2))
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, kind, subject)
TTL toDateTime(run_at) + INTERVAL 2 YEAR
COMMENT 'How far people agreed, run by run of label-quality. Read label_agreement; this is its history.';

CREATE TABLE IF NOT EXISTS label_disagreement_runs
(
    run_at DateTime64(3, 'UTC'),
    question LowCardinality(String),
    place UInt32,
    division Enum8('TWO_READINGS' = 1, 'WAVERING' = 2, 'SPLIT' = 3),
    summary String,
    examples UInt32,
    yes UInt32,
    no UInt32,
    yes_camp Array(String),
    no_camp Array(String),
    items Array(Tuple(platform String, content_id String, revision Int32))
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, question, place)
TTL toDateTime(run_at) + INTERVAL 90 DAY
COMMENT 'Clusters of items on which people split, run by run of label-quality. Read label_disagreement.';

CREATE TABLE IF NOT EXISTS label_error_runs
(
    run_at DateTime64(3, 'UTC'),
    policy_id LowCardinality(String),
    policy_version Int32,
    channel LowCardinality(String),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32,
    score Float64,
    flags Array(Tuple(category String, kind Enum8('MISS' = 1, 'FALSE_LABEL' = 2), probability Float64)),
    audit Enum8('NOT_DRAWN' = 1, 'OPEN' = 2, 'RIGHT' = 3, 'WRONG' = 4)
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, policy_id, policy_version, platform, content_id, revision)
TTL toDateTime(run_at) + INTERVAL 90 DAY
COMMENT 'Labels that look wrong, run by run of label-quality. Read label_errors.';

CREATE TABLE IF NOT EXISTS labeler_audit_runs
(
    run_at DateTime64(3, 'UTC'),
    labeler_id String CODEC(ZSTD(1)),
    category LowCardinality(String),
    period LowCardinality(String),
    platform LowCardinality(String),
    content_id String CODEC(ZSTD(3)),
    revision Int32,
    labelled Bool,
    probability Float64,
    auditor Nullable(Bool)
)
ENGINE = ReplacingMergeTree
ORDER BY (run_at, labeler_id, category, platform, content_id, revision)
TTL toDateTime(run_at) + INTERVAL 90 DAY
COMMENT 'What the 10 + 10 audit drew, run by run of label-quality. Read labeler_audit.';

CREATE OR REPLACE VIEW label_submissions
(
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    outcome Enum8('ANSWERED' = 1, 'SKIPPED' = 2, 'ESCALATED' = 3) COMMENT 'What the person did',
    reason Nullable(Enum8('LANGUAGE' = 1, 'UPSETTING' = 2, 'UNREADABLE' = 3, 'GONE' = 4, 'MINOR' = 5, 'LEGAL' = 6, 'DOUBT' = 7, 'OTHER' = 8)) COMMENT 'Why it was skipped or escalated',
    answers Map(String, Enum8('YES' = 1, 'NO' = 2, 'UNSURE' = 3)) COMMENT 'By question@version; empty unless ANSWERED',
    counts Bool COMMENT 'Whether it takes part in the resolution: the first answer of a reviewer to the item, and every answer of an expert, of which the latest settles',
    labeler_id LowCardinality(String) COMMENT 'The person, a hash',
    labeler_role Enum8('REVIEWER' = 1, 'EXPERT' = 2) COMMENT 'The answer of an EXPERT settles',
    rater_group Nullable(String) COMMENT 'Group of raters',
    purpose Enum8('FRESH' = 1, 'GOLD' = 2, 'REPEAT' = 3) COMMENT 'FRESH: an open task. GOLD: an item whose answer is known. REPEAT: an item that this person answered before',
    ordinal Int32 COMMENT 'How many tasks the person had been given before',
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2, 'REPORTED' = 3, 'APPEALED' = 4, 'IMPORTED' = 5, 'RED_TEAM' = 6, 'OTHER' = 7) COMMENT 'Why people were asked; only DRAWN may enter an estimate',
    policies Array(String) COMMENT 'policyId@version of the policies whose questions were asked',
    duration_ms Nullable(Int32) COMMENT 'From the item on the screen to the answer; null: not known',
    submitted_at DateTime64(3, 'UTC') COMMENT 'When it was received; for imports when it was given',
    submission_id String COMMENT 'Id of the attempt that counts, 32 hex digits',
    lease_id String COMMENT 'The lease, 32 hex digits',
    attempt Int32 COMMENT 'The attempt that counts, the highest; from 0',
    task_id String COMMENT 'The task, 32 hex digits',
    record_offset UInt64 COMMENT 'Offset of the first attempt in label.submitted: the order in which answers came',
    erased Bool COMMENT 'Whether the content was erased: answers hold no text and stay'
)
AS SELECT
    platform,
    content_id,
    revision,
    s.outcome AS outcome,
    s.reason AS reason,
    s.answers AS answers,
    toBool(outcome = 'ANSWERED' AND (labeler_role = 'EXPERT'
        OR row_number() OVER (PARTITION BY platform, content_id, revision, labeler_id, labeler_role, outcome ORDER BY first_offset) = 1)) AS counts,
    labeler_id,
    s.labeler_role AS labeler_role,
    s.rater_group AS rater_group,
    s.purpose AS purpose,
    s.ordinal AS ordinal,
    s.origin AS origin,
    s.policies AS policies,
    s.duration_ms AS duration_ms,
    s.submitted_at AS submitted_at,
    lower(hex(s.submission_id)) AS submission_id,
    lower(hex(lease_id)) AS lease_id,
    s.attempt AS attempt,
    lower(hex(s.task_id)) AS task_id,
    first_offset AS record_offset,
    toBool((platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS erased
FROM
(
    SELECT
        platform,
        content_id,
        revision,
        labeler_id,
        lease_id,
        argMax(tuple(submission_id, attempt, task_id, origin, labeler_role, rater_group, purpose, ordinal, outcome, reason, answers, policies, duration_ms, submitted_at)::Tuple(
            submission_id FixedString(16), attempt Int32, task_id FixedString(16),
            origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2, 'REPORTED' = 3, 'APPEALED' = 4, 'IMPORTED' = 5, 'RED_TEAM' = 6, 'OTHER' = 7),
            labeler_role Enum8('REVIEWER' = 1, 'EXPERT' = 2), rater_group Nullable(String),
            purpose Enum8('FRESH' = 1, 'GOLD' = 2, 'REPEAT' = 3), ordinal Int32,
            outcome Enum8('ANSWERED' = 1, 'SKIPPED' = 2, 'ESCALATED' = 3),
            reason Nullable(Enum8('LANGUAGE' = 1, 'UPSETTING' = 2, 'UNREADABLE' = 3, 'GONE' = 4, 'MINOR' = 5, 'LEGAL' = 6, 'DOUBT' = 7, 'OTHER' = 8)),
            answers Map(String, Enum8('YES' = 1, 'NO' = 2, 'UNSURE' = 3)),
            policies Array(String), duration_ms Nullable(Int32), submitted_at DateTime64(3, 'UTC')), attempt) AS s,
        min(record_offset) AS first_offset
    FROM label_submitted
    GROUP BY platform, content_id, revision, labeler_id, lease_id
)
COMMENT 'What people did with what they were shown: one row per lease, corrections resolved';

CREATE OR REPLACE VIEW label_votes
(
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    question_key String COMMENT 'question@version: what answers and facts are kept by',
    question String COMMENT 'The question',
    question_version UInt32 COMMENT 'Version of its wording',
    answer Enum8('YES' = 1, 'NO' = 2, 'UNSURE' = 3) COMMENT 'What the person said; UNSURE is an answer',
    counts Bool COMMENT 'Whether it takes part in the resolution: the first answer of a reviewer to the item, and every answer of an expert, of which the latest settles',
    labeler_id LowCardinality(String) COMMENT 'The person, a hash',
    labeler_role Enum8('REVIEWER' = 1, 'EXPERT' = 2) COMMENT 'The answer of an EXPERT settles',
    rater_group Nullable(String) COMMENT 'Group of raters',
    purpose Enum8('FRESH' = 1, 'GOLD' = 2, 'REPEAT' = 3) COMMENT 'FRESH: an open task. GOLD: an item whose answer is known. REPEAT: an item that this person answered before',
    origin Enum8('DRAWN' = 1, 'TRAIN_ONLY' = 2, 'REPORTED' = 3, 'APPEALED' = 4, 'IMPORTED' = 5, 'RED_TEAM' = 6, 'OTHER' = 7) COMMENT 'Why people were asked; only DRAWN may enter an estimate',
    duration_ms Nullable(Int32) COMMENT 'From the item on the screen to the answer, all its questions together; null: not known',
    submitted_at DateTime64(3, 'UTC') COMMENT 'When the answer was received; for imports when it was given',
    submission_id String COMMENT 'Id of the submission that counts, 32 hex digits',
    lease_id String COMMENT 'The lease, 32 hex digits; of its attempts the highest counts, and this row is of that one',
    task_id String COMMENT 'The task, 32 hex digits',
    record_offset UInt64 COMMENT 'Offset of the first attempt in label.submitted: the order in which answers came',
    erased Bool COMMENT 'Whether the content was erased: votes hold no text and stay'
)
AS SELECT
    platform,
    content_id,
    revision,
    question_key,
    splitByChar('@', question_key)[1] AS question,
    toUInt32OrZero(splitByChar('@', question_key)[2]) AS question_version,
    answer,
    counts,
    labeler_id,
    labeler_role,
    rater_group,
    purpose,
    origin,
    duration_ms,
    submitted_at,
    submission_id,
    lease_id,
    task_id,
    record_offset,
    erased
FROM label_submissions
ARRAY JOIN mapKeys(answers) AS question_key, mapValues(answers) AS answer
WHERE outcome = 'ANSWERED'
COMMENT 'Votes: one row per answer to a question, corrections resolved. A sub-level that was not asked because its question was answered NO counts as NO and has no row';

CREATE OR REPLACE VIEW label_facts
(
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    question_key String COMMENT 'question@version',
    question String COMMENT 'The question',
    question_version UInt32 COMMENT 'Version of its wording',
    fact Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3) COMMENT 'YES from a probability of .8, NO to .2, else UNKNOWN; what an expert said wins',
    probability Nullable(Float64) COMMENT 'Of yes; 1 or 0 where an expert said so; null: nobody said yes or no',
    votes Int32 COMMENT 'People who said yes or no, experts included',
    unsure Int32 COMMENT 'People who were unsure',
    is_expert Bool COMMENT 'Whether an expert settled it',
    is_trainable Bool COMMENT 'False where people agree no better than by chance, so that the probability says nothing',
    settled Bool COMMENT 'False while somebody is still to be asked about the item',
    rule String COMMENT 'Rule that resolved the answers',
    pass_id Nullable(String) COMMENT 'Nightly pass that changed it last; null: resolved as the answers came',
    resolved_id String COMMENT 'Id of the event, 32 hex digits',
    resolved_at DateTime64(3, 'UTC') COMMENT 'When it was resolved',
    erased Bool COMMENT 'Whether the content was erased: facts hold no text and stay'
)
AS SELECT
    platform,
    content_id,
    revision,
    question_key,
    splitByChar('@', question_key)[1] AS question,
    toUInt32OrZero(splitByChar('@', question_key)[2]) AS question_version,
    f.fact AS fact,
    f.probability AS probability,
    f.votes AS votes,
    f.unsure AS unsure,
    f.is_expert AS is_expert,
    f.is_trainable AS is_trainable,
    r.is_settled AS settled,
    r.rule AS rule,
    r.pass_id AS pass_id,
    lower(hex(r.resolved_id)) AS resolved_id,
    r.resolved_at AS resolved_at,
    toBool((platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS erased
FROM
(
    SELECT
        platform,
        content_id,
        revision,
        argMax(tuple(resolved_id, facts, rule, pass_id, is_settled, resolved_at)::Tuple(
            resolved_id FixedString(16),
            facts Map(String, Tuple(fact Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3), probability Nullable(Float64), votes Int32, unsure Int32, is_expert Bool, is_trainable Bool)),
            rule String, pass_id Nullable(String), is_settled Bool, resolved_at DateTime64(3, 'UTC')), record_offset) AS r
    FROM label_resolved
    WHERE kind = 'RESOLVED'
    GROUP BY platform, content_id, revision
)
ARRAY JOIN mapKeys(r.facts) AS question_key, mapValues(r.facts) AS f
COMMENT 'What is known of each question of each item: the latest resolution';

CREATE OR REPLACE VIEW labels
(
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    policy_id LowCardinality(String) COMMENT 'Policy whose rules were applied',
    policy_version Int32 COMMENT 'Its version',
    category String COMMENT 'Category of the policy',
    label Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3) COMMENT 'Whether the content belongs to it; UNKNOWN is masked in every loss and metric',
    weight Float64 COMMENT 'How sure: the least |2q - 1| over the facts that decided it; 0 while UNKNOWN, and where a fact must not train',
    decided_by Array(String) COMMENT 'Questions (question@version) that decided it',
    settled Bool COMMENT 'False while somebody is still to be asked about the item',
    rule String COMMENT 'Rule that resolved the answers',
    pass_id Nullable(String) COMMENT 'Nightly pass that changed it last; null: resolved as the answers came',
    resolved_id String COMMENT 'Id of the event, 32 hex digits',
    from_resolved_id Nullable(String) COMMENT 'The facts that it follows from (resolved_id of label_facts)',
    resolved_at DateTime64(3, 'UTC') COMMENT 'When it was derived',
    erased Bool COMMENT 'Whether the content was erased: labels hold no text and stay'
)
AS SELECT
    platform,
    content_id,
    revision,
    assumeNotNull(policy_id) AS policy_id,
    assumeNotNull(policy_version) AS policy_version,
    category,
    c.value AS label,
    c.weight AS weight,
    c.decided_by AS decided_by,
    r.is_settled AS settled,
    r.rule AS rule,
    r.pass_id AS pass_id,
    lower(hex(r.resolved_id)) AS resolved_id,
    lower(hex(r.from_resolved_id)) AS from_resolved_id,
    r.resolved_at AS resolved_at,
    toBool((platform, content_id) IN (SELECT platform, content_id FROM content_erased)) AS erased
FROM
(
    SELECT
        platform,
        content_id,
        revision,
        policy_id,
        policy_version,
        argMax(tuple(resolved_id, categories, rule, pass_id, from_resolved_id, is_settled, resolved_at)::Tuple(
            resolved_id FixedString(16),
            categories Map(String, Tuple(value Enum8('YES' = 1, 'NO' = 2, 'UNKNOWN' = 3), weight Float64, decided_by Array(String))),
            rule String, pass_id Nullable(String), from_resolved_id Nullable(FixedString(16)), is_settled Bool, resolved_at DateTime64(3, 'UTC')), record_offset) AS r
    FROM label_resolved
    WHERE kind = 'DERIVED' AND policy_id IS NOT NULL
    GROUP BY platform, content_id, revision, policy_id, policy_version
)
ARRAY JOIN mapKeys(r.categories) AS category, mapValues(r.categories) AS c
COMMENT 'Labels: one row per item, policy version and category, the latest of each';

CREATE OR REPLACE VIEW labeler_quality
(
    labeler_id String COMMENT 'The person, a hash',
    question LowCardinality(String) COMMENT 'question@version; empty: all questions together, and only there the speed, the runs of no, the drift and the audit',
    answers UInt64 COMMENT 'Answers as a reviewer, unsure ones included; of all questions together: tasks',
    unsure UInt64 COMMENT 'Of them UNSURE',
    hits UInt32 COMMENT 'Gold: yes to a yes',
    misses UInt32 COMMENT 'Gold: anything else to a yes',
    rejections UInt32 COMMENT 'Gold: no to a no',
    false_alarms UInt32 COMMENT 'Gold: yes to a no',
    sensitivity Float64 COMMENT 'Mean of the posterior from gold, Beta(8 + hits, 2 + misses)',
    sensitivity_low Float64 COMMENT '95 % credible interval',
    sensitivity_high Float64 COMMENT '95 % credible interval',
    sensitivity_too_low Float64 COMMENT 'Probability that it is below .6',
    specificity Float64 COMMENT 'Mean of the posterior from gold, Beta(30 + rejections, 1 + false alarms)',
    specificity_low Float64 COMMENT '95 % credible interval',
    specificity_high Float64 COMMENT '95 % credible interval',
    specificity_too_low Float64 COMMENT 'Probability that it is below .9',
    standing Enum8('GOOD' = 1, 'WARN' = 2, 'STOP' = 3) COMMENT 'WARN above .8, STOP from .95 of either probability; of all questions the worst',
    fitted_sensitivity Nullable(Float64) COMMENT 'As the last nightly pass fitted it from all answers, drawn towards the others; null before',
    fitted_specificity Nullable(Float64) COMMENT 'As the last nightly pass fitted it; null before',
    compared UInt64 COMMENT 'Answers whose question is resolved to yes or no',
    agreement Nullable(Float64) COMMENT 'Share of them that agree with the fact; the own answer took part in it',
    repeats UInt32 COMMENT 'Answers to an item that the person had answered before',
    consistency Nullable(Float64) COMMENT 'Share of repeats with the same answer; null without repeats',
    consistency_low Nullable(Float64) COMMENT 'Wilson 95 % interval',
    consistency_high Nullable(Float64) COMMENT 'Wilson 95 % interval',
    median_ms Nullable(Float64) COMMENT 'Median time of a task; null: not known, or fewer than 20',
    limit_ms Nullable(Float64) COMMENT 'What a median must not be below: 5th percentile of everybody else; given for hurried people only',
    is_hurried Bool COMMENT 'Whether the median is below it',
    no_run UInt32 COMMENT 'Longest run of tasks without a single yes',
    no_run_limit Nullable(UInt32) COMMENT 'From which length on a run is suspicious: an honest person has one in a hundred histories; null: nobody says yes',
    always_no Bool COMMENT 'Whether it reached the limit',
    drift Nullable(Enum8('RISEN' = 1, 'FALLEN' = 2)) COMMENT 'Whether the agreement changed (CUSUM, h = 5, k = .5); null: no alarm',
    audit_items UInt32 COMMENT 'Items that the 10 + 10 audits of the month drew, over categories',
    audit_answered UInt32 COMMENT 'Of them those that an expert answered',
    audit_precision Nullable(Float64) COMMENT 'Person against expert on these',
    audit_recall Nullable(Float64) COMMENT 'Person against expert on these',
    audit_f1 Nullable(Float64) COMMENT 'Person against expert on these; null while nothing positive was answered',
    measured_at DateTime64(3, 'UTC') COMMENT 'When the job label-quality found it'
)
AS SELECT
    labeler_id, question, answers, unsure, hits, misses, rejections, false_alarms,
    sensitivity, sensitivity_low, sensitivity_high, sensitivity_too_low,
    specificity, specificity_low, specificity_high, specificity_too_low, standing,
    fitted_sensitivity, fitted_specificity, compared, agreement,
    repeats, consistency, consistency_low, consistency_high,
    median_ms, limit_ms, is_hurried, no_run, no_run_limit, always_no, drift,
    audit_items, audit_answered, audit_precision, audit_recall, audit_f1,
    run_at AS measured_at
FROM labeler_quality_runs FINAL
WHERE run_at = (SELECT argMax(run_at, (window_to, run_at)) FROM job_runs FINAL WHERE job = 'label-quality')
COMMENT 'How far the answers of each person can be believed: one row per person and question, and one per person';

CREATE OR REPLACE VIEW label_agreement
(
    kind Enum8('QUESTION' = 1, 'CLAUSE' = 2, 'CATEGORY' = 3) COMMENT 'QUESTION: answers. CLAUSE: what one rule of a policy makes of each person''s answers. CATEGORY: what all rules of a category make of them',
    subject String COMMENT 'question@version, or policyId@version/category, or policyId@version/category/clause',
    question LowCardinality(String) COMMENT 'question@version; empty for clauses and categories',
    policy_id LowCardinality(String) COMMENT 'Policy of a clause or category; empty for questions',
    policy_version Int32 COMMENT 'Its version; 0 for questions',
    category LowCardinality(String) COMMENT 'Category of a clause; empty for questions',
    clause UInt32 COMMENT 'Place of the rule in the category, from 1; 0 for questions and categories',
    rule String COMMENT 'The rule as it is written; empty for questions and categories',
    alpha Nullable(Float64) COMMENT 'Krippendorff''s alpha, nominal: 1 agreement, 0 chance; null when nobody could disagree',
    alpha_low Nullable(Float64) COMMENT '95 % interval, bootstrap over items',
    alpha_high Nullable(Float64) COMMENT '95 % interval, bootstrap over items',
    band Nullable(Enum8('GOOD' = 1, 'TENTATIVE' = 2, 'POOR' = 3)) COMMENT 'GOOD from .8, TENTATIVE from .667; null without alpha',
    positive_agreement Nullable(Float64) COMMENT 'Share of agreement among pairs with a yes, which alpha hides for rare answers; null without a yes',
    positive_low Nullable(Float64) COMMENT '95 % interval',
    positive_high Nullable(Float64) COMMENT '95 % interval',
    items UInt64 COMMENT 'Items with two blind answers or more: of the overlap sample, and imported ones',
    answers UInt64 COMMENT 'Answers to them',
    vanished Nullable(Enum8('YES' = 1, 'NO' = 2)) COMMENT 'The answer that the last nightly pass explained away: such facts do not train. Null: both live',
    measured_at DateTime64(3, 'UTC') COMMENT 'When the job label-quality found it'
)
AS SELECT
    kind, subject, question, policy_id, policy_version, category, clause, rule,
    alpha, alpha_low, alpha_high, band, positive_agreement, positive_low, positive_high, items, answers, vanished,
    run_at AS measured_at
FROM label_agreement_runs FINAL
WHERE run_at = (SELECT argMax(run_at, (window_to, run_at)) FROM job_runs FINAL WHERE job = 'label-quality')
COMMENT 'How far people agree: one row per question, per rule and per category of the policies in force';

CREATE OR REPLACE VIEW label_disagreement
(
    question LowCardinality(String) COMMENT 'question@version',
    place UInt32 COMMENT 'Place among the clusters of the question, the largest first, from 1',
    division Enum8('TWO_READINGS' = 1, 'WAVERING' = 2, 'SPLIT' = 3) COMMENT 'TWO_READINGS: people keep to their side. WAVERING: the same people go both ways. SPLIT: too few answered twice to tell',
    summary String COMMENT 'For people: question q3 is read two ways, 14 examples',
    examples UInt32 COMMENT 'Items of the cluster, one of each group of near-copies',
    yes UInt32 COMMENT 'Answers YES on them',
    no UInt32 COMMENT 'Answers NO on them',
    yes_camp Array(String) COMMENT 'Labelers who say mostly yes',
    no_camp Array(String) COMMENT 'Labelers who say mostly no',
    items Array(Tuple(platform String, content_id String, revision Int32)) COMMENT 'The items, most contested first',
    measured_at DateTime64(3, 'UTC') COMMENT 'When the job label-quality found it'
)
AS SELECT question, place, division, summary, examples, yes, no, yes_camp, no_camp, items, run_at AS measured_at
FROM label_disagreement_runs FINAL
WHERE run_at = (SELECT argMax(run_at, (window_to, run_at)) FROM job_runs FINAL WHERE job = 'label-quality')
COMMENT 'Where questions are read in more than one way: clusters of alike items on which people split';

CREATE OR REPLACE VIEW label_errors
(
    policy_id LowCardinality(String) COMMENT 'Policy of the labels',
    policy_version Int32 COMMENT 'Its version',
    channel LowCardinality(String) COMMENT 'Channel whose stored probabilities the labels were held against',
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    score Float64 COMMENT '0 surely wrong to 1: look at the lowest first',
    flags Array(Tuple(category String, kind Enum8('MISS' = 1, 'FALSE_LABEL' = 2), probability Float64)) COMMENT 'Suspected labels. MISS: labelled no, the model is sure of yes. FALSE_LABEL: labelled yes, the model is sure of no',
    audit Enum8('NOT_DRAWN' = 1, 'OPEN' = 2, 'RIGHT' = 3, 'WRONG' = 4) COMMENT 'Whether it belongs to the audit of 100, and what an expert found: RIGHT or WRONG label',
    measured_at DateTime64(3, 'UTC') COMMENT 'When the job label-quality found it'
)
AS SELECT policy_id, policy_version, channel, platform, content_id, revision, score, flags, audit, run_at AS measured_at
FROM label_error_runs FINAL
WHERE run_at = (SELECT argMax(run_at, (window_to, run_at)) FROM job_runs FINAL WHERE job = 'label-quality')
COMMENT 'Labels that look wrong. They go to people, never to deletion';

CREATE OR REPLACE VIEW label_error_audit
(
    policy_id LowCardinality(String) COMMENT 'Policy of the labels',
    policy_version Int32 COMMENT 'Its version',
    flagged UInt64 COMMENT 'Items with a suspected label',
    drawn UInt64 COMMENT 'Of them those that an expert should look at, at most 100',
    audited UInt64 COMMENT 'Those that an expert looked at',
    wrong UInt64 COMMENT 'Those whose label was wrong',
    share Nullable(Float64) COMMENT 'wrong / audited; null while nothing is audited',
    decision String COMMENT 'RELABEL_ALL or REVIEW_QUEUE; the first when more than 30 % of the audited are wrong',
    measured_at DateTime64(3, 'UTC') COMMENT 'When the job label-quality found it'
)
AS SELECT
    policy_id,
    policy_version,
    count() AS flagged,
    countIf(audit != 'NOT_DRAWN') AS drawn,
    countIf(audit IN ('RIGHT', 'WRONG')) AS audited,
    countIf(audit = 'WRONG') AS wrong,
    if(audited > 0, wrong / audited, NULL) AS share,
    if(audited > 0 AND wrong > 0.3 * audited, 'RELABEL_ALL', 'REVIEW_QUEUE') AS decision,
    max(measured_at) AS measured_at
FROM label_errors
GROUP BY policy_id, policy_version
COMMENT 'What the audit of suspected labels says: above 30 % wrong, all flagged ones are relabelled';

CREATE OR REPLACE VIEW labeler_audit
(
    labeler_id String COMMENT 'The person, a hash',
    category LowCardinality(String) COMMENT 'Category of the policy of the reference channel',
    period LowCardinality(String) COMMENT 'Month of the audit, for example 2026-11',
    platform LowCardinality(String) COMMENT 'Platform that published the content',
    content_id String COMMENT 'Id of the content on its platform',
    revision Int32 COMMENT 'Revision of the content',
    labelled Bool COMMENT 'Whether the answers of the person put it into the category; otherwise the model is above .5',
    probability Float64 COMMENT 'Of the model when it was scored',
    auditor Nullable(Bool) COMMENT 'What the answers of an expert make of it; null: nobody looked yet, or it is undecided',
    measured_at DateTime64(3, 'UTC') COMMENT 'When the job label-quality drew it'
)
AS SELECT labeler_id, category, period, platform, content_id, revision, labelled, probability, auditor, run_at AS measured_at
FROM labeler_audit_runs FINAL
WHERE run_at = (SELECT argMax(run_at, (window_to, run_at)) FROM job_runs FINAL WHERE job = 'label-quality')
COMMENT 'The 10 + 10 audit: per person and category ten items that the person put into it and ten that the model did';
