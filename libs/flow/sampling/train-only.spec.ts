import fc from 'fast-check';
import { disagreement, mostUncertain, pickByDistance, pickByGradients, type TrainingCandidate } from './train-only.js';

function candidate(
  id: string,
  probabilities: readonly number[],
  row: Readonly<Record<number, number>>,
): TrainingCandidate {
  const length = Math.sqrt(Object.values(row).reduce((sum, value) => sum + value * value, 0));
  const ids = Object.keys(row).map(Number);
  return {
    id,
    uncertainty: Math.max(...probabilities.map((p) => p * (1 - p))),
    probabilities,
    features: { ids, values: ids.map((at) => (row[at] ?? 0) / length) },
  };
}

const candidates = fc.array(
  fc
    .record({
      p: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      q: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      a: fc.integer({ min: 0, max: 5 }),
      b: fc.integer({ min: 6, max: 9 }),
    })
    .map(({ p, q, a, b }) => candidate(`${a}-${b}-${p}`, [p, q], { [a]: 1, [b]: 2 })),
  { minLength: 1, maxLength: 25 },
);

describe('pickByGradients', () => {
  it('picks first the largest gradient, and never a second copy of a pick', () => {
    const some = [
      candidate('sure', [0.02], { 1: 1 }),
      candidate('unsure', [0.49], { 2: 1 }),
      candidate('copy', [0.49], { 2: 1 }),
      candidate('other', [0.4], { 3: 1 }),
    ];
    const picks = pickByGradients(some, 4, 'salt');
    expect(picks[0]).toBe(1);
    expect([...picks].sort()).toEqual([0, 1, 3]);
  });

  it('draws by the squared distance between the outer products, which it never makes', () => {
    fc.assert(
      fc.property(candidates, (some) => {
        const gradient = ({ probabilities, features }: TrainingCandidate): number[] => {
          const dense = Array.from({ length: 10 }, () => 0);
          for (let i = 0; i < features.ids.length; i += 1) dense[features.ids[i] ?? 0] = features.values[i] ?? 0;
          return probabilities.flatMap((p) => dense.map((x) => (p - (p >= 0.5 ? 1 : 0)) * x));
        };
        const gradients = some.map(gradient);
        const between = (i: number, j: number) =>
          (gradients[i] ?? []).reduce((sum, value, at) => sum + (value - (gradients[j]?.[at] ?? 0)) ** 2, 0);
        const [first = 0, second] = pickByGradients(some, 2, 'salt');
        const largest = Math.max(...gradients.map((g) => g.reduce((sum, value) => sum + value * value, 0)));
        expect((gradients[first] ?? []).reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(largest, 12);
        if (second !== undefined) expect(between(first, second)).toBeGreaterThan(0);
      }),
    );
  });

  it('spreads over the kinds of text that are there, more often than the most uncertain ones do', () => {
    // Twenty near-copies of the most uncertain text, and five other kinds that are a little surer.
    const crowd = Array.from({ length: 20 }, (_, i) =>
      candidate(`crowd-${i}`, [0.5 - i / 1000], { 1: 1, 2: 0.002 * i }),
    );
    const others = Array.from({ length: 5 }, (_, i) => candidate(`other-${i}`, [0.4], { [10 + i]: 1 }));
    const all = [...crowd, ...others];
    const kinds = (picks: readonly number[]) => picks.filter((at) => at >= crowd.length).length;
    const runs = Array.from({ length: 20 }, (_, i) => kinds(pickByGradients(all, 6, `salt-${i}`)));
    expect(
      kinds(
        mostUncertain(all, 6)
          .slice(0, 6)
          .map((one) => all.indexOf(one)),
      ),
    ).toBe(0);
    expect(runs.reduce((sum, count) => sum + count, 0) / runs.length).toBeGreaterThan(3.5);
  });

  it('picks the same from the same salt, without repetition', () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 0, max: 30 }), fc.string(), (some, size, salt) => {
        const picks = pickByGradients(some, size, salt);
        expect(pickByGradients(some, size, salt)).toEqual(picks);
        expect(new Set(picks).size).toBe(picks.length);
        expect(picks.length).toBeLessThanOrEqual(Math.min(size, some.length));
      }),
    );
  });
});

describe('pickByDistance', () => {
  it('takes the farthest from all picks and from what is labelled', () => {
    const some = [
      candidate('a', [0.5], { 1: 1 }),
      candidate('b', [0.5], { 1: 1, 2: 0.5 }),
      candidate('c', [0.5], { 3: 1 }),
    ];
    expect(pickByDistance(some, 2)).toEqual([0, 2]);
    expect(pickByDistance(some, 2, [{ ids: [3], values: [1] }])).toEqual([0, 1]);
  });

  it('leaves none more than twice as far from its pick as the best choice would', () => {
    const distance = (one: TrainingCandidate, other: TrainingCandidate): number => {
      const dense = new Map<number, number>();
      for (let i = 0; i < one.features.ids.length; i += 1)
        dense.set(one.features.ids[i] ?? 0, one.features.values[i] ?? 0);
      for (let i = 0; i < other.features.ids.length; i += 1) {
        const at = other.features.ids[i] ?? 0;
        dense.set(at, (dense.get(at) ?? 0) - (other.features.values[i] ?? 0));
      }
      return Math.sqrt([...dense.values()].reduce((sum, value) => sum + value * value, 0));
    };
    const radius = (some: readonly TrainingCandidate[], centres: readonly number[]) =>
      Math.max(...some.map((one) => Math.min(...centres.map((at) => distance(one, some[at] ?? one)))));
    fc.assert(
      fc.property(candidates, (all) => {
        const some = all.slice(0, 10);
        const picks = pickByDistance(some, 2);
        let best = Infinity;
        for (let i = 0; i < some.length; i += 1)
          for (let j = i; j < some.length; j += 1) best = Math.min(best, radius(some, [i, j]));
        expect(radius(some, picks)).toBeLessThanOrEqual(2 * best + 1e-6);
      }),
    );
  });
});

describe('mostUncertain', () => {
  it('keeps five candidates for each pick', () => {
    const all = Array.from({ length: 30 }, (_, i) => candidate(`c-${i}`, [i / 60], { 1: 1 }));
    const kept = mostUncertain(all, 2);
    expect(kept.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, i) => `c-${29 - i}`));
  });
});

describe('disagreement', () => {
  it('is the golden of sampling 1.3', () => {
    expect(disagreement([0.2, 0.4, 0.9])).toBeCloseTo(0.193648, 6);
  });

  it('is nothing where all agree, and never below', () => {
    expect(disagreement([0.3, 0.3])).toBe(0);
    expect(disagreement([0, 1])).toBeCloseTo(Math.log(2), 12);
    expect(() => disagreement([])).toThrow(RangeError);
  });
});
