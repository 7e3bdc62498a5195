import { type DrawWindow } from './plan-board.js';
import { drawnLanguages } from './plan-parameters.js';
import type { SamplingDatabase } from './sampling-database.js';
import type { SamplingPlan } from './sampling-plan.js';

const DAY = 86_400_000;
/** Windows that are computed again when their labels change. */
const DAYS_BACK = 14;

export interface QualityDeps {
  readonly database: SamplingDatabase;
  /** The plan of a window that has begun; null: the bootstrap. */
  readonly planOf: (window: DrawWindow) => Promise<SamplingPlan | null>;
  /** Reference channel of draws. */
  readonly channel: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly report: (event: QualityReport) => void;
}

export interface QualityReport {
  readonly event: 'live_quality_computed';
  readonly windows: number;
  readonly tookMs: number;
}

/** Computes the sums of every closed window of the last 14 days whose draws or labels have changed, oldest first, and remembers what it saw. */
export async function refreshQuality(
  runAt: number,
  deps: QualityDeps,
  alive: () => void = () => undefined,
): Promise<void> {
  const { database, clock } = deps;
  const [until] = await database.query('complete-until', { topics: ['sampling.closed'] });
  const closedUntil = until?.complete_until ?? null;
  if (closedUntil === null) return;
  const due = await database.query('live-quality-due', {
    since: runAt - DAYS_BACK * DAY,
    closed_until: closedUntil,
    now: runAt,
  });
  const began = clock();
  for (const window of due) await computeWindow(window, runAt, deps, alive);
  if (due.length > 0) {
    deps.report({ event: 'live_quality_computed', windows: due.length, tookMs: clock() - began });
  }
}

async function computeWindow(
  { from, to }: DrawWindow,
  runAt: number,
  { database, planOf, channel: reference, clock }: Omit<QualityDeps, 'report'>,
  alive: () => void,
): Promise<void> {
  const began = clock();
  const languages = drawnLanguages(await planOf({ from, to }));
  const channels = await database.query('live-quality-scopes', { from, to });
  // One after the other: each reads the whole window, and its groups of near-duplicates fill memory.
  for (const { channel, categories } of channels) {
    await database.execute('live-quality-totals', {
      from,
      to,
      channel,
      categories,
      reference,
      ...languages,
      run_at: runAt,
    });
    alive();
  }
  // Of before the sums were computed: what came meanwhile is a reason to compute again.
  await database.execute('live-quality-record', {
    from,
    to,
    labels_until: channels[0]?.labels_until ?? 0,
    draws_until: channels[0]?.draws_until ?? 0,
    took_ms: clock() - began,
    run_at: runAt,
  });
}
