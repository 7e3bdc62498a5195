import { uniform } from '#policy';

/** A content that was not drawn, as a candidate for training alone. What is picked here has no inclusion probability. */
export interface TrainingCandidate {
  readonly id: string;
  /** What orders the candidates; the uncertainty part of the draw serves, because it knows deficits and metadata. */
  readonly uncertainty: number;
  /** Calibrated probabilities, one for each category, the same order for all candidates. */
  readonly probabilities: readonly number[];
  /** Hashed text as a sparse row of unit length; empty when the text is gone. */
  readonly features: SparseRow;
}

export interface SparseRow {
  readonly ids: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Candidates kept for each pick (sampling 1.3). */
const CANDIDATES_PER_PICK = 5;

/** The `5 * size` most uncertain ones, most uncertain first; equal ones by id. Read the features of these alone. */
export function mostUncertain<T extends Pick<TrainingCandidate, 'id' | 'uncertainty'>>(
  candidates: readonly T[],
  size: number,
): readonly T[] {
  return [...candidates]
    .sort((left, right) => right.uncertainty - left.uncertainty || (left.id < right.id ? -1 : 1))
    .slice(0, CANDIDATES_PER_PICK * size);
}

/**
 * BADGE (sampling 1.3): k-means++ seeding over the gradients that the candidates' likeliest labels would give the last layer,
 * `(p - round(p)) x features`. The first pick has the largest gradient, the next ones are drawn in proportion to the squared distance
 * from the nearest pick, so the batch is both uncertain and diverse. The outer product is never made:
 * `|a|^2 |x|^2 + |b|^2 |y|^2 - 2 (a.b)(x.y)`.
 * @param salt the picks are a pure function of candidates and salt
 * @returns at most `size` indices; fewer when the rest has no gradient of its own
 */
export function pickByGradients(
  candidates: readonly TrainingCandidate[],
  size: number,
  salt: string,
): readonly number[] {
  const rows = candidates.map(({ probabilities, features }) => {
    const residuals = probabilities.map((p) => p - (p >= 0.5 ? 1 : 0));
    return { residuals, features, square: dot(residuals, residuals) * dot(features.values, features.values) };
  });
  const inner = createSparseDot(candidates.map(({ features }) => features));
  const distance = (at: number, centre: number): number => {
    const [row, other] = [rows[at], rows[centre]];
    if (row === undefined || other === undefined) return 0;
    return Math.max(0, row.square + other.square - 2 * dot(row.residuals, other.residuals) * inner(at, centre));
  };
  const nearest = rows.map(({ square }) => square);
  const picked: number[] = [];
  for (let turn = 0; picked.length < Math.min(size, rows.length); turn += 1) {
    const next = turn === 0 ? indexOfLargest(nearest) : weightedIndex(nearest, uniform(salt, `badge|${turn}`));
    if (next === null) break;
    picked.push(next);
    nearest[next] = 0;
    for (let at = 0; at < rows.length; at += 1) {
      if ((nearest[at] ?? 0) > 0) nearest[at] = Math.min(nearest[at] ?? 0, distance(at, next));
    }
  }
  return picked;
}

/**
 * k-center greedy, farthest first (sampling 1.3): no candidate is more than twice as far from its nearest pick as the best choice could
 * make it. For a new category or a changed policy, when no gradients exist. Distances are Euclidean between the feature rows.
 * @param known rows that are labelled already: picks keep away from them too
 * @returns at most `size` indices; fewer when the rest equals a pick
 */
export function pickByDistance(
  candidates: readonly TrainingCandidate[],
  size: number,
  known: readonly SparseRow[] = [],
): readonly number[] {
  const all = [...candidates.map(({ features }) => features), ...known];
  const squares = all.map(({ values }) => dot(values, values));
  const inner = createSparseDot(all);
  const nearest = candidates.map(() => Infinity);
  const cover = (centre: number): void => {
    for (let at = 0; at < candidates.length; at += 1) {
      const squared = (squares[at] ?? 0) + (squares[centre] ?? 0) - 2 * inner(at, centre);
      // What the picks cover up to rounding is covered.
      nearest[at] = Math.min(nearest[at] ?? 0, squared < 1e-12 ? 0 : squared);
    }
  };
  for (let at = candidates.length; at < all.length; at += 1) cover(at);
  const picked: number[] = [];
  while (picked.length < Math.min(size, candidates.length)) {
    const next = indexOfLargest(nearest);
    if (next === null) break;
    picked.push(next);
    nearest[next] = 0;
    cover(next);
  }
  return picked;
}

/**
 * What a committee of heads disagrees about (BALD, sampling 1.3): entropy of the mean minus mean of the entropies, in nats, at least 0.
 * @param probabilities of one category, one for each head
 */
export function disagreement(probabilities: readonly number[]): number {
  if (probabilities.length === 0) throw new RangeError('a committee has at least one head');
  const mean = probabilities.reduce((sum, p) => sum + p, 0) / probabilities.length;
  const entropies = probabilities.reduce((sum, p) => sum + entropy(p), 0) / probabilities.length;
  return Math.max(0, entropy(mean) - entropies);
}

function entropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p);
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < left.length; i += 1) sum += (left[i] ?? 0) * (right[i] ?? 0);
  return sum;
}

/** Inner products with one row after the other: the row is spread once, and each product then costs the other row's length. */
function createSparseDot(rows: readonly SparseRow[]): (at: number, centre: number) => number {
  const spread = new Map<number, number>();
  let spreadRow = -1;
  return (at, centre) => {
    if (centre !== spreadRow) {
      spread.clear();
      const { ids, values } = rows[centre] ?? { ids: [], values: [] };
      for (let i = 0; i < ids.length; i += 1) spread.set(ids[i] ?? 0, values[i] ?? 0);
      spreadRow = centre;
    }
    const { ids, values } = rows[at] ?? { ids: [], values: [] };
    let sum = 0;
    for (let i = 0; i < ids.length; i += 1) sum += (values[i] ?? 0) * (spread.get(ids[i] ?? 0) ?? 0);
    return sum;
  };
}

function indexOfLargest(values: readonly number[]): number | null {
  let best: number | null = null;
  let largest = 0;
  for (const [at, value] of values.entries()) {
    if (value > largest) [best, largest] = [at, value];
  }
  return best;
}

function weightedIndex(weights: readonly number[], u: number): number | null {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return null;
  let rest = u * total;
  let last: number | null = null;
  for (const [at, weight] of weights.entries()) {
    if (weight <= 0) continue;
    last = at;
    rest -= weight;
    if (rest < 0) break;
  }
  return last;
}
