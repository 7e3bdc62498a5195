/**
 * How contents are drawn in one window of `scoredAt` (sampling 1.2): frozen before the window begins, immutable, whole in one
 * record, so that every decision can be replayed and every content that was not drawn can be audited. Times are milliseconds
 * since 1970.
 */
export interface SamplingPlan {
  /** `plan-` and the hash of everything else. */
  readonly planId: string;
  /** Salt of the draw; a secret, because platforms choose content ids. */
  readonly salt: string;
  /** Channel whose effective assignment gives scores and thresholds. */
  readonly channel: string;
  /** First `scoredAt` that the plan draws. */
  readonly from: number;
  /** First `scoredAt` that it no longer draws. */
  readonly to: number;
  /** Window whose contents the numbers below come from; it ends at or before `from`. */
  readonly observedFrom: number;
  readonly observedTo: number;
  /** r: part of the budget that is drawn uniformly. */
  readonly uniformShare: number;
  /** a: part of a category's budget that goes to contents at or above its threshold. */
  readonly thresholdShare: number;
  /** One for each group of languages that has a budget of its own. */
  readonly strata: readonly PlanStratum[];
}

/** Contents in some languages: a population with a budget, drawn by the formula of sampling 1.2. */
export interface PlanStratum {
  /** Detected languages; empty: all that no other stratum names. */
  readonly languages: readonly string[];
  readonly teams: readonly TeamShare[];
  /** B: labels with a probability that the window should bring. */
  readonly budget: number;
  /** Labels without a probability, chosen for training alone, that the window should bring. */
  readonly trainOnlyBudget: number;
  /** N: contents in the observed window. */
  readonly contents: number;
  /** Probability that every content has at least; no weight exceeds its inverse. */
  readonly uniformRate: number;
  /** What the parts above the uniform rate are multiplied by, so that clipping at 1 loses no labels; 1 where nothing clips. */
  readonly multiplier: number;
  /** In the order of their names, so that sums are the same everywhere. */
  readonly categories: readonly PlanCategory[];
  /** By `language/kind/platform`. */
  readonly buckets: Readonly<Record<string, PlanBucket>>;
  /** Metadata factor of contents whose bucket is not listed. */
  readonly otherFactor: number;
}

export interface TeamShare {
  readonly team: string;
  /** Part of the stratum's labels that this team gives; the parts add up to 1. */
  readonly share: number;
}

export interface PlanCategory {
  readonly category: string;
  /** Category whose score is used: itself, or its nearest one while it has no trained head; null: none, its budget is drawn uniformly. */
  readonly scoredBy: string | null;
  /** t_c; null: the category never acts in the channel. */
  readonly threshold: number | null;
  /** Part of the budget above the uniform share; the parts add up to 1. */
  readonly share: number;
  /** A_c: sum of the metadata factors over contents at or above the threshold. */
  readonly above: number;
  /** G_c: sum of metadata factor times sqrt(s(1-s)). */
  readonly uncertainty: number;
  /** Probability that a content at or above the threshold gains, before metadata factor and multiplier. */
  readonly thresholdWeight: number;
  /** Probability that a content gains for each unit of sqrt(s(1-s)), before metadata factor and multiplier. */
  readonly uncertaintyWeight: number;
}

export interface PlanBucket {
  /** Contents in the observed window. */
  readonly contents: number;
  /** m of sampling 1.2, in [0.2, 5]. */
  readonly factor: number;
}

/** What a draw looks at, beside who it is. */
export interface SamplingFacts {
  readonly platform: string;
  readonly language: string;
  readonly kind: string;
  /** Calibrated probabilities by category; empty when the model failed: then only the uniform part is left. */
  readonly scores: Readonly<Record<string, number>>;
}

/** Bucket of the metadata factor. Languages and kinds hold no slash, so that no two buckets share a name. */
export function bucketOf({ language, kind, platform }: Pick<SamplingFacts, 'language' | 'kind' | 'platform'>): string {
  return `${language}/${kind}/${platform}`;
}

/** The stratum of a language; null when no team reads it: such contents are not drawn, and no estimate speaks of them. */
export function stratumOf(plan: SamplingPlan, language: string): PlanStratum | null {
  let rest: PlanStratum | null = null;
  for (const stratum of plan.strata) {
    if (stratum.languages.length === 0) rest = stratum;
    else if (stratum.languages.includes(language)) return stratum;
  }
  return rest;
}

/** The plan of a moment; null: none, the bootstrap rate holds. Where plans overlap the first holds: give them as they were appended. */
export function planAt(plans: readonly SamplingPlan[], scoredAt: number): SamplingPlan | null {
  return plans.find(({ from, to }) => from <= scoredAt && scoredAt < to) ?? null;
}

/** Standard deviation of a label whose probability is the score; what the uncertainty arm draws by (Neyman allocation, sampling 1.2). */
export function uncertaintyOf(score: number): number {
  return Math.sqrt(score * (1 - score));
}
