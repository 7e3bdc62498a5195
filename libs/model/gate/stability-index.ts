/** How far the scores of a category moved between champion and candidate. */
export interface ScoreShift {
  /** Population stability index (drift 5.1); above .1 a shift, above .25 a severe one. */
  readonly psi: number;
  /** Bins that the champion's tenths made of the counters. */
  readonly bins: number;
  readonly items: number;
}

/** PSI = sum of (q - p) ln(q / p) over shares p of the reference and q (drift 5.1). */
export function populationStability(reference: readonly number[], current: readonly number[]): number {
  return reference.reduce((sum, p, bin) => {
    const q = current[bin] ?? 0;
    return sum + (q - p) * Math.log(q / p);
  }, 0);
}

const tenths = 10;
/** Added to every bin, so that an empty one has a share (drift 5.1). */
const smoothing = 0.5;

/**
 * PSI from counters of equal edges: they are joined to bins that each hold about a tenth of the reference. A counter that holds more than a
 * tenth stays whole. Null where one side is empty.
 */
export function stabilityIndex(reference: readonly number[], current: readonly number[]): ScoreShift | null {
  const items = sum(reference);
  const others = sum(current);
  if (items === 0 || others === 0) return null;
  const joined: { reference: number; current: number }[] = [];
  let bin = { reference: 0, current: 0 };
  let passed = 0;
  let next = 1;
  for (const [i, count] of reference.entries()) {
    bin.reference += count;
    bin.current += current[i] ?? 0;
    passed += count;
    if (passed >= items || passed < (next * items) / tenths - 1e-9) continue;
    joined.push(bin);
    bin = { reference: 0, current: 0 };
    // A counter may fill several tenths at once.
    next = Math.floor((passed * tenths) / items + 1e-9) + 1;
  }
  joined.push(bin);
  const share = (count: number, all: number): number => (count + smoothing) / (all + smoothing * joined.length);
  return {
    psi: populationStability(
      joined.map((one) => share(one.reference, items)),
      joined.map((one) => share(one.current, others)),
    ),
    bins: joined.length,
    items,
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0);
}
