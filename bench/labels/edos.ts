import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createFeatureBuffer,
  createFeaturiser,
  DEFAULT_FEATURISER_SETTINGS,
  findLabelErrors,
  groupNearDuplicates,
  linearModelOf,
  parseModelRecipe,
  readArtefactFolder,
  scoreLinearModel,
  trainModel,
} from '#model';
import { uniform } from '#policy';
import { readTable } from './delimited.js';

export interface LabelledPosts {
  readonly texts: readonly string[];
  /** 1 is sexist. */
  readonly labels: Float64Array;
}

/** Null when the file is not there. */
export function readEdos(data: string): LabelledPosts | null {
  const file = join(data, 'edos', 'edos_labelled_aggregated.csv');
  if (!existsSync(file)) return null;
  const rows = readTable(readFileSync(file, 'utf8'));
  return {
    texts: rows.map((row) => row['text'] ?? ''),
    labels: Float64Array.from(rows, (row) => (row['label_sexist'] === 'sexist' ? 1 : 0)),
  };
}

const folds = 5;

/**
 * Probabilities of models that saw neither the post nor a near-duplicate of it (labels 2.4): five folds by near-duplicate group, one training
 * run of the built-in trainer each.
 */
function outOfFold({ texts, labels }: LabelledPosts, onFold: (fold: number) => void): Float64Array {
  const foldOf = Uint8Array.from(groupNearDuplicates(texts), (root) =>
    Math.floor(folds * uniform('folds', String(root))),
  );
  const featuriser = createFeaturiser(DEFAULT_FEATURISER_SETTINGS);
  const buffer = createFeatureBuffer(DEFAULT_FEATURISER_SETTINGS);
  const probabilities = new Float64Array(texts.length);
  // One strength and no folds: the folds are ours.
  const recipe = parseModelRecipe('{name: bench, strength: {grid: [4]}, outOfFold: {folds: 0}}', 'bench');
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-labels-'));
  try {
    for (let fold = 0; fold < folds; fold += 1) {
      onFold(fold);
      const rows = texts.flatMap((text, row) =>
        foldOf[row] === fold ? [] : [JSON.stringify({ text, labels: { H: labels[row] ?? 0 } })],
      );
      const data = join(folder, `${fold}.jsonl`);
      writeFileSync(data, rows.join('\n'));
      const out = join(folder, `model-${fold}`);
      trainModel({ data, out, release: 'bench', recipe });
      const model = linearModelOf(readArtefactFolder(out));
      const column = model.categories.indexOf('H');
      const logits = new Float32Array(model.categories.length);
      for (const [row, own] of foldOf.entries()) {
        if (own !== fold) continue;
        const count = featuriser.write(texts[row] ?? '', buffer);
        scoreLinearModel(model, buffer.ids, count, logits);
        probabilities[row] = 1 / (1 + Math.exp(-(logits[column] ?? 0)));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return probabilities;
}

export interface FlipResult {
  readonly flips: number;
  readonly outOfFoldError: number;
  readonly flagged: number;
  /** Of the flipped labels: how many are flagged; of the flagged ones, how many were flipped; and of the first n. NaN without flips. */
  readonly recall: number;
  readonly precision: number;
  readonly topPrecision: number;
}

/** Flips a share of the labels by hash and looks for them. */
export function findFlips({ texts, labels }: LabelledPosts, flips: number, onFold: (fold: number) => void): FlipResult {
  const isFlipped = texts.map((_, row) => uniform('flips', String(row)) < flips);
  const given = labels.map((label, row) => (isFlipped[row] === true ? 1 - label : label));
  const probabilities = outOfFold({ texts, labels: given }, onFold);
  const found = findLabelErrors([{ category: 'H', labels: given, probabilities }]);
  const total = isFlipped.filter(Boolean).length;
  const hits = (count: number): number => found.slice(0, count).filter(({ row }) => isFlipped[row] === true).length;
  const wrong = given.filter((label, row) => (label === 1) !== (probabilities[row] ?? 0) > 0.5).length;
  return {
    flips,
    outOfFoldError: wrong / texts.length,
    flagged: found.length / texts.length,
    recall: hits(found.length) / total,
    precision: hits(found.length) / found.length,
    topPrecision: hits(total) / total,
  };
}
