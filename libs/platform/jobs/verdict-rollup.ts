import type { Job } from './job.js';

const HOUR_MS = 3_600_000;

/**
 * Counts verdicts per hour by channel, platform, action and category into `verdict_hourly`. The view shows the rows of the latest
 * recorded run of an hour, so a run that was broken off shows nothing, and a repeated one replaces the earlier.
 */
export function verdictRollup(channels: readonly string[]): Job {
  return {
    name: 'verdict-rollup',
    windowMs: HOUR_MS,
    topics: channels.map((channel) => `verdict.${channel}`),
    catchUp: 'every',
    since: async (clickhouse) => (await clickhouse.query('verdict-rollup-since', {}))[0]?.since ?? null,
    run: ({ from, to }, { clickhouse, runAt }) => clickhouse.execute('roll-up-verdicts', { from, to, run_at: runAt }),
  };
}
