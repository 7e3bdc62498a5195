import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  canonicalRow,
  compareRows,
  datasetIdOf,
  DatasetRowError,
  digestRows,
  rowHashOf,
  saltIdOf,
  textHashOf,
} from './canonical-row.js';
import { aRow, anyRow } from './dataset-row.fixture.js';
import { summariseRows } from './summarise-rows.js';

describe('canonical bytes of a row', () => {
  it('are these, for ever', () => {
    const row = aRow({
      key: 'forum/p1/1',
      text: 'see [MAIL]',
      labels: { V: { value: 0, weight: 1 }, H: { value: 1, weight: 0.5 } },
    });
    expect(canonicalRow(row)).toBe(
      '["forum/p1/1","1f498feaf7ddc4d9556716b501b3c775","en","forum","POST","train","forum/p1/1",1,[["H",1,0.5],["V",0,1]],1,0.25,"DRAWN",false,"labels",null,1700000000000]',
    );
    expect(digestRows([row])).toBe(
      createHash('sha256')
        .update(`${canonicalRow(row)}\n`)
        .digest('hex'),
    );
  });

  it('do not depend on the order of fields or labels', () => {
    const row = aRow({ labels: { H: { value: 1, weight: 1 }, V: { value: 0, weight: 1 } } });
    const turned = Object.fromEntries(
      Object.entries({ ...row, labels: { V: row.labels['V'], H: row.labels['H'] } }).reverse(),
    );
    expect(canonicalRow(turned as unknown as typeof row)).toBe(canonicalRow(row));
  });

  it('stay when the text is erased, and so does the digest', () => {
    const row = aRow({});
    expect(digestRows([{ ...row, text: '' }])).toBe(digestRows([row]));
  });

  it('are other ones for any other row', () => {
    fc.assert(
      fc.property(anyRow, anyRow, (a, b) => {
        // The text is in it by its hash.
        const isSame = JSON.stringify(sorted({ ...a, text: '' })) === JSON.stringify(sorted({ ...b, text: '' }));
        expect(canonicalRow(a) === canonicalRow(b)).toBe(isSame);
        expect(rowHashOf(a) === rowHashOf(b)).toBe(isSame);
      }),
    );
  });

  it('have no place for a number that is none', () => {
    expect(() => canonicalRow(aRow({ weight: Number.NaN }))).toThrow(DatasetRowError);
    expect(() => canonicalRow(aRow({ inclusion: Infinity }))).toThrow('field "inclusion"');
    expect(() => canonicalRow(aRow({ labels: { H: { value: 1, weight: Number.NaN } } }))).toThrow(
      'field "labels.H.weight"',
    );
  });
});

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([name, field]): [string, unknown] => [name, sorted(field)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('digest of rows', () => {
  const rows = ['a', 'b', 'c'].map((key) => aRow({ key, group: key }));

  it('changes with any field of any row', () => {
    const digest = digestRows(rows);
    const altered = (change: Parameters<typeof aRow>[0]) =>
      digestRows(rows.map((row, i) => (i === 1 ? { ...row, ...change } : row)));
    for (const change of [
      { labels: { H: { value: 0 as const, weight: 1 } } },
      { split: 'test' as const },
      { weight: 2 },
      { isGold: true },
      { labelledAt: null },
      { author: 'f'.repeat(32) },
    ]) {
      expect(altered(change)).not.toBe(digest);
    }
  });

  it('refuses rows out of order, and the same key twice', () => {
    expect(() => digestRows([...rows].reverse())).toThrow("row 'b', field \"key\": comes after 'c'");
    expect(() => digestRows([...rows, ...rows.slice(2)])).toThrow(DatasetRowError);
    expect([...rows].reverse().sort(compareRows)).toEqual(rows);
  });

  it('refuses a text that is not the one of its hash, and does not quote it', () => {
    const row = aRow({ text: 'secret', textHash: textHashOf('other') });
    expect(() => digestRows([row])).toThrow('field "text"');
    expect(() => digestRows([row])).not.toThrow(/secret/);
  });
});

describe('summary of rows', () => {
  it('counts splits, languages and what is known of each category', () => {
    const rows = [
      aRow({ key: 'a', labels: { H: { value: 1, weight: 1 } } }),
      aRow({ key: 'b', labels: { H: { value: 0, weight: 1 }, V: { value: 1, weight: 0 } }, language: 'de' }),
      aRow({ key: 'c', labels: {}, split: 'test' }),
    ];
    expect(summariseRows(rows)).toEqual({
      rows: 3,
      digest: digestRows(rows),
      splits: { train: 2, validation: 0, test: 1, none: 0 },
      categories: {
        H: { positives: 1, negatives: 1, unknown: 1 },
        V: { positives: 1, negatives: 0, unknown: 2 },
      },
      languages: { de: 1, en: 2 },
    });
  });
});

describe('id of a data set', () => {
  const identity = {
    labelsUntil: 17,
    policyId: 'default',
    policyVersion: 2,
    rule: 'two-coin/1',
    recipeId: 'r-0123456789abcdef',
    saltId: saltIdOf('salt'),
    digest: 'd'.repeat(64),
  };

  it('is a hash of cut, policy, rule, recipe, salt and digest', () => {
    const id = datasetIdOf(identity);
    expect(id).toMatch(/^ds-[0-9a-f]{16}$/);
    const others = [
      { labelsUntil: 18 },
      { policyId: 'other' },
      { policyVersion: 3 },
      { rule: 'majority' },
      { recipeId: 'r-1' },
      { saltId: saltIdOf('other') },
      { digest: 'e'.repeat(64) },
      { labelsUntil: null },
    ].map((change) => datasetIdOf({ ...identity, ...change }));
    expect(new Set([id, ...others]).size).toBe(9);
  });

  it('does not give the salt away', () => {
    expect(saltIdOf('salt')).toMatch(/^[0-9a-f]{16}$/);
    expect(saltIdOf('salt')).not.toContain('salt');
  });
});
