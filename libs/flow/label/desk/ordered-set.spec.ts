import fc from 'fast-check';
import { compareKeys, createOrderedSet, type OrderKey } from './ordered-set.js';

const anyKey: fc.Arbitrary<OrderKey> = fc.record({
  a: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(Number.NEGATIVE_INFINITY)),
  b: fc.integer({ min: 0, max: 20 }),
  item: fc.constantFrom('x', 'y', 'z'),
});

describe('an ordered set', () => {
  it('goes through its keys in order, each once, whatever came and went', () => {
    const changes = fc.array(fc.tuple(fc.boolean(), anyKey), { maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(changes, anyKey, (all, from) => {
        const set = createOrderedSet();
        const known = new Map<string, OrderKey>();
        for (const [isAdded, key] of all) {
          const name = JSON.stringify([String(key.a), key.b, key.item]);
          if (isAdded) {
            set.add(key);
            known.set(name, key);
          } else {
            set.delete(key);
            known.delete(name);
          }
        }
        const expected = [...known.values()].sort(compareKeys);
        const found: OrderKey[] = [];
        for (let at = set.after(null); at !== null; at = set.after(at)) found.push(at);
        expect(found).toEqual(expected);
        expect(set.size).toBe(expected.length);
        expect(set.after(from)).toEqual(expected.find((key) => compareKeys(key, from) > 0) ?? null);
      }),
      { numRuns: 30 },
    );
  });

  it('holds more keys than one of its parts does', () => {
    const set = createOrderedSet();
    const numbers = Array.from({ length: 5000 }, (_, n) => (n * 7919) % 5000);
    for (const a of numbers) set.add({ a, b: 0, item: '' });
    for (const a of numbers.filter((n) => n % 3 === 0)) set.delete({ a, b: 0, item: '' });
    const found: number[] = [];
    for (let at = set.after(null); at !== null; at = set.after(at)) found.push(at.a);
    expect(found).toEqual([...numbers].filter((n) => n % 3 !== 0).sort((left, right) => left - right));
  });
});
