import { aRow } from './dataset-row.fixture.js';
import type { DatasetRow } from './dataset-row.js';
import { suspectLabels } from './suspect-labels.js';
import { seededUniform } from '../training/seeded-uniform.js';

const nice = ['bread', 'garden', 'river', 'music', 'summer', 'cousin', 'bicycle', 'kitchen'];
const nasty = ['filth', 'vermin', 'scum', 'parasite', 'disgrace', 'plague', 'trash', 'swine'];

/** Texts that a word tells apart; about every twentieth has the wrong label. */
function rows(count: number): { readonly rows: DatasetRow[]; readonly wrong: ReadonlySet<string> } {
  const wrong = new Set<string>();
  const made = Array.from({ length: count }, (_, i) => {
    const pick = (draw: number, words: readonly string[]): string =>
      words[Math.floor(8 * seededUniform(1, draw, i))] ?? '';
    const isNasty = seededUniform(2, 0, i) < 0.4;
    const isWrong = seededUniform(3, 0, i) < 0.05;
    const key = `forum/p${i}/1`;
    if (isWrong) wrong.add(key);
    return aRow({
      key,
      group: key,
      text: `${pick(1, nice)} ${pick(2, isNasty ? nasty : nice)} ${pick(3, nice)} ${pick(4, isNasty ? nasty : nice)}`,
      labels: { H: { value: isNasty === isWrong ? 0 : 1, weight: 1 } },
    });
  });
  return { rows: made, wrong };
}

describe('labels that look wrong', () => {
  it('are mostly those that are, and the first ones all are', async () => {
    const { rows: given, wrong } = rows(400);
    const { checked, flagged, suspected } = await suspectLabels(given);
    expect(checked).toBe(400);
    expect(flagged).toBe(suspected.length);
    const hits = suspected.filter(({ key }) => wrong.has(key)).length;
    expect(hits / wrong.size).toBeGreaterThan(0.5);
    expect(hits / flagged).toBeGreaterThan(0.8);
    expect(suspected.slice(0, 10).every(({ key }) => wrong.has(key))).toBe(true);
    expect(suspected[0]?.flags[0]?.category).toBe('H');
  });

  it('are the same ones each time', async () => {
    const { rows: given } = rows(200);
    expect(await suspectLabels(given)).toEqual(await suspectLabels(given));
  });

  it('are looked for in so many rows as are asked for, and nowhere without labels enough, text or weight', async () => {
    const { rows: given } = rows(400);
    const { checked } = await suspectLabels(given, { mostRows: 200 });
    expect(checked).toBe(200);
    const none = { checked: 0, flagged: 0, suspected: [] };
    expect(await suspectLabels(given.slice(0, 40))).toEqual(none);
    expect(await suspectLabels(given.map((row) => ({ ...row, text: '' })))).toEqual(none);
    expect(await suspectLabels(given.map((row) => ({ ...row, labels: { H: { value: 1, weight: 0 } } })))).toEqual(none);
    expect(await suspectLabels([])).toEqual(none);
  });

  it('can be stopped between its parts', async () => {
    const { rows: given } = rows(200);
    const steps: string[] = [];
    const turn = (step: string): void => {
      steps.push(step);
      if (steps.length > 2) throw new Error('stopped');
    };
    await expect(suspectLabels(given, { turn })).rejects.toThrow('stopped');
    expect(steps).toEqual(['features', 'judges H', 'judges H']);
  });
});
