import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';

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

/** Every committed query: `queries/<name>.sql`, with the values that it binds and the rows that it gives. */
export interface Queries {
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
    readonly row: { readonly contents: number; readonly dead_letters: number; readonly reports: number };
  };
  readonly 'api-keys': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: ApiKeyRow;
  };
  readonly 'api-key-usage': {
    readonly parameters: { readonly day: string; readonly process: string };
    readonly row: { readonly caller_id: string; readonly texts: number };
  };
  readonly 'applied-migrations': {
    readonly parameters: Readonly<Record<string, never>>;
    readonly row: { readonly number: number; readonly name: string; readonly sha256: string };
  };
}

export type QueryName = keyof Queries;

/** Every committed statement that changes something. */
export interface Statements {
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
  readonly 'erase-content-text': Readonly<Record<string, never>>;
  readonly 'erase-dead-letter-values': Readonly<Record<string, never>>;
  readonly 'erase-report-reasons': Readonly<Record<string, never>>;
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
