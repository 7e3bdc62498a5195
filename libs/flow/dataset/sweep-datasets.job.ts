import type { Job } from '#platform/jobs';

const DAY_MS = 86_400_000;
/** From its last row to its event a build takes seconds; a role that waits for Kafka keeps the window open. */
const LEFT_ALONE_MS = DAY_MS;

export interface SweepReport {
  readonly event: 'datasets_swept';
  readonly datasets: number;
  readonly rows: number;
}

/**
 * Removes rows, lists of what was left out and reports of builds and imports that were given up between their first row and their event: they hold
 * masked texts, and nobody can name them. What was published is not touched, and a build of the same data set writes all of it again.
 */
export function sweepDatasets(report: (event: SweepReport) => void): Job {
  const topics = ['dataset.published'];
  return {
    name: 'dataset-sweep',
    windowMs: DAY_MS,
    topics,
    catchUp: 'latest',
    since: () => Promise.resolve(0),
    run: async ({ to }, { clickhouse }) => {
      // A run by hand does not wait for its window: what is published, and not readable yet, must not look forsaken.
      const [seen] = await clickhouse.query('complete-until', { topics });
      const completeUntil = seen?.complete_until ?? null;
      if (completeUntil === null) return;
      const before = Math.min(to, completeUntil) - LEFT_ALONE_MS;
      const orphans = await clickhouse.query('dataset-orphans', { before });
      if (orphans.length === 0) return;
      const which = { dataset_ids: orphans.map((orphan) => orphan.dataset_id), before };
      await clickhouse.execute('dataset-sweep-rows', which);
      await clickhouse.execute('dataset-sweep-left-out', which);
      await clickhouse.execute('dataset-sweep-reports', which);
      report({
        event: 'datasets_swept',
        datasets: orphans.length,
        rows: orphans.reduce((sum, { rows }) => sum + rows, 0),
      });
    },
  };
}
