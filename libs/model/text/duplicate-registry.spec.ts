import fc from 'fast-check';
import { createContaminationGuard } from './near-copy-index.js';
import {
  createDuplicateRegistry,
  duplicatePrint,
  DuplicateRegistryError,
  sketchSimilarity,
  splitOfRoot,
  type DuplicateEntry,
} from './duplicate-registry.js';
import { fingerprint } from './fingerprint.js';
import { jaccard, shingles } from './min-hash.js';
import { groupNearDuplicates } from './near-duplicates.js';

const salt = 'salt';
const base =
  'The council met on Tuesday evening to discuss the new bicycle lanes along the harbour road and heard from thirty residents';

/** Words from a small vocabulary, so that texts share 5-grams without being copies. */
function sentence(seed: number, words = 16): string {
  let state = seed;
  return Array.from({ length: words }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return `w${((state >>> 8) % 500).toString(36)}x${(state >>> 20) % 7}`;
  }).join(' ');
}

/** A key that founds a group of the split. */
function keyOf(split: string, from = 0): string {
  for (let i = from; ; i++) if (splitOfRoot(salt, `k${i}`) === split) return `k${i}`;
}

describe('splits', () => {
  it('take 80, 10 and 10 % of the roots', () => {
    const counts = { train: 0, validation: 0, test: 0 };
    const roots = 20_000;
    for (let i = 0; i < roots; i++) counts[splitOfRoot(salt, `forum/p${i}/1`)]++;
    // Three standard deviations of 20,000 draws: .85 and .64 percent points.
    expect(Math.abs(counts.train / roots - 0.8)).toBeLessThan(0.0085);
    expect(Math.abs(counts.validation / roots - 0.1)).toBeLessThan(0.0064);
    expect(Math.abs(counts.test / roots - 0.1)).toBeLessThan(0.0064);
  });

  it('stay what they are in registries that are stored', () => {
    expect(['forum/p2/1', 'forum/p7/1', 'forum/p1/1', 'e', 'd'].map((root) => splitOfRoot('golden', root))).toEqual([
      'train',
      'train',
      'validation',
      'validation',
      'test',
    ]);
  });

  it('differ under another salt', () => {
    const roots = Array.from({ length: 200 }, (_, i) => `forum/p${i}/1`);
    expect(roots.map((root) => splitOfRoot('other', root))).not.toEqual(roots.map((root) => splitOfRoot(salt, root)));
  });
});

describe('duplicate registry', () => {
  it('puts copies and near-copies under the first member, with its split', () => {
    const registry = createDuplicateRegistry({ salt });
    const [first, copy, near, other] = [base, `  ${base.toUpperCase()}`, `${base} today`, sentence(1)].map((text, i) =>
      registry.add({ key: `k${i}`, text }),
    );
    expect([first, copy, near, other].map((entry) => entry?.root)).toEqual(['k0', 'k0', 'k0', 'k3']);
    expect([copy?.split, near?.split]).toEqual([first?.split, first?.split]);
    expect(copy?.exactKey).toBe(first?.exactKey);
    expect(near?.exactKey).not.toBe(first?.exactKey);
    expect(registry.sizeOf('k2')).toBe(3);
    expect(registry.sizeOf('k3')).toBe(1);
    expect(registry.sizeOf('unknown')).toBe(0);
  });

  it('gives a known key the entry that it has', () => {
    const registry = createDuplicateRegistry({ salt });
    const entry = registry.add({ key: 'a', text: base });
    expect(registry.add({ key: 'a', text: 'another text' })).toBe(entry);
    expect(registry.size()).toBe(1);
  });

  describe('when a text ties two groups', () => {
    const left = base;
    const bridge = base.slice(13);
    const right = base.slice(26);
    const similarity = (a: string, b: string): number => jaccard(shingles(fingerprint(a)), shingles(fingerprint(b)));

    it('is a real bridge in these tests', () => {
      expect(similarity(left, bridge)).toBeGreaterThanOrEqual(0.8);
      expect(similarity(bridge, right)).toBeGreaterThanOrEqual(0.8);
      expect(similarity(left, right)).toBeLessThan(0.8);
    });

    it('quarantines it when their splits differ, and merges nothing', () => {
      const registry = createDuplicateRegistry({ salt });
      const train = keyOf('train');
      const test = keyOf('test');
      registry.add({ key: train, text: left });
      registry.add({ key: test, text: right });
      const entry = registry.add({ key: 'bridge', text: bridge });
      expect(entry).toMatchObject({ split: 'none', isQuarantined: true, root: 'bridge', tied: [train, test] });
      expect(registry.rootOf(train)).toBe(train);
      expect(registry.rootOf(test)).toBe(test);
      expect([registry.sizeOf(train), registry.sizeOf(test)]).toEqual([1, 1]);
      // Copies of it go with it.
      expect(registry.add({ key: 'again', text: bridge })).toMatchObject({ split: 'none', isQuarantined: true });
    });

    it('makes one group of them when their splits are equal, under the oldest root', () => {
      const registry = createDuplicateRegistry({ salt });
      const older = keyOf('train');
      const younger = keyOf('train', Number(older.slice(1)) + 1);
      registry.add({ key: older, text: left });
      registry.add({ key: younger, text: right });
      expect(registry.rootOf(younger)).toBe(younger);
      expect(registry.add({ key: 'bridge', text: bridge })).toMatchObject({ root: older, tied: [younger] });
      expect(registry.rootOf(younger)).toBe(older);
      expect(registry.sizeOf(older)).toBe(3);
      expect(registry.splitOf(younger)).toBe('train');
    });
  });

  it('goes on from its entries as if it had never stopped, without the texts', () => {
    const letters = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const text = fc.array(letters, { minLength: 20, maxLength: 30 }).map((list) => list.join(''));
    // Few originals and small changes, so that groups, merges and bridges are frequent.
    const change = fc.record({ original: fc.nat(3), cut: fc.nat(6), end: fc.nat(6) });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 4, maxLength: 4 }),
        fc.array(change, { maxLength: 40 }),
        fc.nat(40),
        (originals, changes, stop) => {
          const long = originals.map((original) => `${original}${original.toUpperCase()}9${original}`);
          const items = changes.map(({ original, cut, end }, i) => ({
            key: `k${i}`,
            text: (long[original] ?? '').slice(cut, (long[original] ?? '').length - end),
          }));
          const whole = createDuplicateRegistry({ salt });
          const entries = items.map((item) => whole.add(item));
          const resumed = createDuplicateRegistry({ salt, known: entries.slice(0, stop) });
          expect(items.map((item) => resumed.add(item))).toEqual(entries);
          for (const { key } of items) {
            expect(resumed.rootOf(key)).toBe(whole.rootOf(key));
            expect(resumed.sizeOf(key)).toBe(whole.sizeOf(key));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never changes the split of a root, nor puts one group into two splits', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(12)), { maxLength: 60 }), (choices) => {
        const registry = createDuplicateRegistry({ salt });
        const splits = new Map<string, string>();
        const entries: DuplicateEntry[] = [];
        choices.forEach(([original, cut], i) => {
          entries.push(registry.add({ key: `k${i}`, text: sentence(original, 14).slice(cut) }));
          for (const { key, isQuarantined } of entries) {
            const split = registry.splitOf(key);
            if (isQuarantined) expect(split).toBe('none');
            else expect(split).toBe(splitOfRoot(salt, registry.rootOf(key) ?? ''));
            expect(splits.get(key) ?? split).toBe(split);
            splits.set(key, split ?? '');
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('groups as the whole list at once does, but for what is quarantined', () => {
    const texts = Array.from({ length: 400 }, (_, i) => {
      const copy = sentence(i % 120, 14);
      return i % 3 === 0 ? copy : `${copy} ${'xyz'.charAt(i % 3)}`;
    });
    const registry = createDuplicateRegistry({ salt });
    texts.forEach((text, i) => registry.add({ key: String(i), text }));
    const quarantined = texts.filter((_, i) => registry.entryOf(String(i))?.isQuarantined === true).length;
    expect(quarantined).toBe(0);
    expect(texts.map((_, i) => Number(registry.rootOf(String(i))))).toEqual([...groupNearDuplicates(texts)]);
  });

  it('compares a text of a flood with few of its thousands of copies', () => {
    const registry = createDuplicateRegistry({ salt });
    for (let i = 0; i < 3000; i++) registry.add({ key: `k${i}`, text: `${base} and ${sentence(i, 2)}` });
    expect(registry.sizeOf('k0')).toBeGreaterThan(2900);
  });

  it('takes texts without content for copies of each other', () => {
    const registry = createDuplicateRegistry({ salt });
    expect(registry.add({ key: 'a', text: '' }).root).toBe('a');
    expect(registry.add({ key: 'b', text: ' \u200b' }).root).toBe('a');
  });

  it('refuses entries of another salt, of another order, and twice the same', () => {
    const registry = createDuplicateRegistry({ salt });
    const [first, second] = [base, `${base} today`].map((text, i) => registry.add({ key: `k${i}`, text }));
    if (first === undefined || second === undefined) throw new Error('two entries');
    const salts = Array.from({ length: 40 }, (_, i) => `other${i}`);
    const other = salts.find((it) => splitOfRoot(it, 'k0') !== first.split) ?? '';
    expect(() => createDuplicateRegistry({ salt: other, known: [first] })).toThrow(DuplicateRegistryError);
    expect(() => createDuplicateRegistry({ salt, known: [second, first] })).toThrow(
      "its root 'k0' did not come before",
    );
    expect(() => createDuplicateRegistry({ salt, known: [first, first] })).toThrow("'k0': stands twice");
  });
});

describe('sketches', () => {
  it('give the exact similarity of texts of up to 260 characters', () => {
    for (let i = 0; i < 50; i++) {
      const a = sentence(i, 30).slice(0, 200);
      const b = `${a.slice(i)}${sentence(i + 1, 2)}`;
      expect(sketchSimilarity(duplicatePrint(a).sketch, duplicatePrint(b).sketch)).toBe(
        jaccard(shingles(fingerprint(a)), shingles(fingerprint(b))),
      );
    }
  });

  it('estimate that of long texts within .1, four standard deviations', () => {
    for (let i = 0; i < 30; i++) {
      const a = sentence(i, 400);
      const b = `${a.slice(0, a.length - i * 40)} ${sentence(i + 1000, i * 8)}`;
      const exact = jaccard(shingles(fingerprint(a)), shingles(fingerprint(b)));
      expect(Math.abs(sketchSimilarity(duplicatePrint(a).sketch, duplicatePrint(b).sketch) - exact)).toBeLessThan(0.1);
    }
  });

  it('of a short and a long text are not alike', () => {
    expect(sketchSimilarity(duplicatePrint('short').sketch, duplicatePrint(sentence(1, 400)).sketch)).toBeLessThan(
      0.05,
    );
    expect(sketchSimilarity(new Uint32Array(0), new Uint32Array(0))).toBe(1);
  });
});

describe('contamination', () => {
  it('finds copies and near-copies of evaluation texts, and leaves others alone', () => {
    const guard = createContaminationGuard();
    guard.add(duplicatePrint(base));
    expect(guard.hits(duplicatePrint(base.toUpperCase()))).toBe(true);
    expect(guard.hits(duplicatePrint(`${base} today`))).toBe(true);
    expect(guard.hits(duplicatePrint(sentence(1)))).toBe(false);
  });

  it('misses at most one near-copy of Jaccard .8 in ten, and none of .95', () => {
    let near = 0;
    let found = 0;
    for (let i = 0; i < 300; i++) {
      const text = sentence(i, 20);
      const copy = `${text.slice(0, -6)}${sentence(i + 999, 2)}`;
      const similarity = jaccard(shingles(fingerprint(text)), shingles(fingerprint(copy)));
      if (similarity < 0.8) continue;
      near++;
      const guard = createContaminationGuard();
      guard.add(duplicatePrint(text));
      if (guard.hits(duplicatePrint(copy))) found++;
    }
    expect(near).toBeGreaterThan(200);
    expect(found / near).toBeGreaterThan(0.9);
  });
});
