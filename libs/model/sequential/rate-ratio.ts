/** Sums of one arm, parted into groups that are independent of each other: `hits[g]` of `units[g]`. */
export interface GroupedRate {
  readonly hits: readonly number[];
  readonly units: readonly number[];
}

/** What a test of a ratio needs of the groups of both arms. */
export interface TwoArms {
  readonly canary: ArmMoments;
  readonly control: ArmMoments;
}

export interface ArmMoments {
  readonly hits: number;
  readonly units: number;
  /** Sums over groups of hits^2, hits * units and units^2. */
  readonly hitsHits: number;
  readonly hitsUnits: number;
  readonly unitsUnits: number;
}

export interface Score {
  /** Hits of the canary beyond what the ratio gives it, and the variance of that between groups. */
  readonly sum: number;
  readonly variance: number;
}

export interface RatioInterval {
  readonly low: number;
  readonly high: number;
}

export function armMoments({ hits, units }: GroupedRate): ArmMoments {
  const moments = { hits: 0, units: 0, hitsHits: 0, hitsUnits: 0, unitsUnits: 0 };
  for (let g = 0; g < units.length; g += 1) {
    const y = hits[g] ?? 0;
    const n = units[g] ?? 0;
    if (y === 0 && n === 0) continue;
    moments.hits += y;
    moments.units += n;
    moments.hitsHits += y * y;
    moments.hitsUnits += y * n;
    moments.unitsUnits += n * n;
  }
  return moments;
}

/** The rates of both arms were (rate of the canary) = ratio * (rate of control), and the canary's share of the hits then. */
function constrained({ canary, control }: TwoArms, ratio: number) {
  const weight = control.units + ratio * canary.units;
  const rate = (control.hits + canary.hits) / weight;
  return { canaryRate: ratio * rate, controlRate: rate, share: (ratio * canary.units) / weight };
}

function spread({ hitsHits, hitsUnits, unitsUnits }: ArmMoments, rate: number): number {
  return Math.max(0, hitsHits - 2 * rate * hitsUnits + rate * rate * unitsUnits);
}

/**
 * Score of H0 "rate of the canary = ratio * rate of control": S = (1 - q) Y1 - q Y0, where Y are the hits and q the share
 * of all hits that the canary has under H0; expectation 0 under H0, and above 0 when the canary's rate is higher. Its
 * variance is (1 - q)^2 sum e^2 over the groups of the canary + q^2 sum e^2 over those of control, e = hits - rate * units
 * with the rates of H0. Each arm is given at least the variance per unit that the other one shows: a small canary in which
 * no heavy cluster has turned up yet has no variance of its own, and would be rolled back for it.
 */
export function scoreOf(arms: TwoArms, ratio: number): Score {
  const { canary, control } = arms;
  const { canaryRate, controlRate, share } = constrained(arms, ratio);
  const own = spread(canary, canaryRate);
  const others = spread(control, controlRate);
  const canarySpread = Math.max(own, (ratio * others * canary.units) / control.units);
  const controlSpread = Math.max(others, (own * control.units) / (canary.units * ratio));
  return {
    sum: (1 - share) * canary.hits - share * control.hits,
    variance: (1 - share) ** 2 * canarySpread + share ** 2 * controlSpread,
  };
}

/**
 * Number of equally heavy groups that would give the same variance of the score as steadily: V^2 / sum of fourth powers.
 * One heavy cluster makes it small whatever the volume is; below some 30 the normal bound means nothing.
 */
export function effectiveGroups(canary: GroupedRate, control: GroupedRate, arms: TwoArms): number {
  const { canaryRate, controlRate, share } = constrained(arms, 1);
  const own = { spread: spread(arms.canary, canaryRate), fourth: fourthPowers(canary, canaryRate) };
  const others = { spread: spread(arms.control, controlRate), fourth: fourthPowers(control, controlRate) };
  const times = arms.canary.units / arms.control.units;
  // Lent variance comes from as many groups as the units let one expect.
  const canaryFourth = own.spread >= others.spread * times ? own.fourth : others.fourth * times;
  const controlFourth = others.spread >= own.spread / times ? others.fourth : own.fourth / times;
  const fourth = (1 - share) ** 4 * canaryFourth + share ** 4 * controlFourth;
  return fourth > 0 ? scoreOf(arms, 1).variance ** 2 / fourth : 0;
}

function fourthPowers({ hits, units }: GroupedRate, rate: number): number {
  let sum = 0;
  for (let g = 0; g < units.length; g += 1) {
    const squared = ((hits[g] ?? 0) - rate * (units[g] ?? 0)) ** 2;
    sum += squared * squared;
  }
  return sum;
}

const farthest = 1e6;

/** All ratios that the bound does not exclude; `high` is infinite while the rate of control may be 0. */
export function ratioInterval(arms: TwoArms, bound: (variance: number) => number): RatioInterval {
  const excess = (ratio: number): number => {
    const { sum, variance } = scoreOf(arms, ratio);
    return sum / bound(variance);
  };
  const estimate = (arms.canary.hits * arms.control.units) / (arms.control.hits * arms.canary.units);
  const start = Math.min(farthest, Math.max(1 / farthest, Number.isFinite(estimate) ? estimate : farthest));
  return {
    low: excess(1 / farthest) < 1 ? 0 : border(1 / farthest, start, (ratio) => excess(ratio) >= 1),
    high: excess(farthest) > -1 ? Infinity : border(farthest, start, (ratio) => excess(ratio) <= -1),
  };
}

/** The border between an excluded ratio and one that is not, on the logarithmic scale. */
function border(excluded: number, included: number, isExcluded: (ratio: number) => boolean): number {
  let out = Math.log(excluded);
  let inside = Math.log(included);
  for (let step = 0; step < 50; step += 1) {
    const middle = (out + inside) / 2;
    if (isExcluded(Math.exp(middle))) out = middle;
    else inside = middle;
  }
  return Math.exp(out);
}
