import { comparisonOf, gateInputOf, overrideOf, sliceOf, verdictsOf } from '../gate.fixture.js';
import { gateTables } from '../gate-tables.js';
import { judgeGate } from '../judge-gate.js';
import { replayVerdicts } from '../verdict-diff.js';
import { renderGate } from './gate-page.js';

const before = verdictsOf(1200).map((one, i) => ({ ...one, key: `harbour/<b>${i}/1`, platform: 'a<b' }));
const after = verdictsOf(1200, 3).map((one, i) => ({ ...one, key: `harbour/<b>${i}/1`, platform: 'a<b' }));
const diff = replayVerdicts(before, after);
const input = gateInputOf({
  replay: { replayId: 're-1', diff },
  gold: comparisonOf({ slices: [sliceOf('d<e', { recall: -0.2, pValue: 0.001 })] }),
});
const overrides = [overrideOf({ reason: '<i>known</i>' }), overrideOf({ reason: '' })];
const reports = {
  rejection: judgeGate(input),
  override: judgeGate({ ...gateInputOf({ gold: input.gold }), overrides }),
  pass: judgeGate(gateInputOf()),
  'decision without evidence': judgeGate(
    gateInputOf({ gold: null, audit: null, replay: null, serving: null, datasetId: null, trainingSeed: null }),
  ),
};

describe.each(Object.entries(reports))('the page of a %s', (name, report) => {
  const page = renderGate(report, name === 'rejection' ? diff : null);

  it('takes nothing from elsewhere and runs no script', () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\son[a-z]+=/u);
    expect(page.match(/https?:/gu)).toBeNull();
  });

  it('escapes what others named', () => {
    expect(page).not.toMatch(/d<e|<b>\d|a<b|<i>/u);
  });

  it('leads to every section from its table of contents', () => {
    const links = [...page.matchAll(/<li><a href="#([a-z-]+)"/gu)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(10);
    for (const id of links) expect(page).toContain(`id="${id ?? ''}"`);
    const ids = [...page.matchAll(/\sid="([^"]+)"/gu)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names every table, closes every element and shows no NaN', () => {
    expect(page.match(/<table>\n<caption>[^<]+<\/caption>/gu)).toHaveLength(page.match(/<table>/gu)?.length ?? 0);
    const open: string[] = [];
    for (const [, slash, element = '', self] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/gu)) {
      if (self === '/' || ['meta', 'html', 'body', 'br'].includes(element)) continue;
      if (slash === '/') expect(open.pop()).toBe(element);
      else open.push(element);
    }
    expect(open).toEqual([]);
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });
});

describe('the words at the top', () => {
  it('say that it is rejected, and why', () => {
    const page = renderGate(reports.rejection, diff);
    expect(page).toContain('The gate stays shut');
    expect(page).toContain('Slices, recall of H, language: d&#60;e (gold)');
  });

  it('say whose word opened it, and what became of a word without a reason', () => {
    const page = renderGate(reports.override);
    expect(page).toContain('Opened by hand');
    expect(page).toContain('operator overrides 1 figure until 2026-11-27');
    expect(page).toContain('it gives no reason');
  });

  it('say that all holds', () => {
    expect(renderGate(reports.pass)).toContain('The gate is open');
  });
});

describe('the tables for a terminal', () => {
  it('have a line for every check, and one for every figure that keeps the gate shut', () => {
    const [whole, shut] = gateTables(reports.rejection);
    expect(whole?.rows).toHaveLength(10);
    expect(whole?.rows.find(([check]) => check === 'slices')?.slice(0, 6)).toEqual([
      'slices',
      'FAILS',
      '8',
      '5',
      '1',
      'recall, H, language: d<e',
    ]);
    expect(shut?.rows).toHaveLength(reports.rejection.checks.filter(({ blocks }) => blocks).length);
    for (const { headings, rows } of gateTables(reports.rejection)) {
      for (const row of rows) expect(row).toHaveLength(headings.length);
    }
  });

  it('are short when all holds', () => {
    expect(gateTables(reports.pass).map(({ title }) => title)).toEqual(['Gate of m-new for public: passed']);
  });
});
