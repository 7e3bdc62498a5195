import { compareModels } from '../compare-models.js';
import { evaluateHeldOut } from '../evaluate-categories.js';
import { evaluateDataset } from '../evaluate-dataset.js';
import { modelOf, sample } from '../evaluation.fixture.js';
import { measureFairness } from '../identity-fairness.js';
import { identityTemplates } from '../identity-templates.js';
import { parseSuite } from '../parse-suite.js';
import { runSuites } from '../run-suites.js';
import { renderComparison } from './comparison-page.js';
import { renderEvaluation } from './evaluation-page.js';
import { renderHeldOut } from './held-out-page.js';

const { rows: made, scored } = sample(240, 7);
const rows = made.map((row, i) => ({
  ...row,
  key: `harbour/<b>${i}/1`,
  text: `zugzwang ${i} women`,
  language: i % 2 === 0 ? 'en' : 'd<e',
  inclusion: 0.5,
}));
const settings = { draws: 30, seed: 1 };
const base = { rows, datasetId: 'ds-1', split: 'test', evaluatedAt: 0, settings };

function measured(modelId: string, skill: number) {
  const model = modelOf(modelId, { H: scored(skill, 1) });
  const cases = parseSuite(
    JSON.stringify({ suite: 's', functionality: 'a<b', id: '1', text: 'words', expect: { H: 0 } }),
    'x',
  );
  const beside = {
    suites: runSuites(cases, modelOf(modelId, { H: [skill - 1] })),
    fairness: measureFairness('H', rows, model, new Float64Array(identityTemplates().length)),
    contamination: { checked: 240, against: 9, hits: [{ key: 'harbour/<i>/1', copyOf: 'x/1/1' }] },
  };
  return { model, beside };
}

const before = measured('m-old', 2.5);
const after = measured('m-new', 0.5);
const pages = {
  evaluation: renderEvaluation(evaluateDataset({ ...base, ...before.beside, model: before.model })),
  comparison: renderComparison(
    compareModels({
      ...base,
      champion: before.model,
      challenger: after.model,
      beside: { champion: before.beside, challenger: after.beside },
    }),
  ),
  training: renderHeldOut({
    title: 'Model <b>0',
    subtitle: 'on rows that it has not seen',
    facts: [['recipe', 'a<b']],
    notes: ['Of the provisional thresholds.'],
    report: evaluateHeldOut(
      [
        {
          category: 'H',
          logits: Float64Array.from(scored(2.5, 1)),
          labels: Float64Array.from(rows, ({ labels }) => labels['H']?.value ?? Number.NaN),
        },
      ],
      { calibrators: {}, thresholds: { H: { review: 0.5, block: 0.9 } } },
      rows.map((_, i) => i),
      settings,
    ),
    draws: settings.draws,
    tables: [{ id: 'languages', title: 'Languages', words: '', headings: ['language', 'rows'], rows: [['d<e', '7']] }],
  }),
};

describe.each(Object.entries(pages))('the page of a(n) %s', (_, page) => {
  it('takes nothing from elsewhere and runs no script', () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\son[a-z]+=/u);
    expect(page.match(/https?:/gu)).toBeNull();
    expect(page).toContain("default-src 'none'");
  });

  it('escapes what others named', () => {
    expect(page).not.toMatch(/d<e|<b>\d|a<b|<i>/u);
  });

  it('never repeats a text', () => {
    expect(page).not.toContain('zugzwang');
  });

  it('leads to every section from its table of contents', () => {
    const links = [...page.matchAll(/<li><a href="#([a-z]+)"/gu)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(5);
    for (const id of links) expect(page).toContain(`id="${id ?? ''}"`);
  });

  it('names every plot and table for those who do not see it', () => {
    const plots = page.match(/<svg(?![^>]*(?:aria-hidden|aria-label))/gu);
    expect(plots).toBeNull();
    expect(page.match(/<table>\n<caption>[^<]+<\/caption>/gu)).toHaveLength(page.match(/<table>/gu)?.length ?? 0);
  });

  it('closes every element that it opens, and shows no NaN', () => {
    const open: string[] = [];
    for (const [, slash, name = '', self] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/gu)) {
      if (self === '/' || ['meta', 'html', 'body'].includes(name)) continue;
      if (slash === '/') expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });
});

describe('the words at the top', () => {
  it('say what is worse, and why', () => {
    expect(pages.comparison).toContain('<h2 id="summary">Worse</h2>');
    expect(pages.comparison).toContain('Over all categories it ranks worse');
  });

  it('say what an evaluation found, good and bad', () => {
    expect(pages.evaluation).toContain('has skill');
    expect(pages.evaluation).toContain('near-copies of what it was trained on');
  });
});
