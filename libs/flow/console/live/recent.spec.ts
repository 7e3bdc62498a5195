import fc from 'fast-check';
import { createRecent } from './recent.js';

describe('recent items', () => {
  it('are the last ones in order, and every other is counted as lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(60), fc.nat(80), (capacity, count, from) => {
        const recent = createRecent<{ readonly at: number }>(capacity);
        for (let at = 0; at < count; at++) recent.push({ at });
        const { items, lost } = recent.since(from);
        expect(recent.next()).toBe(count);
        expect(items.length + lost).toBe(Math.max(0, count - from));
        expect(items.length).toBeLessThanOrEqual(capacity);
        items.toReversed().forEach((item, back) => {
          expect(item.at).toBe(count - 1 - back);
        });
      }),
    );
  });
});
