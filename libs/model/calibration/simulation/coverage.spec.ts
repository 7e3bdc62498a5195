import { DEFAULT_WORLD, simulateCoverage } from './coverage.js';

/** Three standard errors above a share of 5 % in so many runs. */
const most = (runs: number): number => 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);

describe('coverage of solved thresholds, in simulation', () => {
  const runs = 30;
  const world = { ...DEFAULT_WORLD, contents: 3000, labels: 800, prevalence: 0.1 };
  const figures = (['uniform', 'other scores'] as const).map((plan) =>
    simulateCoverage({ world, plan, runs, precision: 0.9, missRate: 0.1, seed: 1 }),
  );

  it('keeps the precision of block and the miss rate of review, however contents were drawn', () => {
    for (const one of figures.flat()) {
      if (one.plan !== 'uniform' && one.weighting === 'unweighted') continue;
      expect(one.solved).toBeGreaterThan(0.1);
      expect(one.belowTarget).toBeLessThanOrEqual(most(runs));
      expect(one.missed).toBeLessThanOrEqual(0.1);
    }
  });

  it('breaks both promises when an active sample is taken for a random one', () => {
    const raw = figures[1]?.find(({ weighting }) => weighting === 'unweighted');
    expect(raw?.belowTarget).toBeGreaterThan(0.5);
  });

  it('gives the same figures for the same seed', () => {
    const again = () =>
      simulateCoverage({ world, plan: 'own scores', runs: 2, precision: 0.9, missRate: 0.1, seed: 3 });
    expect(again()).toEqual(again());
  });
});
