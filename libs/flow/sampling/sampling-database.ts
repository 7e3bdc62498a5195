import type { ContentKind } from '#platform/contracts';
import type { StratumParameters } from './plan-parameters.js';
import type { DrawWindow } from './plan-board.js';
import type { LargestParts } from './solve-rates.js';

/** A bucket of `sampling-window-aggregates`. */
export interface AggregateRow {
  readonly language: string;
  readonly kind: string;
  readonly platform: string;
  readonly contents: number;
  readonly scored: Readonly<Record<string, number>>;
  readonly above: Readonly<Record<string, number>>;
  readonly uncertainty: Readonly<Record<string, number>>;
}

interface ContentRow {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
  readonly kind: ContentKind;
  readonly language: string;
  readonly duplicate_key: string;
  readonly conversation_hash: string | null;
}

export interface DrawRow extends ContentRow {
  readonly id: string;
  readonly plan_id: string | null;
  readonly team: string | null;
  readonly probability: number;
}

/** A content that was not drawn, with its text. */
export interface CandidateRow extends ContentRow {
  /** Part of the uncertainty arm: g(s), weighed by deficits and metadata. */
  readonly uncertainty: number;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly text: string;
}

export interface BundleRow {
  readonly deployment_id: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly categories: readonly string[];
  readonly covered: readonly string[];
  readonly thresholds: Readonly<Record<string, number | null>>;
}

type OfStratum = DrawWindow & StratumParameters;

/** The committed queries and statements of ClickHouse that the jobs use. */
export interface SamplingDatabase {
  query(
    name: 'sampling-window-aggregates',
    parameters: DrawWindow & { readonly channel: string; readonly thresholds: Readonly<Record<string, number>> },
  ): Promise<readonly AggregateRow[]>;
  query(
    name: 'sampling-largest-parts',
    parameters: OfStratum & { readonly most: number },
  ): Promise<readonly LargestParts[]>;
  query(
    name: 'sampling-missing-draws',
    parameters: OfStratum & { readonly plan_id: string },
  ): Promise<readonly { readonly expected: number; readonly missing: number; readonly differing: number }[]>;
  query(name: 'sampling-draws', parameters: DrawWindow & { readonly channel: string }): Promise<readonly DrawRow[]>;
  query(
    name: 'sampling-candidates',
    parameters: OfStratum & { readonly most: number },
  ): Promise<readonly CandidateRow[]>;
  query(name: 'sampling-bundle', parameters: { readonly channel: string }): Promise<readonly BundleRow[]>;
  query(
    name: 'sampling-positives',
    parameters: { readonly policy_id: string; readonly policy_version: number },
  ): Promise<readonly { readonly category: string; readonly positives: number }[]>;
  query(
    name: 'complete-until',
    parameters: { readonly topics: readonly string[] },
  ): Promise<readonly { readonly complete_until: number | null }[]>;
  query(
    name: 'live-quality-due',
    parameters: { readonly since: number; readonly closed_until: number; readonly now: number },
  ): Promise<readonly DrawWindow[]>;
  query(
    name: 'live-quality-scopes',
    parameters: DrawWindow,
  ): Promise<
    readonly {
      readonly channel: string;
      readonly categories: readonly string[];
      readonly labels_until: number;
      readonly draws_until: number;
    }[]
  >;
  execute(
    name: 'live-quality-totals',
    parameters: DrawWindow & {
      readonly channel: string;
      readonly categories: readonly string[];
      readonly reference: string;
      readonly languages: readonly string[];
      readonly languages_excluded: boolean;
      readonly run_at: number;
    },
  ): Promise<void>;
  execute(
    name: 'live-quality-record',
    parameters: DrawWindow & {
      readonly labels_until: number;
      readonly draws_until: number;
      readonly took_ms: number;
      readonly run_at: number;
    },
  ): Promise<void>;
}
