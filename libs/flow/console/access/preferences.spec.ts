import { defaultPreferences, preferencesSchema, reachedLimits } from './preferences.js';

describe('exposure limits', () => {
  it('keep a category away once so many of its items were seen, and always when none are wanted', () => {
    const limits = { SH: 5, S3: 0, H: 10 };
    expect(reachedLimits(limits, {})).toEqual(['S3']);
    expect(reachedLimits(limits, { SH: 4, H: 10 })).toEqual(['H', 'S3']);
    expect(reachedLimits(limits, { SH: 5, V: 100 })).toEqual(['S3', 'SH']);
    expect(reachedLimits({}, { SH: 100 })).toEqual([]);
  });

  it('are whole numbers of items', () => {
    const withLimits = (limits: unknown) => preferencesSchema.safeParse({ ...defaultPreferences, limits }).success;
    expect(withLimits({ SH: 0 })).toBe(true);
    for (const wrong of [{ SH: -1 }, { SH: 1.5 }, { '': 1 }, ['SH'], null]) expect(withLimits(wrong)).toBe(false);
  });
});
