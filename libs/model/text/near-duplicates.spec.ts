import { jaccard, shingles } from './min-hash.js';
import { fingerprint } from './fingerprint.js';
import { groupNearDuplicates } from './near-duplicates.js';

const base =
  'The council met on Tuesday evening to discuss the new bicycle lanes along the harbour road and heard from thirty residents';

describe('groups of near-duplicates', () => {
  it('put copies and near copies under the first member, and leave others alone', () => {
    const texts = [
      'Something else entirely, about bread and how long it should rest before it is baked',
      base,
      `${base.toUpperCase()}  `,
      `${base} today`,
      'Short note',
      'short  NOTE',
    ];
    expect([...groupNearDuplicates(texts)]).toEqual([0, 1, 1, 1, 4, 4]);
  });

  it('are transitive: two far texts meet over one between them', () => {
    const words = base.split(' ');
    const chain = Array.from({ length: 6 }, (_, i) =>
      [...words.slice(0, words.length - i), ...Array.from({ length: i }, (__, k) => `extra${'abcdef'.charAt(k)}`)].join(
        ' ',
      ),
    );
    const ends = jaccard(shingles(fingerprint(chain[0] ?? '')), shingles(fingerprint(chain[5] ?? '')));
    expect(ends).toBeLessThan(0.8);
    expect(new Set(groupNearDuplicates(chain)).size).toBe(1);
  });

  it('keep apart what is only somewhat alike', () => {
    const half = `${base.slice(0, 60)} and then everybody went home early because the heating had failed again`;
    expect([...groupNearDuplicates([base, half])]).toEqual([0, 1]);
  });

  it('take empty texts and no texts', () => {
    expect([...groupNearDuplicates(['', ' ', 'a'])]).toEqual([0, 0, 2]);
    expect(groupNearDuplicates([])).toHaveLength(0);
  });
});
