import { confidenceThresholds, findLabelErrors, labelScore, type CategoryLabels } from './label-errors.js';
import { seededUniform } from '../training/seeded-uniform.js';

function category(labels: readonly number[], probabilities: readonly number[], name = 'H'): CategoryLabels {
  return { category: name, labels: Float64Array.from(labels), probabilities: Float64Array.from(probabilities) };
}

const unknown = Number.NaN;

/** A model that is right about as often as the out-of-fold model of EDOS: error .16. */
function noisy(rows: number, flips: number, seed: number): { given: CategoryLabels; isFlipped: boolean[] } {
  let draw = 0;
  const random = (): number => seededUniform(seed, (draw += 1), 0);
  const labels: number[] = [];
  const probabilities: number[] = [];
  const isFlipped: boolean[] = [];
  for (let row = 0; row < rows; row += 1) {
    const truth = random() < 0.25;
    const noise = (random() + random() + random() - 1.5) * 2.4;
    const flipped = random() < flips;
    probabilities.push(1 / (1 + Math.exp(-((truth ? 1.1 : -1.5) + noise) * 1.6)));
    labels.push(truth === flipped ? 0 : 1);
    isFlipped.push(flipped);
  }
  return { given: category(labels, probabilities), isFlipped };
}

describe('label errors', () => {
  it('have thresholds that are the mean confidence per label, without the unknown', () => {
    const { yes, no } = confidenceThresholds(category([1, 1, 0, 0, unknown], [0.9, 0.5, 0.2, 0.4, 1]));
    expect(yes).toBeCloseTo(0.7, 12);
    expect(no).toBeCloseTo(0.7, 12);
  });

  it('are a no of which the model is as sure as of a yes, and a yes of which it is as sure as of a no', () => {
    const found = findLabelErrors([category([1, 1, 0, 0, 0, 1, unknown], [0.9, 0.8, 0.1, 0.2, 0.95, 0.02, 0.01])]);
    expect(found.map(({ row, flags }) => [row, flags[0]?.kind])).toEqual([
      [5, 'FALSE_LABEL'],
      [4, 'MISS'],
    ]);
  });

  it('are found when 5 % of the labels are flipped: recall .5, precision four times the rate, top-n precision .4', () => {
    const { given, isFlipped } = noisy(8000, 0.05, 1);
    const wrong = given.labels.filter(
      (label, row) => (isFlipped[row] === true ? 1 - label : label) !== ((given.probabilities[row] ?? 0) > 0.5 ? 1 : 0),
    ).length;
    expect(Math.abs(wrong / 8000 - 0.16)).toBeLessThan(0.04);
    const found = findLabelErrors([given]);
    const flips = isFlipped.filter(Boolean).length;
    const hits = found.filter(({ row }) => isFlipped[row] === true).length;
    expect(hits / flips).toBeGreaterThanOrEqual(0.5);
    expect(hits / found.length).toBeGreaterThanOrEqual(4 * 0.05);
    const top = found.slice(0, flips).filter(({ row }) => isFlipped[row] === true).length;
    expect(top / flips).toBeGreaterThanOrEqual(0.4);
  });

  it('come in the order of a score that the least confident category dominates', () => {
    expect(labelScore([0.9, 0.1])).toBeCloseTo(0.8 * 0.1 + 0.2 * 0.9, 12);
    expect(labelScore([0.1, 0.9, 0.5])).toBeCloseTo(0.8 * 0.1 + 0.2 * (0.8 * 0.5 + 0.2 * 0.9), 12);
    expect(labelScore([0.7])).toBe(0.7);
    const scores = findLabelErrors([noisy(2000, 0.05, 2).given, { ...noisy(2000, 0.05, 3).given, category: 'V' }]).map(
      ({ score }) => score,
    );
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
  });

  it('suspect nothing where a label never occurs or nothing is given', () => {
    expect(findLabelErrors([category([0, 0, 0], [0.9, 0.1, 0.2])])).toEqual([]);
    expect(findLabelErrors([category([unknown], [0.5])])).toEqual([]);
    expect(findLabelErrors([])).toEqual([]);
  });
});
