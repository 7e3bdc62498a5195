import { largestParts } from '../largest-parts.js';
import { inclusionProbability } from '../inclusion-probability.js';
import { DEFAULT_PLAN_SHARES, makePlan, type PlanSettings } from '../make-plan.js';
import type { SamplingPlan } from '../sampling-plan.js';
import { aggregateWindow } from '../window-aggregates.js';
import type { Population } from './population.js';

const DAY = 86_400_000;

/** The default plan for a population: one day, one team, all languages, no positives known yet, all labels with a probability. */
export function planFor(population: Population, labels: number, settings: Partial<PlanSettings> = {}): SamplingPlan {
  const { categories, items } = population;
  const thresholds = Object.fromEntries(categories.map(({ category, threshold }) => [category, threshold]));
  const window = aggregateWindow(items, thresholds, { from: 0, to: DAY });
  const all: PlanSettings = {
    channel: 'public',
    salt: 'simulation',
    from: DAY,
    to: 2 * DAY,
    ...DEFAULT_PLAN_SHARES,
    trainOnlyShare: 0,
    bootstrapRate: 0.02,
    budgets: [{ team: 'simulated', languages: [], labelsPerDay: labels }],
    categories: Object.fromEntries(
      categories.map(({ category, threshold }) => [
        category,
        { threshold, target: 500, positives: 0, trainedOn: 500, nearest: null },
      ]),
    ),
    ...settings,
  };
  const draft = makePlan(window, all);
  return makePlan(
    window,
    all,
    draft.strata.map((stratum) =>
      largestParts(
        stratum,
        items.filter(({ language }) => belongsTo(draft, stratum, language)),
      ),
    ),
  );
}

/** Inclusion probability of each item; 0 where no team reads its language. */
export function probabilitiesOf(plan: SamplingPlan, population: Population): Float64Array {
  return Float64Array.from(population.items, (item) => inclusionProbability(plan, item)?.probability ?? 0);
}

function belongsTo(plan: SamplingPlan, stratum: SamplingPlan['strata'][number], language: string): boolean {
  if (stratum.languages.length > 0) return stratum.languages.includes(language);
  return !plan.strata.some(({ languages }) => languages.includes(language));
}
