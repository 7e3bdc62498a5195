import fc from 'fast-check';
import { hashKey, seededUniform } from '../training/seeded-uniform.js';
import { calibrationQuality } from './calibration-quality.js';
import { findContamination } from './contamination.js';
import { evaluateHeldOut } from './evaluate-categories.js';
import { evaluateDataset } from './evaluate-dataset.js';
import { modelOf, no, rowOf, sample, yes } from './evaluation.fixture.js';
import { holmAdjusted } from './holm.js';
import { emptyCount, count, twoProportionP } from './intervals.js';
import { rankedQuality, rankRows, sliceOf, visitDraws } from './ranked-rows.js';
import { rankingQuality } from './ranking.js';
import { sliceValues, slicesOf } from './slices.js';

const few = { draws: 60, seed: 1 };

function ranked(scores: readonly number[], labels: readonly number[], weights?: readonly number[]) {
  return rankRows(
    Float64Array.from(scores),
    Float64Array.from(labels),
    Float64Array.from(weights ?? scores.map(() => 1)),
  );
}

describe('ranked rows', () => {
  it('reproduce the goldens of evaluation 4.1, with and without weights', () => {
    const scores = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    const labels = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0];
    const { averagePrecision, rocAuc } = rankedQuality(ranked(scores, labels));
    expect(averagePrecision).toBeCloseTo(0.747024, 6);
    expect(rocAuc).toBeCloseTo(0.791667, 6);
    const weighted = ranked(scores, labels, [1, 2, 1, 1, 1, 1, 3, 1, 1, 1]);
    expect(rankedQuality(weighted).averagePrecision).toBeCloseTo(0.65, 12);
    expect(rankedQuality(ranked([0.9, 0.8, 0.4, 0.3], [1, 0, 1, 0])).averagePrecision).toBeCloseTo(0.8333, 4);
  });

  it('agree with scikit-learn on weighted rows', () => {
    const scores = [0.9, 0.8, 0.4, 0.3, 0.7, 0.6, 0.2, 0.65, 0.95, 0.1, 0.5, 0.45];
    const labels = [1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1];
    const { averagePrecision, rocAuc } = rankedQuality(ranked(scores, labels, [1, 3, 1, 2, 1, 1, 5, 1, 1, 1, 2, 1]));
    expect(averagePrecision).toBeCloseTo(0.6709956709956709, 12);
    expect(rocAuc).toBeCloseTo(0.7857142857142857, 12);
  });

  it('are what the plain function finds, for any scores, labels, ties and unknowns', () => {
    const row = fc.tuple(
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, 1, Number.NaN),
      fc.integer({ min: 0, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const known = rows.filter(([, label]) => !Number.isNaN(label));
        const plain = rankingQuality(
          { scores: Float64Array.from(known, ([s]) => s), labels: Uint8Array.from(known, ([, label]) => label) },
          undefined,
          Float64Array.from(known, ([, , weight]) => weight),
        );
        const own = ranked(
          rows.map(([s]) => s),
          rows.map(([, label]) => label),
          rows.map(([, , weight]) => weight),
        );
        expect(rankedQuality(own)).toEqual(plain);
      }),
    );
  });

  it('of a slice are ranked as if nothing else were there', () => {
    const all = ranked([5, 4, 4, 3, 2, 1], [1, 0, 1, 1, 0, 1]);
    expect(rankedQuality(sliceOf(all, Uint8Array.of(1, 0, 1, 0, 1, 1)))).toEqual(
      rankedQuality(ranked([5, 4, 2, 1], [1, 1, 0, 1])),
    );
  });

  it('draw one weight for all rows of a near-duplicate group', () => {
    const groups = Uint32Array.of(hashKey('a'), hashKey('b'), hashKey('a'));
    const seen: number[][] = [];
    visitDraws(groups, { draws: 50, seed: 3 }, (drawn) => seen.push([...drawn]));
    expect(seen).toHaveLength(50);
    expect(seen.every(([first, , third]) => first === third)).toBe(true);
    expect(seen.some(([first, second]) => first !== second)).toBe(true);
  });
});

describe('calibration quality', () => {
  const p = [0.05, 0.1, 0.15, 0.2, 0.3, 0.35, 0.4, 0.45, 0.55, 0.6, 0.65, 0.7, 0.8, 0.85, 0.9, 0.95];
  const labels = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1];
  const weights = [1, 2, 1, 1, 1, 1, 3, 1, 1, 1, 1, 2, 1, 1, 1, 1];
  const rows = ranked(p, labels, weights);
  const groups = Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 14]);
  const quality = calibrationQuality(rows, rows.scores, groups);

  it('agrees with numpy on slope, intercept and their clustered sandwich intervals', () => {
    expect(quality.slope.value).toBeCloseTo(0.9105409, 5);
    expect(quality.slope.low).toBeCloseTo(0.02885997, 4);
    expect(quality.slope.high).toBeCloseTo(1.79222182, 4);
    expect(quality.intercept.value).toBeCloseTo(-0.17121296, 5);
    expect(quality.intercept.low).toBeCloseTo(-1.42818672, 4);
    expect(quality.intercept.high).toBeCloseTo(1.08576081, 4);
  });

  it('agrees with numpy on Brier score, log loss and the error over 15 bins of equal width', () => {
    expect(quality.brier).toBeCloseTo(0.186, 12);
    expect(quality.logLoss).toBeCloseTo(0.5405068816720948, 12);
    expect(quality.ece).toBeCloseTo(0.305, 12);
  });

  it('never finds a reliability part above the Brier score', () => {
    expect(quality.brierReliability).toBeLessThanOrEqual(quality.brier ?? 0);
  });

  it('counts every row once in its histogram', () => {
    const { positives, negatives } = quality.histogram;
    expect([...positives, ...negatives].reduce((sum, n) => sum + n, 0)).toBe(16);
    expect(positives.reduce((sum, n) => sum + n, 0)).toBe(9);
  });

  it('finds the line where logits crowd together far from 1 and 0, on which bounded steps swing for ever', () => {
    // Logits about -3.9 with spread .05, a true rate of 16 %: the line is steep or flat, and its mean must be right.
    const scores = Array.from({ length: 400 }, (_, i) => 0.02 + 0.002 * seededUniform(4, 1, i));
    const own = ranked(
      scores,
      scores.map((_, i) => (seededUniform(4, 2, i) < 0.16 ? 1 : 0)),
    );
    const found = calibrationQuality(own, own.scores, Uint32Array.from(own.rows));
    const slope = found.slope.value ?? Number.NaN;
    const intercept = found.intercept.value ?? Number.NaN;
    const said = own.scores.reduce((sum, p) => sum + 1 / (1 + Math.exp(-slope * Math.log(p / (1 - p)) - intercept)), 0);
    expect(said).toBeCloseTo(own.positives, 3);
  });

  it('gives no line where only one label is known', () => {
    const one = ranked([0.2, 0.4], [0, 0]);
    expect(calibrationQuality(one, one.scores, Uint32Array.of(1, 2)).slope.value).toBeNull();
  });
});

describe('tests over slices', () => {
  it('adjusts p values as Holm did', () => {
    const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
    for (const [i, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(p, 12);
  });

  it('agrees with the textbook two-proportion test', () => {
    const one = emptyCount();
    const other = emptyCount();
    for (let i = 0; i < 100; i += 1) count(one, i < 45, 1);
    for (let i = 0; i < 120; i += 1) count(other, i < 36, 1);
    // z = .15 / sqrt(.368182 * .631818 * (1/100 + 1/120)) = 2.2970
    expect(twoProportionP(one, other)).toBeCloseTo(0.021617, 4);
  });
});

describe('slices', () => {
  it('are read off the text and what stands beside it', () => {
    expect(sliceValues(rowOf('a', { text: 'The Jewish bakery 🥐 opens' }))).toEqual({
      language: 'en',
      platform: 'harbour',
      kind: 'POST',
      length: '1–5 tokens',
      emoji: 'has emoji',
      identity: 'names an identity',
      obfuscated: 'plain',
    });
    expect(sliceValues(rowOf('b', { text: 'you are an 1d10t and a l0ser, go away please now' })).obfuscated).toBe(
      'disguised',
    );
    expect(sliceValues(rowOf('c', { text: '', language: 'de' }))).toEqual({
      language: 'de',
      platform: 'harbour',
      kind: 'POST',
    });
  });

  it('count characters where a script has no spaces', () => {
    expect(sliceValues(rowOf('a', { text: '今天天气很好我们去' })).length).toBe('6–20 tokens');
    expect(sliceValues(rowOf('b', { text: 'Wir gehen heute' })).length).toBe('1–5 tokens');
  });

  it('part the rows: every row is in one slice of each kind', () => {
    const { rows } = sample(30, 1);
    const byKind = new Map<string, number>();
    for (const slice of slicesOf(rows)) byKind.set(slice.by, (byKind.get(slice.by) ?? 0) + slice.rows);
    expect([...byKind.values()]).toEqual(Array.from({ length: 7 }, () => 30));
  });
});

describe('the evaluation of a data set', () => {
  const { rows, scored } = sample(300, 5);
  const base = { rows, datasetId: 'ds-1', split: 'test', evaluatedAt: 0, settings: few };

  it('is the same again, and survives JSON', () => {
    const input = { ...base, model: modelOf('m-1', { H: scored(2, 1) }) };
    const report = evaluateDataset(input);
    expect(evaluateDataset(input)).toEqual(report);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('holds the figure inside its interval and prevalence beside it', () => {
    const [h] = evaluateDataset({ ...base, model: modelOf('m-1', { H: scored(2, 1) }) }).categories;
    const { value, low, high, wide } = h?.averagePrecision ?? { value: null, low: null, high: null, wide: true };
    expect(wide).toBe(false);
    expect(low).toBeLessThan(value ?? 0);
    expect(high).toBeGreaterThan(value ?? 1);
    expect(h?.prevalence).toBeCloseTo((h?.positives ?? 0) / 300, 12);
  });

  it('says of categories what a training says of the same rows', () => {
    const own = rows.map((row, i) => ({ ...row, group: String(i % 200) }));
    const model = modelOf('m-1', { H: scored(2, 1) });
    const { categories, macro } = evaluateDataset({ ...base, rows: own, model });
    const heldOut = evaluateHeldOut(
      [
        {
          category: 'H',
          logits: Float64Array.from(scored(2, 1)),
          labels: Float64Array.from(own, ({ labels }) => labels['H']?.value ?? Number.NaN),
        },
      ],
      model,
      own.map((_, i) => i % 200),
      few,
    );
    expect(heldOut).toEqual({ rows: 300, groups: 200, categories, macro });
  });

  it('takes the rows of its split only', () => {
    const mixed = rows.map((row, i) => (i % 3 === 0 ? row : { ...row, split: 'train' as const }));
    const report = evaluateDataset({ ...base, rows: mixed, model: modelOf('m-1', { H: scored(2, 1) }) });
    expect(report.rows.evaluated).toBe(100);
    expect(report.categories[0]?.rows).toBe(100);
  });

  it('weighs a draw by 1/inclusion: a half-drawn row counts as two', () => {
    const weighted = evaluateDataset({
      ...base,
      rows: rows.map((row, i) => ({ ...row, inclusion: i < 100 ? 0.5 : 1 })),
      model: modelOf('m-1', { H: scored(2, 1) }),
    });
    const twice = evaluateDataset({
      ...base,
      rows: [...rows, ...rows.slice(0, 100).map((row) => ({ ...row, key: `${row.key}/again` }))],
      model: modelOf('m-1', { H: [...scored(2, 1), ...scored(2, 1).slice(0, 100)] }),
    });
    expect(weighted.categories[0]?.averagePrecision.value).toBeCloseTo(
      twice.categories[0]?.averagePrecision.value ?? 0,
      12,
    );
    expect(weighted.categories[0]?.prevalence).toBeCloseTo(twice.categories[0]?.prevalence ?? 0, 12);
    expect(weighted.categories[0]?.calibration.brier).toBeCloseTo(twice.categories[0]?.calibration.brier ?? 0, 12);
    expect(weighted.categories[0]?.review?.recall.value).toBeCloseTo(
      twice.categories[0]?.review?.recall.value ?? 0,
      12,
    );
  });

  it('leaves rows without a probability out of an estimate for drawn rows', () => {
    const mixed = rows.map((row, i) => ({ ...row, inclusion: i < 120 ? 0.1 : null }));
    const model = modelOf('m-1', { H: scored(2, 1) });
    expect(evaluateDataset({ ...base, rows: mixed, model, population: 'drawn' }).rows.evaluated).toBe(120);
    const all = evaluateDataset({ ...base, rows: mixed, model });
    expect(all.notes.map(({ code }) => code)).toContain('MIXED_ORIGINS');
  });

  it('leaves out rows whose text was erased, and says how many', () => {
    const model = modelOf('m-1', { H: scored(2, 1) });
    const erased = rows.map((row, i) => (i % 5 === 0 ? { ...row, text: '' } : row));
    const report = evaluateDataset({ ...base, rows: erased, model });
    const there = rows.flatMap((row, i) => (i % 5 === 0 ? [] : { row, logit: scored(2, 1)[i] ?? 0 }));
    const without = evaluateDataset({
      ...base,
      rows: there.map(({ row }) => row),
      model: modelOf('m-1', { H: there.map(({ logit }) => logit) }),
    });
    expect(report.rows).toEqual({ ...without.rows, withoutText: 60 });
    expect([report.categories, report.slices]).toEqual([without.categories, without.slices]);
    expect(report.notes.find(({ code }) => code === 'TEXT_GONE')?.text).toContain('60 more rows');
    // Of its own split alone.
    const split = erased.map((row, i) => (i < 100 ? row : { ...row, split: 'train' as const }));
    expect(evaluateDataset({ ...base, rows: split, model }).rows).toMatchObject({ evaluated: 80, withoutText: 20 });
  });

  it('is of no row at all where every text was erased', () => {
    const report = evaluateDataset({
      ...base,
      rows: rows.map((row) => ({ ...row, text: '' })),
      model: modelOf('m-1', { H: scored(2, 1) }),
    });
    expect(report.rows).toEqual({ evaluated: 0, groups: 0, weighted: 0, withoutText: 300 });
    expect(report.macro).toMatchObject({ categories: [], averagePrecision: { value: null } });
    expect(JSON.stringify(report)).not.toContain('NaN');
  });

  it('masks unknown labels, and marks few positives as wide', () => {
    const own = rows.map((row, i) => (i < 40 ? row : { ...row, labels: {} }));
    const report = evaluateDataset({ ...base, rows: own, model: modelOf('m-1', { H: scored(2, 1) }) });
    expect(report.categories[0]?.rows).toBe(40);
    expect(report.categories[0]?.averagePrecision.wide).toBe(true);
    expect(report.notes.map(({ code }) => code)).toContain('FEW_POSITIVES');
  });

  it('derives ANY from what is known and keeps it out of the macro mean', () => {
    const own = [rowOf('a', { labels: { H: yes() } }), rowOf('b', { labels: { H: no() } }), rowOf('c')];
    const report = evaluateDataset({ ...base, rows: own, model: modelOf('m-1', { H: [1, 0, 0], ANY: [1, 0, 0] }) });
    expect(report.categories.map(({ category, rows: n, positives }) => [category, n, positives])).toEqual([
      ['H', 2, 1],
      ['ANY', 2, 1],
    ]);
    expect(report.macro.categories).toEqual(['H']);
  });

  it('finds the slice in which the model is blind, and accuses no other', () => {
    const many = sample(900, 8);
    const blind = many.rows.map((row, i) => (i % 3 === 0 ? { ...row, language: 'de' } : row));
    const logits = many.scored(4, 1).map((logit, i) => (i % 3 === 0 ? -3 + seededUniform(1, 2, i) : logit));
    const report = evaluateDataset({ ...base, rows: blind, model: modelOf('m-1', { H: logits }) });
    const weaker = report.slices.filter(({ finding }) => finding === 'WEAKER');
    expect(weaker.map(({ by, value }) => [by, value])).toEqual([['language', 'de']]);
  });

  it('reports a slice with fewer than 30 positives without judging it', () => {
    const own = rows.map((row, i) => (i < 30 ? { ...row, platform: 'lantern' } : row));
    const report = evaluateDataset({ ...base, rows: own, model: modelOf('m-1', { H: scored(2, 1) }) });
    const slice = report.slices.find(({ value }) => value === 'lantern');
    expect(slice?.finding).toBe('TOO_FEW');
    expect(slice?.recall?.pValue).toBeNull();
    expect(slice?.averagePrecision.value).not.toBeNull();
  });

  it('says nothing of categories without a positive, rather than NaN', () => {
    const report = evaluateDataset({
      ...base,
      rows: [rowOf('a', { labels: { V: no() } })],
      model: modelOf('m-1', { V: [0] }),
    });
    expect(report.categories[0]?.averagePrecision).toEqual({ value: null, low: null, high: null, wide: true });
    expect(report.macro.averagePrecision.value).toBeNull();
    expect(report.notes.map(({ code }) => code)).toContain('NO_POSITIVES');
    expect(JSON.stringify(report)).not.toContain('NaN');
  });

  it('draws a curve whose steps add up to the average precision', () => {
    const [h] = evaluateDataset({ ...base, model: modelOf('m-1', { H: scored(2, 1) }) }).categories;
    let area = 0;
    let before = 0;
    for (const { precision, recall } of h?.curve ?? []) {
      area += (recall - before) * precision;
      before = recall;
    }
    expect(area).toBeCloseTo(h?.averagePrecision.value ?? 0, 12);
  });

  it('never repeats a text', () => {
    const own = rows.map((row) => ({ ...row, text: 'zugzwang' }));
    expect(
      JSON.stringify(evaluateDataset({ ...base, rows: own, model: modelOf('m-1', { H: scored(2, 1) }) })),
    ).not.toContain('zugzwang');
  });
});

describe('contamination', () => {
  const sentence = 'the ferry to the old island leaves at nine every morning except on sundays and holidays';

  it('names near-copies and what they are copies of', () => {
    const training = [
      { key: 't/1/1', text: 'nothing to do with it' },
      { key: 't/2/1', text: `${sentence}!` },
    ];
    const report = findContamination(
      [
        { key: 'e/1/1', text: sentence },
        { key: 'e/2/1', text: 'quite another sentence about a bridge and a river' },
        { key: 'e/3/1', text: '' },
      ],
      training,
    );
    expect(report).toEqual({ checked: 2, against: 2, hits: [{ key: 'e/1/1', copyOf: 't/2/1' }] });
  });

  it('finds every exact copy', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 }), (texts) => {
        const keyed = texts.map((text, i) => ({ key: String(i), text }));
        expect(findContamination(keyed, keyed).hits).toHaveLength(texts.length);
      }),
    );
  });

  it('is told in the notes of the report', () => {
    const { rows, scored } = sample(60, 2);
    const report = evaluateDataset({
      rows,
      model: modelOf('m-1', { H: scored(2, 1) }),
      datasetId: 'ds-1',
      split: 'test',
      evaluatedAt: 0,
      settings: few,
      contamination: { checked: 60, against: 5, hits: [{ key: 'a', copyOf: 'b' }] },
    });
    expect(report.notes.map(({ code }) => code)).toContain('CONTAMINATED');
  });
});
