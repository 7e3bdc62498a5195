import type { Job } from './job.js';

const MINUTE_MS = 60_000;

/**
 * Removes the text of erased contents: from content_submitted, from dead letters with their key, what reporters wrote about them, and from the rows
 * of data sets.
 * The views hide it from the moment when the erasure is readable; this takes the bytes. Also catches text that arrives after its erasure.
 */
export function eraseText(): Job {
  return {
    name: 'erase-text',
    windowMs: MINUTE_MS,
    topics: ['content.erased'],
    catchUp: 'latest',
    since: () => Promise.resolve(0),
    run: async (_, { clickhouse }) => {
      const [left] = await clickhouse.query('erased-with-text', {});
      if (left === undefined) return;
      if (left.contents > 0) await clickhouse.execute('erase-content-text', {});
      if (left.dead_letters > 0) await clickhouse.execute('erase-dead-letter-values', {});
      if (left.reports > 0) await clickhouse.execute('erase-report-reasons', {});
      if (left.dataset_rows > 0) await clickhouse.execute('erase-dataset-text', {});
    },
  };
}
