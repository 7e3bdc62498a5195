import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';
import type { ContentKind, DeploymentBundled, RolloutState } from '#platform/contracts';
import type { ConsoleTrainingQueries } from './console-training-queries.js';
import type { DriftQueries, DriftStatements } from './drift-queries.js';

/** What went into a verdict, joined from the events. */
export interface VerdictExplanation {
  readonly verdict_id: string;
  readonly kind: string;
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
  readonly channel: string;
  readonly action: string;
  readonly role: string;
  readonly mode: string;
  readonly decided_by: string;
  readonly categories: Readonly<Record<string, ExplainedCategory>>;
  readonly text_hash: string;
  readonly cause_id: string | null;
  readonly supersedes: string | null;
  readonly superseded_by: readonly string[];
  readonly reason: string | null;
  readonly source: string;
  readonly submitted_at: string;
  readonly issued_at: string;
  readonly deployment_id: string;
  readonly model_id: string;
  readonly calibration_id: string;
  readonly threshold_set_id: string;
  readonly policy_id: string;
  readonly policy_version: number;
  /** Null when a person decided, or while the prediction is not in the warehouse. */
  readonly scored_at: string | null;
  readonly language: string;
  readonly text_length: number;
  readonly logits: Readonly<Record<string, number>>;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly model_error: string | null;
  /** Empty when a person decided, or while the bundle is not in the warehouse. */
  readonly calibrators: Readonly<Record<string, { readonly kind: string; readonly parameters: readonly number[] }>>;
  readonly bundled_at: string | null;
  readonly policy_title: string;
  readonly policy_owner: string;
  readonly policy_changelog: string;
}

export interface ExplainedCategory {
  readonly probability: number;
  readonly action: string;
  readonly review_threshold: number | null;
  readonly block_threshold: number | null;
  readonly provisional: boolean;
}

export interface ContentVerdict {
  readonly verdict_id: string;
  readonly kind: string;
  readonly current: boolean;
  readonly revision: number;
  readonly channel: string;
  readonly action: string;
  readonly categories: Readonly<Record<string, ExplainedCategory>>;
  readonly deployment_id: string;
  readonly model_id: string;
  readonly calibration_id: string;
  readonly threshold_set_id: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly role: string;
  readonly mode: string;
  readonly decided_by: string;
  readonly cause_id: string | null;
  readonly supersedes: string | null;
  readonly reason: string | null;
  readonly issued_at: string;
}

export interface DeadLetterSummary {
  readonly dead_letter_id: string;
  readonly stage: string;
  readonly reason: string;
  readonly detail: string;
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
  readonly key: string | null;
  readonly value_bytes: number | null;
  readonly rejected_at: string;
  /** Where the dead letter itself stands. */
  readonly record_partition: number;
  readonly record_offset: number;
}

export interface DeadLetterDetail extends DeadLetterSummary {
  readonly release: string;
  readonly key_base64: string | null;
  readonly value_base64: string | null;
  /** Base64 of each value, by its name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly record_timestamp: string;
}

export interface ApiKeyRow {
  readonly key_id: string;
  readonly secret_hash: string;
  readonly platform: string;
  readonly name: string;
  readonly channel: string;
  readonly rate_per_second: number;
  readonly burst: number;
  /** 0: no quota. */
  readonly daily_quota: number;
  readonly store_synchronous: boolean;
  readonly created_ms: number;
  /** 0: not revoked. */
  readonly revoked_ms: number;
}

/** Milliseconds since 1970, [from, to). */
interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** One stratum of a sampling plan; parallel arrays by category and by bucket. */
interface SamplingStratum {
  readonly channel: string;
  readonly salt: string;
  readonly languages: readonly string[];
  readonly languages_excluded: boolean;
  readonly uniform_rate: number;
  readonly multiplier: number;
  readonly scored_by: readonly string[];
  readonly thresholds: readonly number[];
  readonly threshold_weights: readonly number[];
  readonly uncertainty_weights: readonly number[];
  readonly buckets: readonly string[];
  readonly factors: readonly number[];
  readonly other_factor: number;
}

/** An item that people were asked about. */
interface LabelItemRow {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
}

type LabelAnswer = 'YES' | 'NO' | 'UNSURE';

/** How far people agree on a question, on what a rule makes of their answers, or on a category. */
export interface AgreementResult {
  readonly kind: 'QUESTION' | 'CLAUSE' | 'CATEGORY';
  readonly subject: string;
  readonly question: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly category: string;
  readonly clause: number;
  readonly rule: string;
  readonly alpha: number | null;
  readonly alpha_low: number | null;
  readonly alpha_high: number | null;
  readonly band: 'GOOD' | 'TENTATIVE' | 'POOR' | null;
  readonly positive_agreement: number | null;
  readonly positive_low: number | null;
  readonly positive_high: number | null;
  readonly items: number;
  readonly answers: number;
  readonly vanished: 'YES' | 'NO' | null;
  readonly measured_at: string;
}

/** What is known of somebody who answers; of one question, or, where it is empty, of all. */
export interface LabelerResult {
  readonly labeler_id: string;
  readonly question: string;
  readonly answers: number;
  readonly unsure: number;
  readonly hits: number;
  readonly misses: number;
  readonly rejections: number;
  readonly false_alarms: number;
  readonly sensitivity: number;
  readonly sensitivity_low: number;
  readonly sensitivity_high: number;
  readonly specificity: number;
  readonly specificity_low: number;
  readonly specificity_high: number;
  readonly standing: 'GOOD' | 'WARN' | 'STOP';
  readonly compared: number;
  readonly agreement: number | null;
  readonly repeats: number;
  readonly consistency: number | null;
  readonly median_ms: number | null;
  readonly limit_ms: number | null;
  readonly is_hurried: boolean;
  readonly no_run: number;
  readonly always_no: boolean;
  readonly drift: 'RISEN' | 'FALLEN' | null;
  readonly audit_items: number;
  readonly audit_answered: number;
  readonly audit_precision: number | null;
  readonly audit_recall: number | null;
  readonly audit_f1: number | null;
  readonly measured_at: string;
}

/** One figure of one window. */
interface LiveQualityResult {
  readonly category: string;
  readonly window_from: string;
  readonly window_to: string;
  readonly slice_by: string;
  readonly slice_value: string;
  readonly metric: 'prevalence' | 'precision' | 'recall';
  readonly status: 'ok' | 'insufficient_labels' | 'pending';
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly n_eff: number;
  readonly contents: number;
  readonly flagged: number;
  readonly drawn: number;
  readonly labels: number;
  readonly pending: number;
  readonly computed_at: string;
}

/** What the warehouse knows of one revision that people are asked about. */
interface LabelTaskContent {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
  readonly kind: ContentKind;
  /** Empty when it has run out its days. */
  readonly text: string;
  readonly text_hash: string;
  readonly submitted_at: number;
  /** Empty: not given, or not detected yet. */
  readonly given_language: string;
  readonly detected_language: string;
  /** Empty: not known. */
  readonly author_hash: string;
  readonly conversation_hash: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** One row of the view `datasets`. */
export interface DatasetSummary {
  readonly dataset_id: string;
  readonly name: string;
  readonly kind: 'BUILT' | 'IMPORTED';
  readonly request_id: string | null;
  readonly policy_id: string | null;
  readonly policy_version: number | null;
  readonly labels_until: number | null;
  readonly sources: readonly string[];
  readonly recipe_id: string;
  readonly recipe: string;
  readonly rule: string;
  readonly salt_id: string;
  readonly rows: number;
  readonly digest: string;
  readonly splits: Readonly<Record<string, number>>;
  readonly categories: Readonly<
    Record<string, { readonly positives: number; readonly negatives: number; readonly unknown: number }>
  >;
  readonly languages: Readonly<Record<string, number>>;
  readonly licences: readonly string[];
  readonly previous_id: string | null;
  readonly expectations: readonly { readonly name: string; readonly passed: boolean; readonly detail: string }[];
  readonly published_at: string;
  readonly published_ms: number;
}

/** What is live in a channel and what its policy asks there. */
export interface CalibrationLiveRow {
  readonly channel: string;
  readonly model_id: string;
  readonly model_sha256: string;
  readonly family: string;
  readonly policy_id: string;
  readonly policy_version: number;
  /** Version of the policy under which these calibrators first went live. */
  readonly calibrated_under: number;
  readonly calibrators: DeploymentBundled['calibrators'];
  readonly thresholds: DeploymentBundled['thresholds'];
  readonly uncovered: DeploymentBundled['uncovered'];
  readonly targets: Readonly<
    Record<
      string,
      {
        readonly block_precision: number | null;
        readonly review_recall: number | null;
        readonly provisional_block: number | null;
        readonly provisional_review: number | null;
      }
    >
  >;
}

/** A labelled draw; lists are in the order of the categories that were asked for. */
interface CalibrationLabelRow {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
  readonly language: string;
  /** 16 hex digits; empty: it resembles no other content. */
  readonly duplicate_key: string;
  /** Milliseconds. */
  readonly scored_at: number;
  readonly probability: number;
  readonly logits: readonly (number | null)[];
  /** 1, 0, or -1: not labelled. */
  readonly answers: readonly number[];
  /** Labelled draws over all draws of its part of the queue. */
  readonly labelling: readonly number[];
}

/** Every committed query: `queries/<name>.sql`, with the values that it binds and the rows that it gives. */
export interface Queries extends ConsoleTrainingQueries, DriftQueries {
  readonly 'explain-verdict': {
    readonly parameters: { readonly verdict_id: string };
    readonly row: VerdictExplanation;
  };
  readonly 'content-verdicts': {
    readonly parameters: { readonly platform: string; readonly content_id: string };
    readonly row: ContentVerdict;
  };
  readonly 'content-text': {
    readonly parameters: {
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly text_hash: string;
    };
    readonly row: { readonly text: string; readonly kind: string };
  };
  readonly 'dead-letter-list': {
    /** An empty stage or reason means any. */
    readonly parameters: { readonly stage: string; readonly reason: string; readonly limit: number };
    readonly row: DeadLetterSummary;
  };
  readonly 'dead-letter-inspect': {
    readonly parameters: {
      readonly stage: string;
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    };
    readonly row: DeadLetterDetail;
  };
  readonly 'complete-until': {
    /** Topics by exact name. */
    readonly parameters: { readonly topics: readonly string[] };
    /** Milliseconds; null while one of the topics has not been seen. */
    readonly row: { readonly complete_until: number | null };
  };
  readonly 'job-progress': {
    readonly parameters: { readonly job: string };
    readonly row: { readonly window_to: number };
  };
  readonly 'verdict-rollup-since': {
    readonly parameters: Readonly<Record<string, never>>;
    /** Milliseconds; null while there is no verdict. */
    readonly row: { readonly since: number | null };
  };
  readonly 'erased-with-text': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: {
      readonly contents: number;
      readonly dead_letters: number;
      readonly reports: number;
      readonly dataset_rows: number;
    };
  };
  readonly 'api-keys': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: ApiKeyRow;
  };
  readonly 'api-key-usage': {
    readonly parameters: { readonly day: string; readonly process: string };
    readonly row: { readonly caller_id: string; readonly texts: number };
  };
  readonly 'sampling-tables': {
    readonly parameters: { readonly database: string; readonly tables: readonly string[] };
    readonly row: { readonly present: number };
  };
  readonly 'calibration-live': {
    readonly parameters: { readonly channel: string };
    readonly row: CalibrationLiveRow;
  };
  readonly 'calibration-labels': {
    readonly parameters: TimeWindow & {
      /** Channel whose scores drew. */
      readonly reference: string;
      readonly model_id: string;
      readonly policy_id: string;
      readonly policy_version: number;
      readonly categories: readonly string[];
    };
    readonly row: CalibrationLabelRow;
  };
  readonly 'sampling-since': {
    readonly parameters: Readonly<Record<string, never>>;
    /** Milliseconds; null while there is none. */
    readonly row: { readonly scored: number | null; readonly drawn: number | null };
  };
  readonly 'sampling-window-aggregates': {
    readonly parameters: TimeWindow & {
      readonly channel: string;
      readonly thresholds: Readonly<Record<string, number>>;
    };
    readonly row: {
      readonly language: string;
      readonly kind: string;
      readonly platform: string;
      readonly contents: number;
      readonly scored: Readonly<Record<string, number>>;
      readonly above: Readonly<Record<string, number>>;
      readonly uncertainty: Readonly<Record<string, number>>;
    };
  };
  readonly 'sampling-largest-parts': {
    readonly parameters: TimeWindow & SamplingStratum & { readonly most: number };
    readonly row: { readonly sum: number; readonly values: readonly number[] };
  };
  readonly 'sampling-inclusion-probabilities': {
    readonly parameters: TimeWindow & SamplingStratum;
    readonly row: {
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly u: number;
      readonly uniform_part: number;
      readonly threshold_part: number;
      readonly uncertainty_part: number;
      readonly metadata_factor: number;
      readonly probability: number;
      readonly drawn: number;
    };
  };
  readonly 'sampling-missing-draws': {
    /** An empty plan id means the bootstrap. */
    readonly parameters: TimeWindow & SamplingStratum & { readonly plan_id: string };
    readonly row: { readonly expected: number; readonly missing: number; readonly differing: number };
  };
  readonly 'sampling-draws': {
    readonly parameters: TimeWindow & { readonly channel: string };
    readonly row: {
      readonly id: string;
      readonly plan_id: string | null;
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly team: string | null;
      readonly probability: number;
      readonly kind: ContentKind;
      readonly language: string;
      readonly duplicate_key: string;
      readonly conversation_hash: string | null;
    };
  };
  readonly 'sampling-candidates': {
    readonly parameters: TimeWindow & SamplingStratum & { readonly most: number };
    readonly row: {
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly kind: ContentKind;
      readonly language: string;
      readonly duplicate_key: string;
      readonly conversation_hash: string | null;
      readonly uncertainty: number;
      readonly probabilities: Readonly<Record<string, number>>;
      readonly text: string;
    };
  };
  readonly 'sampling-bundle': {
    readonly parameters: { readonly channel: string };
    readonly row: {
      readonly deployment_id: string;
      readonly policy_id: string;
      readonly policy_version: number;
      readonly categories: readonly string[];
      /** Categories that the model has a head for. */
      readonly covered: readonly string[];
      /** Where review begins, or block where nothing is reviewed. */
      readonly thresholds: Readonly<Record<string, number | null>>;
    };
  };
  readonly 'sampling-positives': {
    readonly parameters: { readonly policy_id: string; readonly policy_version: number };
    readonly row: { readonly category: string; readonly positives: number };
  };
  readonly 'live-quality-due': {
    readonly parameters: { readonly since: number; readonly closed_until: number; readonly now: number };
    readonly row: TimeWindow;
  };
  readonly 'live-quality-scopes': {
    readonly parameters: TimeWindow;
    readonly row: {
      readonly channel: string;
      readonly categories: readonly string[];
      /** Offsets after the last records of label.resolved and of sampling.closed that are readable. */
      readonly labels_until: number;
      readonly draws_until: number;
    };
  };
  readonly 'label-snapshot': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: { readonly offset: number; readonly submissions: number };
  };
  readonly 'label-since': {
    readonly parameters: Readonly<Record<string, never>>;
    /** Milliseconds; null while nobody answered. */
    readonly row: { readonly since: number | null };
  };
  readonly 'label-questions': {
    readonly parameters: { readonly until: number };
    readonly row: { readonly question: string; readonly votes: number };
  };
  readonly 'label-votes': {
    readonly parameters: {
      readonly question: string;
      readonly policies: readonly string[];
      readonly above: readonly string[];
      readonly until: number;
      /** From 0. */
      readonly part: number;
      readonly parts: number;
    };
    readonly row: LabelItemRow & {
      /** Labeler, answer, whether an expert. */
      readonly votes: readonly (readonly [string, LabelAnswer, boolean | number])[];
    };
  };
  readonly 'label-said': {
    readonly parameters: { readonly question: string; readonly part: number; readonly parts: number };
    readonly row: LabelItemRow & {
      readonly fact: 'YES' | 'NO' | 'UNKNOWN';
      readonly probability: number | null;
      readonly is_trainable: boolean;
      readonly settled: boolean;
    };
  };
  readonly 'label-items-since': {
    readonly parameters: { readonly offset: number };
    readonly row: LabelItemRow;
  };
  readonly 'label-skills': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: {
      readonly question: string;
      /** Empty: all together. */
      readonly labeler_id: string;
      readonly sensitivity: number;
      readonly specificity: number;
      readonly prevalence: number;
      readonly vanished: 'YES' | 'NO' | null;
      readonly pass_id: string;
    };
  };
  readonly 'label-gold': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: LabelItemRow & {
      readonly labeler_id: string;
      readonly answers: Readonly<Record<string, LabelAnswer>>;
      readonly policies: readonly string[];
    };
  };
  readonly 'label-labelers': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: {
      readonly labeler_id: string;
      readonly question: string;
      readonly answers: number;
      readonly unsure: number;
      readonly compared: number;
      readonly agreed: number;
      readonly repeats: number;
      readonly consistent: number;
    };
  };
  readonly 'label-labeler-tasks': {
    readonly parameters: { readonly from: number };
    readonly row: {
      readonly labeler_id: string;
      readonly done: number;
      /** Offset, milliseconds (-1: not known), whether something was answered yes, answers that can be compared, those that agree. */
      readonly tasks: readonly (readonly [number, number, number, number, number])[];
    };
  };
  readonly 'label-agreement-units': {
    readonly parameters: { readonly salt: string; readonly share: number };
    readonly row: {
      /** Per person: answers, and the policies that asked. */
      readonly people: readonly (readonly [readonly (readonly [string, LabelAnswer])[], readonly string[]])[];
      readonly items: number;
    };
  };
  readonly 'label-contested': {
    readonly parameters: { readonly question: string; readonly most: number };
    readonly row: LabelItemRow & {
      readonly votes: readonly (readonly [number, string, 'YES' | 'NO'])[];
      readonly text: string;
    };
  };
  readonly 'label-against-scores': {
    readonly parameters: {
      readonly policy_id: string;
      readonly policy_version: number;
      readonly channel: string;
      readonly most: number;
    };
    readonly row: LabelItemRow & {
      readonly labels: Readonly<Record<string, 'YES' | 'NO' | 'UNKNOWN'>>;
      readonly probabilities: Readonly<Record<string, number>>;
    };
  };
  readonly 'label-expert-items': {
    readonly parameters: { readonly most: number };
    readonly row: LabelItemRow & {
      readonly said: readonly (readonly [
        number,
        string,
        boolean | number,
        Readonly<Record<string, LabelAnswer>>,
        readonly string[],
      ])[];
    };
  };
  readonly 'label-audit-candidates': {
    readonly parameters: {
      readonly channel: string;
      readonly from: number;
      readonly to: number;
      readonly most: number;
    };
    readonly row: LabelItemRow & {
      readonly labeler_id: string;
      readonly answers: Readonly<Record<string, LabelAnswer>>;
      readonly policies: readonly string[];
      readonly probabilities: Readonly<Record<string, number>>;
    };
  };
  readonly 'label-export-answers': {
    /** After this place; the first page is after an empty platform. */
    readonly parameters: {
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly record_offset: number;
      readonly most: number;
    };
    readonly row: LabelItemRow & {
      readonly record_offset: number;
      readonly labeler_id: string;
      readonly labeler_role: 'REVIEWER' | 'EXPERT';
      readonly rater_group: string | null;
      readonly given: Readonly<Record<string, LabelAnswer>>;
      readonly submitted_ms: number;
      readonly duration_ms: number | null;
    };
  };
  readonly 'label-export-labels': {
    readonly parameters: {
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly policy: string;
      readonly category: string;
      readonly most: number;
    };
    readonly row: LabelItemRow & {
      readonly policy: string;
      readonly category: string;
      readonly label: 'YES' | 'NO' | 'UNKNOWN';
      readonly weight: number;
      readonly decided_by: readonly string[];
      readonly settled: boolean;
    };
  };
  readonly 'label-export-texts': {
    /** As long as each other. */
    readonly parameters: {
      readonly platforms: readonly string[];
      readonly content_ids: readonly string[];
      readonly revisions: readonly number[];
    };
    readonly row: LabelItemRow & { readonly newest_text: string };
  };
  readonly 'label-policy-in-force': {
    readonly parameters: { readonly channel: string };
    readonly row: { readonly policy_id: string; readonly policy_version: number };
  };
  readonly 'console-agreement': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: AgreementResult;
  };
  readonly 'console-labelers': {
    /** Empty: everybody, a row a person. */
    readonly parameters: { readonly labeler_id: string };
    readonly row: LabelerResult;
  };
  readonly 'console-disagreement': {
    readonly parameters: { readonly most_items: number };
    readonly row: {
      readonly question: string;
      readonly place: number;
      readonly division: 'TWO_READINGS' | 'WAVERING' | 'SPLIT';
      readonly summary: string;
      readonly examples: number;
      readonly yes: number;
      readonly no: number;
      readonly yes_people: number;
      readonly no_people: number;
      readonly items: readonly LabelItemRow[];
      readonly measured_at: string;
    };
  };
  readonly 'console-label-errors': {
    readonly parameters: { readonly limit: number };
    readonly row: LabelItemRow & {
      readonly policy_id: string;
      readonly policy_version: number;
      readonly channel: string;
      readonly score: number;
      readonly flags: readonly {
        readonly category: string;
        readonly kind: 'MISS' | 'FALSE_LABEL';
        readonly probability: number;
      }[];
      readonly audit: 'NOT_DRAWN' | 'OPEN' | 'RIGHT' | 'WRONG';
      readonly measured_at: string;
    };
  };
  readonly 'console-label-error-audit': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: {
      readonly policy_id: string;
      readonly policy_version: number;
      readonly flagged: number;
      readonly drawn: number;
      readonly audited: number;
      readonly wrong: number;
      readonly share: number | null;
      readonly decision: 'REVIEW_QUEUE' | 'RELABEL_ALL';
      readonly measured_at: string;
    };
  };
  readonly 'console-item-answers': {
    readonly parameters: LabelItemRow;
    readonly row: {
      readonly question: string;
      readonly labeler_id: string;
      readonly labeler_role: 'REVIEWER' | 'EXPERT';
      readonly answer: LabelAnswer;
      readonly purpose: 'FRESH' | 'GOLD' | 'REPEAT';
      readonly submitted_at: string;
      /** Null while it is not resolved. */
      readonly fact: 'YES' | 'NO' | 'UNKNOWN' | null;
      readonly probability: number | null;
    };
  };
  readonly 'console-item-labels': {
    readonly parameters: LabelItemRow;
    readonly row: {
      readonly policy_id: string;
      readonly policy_version: number;
      readonly category: string;
      readonly label: 'YES' | 'NO' | 'UNKNOWN';
      readonly weight: number;
      readonly decided_by: readonly string[];
      readonly settled: boolean;
    };
  };
  readonly 'console-item-verdicts': {
    readonly parameters: LabelItemRow;
    readonly row: { readonly verdict_id: string; readonly channel: string; readonly action: string };
  };
  readonly 'console-item-text': {
    readonly parameters: LabelItemRow;
    readonly row: { readonly text: string; readonly kind: string };
  };
  readonly 'console-policies': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: { readonly policy_id: string; readonly version: number; readonly document: string };
  };
  readonly 'console-live-quality': {
    /** Empty: any. `since` in milliseconds. */
    readonly parameters: {
      readonly channel: string;
      readonly period: 'window' | 'day';
      readonly slice_by: string;
      readonly metric: string;
      readonly category: string;
      readonly since: number;
      readonly limit: number;
    };
    readonly row: LiveQualityResult;
  };
  readonly 'label-conflicts': {
    readonly parameters: { readonly policy_id: string; readonly policy_version: number };
    readonly row: {
      readonly group_key: string;
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      /** Members that say what it says. */
      readonly alike: number;
      readonly named_at: number;
    };
  };
  readonly 'label-audit-drawn': {
    /** As long as each other. */
    readonly parameters: {
      readonly platforms: readonly string[];
      readonly content_ids: readonly string[];
      readonly revisions: readonly number[];
    };
    /** Milliseconds. */
    readonly row: LabelItemRow & { readonly drawn_at: number };
  };
  readonly 'label-task-contents': {
    /** As long as each other. */
    readonly parameters: {
      readonly platforms: readonly string[];
      readonly content_ids: readonly string[];
      readonly revisions: readonly number[];
    };
    readonly row: LabelTaskContent;
  };
  readonly 'label-task-context': {
    readonly parameters: {
      readonly platform: string;
      readonly content_id: string;
      /** 32 hex digits. */
      readonly conversation_hash: string;
      /** 32 hex digits, or empty: not known. */
      readonly author_hash: string;
      readonly at: number;
    };
    readonly row: {
      readonly content_id: string;
      readonly submitted_at: number;
      readonly is_before: number;
      readonly is_same_author: number;
      readonly text: string;
    };
  };
  readonly 'label-task-appeal': {
    readonly parameters: {
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly report_id: string;
    };
    readonly row: { readonly reason: string | null };
  };
  readonly 'label-task-verdicts': {
    readonly parameters: { readonly platform: string; readonly content_id: string; readonly revision: number };
    readonly row: {
      readonly verdict_id: string;
      readonly channel: string;
      readonly action: 'ALLOW' | 'REVIEW' | 'BLOCK';
      readonly flagged: readonly string[];
      readonly text_hash: string;
      readonly cause_id: string | null;
      /** Empty: none. */
      readonly supersedes: string;
      readonly kind: 'ISSUED' | 'SUPERSEDED' | 'RETRACTED';
      readonly record_partition: number;
    };
  };
  readonly 'label-task-verdict': {
    readonly parameters: { readonly verdict_id: string };
    readonly row: {
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly channel: string;
      readonly action: 'ALLOW' | 'REVIEW' | 'BLOCK';
      readonly text_hash: string;
      readonly record_partition: number;
    };
  };
  readonly 'applied-migrations': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: { readonly number: number; readonly name: string; readonly sha256: string };
  };
  readonly 'dataset-progress': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: { readonly filled_until: number; readonly readable_until: number };
  };
  readonly 'dataset-last-label': {
    readonly parameters: { readonly until: number };
    readonly row: { readonly resolved_at: number | null };
  };
  readonly 'dataset-new-items': {
    readonly parameters: { readonly until: number; readonly after: number; readonly most: number };
    readonly row: {
      readonly first_offset: number;
      readonly item_key: string;
      readonly text: string;
      readonly kind: string;
      readonly language: string;
      readonly author_hash: string;
    };
  };
  readonly 'dataset-registry': {
    readonly parameters: { readonly from: number; readonly to: number };
    readonly row: {
      readonly seq: number;
      readonly item_key: string;
      readonly has_text: boolean;
      readonly text_hash: string;
      readonly exact_key: string;
      /** Base64 of little-endian numbers. */
      readonly bands: string;
      readonly sketch: string;
      readonly root: string;
      readonly tied: readonly string[];
      readonly split: 'train' | 'validation' | 'test' | 'none';
      readonly is_quarantined: boolean;
    };
  };
  readonly 'dataset-registry-end': {
    readonly parameters: { readonly until: number; readonly sources: readonly string[] };
    readonly row: {
      readonly needed: number;
      readonly size: number;
      readonly last_offset: number;
    };
  };
  readonly 'dataset-labelled': {
    readonly parameters: {
      readonly policy_id: string;
      readonly policy_version: number;
      readonly until: number;
      readonly part: number;
      readonly parts: number;
    };
    readonly row: {
      readonly item_key: string;
      readonly platform: string;
      readonly labels: Readonly<Record<string, readonly ['YES' | 'NO', number]>>;
      readonly is_settled: boolean;
      /** Milliseconds; null: no expert settled all facts that decided it. */
      readonly expert_since: number | null;
      readonly rule: string;
      readonly labelled_at: number;
      readonly origin: string;
      readonly inclusion: number | null;
      readonly text_hash: string;
      readonly kind: string;
      readonly language: string;
      readonly author_hash: string;
      readonly text: string;
      readonly earlier_text: string;
      readonly erased: boolean;
    };
  };
  readonly 'dataset-labelled-count': {
    readonly parameters: { readonly policy_id: string; readonly policy_version: number; readonly until: number };
    readonly row: { readonly items: number };
  };
  readonly 'dataset-label-counts': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: {
      readonly policy_id: string;
      readonly policy_version: number;
      readonly items: number;
      readonly first_at: number;
    };
  };
  readonly 'dataset-stored': {
    readonly parameters: { readonly dataset_id: string; readonly from: number; readonly to: number };
    readonly row: {
      readonly ordinal: number;
      readonly row_key: string;
      readonly text: string;
      readonly text_hash: string;
      readonly language: string;
      readonly platform: string;
      readonly kind: string;
      readonly split: 'train' | 'validation' | 'test' | 'none';
      readonly group_key: string;
      readonly group_size: number;
      readonly labels: Readonly<Record<string, readonly [0 | 1, number]>>;
      readonly weight: number;
      readonly inclusion: number | null;
      readonly origin: string;
      readonly is_gold: boolean;
      readonly source: string;
      readonly author_hash: string;
      readonly labelled_at: number | null;
      readonly row_hash: string;
      readonly erased: boolean;
    };
  };
  readonly 'dataset-stored-count': {
    readonly parameters: { readonly dataset_id: string };
    readonly row: { readonly rows: number; readonly last: number };
  };
  readonly 'dataset-left-out': {
    readonly parameters: { readonly dataset_id: string };
    readonly row: { readonly row_key: string; readonly reason: string };
  };
  readonly 'dataset-orphans': {
    readonly parameters: { readonly before: number };
    readonly row: { readonly dataset_id: string; readonly rows: number };
  };
  readonly 'dataset-list': {
    readonly parameters: { readonly name: string; readonly most: number };
    readonly row: DatasetSummary;
  };
  readonly 'dataset-by-id': { readonly parameters: { readonly dataset_id: string }; readonly row: DatasetSummary };
  readonly 'dataset-report': {
    readonly parameters: { readonly dataset_id: string };
    readonly row: { readonly report: string; readonly card: string };
  };
  readonly 'dataset-agreement': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: {
      readonly question: string;
      readonly items: number;
      readonly alpha: number | null;
      readonly alpha_low: number | null;
      readonly alpha_high: number | null;
      readonly positive_agreement: number | null;
    };
  };
  /** For {@link ClickHouse.read}, not for rows. */
  readonly 'dataset-export': {
    readonly parameters: { readonly dataset_id: string; readonly split: string };
    readonly row: never;
  };
  readonly 'training-targets': {
    readonly parameters: { readonly policy_id: string; readonly version: number; readonly channel: string };
    readonly row: {
      readonly uncovered: 'ALLOW' | 'REVIEW';
      /** Precision of block, recall of review, and what both are until labels suffice. */
      readonly targets: Readonly<Record<string, readonly [number | null, number | null, number | null, number | null]>>;
    };
  };
  readonly 'training-list': {
    /** Beginning of its id; empty: all. */
    readonly parameters: { readonly request_id: string; readonly most: number };
    readonly row: {
      readonly request_id: string;
      readonly attempt: number;
      readonly state: 'STARTED' | 'RUNNING' | 'COMPLETED' | 'FAILED';
      readonly step: string;
      readonly done: number;
      readonly total: number;
      readonly detail: string | null;
      readonly artefact_id: string | null;
      /** Empty while there is no artefact. */
      readonly name: string;
      readonly dataset_id: string | null;
      readonly at_ms: number;
    };
  };
  readonly 'training-models': {
    /** Beginning of its id; empty: all. */
    readonly parameters: { readonly artefact_id: string; readonly most: number };
    readonly row: {
      readonly artefact_id: string;
      readonly kind: 'MODEL' | 'CALIBRATION';
      readonly model_id: string;
      readonly model_sha256: string;
      readonly name: string;
      readonly family: string;
      readonly dataset_id: string | null;
      readonly recipe_id: string;
      readonly parent_model_id: string | null;
      readonly channel: string | null;
      readonly policy_id: string | null;
      readonly policy_version: number | null;
      readonly categories: readonly string[];
      /** Review, block, whether they are provisional. */
      readonly thresholds: Readonly<Record<string, readonly [number | null, number | null, boolean]>>;
      /** Category, action, target, why, fallback. */
      readonly unmet_targets: readonly (readonly [string, string, number, string, string])[];
      /** Rows, positives, average precision with its interval, area under the ROC curve. */
      readonly metrics: Readonly<
        Record<string, readonly [number, number, number | null, number | null, number | null, number | null]>
      >;
      readonly bytes: number;
      readonly release: string;
      readonly request_id: string;
      readonly completed_ms: number;
    };
  };
  readonly 'deployment-channels': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: {
      readonly channel: string;
      readonly mode: 'NORMAL' | 'REVIEW_ALL' | 'ALLOW_ALL';
      readonly deployment_id: string;
      /** Empty while its bundle is not read yet. */
      readonly model_id: string;
      readonly policy_id: string;
      readonly policy_version: number;
      readonly canary_deployment_id: string | null;
      /** Empty: none. */
      readonly canary_model_id: string;
      readonly canary_share: number | null;
      readonly shadows: readonly string[];
      readonly reason: string;
      readonly changed_by: string;
      readonly changed_ms: number;
    };
  };
  readonly 'rollout-list': {
    readonly parameters: { readonly most: number };
    readonly row: {
      readonly rollout_id: string;
      readonly channel: string;
      readonly model_id: string;
      readonly artefact_id: string | null;
      readonly state: RolloutState;
      readonly step: number;
      readonly share: number;
      readonly since_ms: number;
      readonly at_ms: number;
      readonly requested_ms: number;
      readonly gate_report_id: string | null;
      readonly gate_passed: boolean | null;
      readonly gate_failed: readonly string[];
      readonly reason: string;
      readonly by: string;
    };
  };
  readonly 'rollout-steps': {
    /** Beginning of its id. */
    readonly parameters: { readonly rollout_id: string };
    readonly row: {
      readonly rollout_id: string;
      readonly sequence: number;
      readonly channel: string;
      readonly model_id: string;
      readonly artefact_id: string | null;
      readonly champion: string | null;
      readonly candidate: string | null;
      readonly state: RolloutState;
      readonly step: number;
      readonly share: number;
      readonly since_ms: number;
      readonly at_ms: number;
      readonly gate_report_id: string | null;
      readonly gate_passed: boolean | null;
      readonly gate_failed: readonly string[];
      readonly gate_overridden: readonly string[];
      /** Guard, finding, figure, low, high, margin. */
      readonly guards: readonly (readonly [
        string,
        string,
        number | null,
        number | null,
        number | null,
        number | null,
      ])[];
      readonly reason: string;
      readonly by: string;
    };
  };
  readonly 'rollout-checks': {
    readonly parameters: { readonly rollout_id: string };
    readonly row: {
      readonly check: string;
      readonly measure: string;
      readonly evidence: string;
      readonly category: string;
      readonly subject: string;
      readonly rule: string;
      readonly figure: number | null;
      readonly low: number | null;
      readonly high: number | null;
      readonly limit: number | null;
      readonly champion: number | null;
      readonly challenger: number | null;
      readonly finding: string;
      readonly why: string;
      readonly blocks: boolean;
      readonly override_id: string;
    };
  };
  readonly 'rollout-window': {
    readonly parameters: TimeWindow & {
      readonly channel: string;
      readonly champion: string;
      readonly candidate: string;
      /** As long as the limits. */
      readonly categories: readonly string[];
      readonly champion_limits: readonly number[];
      readonly candidate_limits: readonly number[];
      /** Milliseconds from the submission on which a content was slow, by arm. */
      readonly slow_control: number;
      readonly slow_canary: number;
    };
    readonly row: {
      readonly arm: 'CANARY' | 'CONTROL';
      readonly cluster: string;
      readonly items: number;
      readonly errors: number;
      /** By category. */
      readonly flags: readonly number[];
      readonly slow: number;
    };
  };
  readonly 'rollout-appeals': {
    readonly parameters: TimeWindow & {
      readonly channel: string;
      readonly champion: string;
      readonly candidate: string;
      readonly since: number;
    };
    readonly row: {
      readonly arm: 'CANARY' | 'CONTROL';
      readonly cluster: string;
      readonly closed: number;
      readonly overturned: number;
    };
  };
  readonly 'rollout-shadow': {
    readonly parameters: TimeWindow & { readonly channel: string; readonly candidate: string };
    readonly row: { readonly items: number; readonly failed: number };
  };
  readonly 'rollout-rescore': {
    readonly parameters: {
      readonly channel: string;
      readonly rollout_id: string;
      readonly model_id: string;
      readonly since: number;
      readonly most: number;
      readonly skip: number;
    };
    readonly row: {
      readonly verdict_id: string;
      readonly platform: string;
      readonly content_id: string;
      readonly revision: number;
      readonly text_hash: string;
      readonly record_partition: number;
      /** Empty: the model did not look. */
      readonly logits: Readonly<Record<string, number>>;
      /** Empty: erased, or not kept any more. */
      readonly text: string;
    };
  };
  readonly 'gate-newest-dataset': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: { readonly dataset_id: string };
  };
  readonly 'gate-contents': {
    /** Milliseconds. */
    readonly parameters: { readonly since: number; readonly until: number; readonly most: number };
    readonly row: {
      readonly content_key: string;
      readonly platform: string;
      /** Empty: not scored yet. */
      readonly language: string;
      readonly kind: string;
      readonly text: string;
    };
  };
}

export type QueryName = keyof Queries;

/** Every committed statement that changes something. */
export interface Statements extends DriftStatements {
  readonly 'record-migration': { readonly number: number; readonly name: string; readonly sha256: string };
  readonly 'record-job-run': {
    readonly job: string;
    readonly from: number;
    readonly to: number;
    readonly run_at: number;
  };
  readonly 'record-api-key': ApiKeyRow & { readonly updated_ms: number };
  readonly 'record-api-key-usage': {
    readonly day: string;
    readonly process: string;
    /** As long as `texts`. */
    readonly caller_ids: readonly string[];
    readonly texts: readonly number[];
    readonly updated_ms: number;
  };
  readonly 'roll-up-verdicts': { readonly from: number; readonly to: number; readonly run_at: number };
  readonly 'live-quality-totals': TimeWindow & {
    readonly channel: string;
    readonly categories: readonly string[];
    /** Channel whose scores drew. */
    readonly reference: string;
    readonly languages: readonly string[];
    readonly languages_excluded: boolean;
    readonly run_at: number;
  };
  readonly 'live-quality-record': TimeWindow & {
    readonly labels_until: number;
    readonly draws_until: number;
    readonly took_ms: number;
    readonly run_at: number;
  };
  readonly 'erase-content-text': Readonly<Record<string, never>>;
  readonly 'erase-dead-letter-values': Readonly<Record<string, never>>;
  readonly 'erase-report-reasons': Readonly<Record<string, never>>;
  readonly 'dataset-fill-labels': { readonly from: number; readonly until: number };
  readonly 'dataset-fill-origins': { readonly from: number; readonly until: number };
  readonly 'dataset-record-fill': { readonly until: number; readonly at: number };
  readonly 'erase-dataset-text': Readonly<Record<string, never>>;
  readonly 'dataset-sweep-rows': { readonly dataset_ids: readonly string[]; readonly before: number };
  readonly 'dataset-sweep-left-out': { readonly dataset_ids: readonly string[]; readonly before: number };
  readonly 'dataset-sweep-reports': { readonly dataset_ids: readonly string[]; readonly before: number };
}

export type StatementName = keyof Statements;

const folder = path.join(projectRoot, 'libs/platform/clickhouse/queries');
const texts = new Map<string, string>();

/** Text of a committed query or statement, without its comment. */
export function readQuery(name: QueryName | StatementName): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = fs
    .readFileSync(path.join(folder, `${name}.sql`), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
  texts.set(name, text);
  return text;
}
