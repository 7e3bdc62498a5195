import { defaultGateSettings, gateSettingsIdOf, GateSettingsError, parseGateSettings } from './gate-settings.js';

function problemOf(text: string): string {
  try {
    parseGateSettings(text, 'gate.yaml');
  } catch (error) {
    if (error instanceof GateSettingsError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the margins of the gate', () => {
  it('are those of the specification where nothing is said', () => {
    expect(parseGateSettings('', 'gate.yaml')).toEqual(defaultGateSettings());
    expect(defaultGateSettings()).toMatchObject({
      quality: { aim: 'same', enoughPositives: 100, margin: 0.02, fewMargin: 0.05, sameMacro: 0.01 },
      operatingPoint: { flagRate: { change: 0.2 } },
      calibration: { topError: 0.05, topErrorLoss: 0.01, slope: { low: 0.8, high: 1.25 } },
      slices: { loss: 0.05, level: 0.05 },
      fairness: { bpsnLoss: 0.02, leastBpsn: 0.7, neutralRatio: 2 },
      functional: { loss: 0.05, leastAuc: 0.65 },
      robustness: { rise: 0.02, most: 0.15, mostOfFamily: 0.5, harmlessRise: 0.005 },
      serving: { parityDifference: 1e-4, parityTexts: 1000 },
      mayBeMissing: ['robustness'],
      rejections: 3,
    });
  });

  it('keep their defaults beside those that are given', () => {
    const { flips } = parseGateSettings(
      'flips: { category: { share: 0.1 }, categories: { H: { gentler: { relative: null } } } }',
      'a.yaml',
    );
    expect(flips.category).toEqual({ share: 0.1, relative: 0.5 });
    expect(flips.categories['H']).toEqual({ stricter: {}, gentler: { relative: null } });
  });

  it.each([
    ['quality:\n  margin: 2', 'gate.yaml line 2, field "quality.margin": must be at most 1'],
    ['quality: { margn: .1 }', 'field "quality.margn": unknown field; remove it or correct its name'],
    ['calibration:\n  slope: { low: 2 }', 'gate.yaml line 2, field "calibration.slope.low": must be below high'],
    ['rejections: 0', 'field "rejections": must be at least 1'],
    [
      'flips:\n  categories:\n    H:\n      stricter: { share: -1 }',
      'line 4, field "flips.categories.H.stricter.share"',
    ],
    ['mayBeMissing: [everything]', 'field "mayBeMissing.0"'],
    ['override: { mostDays: 0 }', 'field "override.mostDays": must be above 0'],
    ['quality: [', 'is not YAML'],
    ['- 1', 'gate.yaml line 1'],
  ])('that are wrong are named by file, line and field: %j', (text, message) => {
    expect(problemOf(text)).toContain(message);
  });

  it('have one id, however they are written', () => {
    const one = parseGateSettings('quality: { margin: 0.03 }\nslices: { loss: .1 }', 'a.yaml');
    const other = parseGateSettings('slices:\n  loss: 0.10\nquality:\n  margin: 3.0e-2\nrejections: 3', 'b.yaml');
    expect(gateSettingsIdOf(one)).toBe(gateSettingsIdOf(other));
    expect(gateSettingsIdOf(one)).not.toBe(gateSettingsIdOf(defaultGateSettings()));
    expect(gateSettingsIdOf(one)).toMatch(/^gs-[0-9a-f]{16}$/);
  });
});
