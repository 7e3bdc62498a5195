import { hashJson } from '#policy';
import { metadataFactors } from './metadata-factors.js';
import { PlanError } from './plan-error.js';
import { type PlanCategory, type PlanStratum, type SamplingPlan, type TeamShare } from './sampling-plan.js';
import { solveRates, type LargestParts } from './solve-rates.js';
import type { BucketAggregate, WindowAggregates } from './window-aggregates.js';

const DAY = 86_400_000;
/** Below it one label would stand for too many contents; sequential estimation is best with a large uniform part (sampling 1.2). */
const LEAST_UNIFORM_SHARE = 0.2;
/** A category that has all the labels it wants keeps this weight, so that its quality stays known (sampling 1.2). */
const LEAST_DEFICIT = 0.05;
const GREATEST_DEFICIT = 10;
/** Positives that a head must have been trained on before its scores say anything about uncertainty (sampling 1.3). */
const POSITIVES_OF_A_HEAD = 20;

/** Labels that people give on a day. Lines with the same languages add up; other lines must not share a language. */
export interface BudgetLine {
  readonly team: string;
  /** Detected languages that the team reads; empty: all that no line names. */
  readonly languages: readonly string[];
  readonly labelsPerDay: number;
}

export interface CategorySettings {
  /** t_c of the channel: where review begins, or block where nothing is reviewed; null: the category never acts. */
  readonly threshold: number | null;
  /** Positives wanted. */
  readonly target: number;
  /** Positives known. */
  readonly positives: number;
  /** Positives that the head of the live model was trained on; below 20 its score is not used. */
  readonly trainedOn: number;
  /** Category whose score stands in while the own one cannot be used, for example S for S3; null: none. */
  readonly nearest: string | null;
}

export interface PlanSettings {
  readonly channel: string;
  readonly salt: string;
  /** First `scoredAt` drawn by the plan, milliseconds since 1970. */
  readonly from: number;
  /** First `scoredAt` that it no longer draws. */
  readonly to: number;
  /** r, default 0.25, at least 0.2. */
  readonly uniformShare: number;
  /** a, default 0.33. */
  readonly thresholdShare: number;
  /** Part of the labels that goes to contents chosen for training, without a probability; default 0.4 (sampling 1.3). */
  readonly trainOnlyShare: number;
  /** Rate of a language group of which the observed window saw nothing. */
  readonly bootstrapRate: number;
  readonly budgets: readonly BudgetLine[];
  readonly categories: Readonly<Record<string, CategorySettings>>;
}

/** Defaults of sampling 1.2 and 1.3. */
export const DEFAULT_PLAN_SHARES = {
  uniformShare: 0.25,
  thresholdShare: 0.33,
  trainOnlyShare: 0.4,
} as const satisfies Partial<PlanSettings>;

/**
 * The plan for `[from, to)` from the aggregates of an earlier window (sampling 1.2). A plan looks at contents that it never draws: the
 * observed window ends before `from`, so A_c and G_c leave each drawn content out, and no author moves the probability of his own content.
 *
 * Without `largest` nothing is assumed to be clipped. With the largest parts of each stratum, in the order of the strata, the expected
 * number of labels on a window like the observed one is the budget exactly: so make a plan, read its largest parts, and make it again.
 * @throws PlanError for settings that make no plan
 */
export function makePlan(
  window: WindowAggregates,
  settings: PlanSettings,
  largest: readonly (LargestParts | null)[] = [],
): SamplingPlan {
  check(window, settings);
  // A window twice as long brings twice the contents: the whole computation is done in labels per observed window.
  const scale = (window.to - window.from) / (settings.to - settings.from);
  const days = (settings.to - settings.from) / DAY;
  const groups = groupBudgets(settings.budgets);
  const named = new Set(groups.flatMap(({ languages }) => languages));
  const strata = groups.map(({ languages, lines }, at): PlanStratum => {
    const own = window.buckets.filter(({ language }) =>
      languages.length === 0 ? !named.has(language) : languages.includes(language),
    );
    const labels = days * lines.reduce((sum, line) => sum + line.labelsPerDay, 0);
    return planStratum(own, settings, largest[at] ?? null, {
      languages,
      teams: teamShares(lines),
      labels,
      scale,
    });
  });
  const { channel, salt, from, to, uniformShare, thresholdShare } = settings;
  const plan = {
    salt,
    channel,
    from,
    to,
    observedFrom: window.from,
    observedTo: window.to,
    uniformShare,
    thresholdShare,
    strata,
  };
  return { planId: `plan-${hashJson(plan)}`, ...plan };
}

interface StratumBudget {
  readonly languages: readonly string[];
  readonly teams: readonly TeamShare[];
  readonly labels: number;
  readonly scale: number;
}

function planStratum(
  buckets: readonly BucketAggregate[],
  settings: PlanSettings,
  largest: LargestParts | null,
  { languages, teams, labels, scale }: StratumBudget,
): PlanStratum {
  const contents = buckets.reduce((sum, bucket) => sum + bucket.contents, 0);
  const budget = labels * (1 - settings.trainOnlyShare);
  const factors = metadataFactors(buckets);
  const common = {
    languages,
    teams,
    budget,
    trainOnlyBudget: labels * settings.trainOnlyShare,
    contents,
    buckets: factors.buckets,
    otherFactor: factors.otherFactor,
  };
  if (contents === 0) return { ...common, uniformRate: settings.bootstrapRate, multiplier: 1, categories: [] };

  const observedBudget = budget * scale;
  const deficits = Object.entries(settings.categories)
    .map(([category, of]) => ({ category, of, deficit: deficitOf(of) }))
    .sort((left, right) => (left.category < right.category ? -1 : 1));
  const allDeficits = deficits.reduce((sum, { deficit }) => sum + deficit, 0);
  let uniformPart = deficits.length === 0 ? 1 : settings.uniformShare;
  const categories = deficits.map(({ category, of, deficit }): PlanCategory => {
    const share = deficit / allDeficits;
    const part = share * (1 - settings.uniformShare);
    const scoredBy = scoreFor(category, settings, buckets);
    // The threshold belongs to the category's own score.
    const threshold = scoredBy === category ? of.threshold : null;
    let above = 0;
    let uncertainty = 0;
    if (scoredBy !== null) {
      for (const bucket of buckets) {
        const sums = bucket.categories[scoredBy];
        if (sums === undefined) continue;
        const factor = factors.of(bucket);
        if (threshold !== null) above += factor * sums.above;
        uncertainty += factor * sums.uncertainty;
      }
    }
    // An arm that finds nothing gives its part to the other one; when neither finds anything the part is drawn uniformly.
    const thresholdShare = above === 0 ? 0 : uncertainty === 0 ? 1 : settings.thresholdShare;
    if (above === 0 && uncertainty === 0) uniformPart += part;
    return {
      category,
      scoredBy,
      threshold,
      share,
      above,
      uncertainty,
      thresholdWeight: above === 0 ? 0 : (observedBudget * part * thresholdShare) / above,
      uncertaintyWeight: uncertainty === 0 ? 0 : (observedBudget * part * (1 - thresholdShare)) / uncertainty,
    };
  });
  // A budget for everything draws everything.
  const uniformRate = observedBudget >= contents ? 1 : Math.min(1, (observedBudget * uniformPart) / contents);
  const isSolved = largest !== null && uniformRate < 1;
  const rates = isSolved
    ? solveRates(largest, { contents, uniformRate, budget: observedBudget })
    : { uniformRate, multiplier: 1 };
  return { ...common, ...rates, categories };
}

/** `max(0.05, clip(target - have, 0, 10 target) / target)` of sampling 1.2. */
function deficitOf({ target, positives }: CategorySettings): number {
  const wanted = Math.min(Math.max(target - positives, 0), GREATEST_DEFICIT * target);
  return Math.max(LEAST_DEFICIT, wanted / target);
}

/** The own score, else that of the nearest category, else none. */
function scoreFor(category: string, settings: PlanSettings, buckets: readonly BucketAggregate[]): string | null {
  const usable = (name: string): boolean =>
    (settings.categories[name]?.trainedOn ?? 0) >= POSITIVES_OF_A_HEAD &&
    buckets.some((bucket) => (bucket.categories[name]?.scored ?? 0) > 0);
  if (usable(category)) return category;
  const nearest = settings.categories[category]?.nearest ?? null;
  return nearest !== null && usable(nearest) ? nearest : null;
}

interface LanguageGroup {
  readonly languages: readonly string[];
  readonly lines: readonly BudgetLine[];
}

function groupBudgets(lines: readonly BudgetLine[]): readonly LanguageGroup[] {
  const groups = new Map<string, BudgetLine[]>();
  const ownerOf = new Map<string, string>();
  for (const line of lines) {
    const languages = [...new Set(line.languages)].sort();
    const key = languages.join(' ');
    const group = groups.get(key);
    if (group !== undefined) {
      group.push({ ...line, languages });
      continue;
    }
    for (const language of languages) {
      const owner = ownerOf.get(language);
      if (owner !== undefined) {
        throw new PlanError(
          'languages_overlap',
          `budgets: '${language}' stands in '${owner}' and in '${key}': give both lines the same languages, or each language its own line`,
        );
      }
      ownerOf.set(language, key);
    }
    groups.set(key, [{ ...line, languages }]);
  }
  return [...groups.values()].map((group) => ({ languages: group[0]?.languages ?? [], lines: group }));
}

function teamShares(lines: readonly BudgetLine[]): readonly TeamShare[] {
  const all = lines.reduce((sum, { labelsPerDay }) => sum + labelsPerDay, 0);
  const teams = new Map<string, number>();
  for (const { team, labelsPerDay } of lines) teams.set(team, (teams.get(team) ?? 0) + labelsPerDay / all);
  return [...teams].map(([team, share]) => ({ team, share }));
}

function check(window: WindowAggregates, settings: PlanSettings): void {
  const { from, to, uniformShare, thresholdShare, trainOnlyShare, bootstrapRate } = settings;
  if (!(from < to) || !(window.from < window.to)) {
    throw new PlanError('window_invalid', 'from: a window must begin before it ends');
  }
  if (window.to > from) {
    throw new PlanError(
      'window_invalid',
      `from: the observed window ends at ${window.to}, after the plan begins at ${from}: plan a later window`,
    );
  }
  share('uniformShare', uniformShare, LEAST_UNIFORM_SHARE, 1);
  share('thresholdShare', thresholdShare, 0, 1);
  share('trainOnlyShare', trainOnlyShare, 0, 1);
  if (trainOnlyShare === 1) {
    throw new PlanError(
      'share_out_of_range',
      'trainOnlyShare: is 1, which leaves nothing to estimate from: set it below 1',
    );
  }
  if (!(bootstrapRate > 0 && bootstrapRate <= 1)) {
    throw new PlanError('share_out_of_range', `bootstrapRate: must be in (0, 1], is ${bootstrapRate}`);
  }
  if (settings.budgets.length === 0)
    throw new PlanError('no_budget', 'budgets: is empty: say how many labels a team gives a day');
  for (const { team, labelsPerDay } of settings.budgets) {
    if (!(labelsPerDay > 0 && Number.isFinite(labelsPerDay))) {
      throw new PlanError(
        'budget_invalid',
        `budgets: labelsPerDay of '${team}' must be above 0, is ${labelsPerDay}: remove a team that does not label`,
      );
    }
  }
  for (const [category, { target, positives, threshold }] of Object.entries(settings.categories)) {
    if (!(target > 0) || !(positives >= 0)) {
      throw new PlanError(
        'category_invalid',
        `categories.${category}: target must be above 0 and positives at least 0`,
      );
    }
    if (threshold !== null && !(threshold > 0 && threshold <= 1)) {
      throw new PlanError('category_invalid', `categories.${category}.threshold: must be in (0, 1], is ${threshold}`);
    }
  }
}

function share(field: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new PlanError('share_out_of_range', `${field}: must be in [${least}, ${most}], is ${value}`);
}
