import fc from 'fast-check';
import { digestRows, duplicatePrint, splitOfRoot, textHashOf } from '#model';
import { uniform } from '#policy';
import { anImportedRow, anItem, built, day, now, recipeOf, registryOf, salt, sentence } from './build.fixture.js';
import type { ImportedSource, LabelledItem, LeftOutReason } from './build-rows.js';
import { verifyRows } from './verify-rows.js';

function reasons(
  left: readonly { readonly key: string; readonly reason: LeftOutReason }[],
): Record<string, LeftOutReason> {
  return Object.fromEntries(left.map(({ key, reason }) => [key, reason]));
}

function sourceOf(name: string, rows: ImportedSource['rows'], keepsPairs = false): ImportedSource {
  return { datasetId: 'ds-0000000000000000', name, licence: 'CC0-1.0', keepsPairs, rows };
}

/** Numbers of items whose groups fall into the split. */
function numbersIn(split: string, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; found.length < count; i++) if (splitOfRoot(salt, `forum/p${i}/1`) === split) found.push(i);
  return found;
}

describe('rows of a data set', () => {
  it('are one for each labelled item, in the order of their keys, with all that is known', () => {
    const items = [3, 1, 2].map((number) => anItem(number, { author: 'a'.repeat(32), labelledAt: now - number }));
    const { rows, leftOut, asOf } = built(items);
    expect(rows.map(({ key }) => key)).toEqual(['forum/p1/1', 'forum/p2/1', 'forum/p3/1']);
    expect(rows[0]).toEqual({
      key: 'forum/p1/1',
      text: sentence(1),
      textHash: textHashOf(sentence(1)),
      language: 'en',
      platform: 'forum',
      kind: 'POST',
      split: splitOfRoot(salt, 'forum/p1/1'),
      group: 'forum/p1/1',
      groupSize: 1,
      labels: { H: { value: 0, weight: 1 } },
      weight: 1,
      inclusion: 0.1,
      origin: 'DRAWN',
      isGold: false,
      source: 'labels',
      author: 'a'.repeat(32),
      labelledAt: now - 1,
    });
    expect(leftOut).toEqual([]);
    expect(asOf).toBe(now - 1);
  });

  it('do not depend on the order of the items', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 60 }, (_, i) => i),
          { minLength: 60 },
        ),
        (order) => {
          const items = Array.from({ length: 60 }, (_, i) => anItem(i, { text: sentence(i % 40) }));
          const registry = registryOf(items);
          const shuffled = order.flatMap((at) => items.slice(at, at + 1));
          expect(built(shuffled, recipeOf(), { registry })).toEqual(built(items, recipeOf(), { registry }));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('have the split that the draw of sampling 1.1 gives their root', () => {
    for (const root of ['a', 'b', 'c', 'd', 'forum/p1/1']) {
      const u = uniform(salt, `split|${root}`);
      expect(splitOfRoot(salt, root)).toBe(u < 0.8 ? 'train' : u < 0.9 ? 'validation' : 'test');
    }
  });

  it.each<[LeftOutReason, Partial<LabelledItem>, readonly string[]]>([
    ['ORIGIN', { origin: 'REPORTED', inclusion: null }, ['labels: {origins: [DRAWN]}']],
    ['NOT_SETTLED', { isSettled: false }, []],
    ['TOO_OLD', { labelledAt: now - 31 * day }, ['labels: {maxAge: 30d}']],
    ['LANGUAGE', { language: 'pt-BR' }, ['languages: [en]']],
    ['NO_LABEL', { labels: {} }, []],
    ['NO_LABEL', { labels: { H: { value: 1, weight: 0.2 } } }, ['labels: {minWeight: 0.5}']],
    ['TEXT_GONE', { text: null }, []],
    ['TEXT_GONE', { text: null, textHash: 'a'.repeat(32) }, []],
    ['EMPTY_TEXT', { text: ' ' }, []],
  ])('leave out with the reason %s what the recipe does not want', (reason, fields, lines) => {
    const items = [anItem(1, fields), anItem(2)];
    const { rows, leftOut } = built(items, recipeOf(...lines));
    expect(rows.map(({ key }) => key)).toEqual(['forum/p2/1']);
    expect(leftOut).toEqual([{ key: 'forum/p1/1', source: 'labels', reason }]);
  });

  it('leave out what the registry has not seen, and imports whose text is another one than it saw', () => {
    const items = [anItem(1)];
    expect(reasons(built(items, recipeOf(), { registry: registryOf([]) }).leftOut)).toEqual({
      'forum/p1/1': 'NOT_REGISTERED',
    });
    const seen = [sourceOf('old', [anImportedRow('old', 1)])];
    const other = [sourceOf('old', [anImportedRow('old', 1, { text: sentence(7) })])];
    expect(reasons(built([], recipeOf(), { imports: other, registry: registryOf([], seen) }).leftOut)).toEqual({
      'old/1/1': 'NOT_REGISTERED',
    });
  });

  it('keep gold that was frozen although its label was said again since', () => {
    const number = numbersIn('train', 1)[0] ?? 0;
    const again = anItem(number, { expertSince: now - 400 * day, labelledAt: now });
    expect(built([again], recipeOf('goldFrozenAt: 2026-01-01')).rows.map(({ isGold }) => isGold)).toEqual([true]);
  });

  it('keep frozen gold whatever its age, and call nothing gold that was settled later', () => {
    const [number = 0] = numbersIn('train', 1);
    const gold = anItem(number, { expertSince: now - 400 * day, labelledAt: now - 400 * day });
    const late = anItem(number + 1, { expertSince: now, labelledAt: now });
    const recipe = recipeOf('labels: {maxAge: 30d}', 'goldFrozenAt: 2026-01-01');
    expect(built([gold, late], recipe).rows.map(({ key, isGold }) => [key, isGold])).toEqual(
      [[gold.key, true] as const, [late.key, false] as const].sort(),
    );
    expect(built([gold, late], recipeOf('labels: {maxAge: 30d}')).rows.map(({ isGold }) => isGold)).toEqual([false]);
  });

  it('stay when texts were erased since, if asked to verify', () => {
    const items = [anItem(1), anItem(2)];
    const registry = registryOf(items);
    const before = built(items, recipeOf(), { registry }).rows;
    const erased = items.map((item) =>
      item.key === 'forum/p1/1' ? { ...item, text: null, textHash: textHashOf(item.text ?? '') } : item,
    );
    const after = built(erased, recipeOf(), { registry, keepsErased: true }).rows;
    expect(after[0]?.text).toBe('');
    expect(digestRows(after)).toBe(digestRows(before));
    expect(verifyRows(after, before)).toEqual([]);
  });
});

describe('near-duplicate groups', () => {
  const [first = 0, ...others] = numbersIn('train', 5);
  const copyOf = (number: number, fields: Partial<LabelledItem> = {}): LabelledItem =>
    anItem(number, { text: sentence(first), labels: { H: { value: 1, weight: 0.8 } }, ...fields });

  it('train as one row with what the members know together and weight log(1 + size)', () => {
    const items = [
      copyOf(first, { labels: { H: { value: 1, weight: 0.6 } } }),
      copyOf(others[0] ?? 0, { labels: { H: { value: 1, weight: 0.9 }, V: { value: 0, weight: 1 } } }),
      copyOf(others[1] ?? 0, { labels: { HR: { value: 0, weight: 0 } } }),
    ];
    const { rows, leftOut, conflicts } = built(items);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      key: items[1]?.key,
      group: items[0]?.key,
      groupSize: 3,
      weight: 2,
      labels: { H: { value: 1, weight: 0.9 }, V: { value: 0, weight: 1 }, HR: { value: 0, weight: 0 } },
    });
    expect(leftOut.map(({ reason }) => reason)).toEqual(['COPY', 'COPY']);
    expect(conflicts).toEqual([]);
  });

  it('have no label where members disagree, and go to people', () => {
    const items = [
      copyOf(first, { labels: { H: { value: 1, weight: 1 }, V: { value: 1, weight: 1 } } }),
      copyOf(others[0] ?? 0, { labels: { H: { value: 0, weight: 0.6 } } }),
    ];
    const { rows, conflicts } = built(items);
    expect(rows[0]?.labels).toEqual({ V: { value: 1, weight: 1 } });
    expect(conflicts).toEqual([{ group: items[0]?.key, category: 'H', yes: [items[0]?.key], no: [items[1]?.key] }]);
  });

  it('are left out when members disagree on everything', () => {
    const items = [copyOf(first), copyOf(others[0] ?? 0, { labels: { H: { value: 0, weight: 1 } } })];
    const { rows, leftOut, conflicts } = built(items);
    expect(rows).toEqual([]);
    expect(leftOut.map(({ reason }) => reason).sort()).toEqual(['COPY', 'NO_LABEL']);
    expect(conflicts).toHaveLength(1);
  });

  it('believe an expert who was asked about one of them, and have no conflict any more', () => {
    const expert = copyOf(others[0] ?? 0, { expertSince: now, labels: { H: { value: 0, weight: 1 } } });
    const { rows, conflicts } = built([copyOf(first), expert, copyOf(others[1] ?? 0)]);
    expect(rows[0]).toMatchObject({ key: expert.key, isGold: false, labels: { H: { value: 0, weight: 1 } } });
    expect(conflicts).toEqual([]);
    const other = copyOf(others[1] ?? 0, { expertSince: now });
    expect(built([copyOf(first), expert, other]).conflicts).toEqual([
      { group: copyOf(first).key, category: 'H', yes: [other.key], no: [expert.key] },
    ]);
  });

  it('believe gold before anybody else, and labels with weight before those without', () => {
    const recipe = recipeOf('goldFrozenAt: 2030-01-01');
    const expert = copyOf(others[0] ?? 0, { expertSince: now, labels: { H: { value: 0, weight: 0.1 } } });
    const overruled = built([copyOf(first), expert], recipe);
    expect(overruled.rows[0]).toMatchObject({ key: expert.key, labels: { H: { value: 0, weight: 0.1 } } });
    expect(overruled.conflicts).toEqual([]);
    const unsure = copyOf(others[0] ?? 0, { labels: { H: { value: 0, weight: 0 } } });
    expect(built([copyOf(first), unsure]).rows[0]?.labels).toEqual({ H: { value: 1, weight: 0.8 } });
  });

  it('keep every drawn row in validation and test, because each speaks with its own probability', () => {
    for (const split of ['validation', 'test']) {
      const [root = 0] = numbersIn(split, 1);
      const items = [root, root + 1, root + 2].map((number) =>
        anItem(number, { text: sentence(root), labels: { H: { value: 1, weight: 1 } } }),
      );
      const { rows, leftOut } = built([
        ...items,
        anItem(root + 3, {
          text: sentence(root),
          origin: 'REPORTED',
          inclusion: null,
          labels: { H: { value: 1, weight: 1 } },
        }),
      ]);
      expect(rows.map((row) => [row.split, row.groupSize])).toEqual(Array.from({ length: 4 }, () => [split, 4]));
      expect(rows.filter(({ inclusion }) => inclusion !== null).map(({ weight }) => weight)).toEqual([1, 1, 1]);
      expect(leftOut).toEqual([]);
    }
  });

  it('of sources that teach by pairs stay apart, but for exact copies', () => {
    const text =
      'the people from over there are friendly and everybody likes to have them as their neighbours in the street';
    const rows = [text, text.replace('likes', 'hates'), `${text}  `].map((each, i) =>
      anImportedRow('pairs', i, { text: each, labels: { H: { value: i === 1 ? 1 : 0, weight: 1 } } }),
    );
    const merged = built([], recipeOf(), { imports: [sourceOf('pairs', rows)] });
    expect(merged.rows.filter(({ labels }) => 'H' in labels)).toEqual([]);
    expect(merged.conflicts).toHaveLength(1);
    const kept = built([], recipeOf(), { imports: [sourceOf('pairs', rows, true)] });
    expect(kept.rows.map(({ labels, weight }) => [labels['H']?.value, weight])).toEqual([
      [0, Math.log2(3)],
      [1, 1],
    ]);
    expect(new Set(kept.rows.map(({ group }) => group)).size).toBe(1);
    expect(kept.conflicts).toEqual([]);
  });

  it('that tie two splits are in the data set and in no split', () => {
    const text = Array.from({ length: 8 }, (_, i) => sentence(i))
      .join(' ')
      .slice(0, 120);
    const [train = 0] = numbersIn('train', 1);
    const [test = 0] = numbersIn('test', 1);
    const [left, right, bridge] = [
      anItem(train, { text }),
      anItem(test, { text: text.slice(26) }),
      anItem(999_999, { text: text.slice(13) }),
    ];
    const { rows } = built([left, right, bridge]);
    expect(rows.find(({ key }) => key === bridge.key)).toMatchObject({ split: 'none', group: bridge.key });
  });
});

describe('contamination', () => {
  const [train = 0] = numbersIn('train', 1);

  it('refuses training rows that are near-copies of evaluation sets, and of validation and test', () => {
    const evaluation = [{ name: 'judge', prints: [duplicatePrint(`${sentence(train)} !`)] }];
    const items = [anItem(train), ...numbersIn('test', 2).map((number) => anItem(number))];
    const { rows, leftOut, contaminated } = built(items, recipeOf(), { evaluation });
    expect(reasons(leftOut)).toEqual({ [`forum/p${train}/1`]: 'CONTAMINATED' });
    expect(rows).toHaveLength(2);
    expect(contaminated).toBe(0);
    // Rows that do not train may be alike: models are judged by both.
    const [test = 0] = numbersIn('test', 1);
    const judged = [{ name: 'judge', prints: [duplicatePrint(sentence(test))] }];
    expect(built([anItem(test)], recipeOf(), { evaluation: judged }).rows).toHaveLength(1);
  });

  it('is none after filtering, whatever the texts are', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 8, maxLength: 24 });
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), fc.array(letters, { maxLength: 5 }), (texts, judged) => {
        const items = texts.map((text, i) => anItem(i, { text: `x${text}` }));
        const prints = judged.map((text) => duplicatePrint(`x${text}`));
        expect(built(items, recipeOf(), { evaluation: [{ name: 'judge', prints }] }).contaminated).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('validation refresh', () => {
  const numbers = numbersIn('validation', 6);
  const age = (days: readonly number[]) =>
    days.map((each, i) => anItem(numbers[i] ?? 0, { labelledAt: now - each * day }));
  const newest = anItem(numbersIn('train', 1)[0] ?? 0);

  it('lets fresh drawn rows in and old ones out, which then train nobody', () => {
    const items = [newest, ...age([1, 29, 31, 100])];
    const { rows, leftOut } = built(items, recipeOf('validation: {fresh: 30d}'));
    expect(rows.filter(({ split }) => split === 'validation')).toHaveLength(2);
    expect(reasons(leftOut)).toEqual({ [items[3]?.key ?? '']: 'ROLLED_OUT', [items[4]?.key ?? '']: 'ROLLED_OUT' });
  });

  it('keeps the newest of the old ones while too few are fresh', () => {
    const items = [newest, ...age([1, 100, 31, 50])];
    const { leftOut } = built(items, recipeOf('validation: {fresh: 30d, atLeast: 3}'));
    expect(reasons(leftOut)).toEqual({ [items[2]?.key ?? '']: 'ROLLED_OUT' });
  });

  it('keeps frozen gold and what nobody drew', () => {
    const items = [
      newest,
      ...age([100, 100]).map((item, i) =>
        i === 0 ? { ...item, expertSince: item.labelledAt } : { ...item, origin: 'REPORTED' as const, inclusion: null },
      ),
    ];
    const { rows, leftOut } = built(items, recipeOf('goldFrozenAt: 2026-05-01', 'validation: {fresh: 30d}'));
    expect(leftOut).toEqual([]);
    expect(rows).toHaveLength(3);
  });

  it('counts ages from the newest label, not from a clock', () => {
    const items = age([100, 101]);
    expect(built(items, recipeOf('validation: {fresh: 30d}')).rows).toHaveLength(2);
  });
});

describe('verification', () => {
  const rows = built(Array.from({ length: 20 }, (_, i) => anItem(i))).rows;

  it('finds nothing in equal rows', () => {
    expect(verifyRows(rows, rows)).toEqual([]);
    expect(verifyRows([], [])).toEqual([]);
  });

  it.each([
    ['split', { split: 'none' as const }],
    ['weight', { weight: 3 }],
    ['isGold', { isGold: true }],
    ['labels.H.value', { labels: { H: { value: 1 as const, weight: 1 } } }],
    ['labels.H.weight', { labels: { H: { value: 0 as const, weight: 0.5 } } }],
    ['labels.V', { labels: { H: { value: 0 as const, weight: 1 }, V: { value: 0 as const, weight: 1 } } }],
    ['labels.H', { labels: {} }],
    ['text', { text: 'another one' }],
  ])('names the row and the field %s that somebody altered', (field, change) => {
    const stored = rows.map((row) => (row.key === 'forum/p7/1' ? { ...row, ...change } : row));
    expect(verifyRows(rows, stored)).toEqual([{ key: 'forum/p7/1', problem: 'ALTERED', field }]);
  });

  it('names rows that are missing and rows that nobody built', () => {
    const stored = rows.filter(({ key }) => key !== 'forum/p7/1');
    expect(verifyRows(rows, stored)).toEqual([{ key: 'forum/p7/1', problem: 'MISSING', field: '' }]);
    expect(verifyRows(stored, rows)).toEqual([{ key: 'forum/p7/1', problem: 'UNEXPECTED', field: '' }]);
    expect(verifyRows(rows, [])).toHaveLength(rows.length);
  });
});
