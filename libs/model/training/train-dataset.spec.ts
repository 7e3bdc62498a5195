import { createHash } from 'node:crypto';
import { readArtefact, linearModelOf } from '../artefact/model-artefact.js';
import type { ModelArtefact } from '../artefact/model-artefact.js';
import { aRow } from '../dataset/dataset-row.fixture.js';
import type { DatasetRow, Split } from '../dataset/dataset-row.js';
import { createFeaturiser } from '../features/featuriser.js';
import { sparseDesign } from './design-matrix.js';
import { featureRows } from './feature-rows.js';
import { fitDataset } from './fit-dataset.js';
import { defaultModelRecipe } from './model-recipe.js';
import type { ModelRecipe } from './model-recipe.js';
import { parentColumns } from './parent-columns.js';
import { seededUniform } from './seeded-uniform.js';
import { trainDataset } from './train-dataset.js';
import type { TrainDatasetInput, TrainedDataset } from './train-dataset.js';

const nouns = ['river', 'table', 'garden', 'train', 'window', 'lamp', 'coat', 'bridge'];
const small = { version: 1, buckets: 1024, wordNgrams: [1, 1], charNgrams: [3, 3], cap: 512, views: ['raw'] } as const;
const recipe: ModelRecipe = {
  ...defaultModelRecipe('small'),
  featuriser: small,
  bootstrapDraws: 20,
  strength: { grid: [4, 1], leastPositives: 10, folds: 2, fits: 100 },
  outOfFold: { folds: 3, foldings: 1, mostRows: 1000 },
};

function splitOf(i: number): Split {
  if (i % 10 === 8) return 'validation';
  return i % 10 === 9 ? 'test' : 'train';
}

/** Texts of which those with "zugzwang" are H and those with "quarrel" are V; every fifth V is unknown. */
function someRows(count: number, prefix = 'r'): DatasetRow[] {
  return Array.from({ length: count }, (_, i) => {
    const h = seededUniform(5, 0, i) < 0.3;
    const v = seededUniform(5, 1, i) < 0.3;
    const words = Array.from({ length: 5 }, (_word, k) => nouns[Math.floor(8 * seededUniform(6, k, i))] ?? '');
    const key = `${prefix}/${String(i).padStart(4, '0')}/1`;
    return aRow({
      key,
      group: key,
      text: `${words.join(' ')} ${h ? 'zugzwang' : 'calm'} ${v ? 'quarrel' : 'peace'}`,
      split: splitOf(i),
      labels: {
        H: { value: h ? 1 : 0, weight: 1 },
        ...(i % 5 === 4 ? {} : { V: { value: v ? 1 : 0, weight: 0.8 } }),
      },
    });
  });
}

const rows = someRows(200);

function train(input: Partial<TrainDatasetInput> = {}): TrainedDataset {
  return trainDataset({ rows, categories: ['H', 'V'], recipe, datasetId: 'ds-1', release: '0.1.0', ...input });
}

function digest({ files }: Pick<TrainedDataset, 'files'>): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of files) hash.update(path).update(bytes);
  return hash.digest('hex');
}

function artefactOf({ files }: Pick<TrainedDataset, 'files'>): ModelArtefact {
  return readArtefact((path) => files.get(path));
}

function column(artefact: ModelArtefact, category: string): { table: Int8Array; scale: number; bias: number } {
  const { categories, table, scales, biases } = linearModelOf(artefact);
  const at = categories.indexOf(category);
  return {
    table: table.filter((_, i) => i % categories.length === at),
    scale: scales[at] ?? NaN,
    bias: biases[at] ?? NaN,
  };
}

describe('training on a data set', () => {
  const trained = train();

  it('gives the same bytes again, whatever the order of the rows', () => {
    expect(digest(train())).toBe(digest(trained));
    expect(digest(train({ rows: [...rows].reverse() }))).toBe(digest(trained));
    expect(digest(train({ categories: ['V', 'H'] }))).toBe(digest(trained));
    const shuffled = rows.map((row, i) => rows[(i * 73) % rows.length] ?? row);
    expect(digest(train({ rows: shuffled }))).toBe(digest(trained));
  });

  it('learns the words that matter and joins them in ANY', () => {
    const { categories } = artefactOf(trained).document;
    expect(categories).toEqual(['H', 'V', 'ANY']);
    for (const { averagePrecision } of trained.assessment.evaluation.categories) {
      expect(averagePrecision.value).toBeGreaterThan(0.9);
    }
  });

  it('keeps no text', () => {
    for (const bytes of trained.files.values()) expect(Buffer.from(bytes).includes('zugzwang')).toBe(false);
  });

  it('is not moved by the labels of held-out rows, except for calibration and choice', () => {
    const one: ModelRecipe = { ...recipe, strength: { ...recipe.strength, grid: [4] } };
    const flipped = rows.map((row): DatasetRow => {
      if (row.split === 'train') return row;
      return { ...row, labels: { H: { value: 0, weight: 1 }, V: { value: 1, weight: 1 } } };
    });
    const before = train({ recipe: one });
    const after = train({ recipe: one, rows: flipped });
    expect(after.files.get('model.onnx')).toEqual(before.files.get('model.onnx'));
    expect(after.modelId).toBe(before.modelId);
  });

  it('is not moved by rows in no split, without a text, or unsure to the last', () => {
    const more = [
      aRow({ key: 'x/1/1', group: 'x/1/1', text: 'zugzwang lamp', split: 'none' }),
      aRow({ key: 'x/2/1', group: 'x/2/1', text: '', split: 'train' }),
    ];
    const other = train({ rows: [...rows, ...more] });
    expect(other.files.get('model.onnx')).toEqual(trained.files.get('model.onnx'));
    expect(other.fitted.set.leftOut).toMatchObject({ erased: 1, quarantined: 1 });
    const unsure = fitDataset({
      rows: rows.map((row) => ({ ...row, labels: { ...row.labels, S: { value: 1, weight: 0 } } })),
      categories: ['H', 'S'],
      recipe: { ...recipe, categories: { ...recipe.categories, any: 'none' } },
    });
    expect(unsure.untrained).toEqual(['S']);
  });

  it('takes one row of a near-duplicate group, the one whose labels say most', () => {
    const [first] = rows;
    if (first === undefined) throw new Error('no rows');
    const copy = {
      ...first,
      key: 'a/0/1',
      labels: { H: { value: first.labels['H']?.value === 1 ? 0 : 1, weight: 0.1 } },
    } as const;
    const other = train({ rows: [...rows, copy] });
    expect(other.files.get('model.onnx')).toEqual(trained.files.get('model.onnx'));
    expect(other.fitted.set.leftOut).toMatchObject({ copies: 1, contradictions: 1 });
  });

  it('refuses a near-duplicate group that lies in two splits', () => {
    const leak = aRow({ key: 'z/1/1', group: rows[0]?.key ?? '', text: 'river', split: 'test' });
    expect(() => train({ rows: [...rows, leak] })).toThrow("row 'z/1/1' is in split test");
  });

  it('trains less on what is less sure', () => {
    const sure = fitDataset({ rows, categories: ['H'], recipe });
    const halved = rows.map((row) => ({ ...row, weight: row.weight / 2 }));
    const strength = { ...recipe.strength, grid: recipe.strength.grid.map((c) => c * 2) };
    const same = fitDataset({ rows: halved, categories: ['H'], recipe: { ...recipe, strength } });
    // Half the weight at twice the C is the same optimum.
    const [a, b] = [sure.heads[0]?.ngrams ?? new Float64Array(), same.heads[0]?.ngrams ?? new Float64Array()];
    for (const [j, weight] of a.entries()) expect(b[j]).toBeCloseTo(weight, 2);
  });

  it('chooses by validation where that has positives enough, else by folds, within its budget', () => {
    const held = train({ recipe: { ...recipe, strength: { ...recipe.strength, leastPositives: 3 } } });
    expect(held.fitted.heads.map(({ choice, fits }) => [choice, fits])).toEqual(
      Array.from({ length: 3 }, () => ['VALIDATION', 2 + 3]),
    );
    const strength = { ...recipe.strength, leastPositives: 1000 };
    const folded = train({ recipe: { ...recipe, strength } });
    expect(folded.fitted.heads.map(({ choice, fits }) => [choice, fits])).toEqual(
      Array.from({ length: 3 }, () => ['FOLDS', 2 * 2 + 1 + 3]),
    );
    const poor = train({ recipe: { ...recipe, strength: { ...strength, fits: 11 } } });
    expect(poor.fitted.heads.every(({ choice, gridCut }) => choice === 'FIRST' && gridCut === 1)).toBe(true);
    expect(Buffer.from(poor.files.get('CARD.md') ?? []).toString()).toContain('allowed 1 of 2 penalties');
  });

  it('calibrates on draws alone, weighted, where they have positives enough', () => {
    const [harassed] = trained.assessment.calibrations;
    expect(harassed).toMatchObject({ category: 'H', source: 'VALIDATION_AND_OUT_OF_FOLD', byInclusion: true });
    const imported = train({ rows: rows.map((row) => ({ ...row, inclusion: null, origin: 'IMPORTED' as const })) });
    expect(imported.assessment.calibrations[0]?.byInclusion).toBe(false);
    expect(imported.modelId).toBe(trained.modelId);
  });

  it('says what a policy asks and cannot have yet', () => {
    const goal = { blockPrecision: 0.99, reviewRecall: 0.9, provisionalBlock: 0.97, provisionalReview: 0.4 };
    const { assessment } = train({ policy: { goals: { V: goal }, uncovered: 'REVIEW' } });
    expect(assessment.unmet).toMatchObject([{ category: 'V', action: 'BLOCK', target: 0.99 }]);
    expect(assessment.calibrations.find(({ category }) => category === 'V')?.solved.block).toBeNull();
  });

  it('stops when the one who is told says so', () => {
    const stop = (): never => {
      throw new Error('enough');
    };
    expect(() => train({ onProgress: stop })).toThrow('enough');
  });

  it('says how many rows it needs', () => {
    expect(() => train({ rows: rows.slice(0, 10) })).toThrow('at least 20');
    expect(() =>
      train({ categories: ['S3'], recipe: { ...recipe, categories: { ...recipe.categories, any: 'none' } } }),
    ).toThrow('no category has 5 rows');
  });
});

describe('training from a parent', () => {
  const parentRecipe: ModelRecipe = { ...recipe, categories: { ...recipe.categories, any: 'none' } };
  const parentRows = someRows(150, 'p').map((row) => ({
    ...row,
    labels: { ...row.labels, S: { value: row.text.includes('lamp') ? (1 as const) : (0 as const), weight: 1 } },
  }));
  const parent = artefactOf(train({ rows: parentRows, categories: ['H', 'S'], recipe: parentRecipe }));
  const inheriting: ModelRecipe = { ...defaultModelRecipe('child'), bootstrapDraws: 20, strength: recipe.strength };
  const few = rows.slice(0, 60);

  it('carries over unchanged what the data set does not train, and says so', () => {
    const child = train({ rows: few, parent, recipe: inheriting });
    const artefact = artefactOf(child);
    expect(child.carried).toEqual(['S']);
    expect(artefact.document.categories).toEqual(['S', 'H', 'V', 'ANY']);
    expect(column(artefact, 'S')).toEqual(column(parent, 'S'));
    expect(artefact.document.calibrators['S']).toEqual(parent.document.calibrators['S']);
    expect(Buffer.from(child.files.get('CARD.md') ?? []).toString()).toContain('Carried over unchanged');
    expect(
      train({
        rows: few,
        parent,
        recipe: { ...inheriting, categories: { ...inheriting.categories, untrained: 'drop' } },
      }).carried,
    ).toEqual([]);
  });

  it('collapses the stack into one table that scores as the stack does', () => {
    const model = linearModelOf(parent);
    const featuriser = createFeaturiser(parent.document.featuriser);
    const texts = few.map(({ text }) => text);
    const features = featureRows(featuriser, texts);
    const all = Int32Array.from(few.keys());
    const columns = parentColumns(model, features, all, 0.1);
    const learned = Float64Array.of(1.5, -0.7);
    const folded = new Float64Array(model.buckets);
    const bias = columns.collapse(learned, folded);
    const logits = new Float64Array(few.length);
    sparseDesign(features, Float64Array.from(model.terms)).multiply(folded, new Uint8Array(few.length).fill(1), logits);
    for (const r of all) {
      const stacked = (columns.values[2 * r] ?? NaN) * 1.5 + (columns.values[2 * r + 1] ?? NaN) * -0.7;
      expect((logits[r] ?? NaN) + bias).toBeCloseTo(stacked, 9);
    }
  });

  it('holds out no training row that its parent may know', () => {
    const seen = fitDataset({ rows: few, categories: ['H'], parent, recipe: inheriting });
    expect(seen.foldings).toEqual([]);
    expect(seen.heads.map(({ choice }) => choice)).not.toContain('FOLDS');
    const unseen = fitDataset({
      rows: few,
      categories: ['H'],
      parent,
      recipe: { ...inheriting, stack: { scale: 0.1, unseen: true } },
    });
    expect(unseen.foldings).toHaveLength(1);
  });

  it('learns from few rows what its parent knows', () => {
    const apart = someRows(300, 'q').slice(200);
    const one = { ...inheriting, strength: { ...recipe.strength, grid: [4] } };
    const alone = { ...recipe, strength: one.strength };
    const onTest = [
      ...few.slice(0, 24).map((row) => ({ ...row, split: 'train' as const })),
      ...apart.map((row) => ({ ...row, split: 'test' as const })),
    ];
    const lossOf = (options: Partial<TrainDatasetInput>): number => {
      const { heldOut, fitted } = train({ rows: onTest, categories: ['H'], ...options });
      const [head] = heldOut;
      return fitted.set.test.reduce((loss, i) => {
        const logit = head?.logits[i] ?? NaN;
        return loss + Math.log1p(Math.exp(head?.targets[i] === 1 ? -logit : logit));
      }, 0);
    };
    expect(lossOf({ parent, recipe: one })).toBeLessThan(0.9 * lossOf({ recipe: alone }));
  });

  it('reaches the same optimum in fewer iterations from the weights of a parent that knows', () => {
    const many = someRows(1700, 'm');
    const single = {
      ...inheriting,
      strength: { ...recipe.strength, grid: [4] },
      categories: { ...recipe.categories, any: 'none' as const },
      outOfFold: { folds: 0, foldings: 1, mostRows: 0 },
      convergence: { maxIterations: 300, tolerance: 1e-5 },
    };
    const cold = trainDataset({
      rows: many,
      categories: ['H'],
      datasetId: 'ds-1',
      release: '0',
      recipe: { ...single, featuriser: small },
    });
    const own = artefactOf(cold);
    const warm = fitDataset({
      rows: many,
      categories: ['H'],
      parent: own,
      recipe: { ...single, inherit: 'warm-start' },
    });
    const [before, after] = [cold.fitted.heads[0], warm.heads[0]];
    expect(after?.iterations).toBeLessThan((before?.iterations ?? 0) / 2);
    for (const [j, weight] of (before?.ngrams ?? new Float64Array()).entries()) {
      expect(Math.abs((after?.ngrams[j] ?? NaN) - weight)).toBeLessThan(0.02);
    }
  });

  it("refuses a featuriser that is not the parent's, and a recipe whose parent is not there", () => {
    expect(() => train({ parent, recipe: { ...recipe, featuriser: { ...small, cap: 256 } } })).toThrow(
      'leave "featuriser" out',
    );
    expect(() => train({ recipe: { ...recipe, parent: 'starter' } })).toThrow('"starter", which was not given');
  });
});

describe('extra columns', () => {
  it('stand beside the n-grams, in the order of the rows that were given', () => {
    const values = Float64Array.from(rows, ({ labels }) => (labels['H']?.value === 1 ? 1 : -1));
    const columns = { columns: 1, values };
    const plain = { ...recipe, categories: { ...recipe.categories, any: 'none' as const } };
    const fitted = fitDataset({ rows, categories: ['H'], recipe: plain, extraColumns: columns });
    expect(fitted.heads[0]?.extra[0]).toBeGreaterThan(1);
    const reversed = { columns: 1, values: values.toReversed() };
    const other = fitDataset({ rows: [...rows].reverse(), categories: ['H'], recipe: plain, extraColumns: reversed });
    expect(other.heads[0]?.extra).toEqual(fitted.heads[0]?.extra);
    expect(() => fitDataset({ rows: rows.slice(1), categories: ['H'], recipe: plain, extraColumns: columns })).toThrow(
      'one row of columns for each row',
    );
  });
});
