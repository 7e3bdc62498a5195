import { featuriseTexts } from './featurise-texts.js';
import { pickForTraining, trainOnlyPicks } from './pick-for-training.js';
import { makePlan } from './make-plan.js';
import { planSettings } from './sampling-plan.fixture.js';
import type { CandidateRow } from './sampling-database.js';

const plan = makePlan({ from: 0, to: 1, buckets: [] }, planSettings());
const [stratum] = plan.strata;
const WINDOW = { from: 0, to: 60_000 };

function candidates(texts: readonly string[], probability = 0.4): readonly CandidateRow[] {
  return texts.map((text, n) => ({
    platform: 'demo',
    content_id: `c-${n}`,
    revision: 1,
    kind: 'COMMENT',
    language: 'en',
    duplicate_key: '0'.repeat(16),
    conversation_hash: null,
    uncertainty: 1 - n / 100,
    probabilities: { H: probability },
    text,
  }));
}

function pick(rows: readonly CandidateRow[], size: number): readonly string[] {
  const features = featuriseTexts(rows.map(({ text }) => text));
  return pickForTraining(WINDOW, plan, rows, features, size).map(({ contentId }) => contentId);
}

it('never picks the same text twice while others are there', () => {
  const rows = candidates([
    'spam spam spam',
    'spam spam spam',
    'spam spam spam',
    'the ferry left early',
    'a bridge of iron',
  ]);
  const picked = new Set(pick(rows, 3));
  expect(picked.size).toBe(3);
  expect(picked).toContain('c-3');
  expect(picked).toContain('c-4');
});

it('picks by distance where no category has a gradient', () => {
  const rows = candidates(['one ferry', 'one ferry', 'a bridge of iron'], 0);
  expect([...pick(rows, 2)].sort()).toEqual(['c-0', 'c-2']);
});

it('leaves out what has no text, and looks at the five most uncertain for each pick only', () => {
  const rows = candidates(['', 'a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'completely different words']);
  expect(pick(rows, 1).every((id) => !['c-0', 'c-6', 'c-7'].includes(id))).toBe(true);
});

it('brings as many picks as the budget says in the long run, also when a window brings less than one', () => {
  if (stratum === undefined) throw new Error('no stratum');
  const small = { ...stratum, trainOnlyBudget: 0.3 };
  const counts = Array.from({ length: 2000 }, (_, n) =>
    trainOnlyPicks({ from: n * 60_000, to: (n + 1) * 60_000 }, plan, small),
  );
  expect(new Set(counts)).toEqual(new Set([0, 1]));
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  // Four standard errors of a share of .3 in 2,000.
  expect(Math.abs(mean - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 2000));
});
