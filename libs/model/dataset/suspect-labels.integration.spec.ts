import { existsSync, readFileSync } from 'node:fs';
import { hashKey, seededUniform } from '../training/seeded-uniform.js';
import { parseTable } from '../training/delimited.js';
import { groupNearDuplicates } from '../text/near-duplicates.js';
import { aRow } from './dataset-row.fixture.js';
import { suspectLabels } from './suspect-labels.js';

const file = '../shared/data/edos/edos_labelled_aggregated.csv';
const isThere = existsSync(file);
if (!isThere) process.stdout.write(`skipped: ${file} is not there, so that no flipped label was looked for\n`);

(isThere ? describe : describe.skip)('flipped labels of EDOS', () => {
  // Half of the posts: the rest is for `npm run bench:datasets`.
  const most = 10_000;
  const share = 0.05;

  it('are found: recall .5, precision four times their share, precision of the first n .4 (labels 2.4)', async () => {
    const posts = parseTable(readFileSync(file, 'utf8'), ['text', 'label_sexist']).slice(0, most);
    const roots = groupNearDuplicates(posts.map((post) => post.get('text')));
    const flipped = new Set<string>();
    const rows = posts.map((post, i) => {
      const key = `edos/${i}/1`;
      const isFlipped = seededUniform(7, 0, hashKey(key)) < share;
      if (isFlipped) flipped.add(key);
      const isSexist = post.get('label_sexist') === 'sexist';
      return aRow({
        key,
        group: String(roots[i]),
        text: post.get('text'),
        labels: { H: { value: isSexist === isFlipped ? 0 : 1, weight: 1 } },
      });
    });
    const { checked, flagged, suspected } = await suspectLabels(rows);
    expect(checked).toBe(most);
    const hits = suspected.filter(({ key }) => flipped.has(key)).length;
    expect(hits / flipped.size).toBeGreaterThanOrEqual(0.5);
    expect(hits / flagged).toBeGreaterThanOrEqual(4 * share);
    const first = suspected.slice(0, flipped.size).filter(({ key }) => flipped.has(key)).length;
    expect(first / flipped.size).toBeGreaterThanOrEqual(0.4);
  });
});
