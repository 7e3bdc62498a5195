import {
  detectDrift,
  findHurried,
  measureConsistency,
  measureNoRun,
  wilsonInterval,
  type TimedAnswer,
} from './labeler-signals.js';
import { seededRandom } from './seeded-random.js';

const { cos, log, PI, sqrt } = Math;

function gaussian(random: () => number): number {
  return sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
}

function times(labeler: string, around: number, count: number): TimedAnswer[] {
  return Array.from({ length: count }, (_, i) => ({ labeler, milliseconds: around * (0.5 + i / count) }));
}

describe('speed', () => {
  it('finds whose usual answer is faster than the fastest twentieth of the others', () => {
    const answers = [...times('anna', 8000, 60), ...times('ben', 9000, 60), ...times('hasty', 900, 60)];
    const found = findHurried(answers);
    expect(found.map(({ labeler, answers: count }) => [labeler, count])).toEqual([['hasty', 60]]);
    expect(found[0]?.medianMilliseconds).toBeCloseTo(892.5, 6);
  });

  it('takes the 5th percentile of all others, exactly', () => {
    const others = Array.from({ length: 101 }, (_, i) => ({ labeler: 'o', milliseconds: 1000 + i * 10 }));
    expect(findHurried([...others, ...times('hasty', 100, 20)])[0]?.limitMilliseconds).toBeCloseTo(1050, 9);
  });

  it('judges nobody by fewer than 20 answers or against fewer than 20', () => {
    expect(findHurried([...times('anna', 8000, 60), ...times('hasty', 100, 19)])).toEqual([]);
    expect(findHurried([...times('anna', 8000, 19), ...times('hasty', 100, 60)])).toEqual([]);
  });
});

describe('always no', () => {
  it('is suspected where the run is one that an honest history hardly holds', () => {
    const history = Array.from({ length: 200 }, (_, i) => i < 20 && i % 5 === 0);
    const run = measureNoRun(history, 0.1);
    expect(run).toMatchObject({ current: 184, longest: 184, suspicious: true });
    expect(run.limit).toBe(Math.ceil(Math.log(0.01 / 200) / Math.log(0.9)));
  });

  it('falsely suspects about one in a hundred honest people', () => {
    const random = seededRandom(11);
    let suspected = 0;
    for (let person = 0; person < 1000; person += 1) {
      if (
        measureNoRun(
          Array.from({ length: 300 }, () => random() < 0.1),
          0.1,
        ).suspicious
      )
        suspected += 1;
    }
    expect(suspected).toBeGreaterThan(0);
    expect(suspected / 1000).toBeLessThan(0.01);
  });

  it('says nothing while nobody ever says yes, and nothing of an empty history', () => {
    expect(
      measureNoRun(
        Array.from({ length: 500 }, () => false),
        0,
      ).suspicious,
    ).toBe(false);
    expect(measureNoRun([], 0.1)).toMatchObject({ current: 0, longest: 0, suspicious: false });
  });
});

describe('drift of agreement', () => {
  it('has the run lengths of the textbook: 465 without a shift, 10.4 with one of a standard deviation', () => {
    const random = seededRandom(5);
    const runLength = (shift: number, runs: number): number => {
      let sum = 0;
      for (let run = 0; run < runs; run += 1) {
        const values = Array.from({ length: shift === 0 ? 3000 : 100 }, () => shift + gaussian(random));
        sum += (detectDrift(values, 0, 1).alarmAt ?? values.length) + 1;
      }
      return sum / runs;
    };
    expect(Math.abs(runLength(0, 200) / 465 - 1)).toBeLessThan(0.2);
    expect(Math.abs(runLength(-1, 1000) / 10.4 - 1)).toBeLessThan(0.05);
  });

  it('says which way it went', () => {
    expect(detectDrift([0.9, 0.9, 0.4, 0.4, 0.4], 0.9, 0.1)).toMatchObject({ alarmAt: 3, direction: 'FALLEN' });
    expect(detectDrift([0.9, 1.5], 0.9, 0.1)).toMatchObject({ alarmAt: 1, direction: 'RISEN' });
    expect(detectDrift([0.1], 0.9, 0)).toMatchObject({ alarmAt: null, direction: null });
  });
});

describe('self-consistency', () => {
  it('is the share of repeats answered alike, with an interval', () => {
    const pairs = [
      ...Array.from({ length: 8 }, () => ({ first: 'NO', second: 'NO' })),
      { first: 'YES', second: 'NO' },
      { first: 'UNSURE', second: 'YES' },
    ];
    const { repeats, share, low, high } = measureConsistency(pairs);
    expect({ repeats, share }).toEqual({ repeats: 10, share: 0.8 });
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});
