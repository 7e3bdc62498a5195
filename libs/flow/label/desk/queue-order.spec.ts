import fc from 'fast-check';
import { closeLabelling, laneOf, orderEstimation, orderTrainOnly, type DrawnItem } from './queue-order.js';

describe('queue order', () => {
  const tasks = Array.from({ length: 2000 }, (_, i) => ({ item: `i${i}`, window: i % 2, score: i / 2000 }));

  it('serves draws with a probability by window, then by a hash that knows nothing of their score', () => {
    const ordered = orderEstimation(tasks, 'salt');
    expect(ordered.slice(0, 1000).every(({ window }) => window === 0)).toBe(true);
    const first = ordered.slice(0, 200);
    const mean = first.reduce((sum, { score }) => sum + score, 0) / first.length;
    // Three standard deviations of a mean of 200 uniform numbers.
    expect(Math.abs(mean - 0.5)).toBeLessThan((3 * 0.289) / Math.sqrt(200));
    expect(orderEstimation([...tasks].reverse(), 'salt')).toEqual(ordered);
    expect(orderEstimation(tasks, 'other')).not.toEqual(ordered);
  });

  it('serves train-only picks by value', () => {
    const ordered = orderTrainOnly(
      tasks.map(({ item, score }) => ({ item, value: score })),
      'salt',
    );
    expect(ordered.slice(0, 3).map(({ item }) => item)).toEqual(['i1999', 'i1998', 'i1997']);
    const equal = orderTrainOnly(
      [
        { item: 'a', value: 1 },
        { item: 'b', value: 1 },
      ],
      'salt',
    );
    expect(orderTrainOnly([...equal].reverse(), 'salt')).toEqual(equal);
  });

  it('gives the stream that estimates 60 % of the turns', () => {
    const turns = Array.from({ length: 10_000 }, (_, i) => laneOf('anna', i, 'salt'));
    expect(Math.abs(turns.filter((lane) => lane === 'ESTIMATION').length / 10_000 - 0.6)).toBeLessThan(0.015);
  });
});

describe('closing the labelling of a window', () => {
  it('declares missing only what nobody touched, and weighs the served part by its share', () => {
    const drawn: DrawnItem[] = [
      { item: 'a', stratum: 'team|de', progress: 'SETTLED' },
      { item: 'b', stratum: 'team|de', progress: 'PENDING' },
      { item: 'c', stratum: 'team|de', progress: 'UNTOUCHED' },
      { item: 'd', stratum: 'team|de', progress: 'SKIPPED' },
      { item: 'e', stratum: 'team|ar', progress: 'UNTOUCHED' },
    ];
    expect(closeLabelling(drawn)).toEqual([
      { stratum: 'team|ar', drawn: 1, settled: 0, pending: 0, skipped: 0, missing: ['e'], labellingProbability: 0 },
      { stratum: 'team|de', drawn: 4, settled: 1, pending: 1, skipped: 1, missing: ['c'], labellingProbability: 0.75 },
    ]);
    expect(closeLabelling([])).toEqual([]);
  });

  it('loses nobody: settled, pending, skipped and missing make up what was drawn', () => {
    const item = fc.record({
      item: fc.string(),
      stratum: fc.constantFrom('x', 'y'),
      progress: fc.constantFrom('UNTOUCHED', 'PENDING', 'SETTLED', 'SKIPPED'),
    });
    fc.assert(
      fc.property(fc.array(item), (drawn) => {
        const closed = closeLabelling(drawn);
        for (const it of closed) expect(it.settled + it.pending + it.skipped + it.missing.length).toBe(it.drawn);
        expect(closed.reduce((sum, it) => sum + it.drawn, 0)).toBe(drawn.length);
      }),
    );
  });

  it('estimates a mean without bias when people stop half-way, and would not in the order of value', () => {
    const population = Array.from({ length: 4000 }, (_, i) => ({ item: `c${i}`, window: 0, value: i / 4000 }));
    const mean = (served: readonly { value: number }[]): number =>
      served.reduce((sum, { value }) => sum + value, 0) / served.length;
    const byHash = [1, 2, 3, 4, 5].map((salt) => mean(orderEstimation(population, `s${salt}`).slice(0, 2000)));
    expect(Math.abs(byHash.reduce((sum, it) => sum + it, 0) / 5 / mean(population) - 1)).toBeLessThan(0.02);
    expect(mean(orderTrainOnly(population, 's').slice(0, 2000)) / mean(population)).toBeGreaterThan(1.4);
  });
});
