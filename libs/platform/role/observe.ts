import type { KafkaObserver } from '#platform/kafka';
import type { RunnerObserver } from '#platform/stream';
import type { Metrics } from '#platform/telemetry';
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

/** Connects the Kafka adapter to the metrics of the process. */
export function observeKafka(metrics: Metrics): KafkaObserver {
  return {
    onTransaction: (app, _records, seconds) => {
      metrics.transactions.inc({ stage: app, result: 'commit' });
      metrics.transactionDuration.observe({ stage: app }, seconds);
    },
    onAbort: (app) => {
      metrics.transactions.inc({ stage: app, result: 'abort' });
    },
    onFenced: (app) => {
      metrics.transactions.inc({ stage: app, result: 'fenced' });
    },
    onRebalance: (app) => {
      metrics.rebalances.inc({ stage: app });
    },
  };
}
