import { RowBinary, type ClickHouse } from '#platform/clickhouse';
import type { DriftAlerted } from '#platform/contracts';
import { ALERT_MEMORY, DEFAULT_DRIFT_RULE } from '#model';
import type { Job } from '#platform/jobs';
import type { Emission } from '#platform/stream';
import type { Metrics } from '#platform/telemetry';
import type { DriftChannel, DriftJudgement, DriftWindow } from './drift-rows.js';
import { judgeTraffic, labelFreeFigures } from './judge-traffic.js';
import { makeAlerts } from './make-alerts.js';
import { measurePerformance, type MeasuredPerformance } from './measure-performance.js';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 168;
/** 1970-01-05 was the first Monday. */
const FIRST_MONDAY_HOURS = 96;
/** Flag rates learn from eight days of hours, episodes of alerts need less. */
const HISTORY = Math.max(ALERT_MEMORY, 9 * DAY_HOURS);
const TOPICS = ['prediction.scored', 'deployment.bundled'] as const;
const ROLL_UP = 'drift-roll-up';

export interface DriftJobDeps {
  readonly write: (emissions: readonly Emission[]) => Promise<void>;
  readonly metrics: Pick<
    Metrics,
    'driftAlerts' | 'driftComparisons' | 'driftComparedUntil' | 'driftPsi' | 'driftMix' | 'driftPerformance'
  >;
  readonly report: (event: DriftReport) => void;
  /** Contents that a window and its reference need. */
  readonly leastContents?: number;
}

export interface DriftReport {
  readonly event: 'drift_alerted';
  readonly alertId: string;
  readonly channel: string;
  readonly kind: string;
  readonly level: string;
  readonly suggestion: string;
  readonly findings: number;
  readonly from: number;
  readonly to: number;
}

/** The jobs of drift, in the order in which a scheduler has to run them. */
export function driftJobs(deps: DriftJobDeps): { readonly rollUp: Job; readonly alerts: Job } {
  const since: Job['since'] = async (clickhouse) => (await clickhouse.query('sampling-since', {}))[0]?.scored ?? null;
  const common = { windowMs: HOUR_MS, topics: TOPICS, catchUp: 'every', since } as const;
  return {
    rollUp: {
      ...common,
      name: ROLL_UP,
      run: async ({ from, to }, { clickhouse, runAt, alive }) => {
        await clickhouse.execute('drift-roll-up-scores', { from, to, run_at: runAt });
        alive?.();
        await clickhouse.execute('drift-roll-up-mixes', { from, to, run_at: runAt });
      },
    },
    alerts: {
      ...common,
      name: 'drift-alerts',
      isReady: async ({ to }, { clickhouse }) => {
        const [progress] = await clickhouse.query('job-progress', { job: ROLL_UP });
        return (progress?.window_to ?? 0) >= to;
      },
      run: ({ to }, { clickhouse, runAt, alive }) => lookForDrift(to, clickhouse, runAt, deps, alive),
    },
  };
}

/** Widths of the windows that end at a moment, in hours. */
export function widthsEndingAt(to: number): readonly number[] {
  const hours = to / HOUR_MS;
  return [
    1,
    ...(hours % 6 === 0 ? [6] : []),
    ...(hours % DAY_HOURS === 0 ? [DAY_HOURS] : []),
    ...((hours - FIRST_MONDAY_HOURS) % WEEK_HOURS === 0 ? [WEEK_HOURS] : []),
  ];
}

/** Compares the windows that end with an hour, judges them together, and appends the alerts that they open (drift 5.3). */
async function lookForDrift(
  to: number,
  clickhouse: ClickHouse,
  runAt: number,
  deps: DriftJobDeps,
  alive: () => void = () => undefined,
): Promise<void> {
  const least = deps.leastContents ?? DEFAULT_DRIFT_RULE.leastContents;
  for (const width of widthsEndingAt(to)) {
    await clickhouse.execute('drift-compare-scores', { to, width, least, run_at: runAt });
    alive();
    await clickhouse.execute('drift-compare-mixes', { to, width, least, run_at: runAt });
    alive();
  }
  const windows = await clickhouse.query('drift-windows', { to, run_at: runAt });
  const traffic = judgeTraffic(windows, { ...DEFAULT_DRIFT_RULE, leastContents: least });
  const isDayEnd = to % (DAY_HOURS * HOUR_MS) === 0;
  const hasSigns = traffic.some(({ signs }) => signs.length > 0);
  const evidence = isDayEnd || hasSigns ? await measure(to, clickhouse) : NO_EVIDENCE;
  const labelled = isDayEnd
    ? evidence.performance.figures.map(({ scope, p, adjusted, signs }): DriftJudgement => ({
        scope,
        p,
        adjusted,
        signs,
        isSevere: false,
      }))
    : [];
  const judgements = [...traffic, ...labelled];
  await recordJudgements(judgements, to, runAt, clickhouse);
  alive();
  const history = await clickhouse.query('drift-history', { to, run_at: runAt, most: HISTORY });
  const alerts = makeAlerts({ to, windows, judgements, history, ...evidence, now: runAt });
  if (alerts.length > 0) {
    await deps.write(alerts.map((value) => ({ topic: 'drift.alerted', key: value.alertId, value })));
  }
  observe(to, windows, judgements, alerts, deps);
}

const NO_EVIDENCE: { readonly performance: MeasuredPerformance; readonly channels: readonly DriftChannel[] } = {
  performance: measurePerformance([], []),
  channels: [],
};

/** Labelled beside label-free figures of the seven whole days before a moment. */
async function measure(moment: number, clickhouse: ClickHouse): Promise<typeof NO_EVIDENCE> {
  const dayMs = DAY_HOURS * HOUR_MS;
  const to = Math.floor(moment / dayMs) * dayMs;
  const channels = await clickhouse.query('drift-channels', { from: to - 7 * dayMs, to });
  const sums = await clickhouse.query('drift-performance', { to });
  return { performance: measurePerformance(sums, channels), channels };
}

const SLICES = ['all', 'language', 'platform', 'kind'];

async function recordJudgements(
  judgements: readonly DriftJudgement[],
  to: number,
  runAt: number,
  clickhouse: ClickHouse,
): Promise<void> {
  if (judgements.length === 0) return;
  const out = new RowBinary();
  for (const { scope, p, adjusted, signs, isSevere } of judgements) {
    out.string(scope.channel);
    out.dateTime(to);
    out.uint16(scope.width_hours);
    out.string(scope.feature);
    out.string(scope.model_id);
    out.string(scope.category);
    out.uint8(SLICES.indexOf(scope.slice_by));
    out.string(scope.slice_value);
    out.float64(p);
    out.float64(adjusted);
    out.count(signs.length);
    for (const sign of signs) out.string(sign);
    out.bool(isSevere);
    out.dateTime(runAt);
  }
  await clickhouse.insertRows('drift_judgement_runs', out.take(), {
    columns: [
      ...['channel', 'window_to', 'width_hours', 'feature', 'model_id', 'category', 'slice_by', 'slice_value'],
      ...['p_value', 'adjusted_p_value', 'signs', 'is_severe', 'run_at'],
    ],
    token: `drift-${to}-${runAt}`,
  });
}

function observe(
  to: number,
  windows: readonly DriftWindow[],
  judgements: readonly DriftJudgement[],
  alerts: readonly DriftAlerted[],
  { metrics, report }: DriftJobDeps,
): void {
  for (const { scope, signs } of judgements) {
    metrics.driftComparisons.inc({ channel: scope.channel, result: signs.length > 0 ? 'exceeds' : 'within' });
  }
  for (const window of windows.filter(({ width_hours: width, slice_by: by }) => width < WEEK_HOURS && by === 'all')) {
    const { channel, category, feature } = window;
    if (feature !== 'logit') {
      metrics.driftMix.set({ channel, feature }, window.jensen_shannon);
      continue;
    }
    metrics.driftPsi.set({ channel, category }, window.psi);
    for (const [metric, { value }] of labelFreeFigures(window)) {
      if (value !== null) metrics.driftPerformance.set({ channel, category, metric }, value);
    }
  }
  for (const { alertId, channel, kind, level, suggestion, findingCount, windowFrom } of alerts) {
    metrics.driftAlerts.inc({ channel, kind, level, suggestion });
    report({
      event: 'drift_alerted',
      alertId,
      channel,
      kind,
      level,
      suggestion,
      findings: findingCount,
      from: windowFrom,
      to,
    });
  }
  metrics.driftComparedUntil.set(to / 1000);
}
