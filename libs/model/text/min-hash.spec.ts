import { bandKeys, duplicateKey, jaccard, minHash, shingles } from './min-hash.js';

/** Numerical Recipes' generator: the test only needs distinct numbers. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

/** Two sets of about 100 members with the Jaccard similarity asked for. */
function pairOfSets(next: () => number, similarity: number): [Uint32Array, Uint32Array] {
  const either = 100;
  const both = Math.round(either * similarity);
  const members = new Set<number>();
  while (members.size < either) members.add(scramble(next()));
  const all = [...members];
  const shared = all.slice(0, both);
  const rest = all.slice(both);
  const half = Math.floor(rest.length / 2);
  return [
    Uint32Array.from([...shared, ...rest.slice(0, half)]).sort(),
    Uint32Array.from([...shared, ...rest.slice(half)]).sort(),
  ];
}

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

describe('shingles', () => {
  it('are the distinct 5-grams, ascending', () => {
    expect(shingles('abcdefabcdef')).toHaveLength(6);
    const set = shingles('the quick brown fox');
    expect([...set]).toEqual([...set].sort((a, b) => a - b));
  });

  it('of a text shorter than five are the text itself, and none for none', () => {
    expect(shingles('abc')).toHaveLength(1);
    expect(shingles('abc')).not.toEqual(shingles('abd'));
    expect(shingles('')).toHaveLength(0);
  });
});

describe('jaccard', () => {
  it('divides what both have by what either has', () => {
    expect(jaccard(Uint32Array.of(1, 2, 3), Uint32Array.of(2, 3, 4))).toBe(0.5);
    expect(jaccard(Uint32Array.of(1), Uint32Array.of(2))).toBe(0);
    expect(jaccard(new Uint32Array(0), new Uint32Array(0))).toBe(1);
  });
});

describe('min-hash', () => {
  it('agrees in a share of functions that estimates the Jaccard similarity', () => {
    const next = numbers(11);
    for (const similarity of [0.2, 0.5, 0.8]) {
      let agree = 0;
      for (let trial = 0; trial < 60; trial++) {
        const [a, b] = pairOfSets(next, similarity).map((set) => {
          const signature = new Uint32Array(128);
          minHash(set, 128, signature);
          return signature;
        });
        agree += a?.reduce((sum, value, i) => sum + (value === b?.[i] ? 1 : 0), 0) ?? 0;
      }
      // 7,680 comparisons; the functions share their input, so three percent points.
      expect(Math.abs(agree / (60 * 128) - similarity)).toBeLessThan(0.03);
    }
  });

  // Labels 2.5; 1-(1-J^8)^16 gives .061, .237, .613, .947, .9999.
  it.each([
    [0.5, 0.06],
    [0.6, 0.24],
    [0.7, 0.61],
    [0.8, 0.947],
    [0.9, 1],
  ])('makes pairs of similarity %f candidates with probability %f', (similarity, expected) => {
    const next = numbers(Math.round(similarity * 1000));
    const trials = 500;
    let candidates = 0;
    for (let trial = 0; trial < trials; trial++) {
      const [a, b] = pairOfSets(next, similarity).map(bandKeys);
      if (a?.some((key, band) => key === b?.[band])) candidates++;
    }
    const deviation = Math.sqrt((expected * (1 - expected)) / trials);
    expect(Math.abs(candidates / trials - expected)).toBeLessThan(4 * deviation + 0.01);
  });
});

describe('duplicate key', () => {
  const text =
    'Limited offer for our members: message me tonight and the first ten of you get the whole bundle for nothing';

  it('is the same for copies in the sense of the fingerprint', () => {
    expect(duplicateKey(`${text}   http://x.example/1`)).toBe(
      duplicateKey(`${text.toUpperCase()} https://y.example/22`),
    );
    expect(duplicateKey(text)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('shares most pairs of digits between near copies and few between others', () => {
    const pairs = (a: string, b: string): number =>
      [0, 2, 4, 6, 8, 10, 12, 14].filter((at) => a.slice(at, at + 2) === b.slice(at, at + 2)).length;
    expect(pairs(duplicateKey(text), duplicateKey(`${text}!!`))).toBeGreaterThanOrEqual(6);
    expect(
      pairs(duplicateKey(text), duplicateKey('A quiet walk by the river with the dog, then soup')),
    ).toBeLessThanOrEqual(2);
  });

  it('stays what it was in records that are stored', () => {
    expect(
      [
        'abc',
        'Hey @you, 20 left at https://example.org/a today',
        'Die Fähre war heute schon wieder verspätet, und niemand hat uns gesagt warum',
      ].map(duplicateKey),
    ).toEqual(['ca42bd9db5cbf0ea', 'fd8fa5f2ee6f817f', '56ceadbe69988927']);
  });

  it('is zero for a text without content', () => {
    expect(duplicateKey(' \u200b')).toBe('0000000000000000');
  });
});
