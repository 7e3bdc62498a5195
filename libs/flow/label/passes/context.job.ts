import type { ClickHouse } from '#platform/clickhouse';
import type { PolicyPublished } from '#platform/contracts';
import type { Emission } from '#platform/stream';
import type { LabelSalts } from '../quality/quality-draws.js';
import type { Steps } from '../steps.js';

export interface LabelJobOptions {
  /** Appends to label.resolved and label.requested; resolves when all are durable. */
  readonly write: (emissions: readonly Emission[]) => Promise<void>;
  /** Every version on policy.published. */
  readonly policies: () => Iterable<PolicyPublished>;
  readonly salts: LabelSalts;
  /** Channel whose probabilities and policy labels are held against. */
  readonly channel: string;
  /** Audited items that wait for an expert at one time. */
  readonly auditTasks: number;
  /** Windows of the exact pass and of the quality figures, milliseconds. */
  readonly resolveEveryMs?: number;
  readonly qualityEveryMs?: number;
}

/** What the jobs work with. */
export interface LabelJobContext extends Omit<LabelJobOptions, 'resolveEveryMs' | 'qualityEveryMs'> {
  readonly clickhouse: ClickHouse;
  readonly runAt: number;
  /** Runs steps between the requests of people who wait for the role. */
  readonly inTurns: <T>(steps: Steps<T>) => Promise<T>;
}
