import { seededUniform } from '../training/seeded-uniform.js';
import { calibrationSlope, logLossGain, meanLogLoss, prevalenceGap } from './calibration-check.js';
import { sigmoid, type CalibrationRow } from './calibrator.js';

function rows(count: number, seed: number, truth: (logit: number) => number): CalibrationRow[] {
  return Array.from({ length: count }, (_, i): CalibrationRow => {
    const logit = -2 + 6 * (seededUniform(seed, 0, i) + seededUniform(seed, 1, i) - 1);
    const label = seededUniform(seed, 2, i) < truth(logit) ? 1 : 0;
    return { logit, label, weight: seededUniform(seed, 3, i) < 0.5 ? 1 : 8 };
  });
}

describe('what makes a calibration due', () => {
  it('finds no gap and a slope of one where probabilities are right, in about 95 % of samples', () => {
    let [gaps, covered] = [0, 0];
    const runs = 100;
    for (let seed = 0; seed < runs; seed += 1) {
      const sample = rows(600, seed, sigmoid);
      if (prevalenceGap(sample).isClear) gaps += 1;
      const slope = calibrationSlope(sample);
      if (slope !== null && slope.low <= 1 && slope.high >= 1) covered += 1;
    }
    expect(gaps / runs).toBeLessThanOrEqual(0.12);
    expect(covered / runs).toBeGreaterThanOrEqual(0.88);
  });

  it('sees that twice as much is realised as was promised', () => {
    const gap = prevalenceGap(rows(3000, 5, (z) => sigmoid(z + 0.9)));
    expect(gap.isClear).toBe(true);
    expect(gap.realised).toBeGreaterThan(gap.expected);
  });

  it('takes no positive among labels that promised two for chance', () => {
    const none = Array.from({ length: 200 }, (): CalibrationRow => ({
      logit: Math.log(0.01 / 0.99),
      label: 0,
      weight: 50,
    }));
    expect(prevalenceGap(none).isClear).toBe(false);
    expect(prevalenceGap(none.map((row) => ({ ...row, logit: -1 }))).isClear).toBe(true);
  });

  it('sees probabilities that are too sure of themselves', () => {
    const slope = calibrationSlope(rows(3000, 6, (z) => sigmoid(0.5 * z)));
    expect(slope?.high).toBeLessThan(1);
    expect(slope?.slope).toBeCloseTo(0.5, 0);
  });

  it('leaves the slope open without positives', () => {
    expect(calibrationSlope(rows(50, 7, () => 0))).toBeNull();
  });

  it('compares two calibrations on the same contents', () => {
    const before = rows(2000, 8, (z) => sigmoid(0.5 * z));
    const after = before.map((row) => ({ ...row, logit: 0.5 * row.logit }));
    const { gain, standardError } = logLossGain(before, after);
    expect(gain).toBeGreaterThan(2 * standardError);
    expect(gain).toBeCloseTo(meanLogLoss(before) - meanLogLoss(after), 12);
  });
});
