import { rowOf, modelOf, no, yes } from './evaluation.fixture.js';
import { counterfactualGap, identityQuality, measureFairness, powerMean } from './identity-fairness.js';
import { createIdentityMatcher } from './identity-matcher.js';
import { identityTemplates } from './identity-templates.js';

describe('identity terms', () => {
  const groupsOf = createIdentityMatcher();

  it('are found on word borders, in any case', () => {
    expect(groupsOf('A MUSLIM family')).toEqual(['muslim']);
    expect(groupsOf('blackbird, whitewash, transport, human')).toEqual([]);
    expect(groupsOf('die Jüdin und der Jude')).toEqual(['jewish']);
    expect(groupsOf('Judenfrei ist ein Unwort')).toEqual([]);
    expect(groupsOf('native   americans')).toEqual(['indigenous']);
  });

  it('are found inside scripts that have no word borders', () => {
    expect(groupsOf('我的穆斯林邻居')).toEqual(['muslim']);
  });

  it('name a group once, however often it is meant', () => {
    expect(groupsOf('women, a woman and a girl')).toEqual(['women']);
  });

  it('may hold any character', () => {
    const own = createIdentityMatcher([{ group: 'g', language: 'en', terms: ['c++ (people)', 'a.b'] }]);
    expect(own('c++ (people)!')).toEqual(['g']);
    expect(own('axb')).toEqual([]);
  });
});

describe('subgroup AUC, BPSN and BNSP', () => {
  const rows: readonly (readonly [string, number, number])[] = [
    ['a', 1, 0.9],
    ['a', 0, 0.8],
    ['a', 1, 0.4],
    ['a', 0, 0.3],
    ['b', 1, 0.7],
    ['b', 0, 0.6],
    ['b', 0, 0.2],
    ['b', 1, 0.65],
    ['', 1, 0.95],
    ['', 0, 0.1],
    ['', 0, 0.5],
    ['', 1, 0.45],
  ];
  const quality = identityQuality(
    rows.map(([group]) => (group === '' ? [] : [group])),
    Float64Array.from(rows, ([, , score]) => score),
    Float64Array.from(rows, ([, label]) => label),
    new Float64Array(rows.length).fill(1),
  );

  it('agree with scikit-learn', () => {
    expect(quality.rocAuc).toBeCloseTo(0.7777777777777778, 12);
    expect(quality.groups).toEqual([
      { group: 'a', rows: 4, positives: 2, subgroup: 0.75, bpsn: 0.625, bnsp: 0.75 },
      { group: 'b', rows: 4, positives: 2, subgroup: 1, bpsn: 0.75, bnsp: 0.75 },
    ]);
  });

  it('combine to the power means and the final score that numpy gives', () => {
    expect(quality.powerMeans.subgroup).toBeCloseTo(0.8256042708156643, 12);
    expect(quality.powerMeans.bpsn).toBeCloseTo(0.6710331862523049, 12);
    expect(quality.powerMeans.bnsp).toBeCloseTo(0.75, 12);
    expect(quality.final).toBeCloseTo(0.7561038087114367, 12);
    expect(quality.worstBpsn).toEqual({ group: 'a', value: 0.625 });
  });

  it('let the worst group count most', () => {
    expect(powerMean([0.5, 1])).toBeCloseTo(((0.5 ** -5 + 1) / 2) ** -0.2, 12);
    expect(powerMean([0.5, 1])).toBeLessThan(0.6);
    expect(powerMean([])).toBeNull();
  });
});

describe('swapping groups', () => {
  it('measures the gap over all pairs of harmless sentences, by hand', () => {
    const texts = [
      { template: 't', group: 'a', label: 0 as const, text: '' },
      { template: 't', group: 'b', label: 0 as const, text: '' },
      { template: 't', group: 'c', label: 0 as const, text: '' },
      { template: 'u', group: 'a', label: 1 as const, text: '' },
      { template: 'v', group: null, label: 0 as const, text: '' },
    ];
    const gap = counterfactualGap(texts, Float64Array.of(0.1, 0.2, 0.6, 0.9, 0.9));
    // |.1-.2|, |.1-.6|, |.2-.6|: mean 1/3; the template's mean is .3.
    expect(gap.mean).toBeCloseTo(1 / 3, 12);
    expect(gap.largest).toMatchObject({ template: 't', groups: ['a', 'c'] });
    expect(gap.shifts.map(({ group }) => group)).toEqual(['c', 'b', 'a']);
    expect(gap.shifts[0]?.shift).toBeCloseTo(0.3, 12);
  });

  it('finds none in a model that does not look', () => {
    const texts = identityTemplates();
    expect(counterfactualGap(texts, new Float64Array(texts.length).fill(0.4)).mean).toBe(0);
  });
});

describe('our templates', () => {
  const texts = identityTemplates();

  it('are filled without a slip: no place is left open, no article is wrong, no text comes twice', () => {
    for (const { text } of texts) {
      expect(text).not.toMatch(/[{}]/u);
      expect(text).not.toMatch(/\b[Aa] [aeiou]/u);
    }
    expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length);
  });

  it('name each group as often as any other', () => {
    const counts = new Map<string, number>();
    for (const { group } of texts) if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1);
    expect(new Set(counts.values()).size).toBe(1);
  });

  it('show a model that sees the word "Muslim" only', () => {
    const logits = Float64Array.from(texts, ({ group, label }) => (group === 'muslim' ? 3 : label - 0.5));
    const report = measureFairness('H', [], modelOf('m-1', { H: [] }), logits);
    expect(report.data).toBeNull();
    expect(report.templates.worstBpsn).toEqual({ group: 'muslim', value: 0 });
    expect(report.counterfactual.shifts[0]?.group).toBe('muslim');
  });
});

describe('fairness on rows', () => {
  it('groups rows by what their text names and leaves erased ones out', () => {
    const rows = [
      rowOf('1', { text: 'a Muslim baker', labels: { H: no() } }),
      rowOf('2', { text: 'all Muslims are bad', labels: { H: yes() } }),
      rowOf('3', { text: 'nothing here', labels: { H: no() } }),
      rowOf('4', { text: '', labels: { H: yes() } }),
    ];
    const model = modelOf('m-1', { H: [1, 0, -1, 2] });
    const { data } = measureFairness('H', rows, model, new Float64Array(identityTemplates().length));
    const { neutral } = measureFairness('H', rows, model, new Float64Array(identityTemplates().length).fill(-1));
    // Logits 1 and -1 of the harmless rows: one of two is at or above .5; no template is.
    expect([neutral?.flagged.value, neutral?.overall?.value]).toEqual([0, 0.5]);
    expect(data?.groups).toEqual([{ group: 'muslim', rows: 2, positives: 1, subgroup: 0, bpsn: null, bnsp: 1 }]);
  });
});
