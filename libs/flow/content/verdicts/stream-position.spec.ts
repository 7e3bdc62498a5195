import fc from 'fast-check';
import { formatPosition, parsePosition } from './stream-position.js';

describe('the id of a server-sent event', () => {
  it('survives being written and read', () => {
    const positions = fc.uniqueArray(
      fc.tuple(
        fc.nat(999),
        fc.maxSafeNat().map((n) => n % 1e15),
      ),
      { selector: ([p]) => p, maxLength: 20 },
    );
    fc.assert(
      fc.property(positions, (entries) => {
        const position = new Map(entries);
        expect(parsePosition('public', formatPosition('public', position))).toEqual(
          new Map(entries.toSorted(([a], [b]) => a - b)),
        );
      }),
    );
  });

  it('is the same whatever came first', () => {
    expect(
      formatPosition(
        'public',
        new Map([
          [3, 1],
          [0, 7],
        ]),
      ),
    ).toBe('public~0-7.3-1');
  });

  it.each(['', 'internal~0-7', 'public~0', 'public~0-7.', 'public~-1-7', 'public~0-7\n', 'public'])(
    'of another stream or form is refused: %j',
    (id) => {
      expect(() => parsePosition('public', id)).toThrow('Last-Event-ID');
    },
  );
});
