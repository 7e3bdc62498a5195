import type { Emission } from '#platform/stream';
import { makePlan, DEFAULT_PLAN_SHARES, type CategorySettings, type PlanSettings } from './make-plan.js';
import { windowAt, type DrawWindow } from './plan-board.js';
import { stratumParameters } from './plan-parameters.js';
import { planRecord } from './plan-record.js';
import type { SamplingBudgets } from './sampling-budgets.js';
import type { AggregateRow, BundleRow, SamplingDatabase } from './sampling-database.js';
import type { SamplingPlan } from './sampling-plan.js';
import type { LargestParts } from './solve-rates.js';
import type { BucketAggregate, WindowAggregates } from './window-aggregates.js';

/**
 * A plan is begun at least so long before its window, or a tenth of the window where that is shorter. Half of it has to be left when it is
 * appended: clocks of roles and brokers differ, and a role that reads the plans of a window a little early must find this one.
 */
const LEAD_MS = 10_000;
/** Positives that a category of the model counts as trained on: the bundle says which ones it covers, not how well. */
const TRAINED = 20;

export interface PlanDeps {
  readonly database: SamplingDatabase;
  /** Plans of a window that has not begun, read now. */
  readonly hasPlan: (window: DrawWindow) => Promise<boolean>;
  readonly write: (emissions: readonly Emission[]) => Promise<void>;
  readonly budgets: SamplingBudgets;
  readonly channel: string;
  readonly salt: string;
  readonly windowMs: number;
  readonly bootstrapRate: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly report: (event: PlanReport) => void;
}

export type PlanReport =
  | {
      readonly event: 'plan_made';
      readonly planId: string;
      readonly from: number;
      readonly to: number;
      readonly observedFrom: number;
      readonly labels: number;
    }
  | { readonly event: 'plan_skipped'; readonly from: number; readonly why: 'no_bundle' | 'too_late' };

/**
 * The first window that can still be planned at a moment: a plan has to be there before it begins. While a window runs, its successor is
 * the next one, so a window is planned from the one that ended at least one window before it, and none is without a plan as long as the job
 * runs once a window. Without a plan the bootstrap rate holds.
 */
export function windowToPlan(now: number, windowMs: number): DrawWindow {
  return windowAt(now + leadOf(windowMs) + windowMs, windowMs);
}

function leadOf(windowMs: number): number {
  return Math.min(LEAD_MS, windowMs / 10);
}

/** Makes the plan of the next window that has not begun from a closed one, and appends it (sampling 1.2). */
export async function planNextWindow(
  observed: DrawWindow,
  deps: PlanDeps,
  alive: () => void = () => undefined,
): Promise<void> {
  const { database, channel, clock, report } = deps;
  const next = windowToPlan(clock(), deps.windowMs);
  if (await deps.hasPlan(next)) return;
  const [bundle] = await database.query('sampling-bundle', { channel });
  if (bundle === undefined) {
    report({ event: 'plan_skipped', from: next.from, why: 'no_bundle' });
    return;
  }
  const positives = await database.query('sampling-positives', {
    policy_id: bundle.policy_id,
    policy_version: bundle.policy_version,
  });
  const settings: PlanSettings = {
    channel,
    salt: deps.salt,
    ...next,
    ...DEFAULT_PLAN_SHARES,
    bootstrapRate: deps.bootstrapRate,
    budgets: deps.budgets.budgets,
    categories: categorySettings(
      bundle,
      new Map(positives.map(({ category, positives: known }) => [category, known])),
      deps.budgets,
    ),
  };
  const plan = await solvePlan(observed, settings, database, alive);
  if (clock() > next.from - leadOf(deps.windowMs) / 2) {
    report({ event: 'plan_skipped', from: next.from, why: 'too_late' });
    return;
  }
  await deps.write([{ topic: 'sampling.planned', key: plan.planId, value: planRecord(plan, clock()) }]);
  const labels = plan.strata.reduce((sum, { budget, trainOnlyBudget }) => sum + budget + trainOnlyBudget, 0);
  report({
    event: 'plan_made',
    planId: plan.planId,
    from: plan.from,
    to: plan.to,
    observedFrom: plan.observedFrom,
    labels,
  });
}

/** Makes the plan twice: the second time with the largest parts of each stratum, so that clipping at 1 loses no labels (sampling 1.2). */
async function solvePlan(
  { from, to }: DrawWindow,
  settings: PlanSettings,
  database: SamplingDatabase,
  alive: () => void,
): Promise<SamplingPlan> {
  const { channel } = settings;
  const thresholds = Object.fromEntries(
    Object.entries(settings.categories).flatMap(([category, { threshold }]) =>
      threshold === null ? [] : [[category, threshold]],
    ),
  );
  const rows = await database.query('sampling-window-aggregates', { from, to, channel, thresholds });
  alive();
  const window: WindowAggregates = { from, to, buckets: rows.map(bucketOfRow) };
  const draft = makePlan(window, settings);
  const scale = (to - from) / (settings.to - settings.from);
  const largest: (LargestParts | null)[] = [];
  for (const stratum of draft.strata) {
    const [parts] =
      stratum.contents === 0
        ? []
        : await database.query('sampling-largest-parts', {
            ...stratumParameters(draft, stratum),
            from,
            to,
            most: Math.ceil(stratum.budget * scale) + 1,
          });
    largest.push(parts ?? null);
    alive();
  }
  return makePlan(window, settings, largest);
}

function bucketOfRow({ scored, above, uncertainty, ...bucket }: AggregateRow): BucketAggregate {
  return {
    ...bucket,
    categories: Object.fromEntries(
      Object.entries(scored).map(([category, count]) => [
        category,
        { scored: count, above: above[category] ?? 0, uncertainty: uncertainty[category] ?? 0 },
      ]),
    ),
  };
}

/** What the plan wants of each category of the channel's policy. */
export function categorySettings(
  bundle: BundleRow,
  positives: ReadonlyMap<string, number>,
  { categories: wishes, target }: SamplingBudgets,
): Readonly<Record<string, CategorySettings>> {
  return Object.fromEntries(
    bundle.categories.map((category): [string, CategorySettings] => {
      const threshold = bundle.thresholds[category] ?? null;
      return [
        category,
        {
          // A threshold of 0 acts on everything: nothing to draw for.
          threshold: threshold !== null && threshold > 0 && threshold <= 1 ? threshold : null,
          target: wishes[category]?.target ?? target,
          positives: positives.get(category) ?? 0,
          trainedOn: bundle.covered.includes(category) ? TRAINED : 0,
          nearest: wishes[category]?.nearest ?? null,
        },
      ];
    }),
  );
}
