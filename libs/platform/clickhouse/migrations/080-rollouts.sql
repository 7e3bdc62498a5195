-- Roll-outs step by step, and what the gate found (evaluation 4.2, 4.5).

CREATE TABLE IF NOT EXISTS deployment_progressed
(
    rollout_id String,
    channel LowCardinality(String),
    request_id String,
    model_id LowCardinality(String),
    artefact_id Nullable(String),
    champion Nullable(String),
    candidate Nullable(String),
    requested_at DateTime64(3, 'UTC'),
    sequence Int32,
    state Enum8('GATING' = 1, 'REJECTED' = 2, 'SHADOW' = 3, 'CANARY' = 4, 'LIVE' = 5, 'ROLLED_BACK' = 6, 'CANCELLED' = 7, 'REFUSED' = 8),
    step Int32,
    share Float64,
    since DateTime64(3, 'UTC'),
    override_checks Array(String),
    override_expires_at Nullable(DateTime64(3, 'UTC')),
    override_reason Nullable(String) CODEC(ZSTD(1)),
    override_by Nullable(String),
    gate_report_id Nullable(String),
    gate_passed Nullable(Bool),
    gate_failed Array(String),
    gate_overridden Array(String),
    guards Array(Tuple(
        guard String,
        finding String,
        figure Nullable(Float64),
        low Nullable(Float64),
        high Nullable(Float64),
        margin Nullable(Float64))) CODEC(ZSTD(1)),
    reason String CODEC(ZSTD(1)),
    by String,
    cause_id Nullable(String),
    at DateTime64(3, 'UTC'),
    record_partition UInt16,
    record_offset UInt64
)
ENGINE = ReplacingMergeTree(record_offset)
ORDER BY (rollout_id, sequence)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'deployment.progressed: each step of each roll-out.';

CREATE TABLE IF NOT EXISTS gate_stored_reports
(
    report_id String,
    rollout_id String,
    channel LowCardinality(String),
    model_id LowCardinality(String),
    champion_model_id LowCardinality(String),
    dataset_id Nullable(String),
    outcome LowCardinality(String),
    report String CODEC(ZSTD(3)),
    decided_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(decided_at)
ORDER BY (report_id, rollout_id)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'Decisions of the gate as JSON. Read gate_reports.';

CREATE TABLE IF NOT EXISTS gate_stored_checks
(
    report_id String,
    rollout_id String,
    channel LowCardinality(String),
    model_id LowCardinality(String),
    place UInt32,
    check LowCardinality(String),
    measure LowCardinality(String),
    evidence LowCardinality(String),
    category LowCardinality(String),
    subject String,
    rule String CODEC(ZSTD(1)),
    bound LowCardinality(String),
    figure Nullable(Float64),
    low Nullable(Float64),
    high Nullable(Float64),
    limit Nullable(Float64),
    champion Nullable(Float64),
    challenger Nullable(Float64),
    finding LowCardinality(String),
    why String CODEC(ZSTD(1)),
    blocks Bool,
    override_id String,
    decided_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(decided_at)
ORDER BY (report_id, rollout_id, place)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What the gate measured, figure by figure. Read gate_checks.';

CREATE OR REPLACE VIEW rollouts
(
    rollout_id String COMMENT 'ro- and the hash of channel, model, calibration and request',
    sequence Int32 COMMENT 'Counts the steps of the roll-out, from 1',
    channel LowCardinality(String) COMMENT 'The channel',
    model_id LowCardinality(String) COMMENT 'The candidate',
    artefact_id Nullable(String) COMMENT 'Calibration by which the model is judged; null: its own',
    champion Nullable(String) COMMENT 'Bundle that it is compared with, and that comes back at a roll-back',
    candidate Nullable(String) COMMENT 'Bundle of the candidate; null: it could not be bundled',
    state Enum8('GATING' = 1, 'REJECTED' = 2, 'SHADOW' = 3, 'CANARY' = 4, 'LIVE' = 5, 'ROLLED_BACK' = 6, 'CANCELLED' = 7, 'REFUSED' = 8) COMMENT 'Where it stood',
    step Int32 COMMENT 'Step of the canary, from 1; 0: none',
    share Float64 COMMENT 'Share of authors or conversations that the candidate judged',
    since DateTime64(3, 'UTC') COMMENT 'When the state, or the step of the canary, began',
    at DateTime64(3, 'UTC') COMMENT 'When this was said',
    until Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when it held; null: it is the last that was said',
    gate_report_id Nullable(String) COMMENT 'Decision of the gate: gate_reports, gate_checks',
    gate_passed Nullable(Bool) COMMENT 'Whether the gate opened',
    gate_failed Array(String) COMMENT 'Checks that kept it shut',
    gate_overridden Array(String) COMMENT 'Checks that an override opened',
    guards Array(Tuple(guard String, finding String, figure Nullable(Float64), low Nullable(Float64), high Nullable(Float64), margin Nullable(Float64))) COMMENT 'What the guards saw at that moment',
    reason String COMMENT 'Why',
    by String COMMENT 'Role or person (by role) that caused it',
    request_id String COMMENT 'The request that asked for it',
    requested_at DateTime64(3, 'UTC') COMMENT 'When it was asked for',
    override_expires_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when an override of the gate holds; null: none was asked for',
    override_checks Array(String) COMMENT 'Checks that it covers',
    override_reason Nullable(String) COMMENT 'Why it was asked for'
)
AS SELECT
    rollout_id,
    sequence,
    channel,
    model_id,
    artefact_id,
    champion,
    candidate,
    state,
    step,
    share,
    since,
    at,
    leadInFrame(toNullable(at)) OVER (
        PARTITION BY rollout_id ORDER BY sequence ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS until,
    gate_report_id,
    gate_passed,
    gate_failed,
    gate_overridden,
    guards,
    reason,
    by,
    request_id,
    requested_at,
    override_expires_at,
    override_checks,
    override_reason
FROM deployment_progressed FINAL
COMMENT 'Every step of every roll-out; the row without until is where it stands';

CREATE OR REPLACE VIEW gate_reports
(
    report_id String COMMENT 'gate- and the hash of all that the decision rests on',
    rollout_id String COMMENT 'The roll-out',
    channel LowCardinality(String) COMMENT 'The channel',
    model_id LowCardinality(String) COMMENT 'The candidate',
    champion_model_id LowCardinality(String) COMMENT 'The model that it was compared with',
    dataset_id Nullable(String) COMMENT 'Data set whose rows both were compared on',
    outcome LowCardinality(String) COMMENT 'PASSED, REJECTED or OVERRIDDEN',
    report String COMMENT 'Decision, comparisons and verdict-diff replay, JSON (docs/deployment.md)',
    decided_at DateTime64(3, 'UTC') COMMENT 'When it was decided'
)
AS SELECT report_id, rollout_id, channel, model_id, champion_model_id, dataset_id, outcome, report, decided_at
FROM gate_stored_reports FINAL
COMMENT 'Decisions of the gate';

CREATE OR REPLACE VIEW gate_checks
(
    report_id String COMMENT 'The decision',
    rollout_id String COMMENT 'The roll-out',
    channel LowCardinality(String) COMMENT 'The channel',
    model_id LowCardinality(String) COMMENT 'The candidate',
    place UInt32 COMMENT 'Order in the report',
    check LowCardinality(String) COMMENT 'Row of the gate: quality, operating-point, calibration, slices, fairness, functional, robustness, contamination, serving, flips',
    measure LowCardinality(String) COMMENT 'What was measured',
    evidence LowCardinality(String) COMMENT 'What it was measured on: GOLD, AUDIT, TEMPLATES, SUITES, SHADOW, REPLAY, ATTACKS, ARTEFACT, NOTHING',
    category LowCardinality(String) COMMENT 'The category; empty: all',
    subject String COMMENT 'Slice, functionality, group or direction; empty: the whole',
    rule String COMMENT 'The demand in words',
    bound LowCardinality(String) COMMENT 'AT_LEAST, AT_MOST, BELOW or WITHIN; empty: none',
    figure Nullable(Float64) COMMENT 'The figure',
    low Nullable(Float64) COMMENT '95 % interval',
    high Nullable(Float64) COMMENT '95 % interval',
    limit Nullable(Float64) COMMENT 'What it is held against',
    champion Nullable(Float64) COMMENT 'The champion alone, where the figure compares',
    challenger Nullable(Float64) COMMENT 'The candidate alone',
    finding LowCardinality(String) COMMENT 'PASSES, FAILS, REPORTED or NOT_RUN',
    why String COMMENT 'Why',
    blocks Bool COMMENT 'Keeps the gate shut',
    override_id String COMMENT 'Override that opens the gate in spite of it; empty: none',
    decided_at DateTime64(3, 'UTC') COMMENT 'When it was decided'
)
AS SELECT
    report_id, rollout_id, channel, model_id, place, check, measure, evidence, category, subject, rule, bound, figure, low, high,
    limit, champion, challenger, finding, why, blocks, override_id, decided_at
FROM gate_stored_checks FINAL
COMMENT 'What the gate measured: one row for each figure';
