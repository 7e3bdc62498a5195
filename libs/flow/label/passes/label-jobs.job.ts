import type { ClickHouse } from '#platform/clickhouse';
import type { Job } from '#platform/jobs';
import { inTurns } from '../in-turns.js';
import type { LabelJobContext, LabelJobOptions } from './context.job.js';
import { measureQuality } from './quality.job.js';
import { resolveEverything } from './resolve.job.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The scheduled work of the label role (design 4): the exact pass over all answers, and what their quality is. Both look at everything that
 * is readable when they run and not only at their window, so one run answers for all that were missed.
 */
export function labelJobs(options: LabelJobOptions): readonly Job[] {
  const { resolveEveryMs = DAY_MS, qualityEveryMs = HOUR_MS, ...rest } = options;
  const contextOf = (clickhouse: ClickHouse, runAt: number): LabelJobContext => ({
    ...rest,
    clickhouse,
    runAt,
    inTurns,
  });
  const since = async (clickhouse: ClickHouse): Promise<number | null> =>
    (await clickhouse.query('label-since', {}))[0]?.since ?? null;
  return [
    {
      name: 'label-resolve',
      windowMs: resolveEveryMs,
      topics: ['label.submitted'],
      catchUp: 'latest',
      since,
      run: ({ to }, { clickhouse, runAt }) => resolveEverything(contextOf(clickhouse, runAt), passIdOf(to)),
    },
    {
      name: 'label-quality',
      windowMs: qualityEveryMs,
      topics: ['label.submitted', 'label.resolved'],
      catchUp: 'latest',
      since,
      run: ({ to }, { clickhouse, runAt }) => measureQuality(contextOf(clickhouse, runAt), to),
    },
  ];
}

/** The end of its window, as people write it: pass-2026-09-22, with the time when it is not midnight. */
export function passIdOf(to: number): string {
  return `pass-${new Date(to).toISOString().replace('T00:00:00.000Z', '').replace(':00.000Z', 'Z')}`;
}
