import { activeDifference } from './active-difference.js';
import { compareModels } from './compare-models.js';
import { modelOf, sample, rowOf, yes, no } from './evaluation.fixture.js';

const settings = { draws: 50, seed: 1 };

describe('champion against challenger', () => {
  const { rows, scored } = sample(400, 4);
  const base = { rows, datasetId: 'ds-1', split: 'test', evaluatedAt: 0, settings };
  const champion = modelOf('m-old', { H: scored(0.6, 1) });

  it('is no difference at all for a model against itself', () => {
    const report = compareModels({ ...base, champion, challenger: champion });
    expect(report.macro).toMatchObject({ value: 0, low: 0, high: 0 });
    expect(report.outcome).toBe('SAME');
    expect(report.flips).toEqual([]);
    expect(report.categories[0]?.decisions.map(({ pValue }) => pValue)).toEqual([1, 1]);
  });

  it('knows the better model, and turned round the worse one', () => {
    const better = modelOf('m-new', { H: scored(2.5, 1) });
    const forwards = compareModels({ ...base, champion, challenger: better });
    const backwards = compareModels({ ...base, champion: better, challenger: champion });
    expect(forwards.outcome).toBe('BETTER');
    expect(backwards.outcome).toBe('WORSE');
    expect(forwards.macro.value).toBeCloseTo(-(backwards.macro.value ?? 0), 12);
    expect(forwards.macro.low).toBeCloseTo(-(backwards.macro.high ?? 0), 12);
  });

  it('cannot tell two noisy models apart on few rows, and says so', () => {
    const small = sample(60, 6);
    const report = compareModels({
      ...base,
      rows: small.rows,
      champion: modelOf('m-old', { H: small.scored(0.5, 1) }),
      challenger: modelOf('m-new', { H: small.scored(0.5, 2) }),
    });
    expect(report.outcome).toBe('UNDECIDED');
    expect(report.because.join(' ')).toContain('cannot be excluded');
  });

  it('is narrower than two intervals side by side, because both models see the same draws', () => {
    const challenger = modelOf('m-new', { H: scored(0.6, 1).map((logit, i) => logit + (i % 40 === 0 ? 0.3 : 0)) });
    const report = compareModels({ ...base, champion, challenger });
    const own = report.evaluations.champion.categories[0]?.averagePrecision;
    const width = (report.macro.high ?? 0) - (report.macro.low ?? 0);
    expect(width).toBeLessThan(((own?.high ?? 0) - (own?.low ?? 0)) / 3);
  });

  it('lists what flips by key, direction and label, and counts it for McNemar', () => {
    const own = [
      rowOf('p/1/1', { labels: { H: yes() } }),
      rowOf('p/2/1', { labels: { H: no() } }),
      rowOf('p/3/1', { labels: { H: no() } }),
    ];
    const report = compareModels({
      ...base,
      rows: own,
      champion: modelOf('m-old', { H: [-1, 1, -1] }),
      challenger: modelOf('m-new', { H: [1, -1, 1] }),
    });
    expect(report.flips).toEqual([
      { key: 'p/1/1', category: 'H', action: 'review', direction: 'FLAGS', label: 1 },
      { key: 'p/2/1', category: 'H', action: 'review', direction: 'RELEASES', label: 0 },
      { key: 'p/3/1', category: 'H', action: 'review', direction: 'FLAGS', label: 0 },
    ]);
    expect(report.categories[0]?.decisions[0]).toMatchObject({
      onlyChampionRight: 1,
      onlyChallengerRight: 2,
    });
    expect(report.categories[0]?.decisions[0]?.pValue).toBeCloseTo(1, 12);
  });

  it('finds the slice that paid for a gain elsewhere', () => {
    const many = sample(1200, 3);
    const parted = many.rows.map((row, i) => (i % 4 === 0 ? { ...row, language: 'de' } : row));
    const before = many.scored(1.5, 1);
    const after = many.scored(3, 1).map((logit, i) => (i % 4 === 0 ? -Math.abs(logit) - 1 : logit));
    const report = compareModels({
      ...base,
      rows: parted,
      champion: modelOf('m-old', { H: before }),
      challenger: modelOf('m-new', { H: after }),
    });
    expect(report.slices.filter(({ finding }) => finding === 'WORSE').map(({ value }) => value)).toEqual(['de']);
    expect(report.outcome).toBe('WORSE');
    expect(report.because.join(' ')).toContain('“de”');
  });
});

describe('the difference on an active sample', () => {
  it('is the formula of evaluation 4.1: agreement cancels, flips carry the variance', () => {
    const found = activeDifference(
      [
        { championErrs: true, challengerErrs: false, inclusion: 0.5 },
        { championErrs: false, challengerErrs: true, inclusion: 0.25 },
        { championErrs: true, challengerErrs: true, inclusion: 0.01 },
        { championErrs: true, challengerErrs: false, inclusion: 1 },
      ],
      100,
    );
    // (2 - 4 + 1) / 100; variance (.5/.25 + .75/.0625 + 0) / 100^2 = 14 / 10,000.
    expect(found.difference).toBeCloseTo(-0.01, 12);
    expect(found.standardError).toBeCloseTo(Math.sqrt(14) / 100, 12);
    expect(found.flips).toBe(3);
  });

  it('covers the true difference of a window in about 95 % of samples', () => {
    const window = 2000;
    const uniform = (seed: number, i: number): number => {
      const x = Math.sin(seed * 12.9898 + i * 78.233) * 43758.5453;
      return x - Math.floor(x);
    };
    const contents = Array.from({ length: window }, (_, i) => ({
      championErrs: uniform(1, i) < 0.1,
      challengerErrs: uniform(2, i) < 0.07,
      inclusion: 0.05 + 0.3 * uniform(3, i),
    }));
    const truth = contents.reduce((sum, c) => sum + Number(c.championErrs) - Number(c.challengerErrs), 0) / window;
    let covered = 0;
    const runs = 120;
    for (let run = 0; run < runs; run += 1) {
      const drawn = contents.filter(({ inclusion }, i) => uniform(10 + run, i) < inclusion);
      const { low, high } = activeDifference(drawn, window);
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered / runs).toBeGreaterThan(0.9);
    expect(covered / runs).toBeLessThan(0.99);
  });
});
