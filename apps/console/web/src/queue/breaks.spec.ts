import { begin, isBreakDue, worked } from './breaks.js';

const minute = 60_000;
const wish = { breakMinutes: 50, breakItems: 100 };

/** One item a minute. */
const after = (items: number) => {
  let stretch = begin(0);
  for (let item = 1; item <= items; item++) stretch = worked(stretch, item * minute);
  return stretch;
};

describe('the reminder of a break', () => {
  it('comes after the minutes or the items that the person chose, whichever is first', () => {
    expect(isBreakDue(after(49), 49 * minute, wish)).toBe(false);
    expect(isBreakDue(after(50), 50 * minute, wish)).toBe(true);
    expect(isBreakDue(after(10), 10 * minute, { ...wish, breakItems: 10 })).toBe(true);
  });

  it('does not come to who was away for five minutes already, or wants none', () => {
    const rested = worked(after(49), 54 * minute);
    expect(isBreakDue(rested, 54 * minute, wish)).toBe(false);
    expect(isBreakDue(after(500), 500 * minute, { breakMinutes: 0, breakItems: 0 })).toBe(false);
  });
});
