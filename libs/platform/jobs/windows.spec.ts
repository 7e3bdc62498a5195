import fc from 'fast-check';
import { LATENESS_MS, nextWindow, windowAt } from './windows.js';

const HOUR = 3_600_000;
const every = { windowMs: HOUR, catchUp: 'every' } as const;
const latest = { windowMs: HOUR, catchUp: 'latest' } as const;

describe('nextWindow', () => {
  it('begins with the window of the first event', () => {
    expect(nextWindow(every, null, 5 * HOUR + 17, 9 * HOUR)).toEqual({ from: 5 * HOUR, to: 6 * HOUR });
  });

  it('waits until a window is closed: the watermark is past its end by more than an event may come late', () => {
    expect(nextWindow(every, 5 * HOUR, null, 6 * HOUR + LATENESS_MS - 1)).toBeNull();
    expect(nextWindow(every, 5 * HOUR, null, 6 * HOUR + LATENESS_MS)).toEqual({ from: 5 * HOUR, to: 6 * HOUR });
  });

  it('has nothing to do without events and without a watermark', () => {
    expect(nextWindow(every, null, null, 9 * HOUR)).toBeNull();
    expect(nextWindow(every, 5 * HOUR, 0, null)).toBeNull();
  });

  it('answers for all missed windows at once where one run does', () => {
    expect(nextWindow(latest, 2 * HOUR, null, 9.5 * HOUR)).toEqual({ from: 8 * HOUR, to: 9 * HOUR });
    expect(nextWindow(latest, 9 * HOUR, null, 9.5 * HOUR)).toBeNull();
  });

  it('keeps to multiples of its length when windows were shorter before', () => {
    expect(nextWindow(every, 5.5 * HOUR, null, 9 * HOUR)).toEqual({ from: 5 * HOUR, to: 6 * HOUR });
  });

  it('gives every window once and in order, whatever steps the watermark takes', () => {
    fc.assert(
      fc.property(fc.nat(HOUR * 3), fc.array(fc.nat(3 * HOUR), { maxLength: 20 }), (since, steps) => {
        const ran: number[] = [];
        let done: number | null = null;
        let watermark = since;
        for (const step of steps) {
          watermark += step;
          for (let window = nextWindow(every, done, since, watermark); window !== null;) {
            expect(window.to + LATENESS_MS).toBeLessThanOrEqual(watermark);
            ran.push(window.from);
            done = window.to;
            window = nextWindow(every, done, since, watermark);
          }
        }
        const first = windowAt(HOUR, since).from;
        expect(ran).toEqual(ran.map((_, index) => first + index * HOUR));
      }),
    );
  });
});
