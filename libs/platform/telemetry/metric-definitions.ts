/** A metric is a literal with a sentence; docs/generated/metrics.md comes from this list. */
interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const records = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];

export const metricDefinitions = {
  outcomes: {
    name: 'tidegate_outcomes_total',
    kind: 'counter',
    help: 'Messages by what the step made of them.',
    labels: ['stage', 'topic', 'outcome', 'reason'],
  },
  stepDuration: {
    name: 'tidegate_step_duration_seconds',
    kind: 'histogram',
    help: 'Time a step took for one chunk.',
    labels: ['stage', 'topic'],
    buckets: seconds,
  },
  chunkRecords: {
    name: 'tidegate_chunk_records',
    kind: 'histogram',
    help: 'Records in one chunk.',
    labels: ['stage', 'topic'],
    buckets: records,
  },
  lag: {
    name: 'tidegate_lag_records',
    kind: 'gauge',
    help: 'Records between the position of the role and the end of the partition.',
    labels: ['stage', 'topic', 'partition'],
  },
  eventAge: {
    name: 'tidegate_event_age_seconds',
    kind: 'histogram',
    help: 'Age of the newest message of a chunk when it was committed.',
    labels: ['stage', 'topic'],
    buckets: [...seconds, 30, 60, 300],
  },
  retries: {
    name: 'tidegate_retries_total',
    kind: 'counter',
    help: 'Steps tried again, by the code of the error.',
    labels: ['stage', 'code'],
  },
  transactions: {
    name: 'tidegate_transactions_total',
    kind: 'counter',
    help: 'Transactions by how they ended.',
    labels: ['stage', 'result'],
  },
  transactionDuration: {
    name: 'tidegate_transaction_duration_seconds',
    kind: 'histogram',
    help: 'Time from the first send of a transaction to its commit.',
    labels: ['stage'],
    buckets: seconds,
  },
  rebalances: {
    name: 'tidegate_rebalances_total',
    kind: 'counter',
    help: 'Times that the group was joined.',
    labels: ['stage'],
  },
  verdicts: {
    name: 'tidegate_verdicts_total',
    kind: 'counter',
    help: 'Verdicts by channel and action.',
    labels: ['channel', 'action'],
  },
  submitToVerdict: {
    name: 'tidegate_submit_to_verdict_seconds',
    kind: 'histogram',
    help: 'Time from submission to verdict.',
    labels: ['channel'],
    buckets: [...seconds, 30, 60, 300],
  },
  insertedRows: {
    name: 'tidegate_inserted_rows_total',
    kind: 'counter',
    help: 'Rows that ClickHouse acknowledged.',
    labels: ['table'],
  },
  insertDuration: {
    name: 'tidegate_insert_duration_seconds',
    kind: 'histogram',
    help: 'Time of one insert.',
    labels: ['table'],
    buckets: seconds,
  },
  httpRequests: {
    name: 'tidegate_http_requests_total',
    kind: 'counter',
    help: 'Requests by route and status.',
    labels: ['route', 'status'],
  },
  httpDuration: {
    name: 'tidegate_http_duration_seconds',
    kind: 'histogram',
    help: 'Time to answer a request.',
    labels: ['route'],
    buckets: seconds,
  },
  labelActive: {
    name: 'tidegate_label_active',
    kind: 'gauge',
    help: 'Whether this replica of the label role is the one that answers.',
    labels: [],
  },
  labelOpenItems: {
    name: 'tidegate_label_open_items',
    kind: 'gauge',
    help: 'Items with open tasks, by the queue in which they are.',
    labels: ['queue'],
  },
  labelLeases: {
    name: 'tidegate_label_leases',
    kind: 'gauge',
    help: 'Items that are in the hands of people.',
    labels: [],
  },
  labelOldestTask: {
    name: 'tidegate_label_oldest_task_seconds',
    kind: 'gauge',
    help: 'Time since the oldest open task was requested.',
    labels: [],
  },
  labelAnswers: {
    name: 'tidegate_label_answers_total',
    kind: 'counter',
    help: 'Answers of people by what they did and whether it counted.',
    labels: ['outcome', 'state'],
  },
  driftPsi: {
    name: 'tidegate_drift_psi',
    kind: 'gauge',
    help: 'Population stability index of the scores of the newest closed window, all contents.',
    labels: ['channel', 'category'],
  },
  driftMix: {
    name: 'tidegate_drift_mix_distance',
    kind: 'gauge',
    help: 'Jensen-Shannon distance of what contents of the newest closed window are from what they were.',
    labels: ['channel', 'feature'],
  },
  driftPerformance: {
    name: 'tidegate_drift_label_free',
    kind: 'gauge',
    help: 'Prevalence, precision, recall and F1 that calibrated scores of the newest closed window expect of their own decisions.',
    labels: ['channel', 'category', 'metric'],
  },
  driftComparisons: {
    name: 'tidegate_drift_comparisons_total',
    kind: 'counter',
    help: 'Windows compared with their reference, by whether they exceed.',
    labels: ['channel', 'result'],
  },
  driftAlerts: {
    name: 'tidegate_drift_alerts_total',
    kind: 'counter',
    help: 'Drift alerts by what they suggest.',
    labels: ['channel', 'kind', 'level', 'suggestion'],
  },
  driftComparedUntil: {
    name: 'tidegate_drift_compared_until_seconds',
    kind: 'gauge',
    help: 'End of the newest window that was looked at for drift, seconds since 1970.',
    labels: [],
  },
  gatewayRejected: {
    name: 'tidegate_gateway_rejected_total',
    kind: 'counter',
    help: 'Requests turned away, by the limit that was hit.',
    labels: ['limit'],
  },
  deploymentActive: {
    name: 'tidegate_deployment_active',
    kind: 'gauge',
    help: '1 for the replica of the deployment role that decides, 0 for one that stands by.',
    labels: [],
  },
  rollouts: {
    name: 'tidegate_rollouts',
    kind: 'gauge',
    help: 'Roll-outs under way, by channel and state.',
    labels: ['channel', 'state'],
  },
  canaryShare: {
    name: 'tidegate_canary_share',
    kind: 'gauge',
    help: 'Share of authors or conversations that the canary of a channel judges; 0: none runs.',
    labels: ['channel'],
  },
  gateRejections: {
    name: 'tidegate_gate_rejections_in_a_row',
    kind: 'gauge',
    help: 'Candidates of a channel that its gate rejected since it last let one through.',
    labels: ['channel'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricKey = keyof typeof metricDefinitions;
