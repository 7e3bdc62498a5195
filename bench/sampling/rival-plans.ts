import type { Population, SimulatedPlan } from '#flow/sampling';

/** Every item has the same probability. */
export function uniformPlan({ items }: Population, labels: number): SimulatedPlan {
  return { name: 'uniform', probabilities: new Float64Array(items.length).fill(Math.min(1, labels / items.length)) };
}

/** 35 % uniform, the rest in equal parts at random above the thresholds and in a narrow band around 0.5. */
export function thresholdAndBandPlan(population: Population, labels: number): SimulatedPlan {
  const part = (0.65 * labels) / 2 / population.categories.length;
  const probabilities = new Float64Array(population.items.length).fill((0.35 * labels) / population.items.length);
  population.categories.forEach((_, c) => {
    const scores = population.scores[c] ?? new Float64Array();
    const isInBand = scores.map((score) => (Math.abs(score - 0.5) < 0.1 ? 1 : 0));
    for (const chosen of [population.flagged[c] ?? [], isInBand]) {
      const size = [...chosen].reduce((sum, one) => sum + one, 0);
      chosen.forEach((one, i) => {
        if (one === 1) probabilities[i] = (probabilities[i] ?? 0) + part / size;
      });
    }
  });
  return { name: 'threshold + band at 0.5', probabilities: probabilities.map((p) => Math.min(1, p)) };
}

/** In proportion to sqrt(s(1-s)) over the categories, with nothing uniform. */
export function uncertaintyPlan(population: Population, labels: number): SimulatedPlan {
  const probabilities = new Float64Array(population.items.length);
  for (const scores of population.scores) {
    const uncertainty = scores.map((score) => Math.sqrt(score * (1 - score)));
    const sum = uncertainty.reduce((all, one) => all + one, 0);
    uncertainty.forEach((one, i) => {
      probabilities[i] = (probabilities[i] ?? 0) + (labels * one) / sum / population.scores.length;
    });
  }
  return { name: 'uncertainty alone', probabilities: probabilities.map((p) => Math.min(1, p)) };
}

export interface RawMetric {
  readonly category: string;
  readonly metric: string;
  readonly truth: number;
  readonly bias: number;
  readonly positivesPerHundred: number;
}

/**
 * What the labels say of themselves when the items closest to 0.5 are picked, the same number for each category: such picks have no
 * probability, so nothing can weigh them. One result, because nothing in it is random.
 */
export function closestToHalf(
  population: Population,
  labels: number,
  truths: readonly Readonly<Record<string, number>>[],
): readonly RawMetric[] {
  const picked = new Set<number>();
  for (const scores of population.scores) {
    const order = [...scores.keys()].sort(
      (i, j) => Math.abs((scores[i] ?? 0) - 0.5) - Math.abs((scores[j] ?? 0) - 0.5),
    );
    for (const i of order.slice(0, labels / population.scores.length)) picked.add(i);
  }
  return population.categories.flatMap(({ category }, c) => {
    let [positives, flagged, both] = [0, 0, 0];
    for (const i of picked) {
      const [y, h] = [population.truth[c]?.[i] ?? 0, population.flagged[c]?.[i] ?? 0];
      positives += y;
      flagged += h;
      both += y * h;
    }
    const raw = { prevalence: positives / picked.size, precision: both / flagged, recall: both / positives };
    return Object.entries(raw).map(([metric, value]) => {
      const truth = truths[c]?.[metric] ?? 0;
      return { category, metric, truth, bias: value / truth - 1, positivesPerHundred: (100 * positives) / picked.size };
    });
  });
}
