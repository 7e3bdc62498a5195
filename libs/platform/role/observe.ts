import type { RunnerObserver } from '#platform/stream';
import type { Platform } from './platform.js';

/** Connects the runner to the metrics of the process. */
export function runnerObserver({ app, metrics, clock }: Pick<Platform, 'app' | 'metrics' | 'clock'>): RunnerObserver {
  return {
    onOutcomes: (topic, outcome, reason, count) => {
      metrics.outcomes.inc({ stage: app, topic, outcome, reason }, count);
    },
    onChunk: (topic, records, seconds, newestTimestamp) => {
      metrics.stepDuration.observe({ stage: app, topic }, seconds);
      metrics.chunkRecords.observe({ stage: app, topic }, records);
      metrics.eventAge.observe({ stage: app, topic }, Math.max(0, clock() - newestTimestamp) / 1000);
    },
    onRetry: (code) => {
      metrics.retries.inc({ stage: app, code });
    },
  };
}
