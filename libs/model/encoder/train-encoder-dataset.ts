import { scoreLinearModel, quantiseColumn } from '../artefact/linear-model.js';
import type { LinearModel } from '../artefact/linear-model.js';
import { cardPath, linearModelOf, readArtefact, writeStackedArtefact } from '../artefact/model-artefact.js';
import type { WrittenArtefact } from '../artefact/model-artefact.js';
import { logOdds } from '../calibration/calibrator.js';
import { roundLogit } from '../features/score-linear.js';
import { metricsOf } from '../training/assess.js';
import { assessDataset } from '../training/assess-dataset.js';
import type { DatasetAssessment, HeldOutLogits } from '../training/assess-dataset.js';
import { fitDataset } from '../training/fit-dataset.js';
import type { FittedDataset } from '../training/fit-dataset.js';
import { anyCategory } from '../training/labelled-text.js';
import { trainDataset } from '../training/train-dataset.js';
import type { TrainDatasetInput } from '../training/train-dataset.js';
import { estimateWeights } from '../training/training-set.js';
import { isUncertain } from './cascade.js';
import type { Cascade } from './cascade.js';
import { chooseBand } from './choose-band.js';
import { fitEmbeddingScale, scaleEmbeddings } from './embedding-scale.js';
import { addEncoderLogits } from './encoder-head.js';
import type { EncoderHead } from './encoder-head.js';
import { fitUnion, logOddsScale, unitRows } from './fit-stacked-model.js';

/** The encoder that made the embeddings. */
export interface EncoderName {
  readonly name: string;
  readonly files: { readonly model: string; readonly tokenizer: string };
  readonly dimensions: number;
  readonly prefix: string;
  readonly maxTokens: number;
}

export interface TrainEncoderInput extends TrainDatasetInput {
  readonly encoder: EncoderName;
  /** As the encoder gives them, row-major, in the order of `rows`. */
  readonly embeddings: Float32Array;
}

export interface TrainedEncoderDataset extends WrittenArtefact {
  /** Of what the cascade says: the second tier for what it takes, the first one for the rest. */
  readonly assessment: DatasetAssessment;
  readonly cascade: Cascade;
}

/**
 * Where the recipe names no band: the share of a stream that goes to the encoder. It added 14 % to the 531 µs of CPU that an event costs on
 * the path from submission to verdict, and brought 17 % of what the encoder can bring (bench/cascade).
 */
const defaultShare = 0.0015;
const saltId = 'cascade-1';

/**
 * A cascade from the rows of a data set: the model that `trainDataset` makes of them, and heads over n-grams and embedding for what is
 * uncertain. The second tier's logits are brought to the scale of the first's, so that one calibrator and one threshold hold for both;
 * they are fitted to what the cascade says. Pure and deterministic like `trainDataset`.
 */
export function trainEncoderDataset(input: TrainEncoderInput): TrainedEncoderDataset {
  const { encoder, recipe, onProgress = () => undefined } = input;
  const first = trainDataset(input);
  const artefact = readArtefact((path) => first.files.get(path));
  const ngrams = linearModelOf(artefact);
  const unit = unitRows(input.embeddings, encoder.dimensions);
  const scaled = fitEmbeddingScale(trainingRows(input, unit), encoder.dimensions);
  const second = fitDataset({
    ...input,
    extraColumns: { columns: encoder.dimensions, values: scaleEmbeddings(unit, scaled) },
  });
  const tier = secondTier(first.heldOut, ngrams, second, { ...scaled, embeddings: input.embeddings });
  const any = first.heldOut.find(({ category }) => category === anyCategory);
  const union =
    any === undefined || !tier.heldOut.has(anyCategory) ? null : fitUnion(anyCategory, tier.heldOut, any.targets);
  const cascade = cascadeOf(input, first.heldOut, second);
  const heldOut = mix(first.heldOut, tier.heldOut, cascade);
  const inherited = input.parent?.document.calibrators ?? {};
  const assessment = assessDataset(second.set, heldOut, recipe, inherited, input.policy ?? null, onProgress);
  const { document } = artefact;
  const thresholdsOf = (kind: 'provisional' | 'solved') => ({
    ...document.thresholds[kind],
    ...Object.fromEntries(assessment.calibrations.map((one) => [one.category, one[kind]])),
  });
  const written = writeStackedArtefact(
    {
      ngrams,
      encoderNgrams: tier.ngrams,
      head: tier.head,
      encoder: { ...encoder, union },
      cascade,
    },
    {
      name: document.name,
      release: document.release,
      featuriser: document.featuriser,
      datasetId: document.datasetId,
      recipeId: document.recipeId,
      recipe: document.recipe,
      metrics: metricsOf(assessment.evaluation),
      calibrators: {
        ...document.calibrators,
        ...Object.fromEntries(assessment.calibrations.map(({ category, calibrator }) => [category, calibrator])),
      },
      thresholds: { provisional: thresholdsOf('provisional'), solved: thresholdsOf('solved') },
    },
    (modelId) => {
      const card = new TextDecoder().decode(first.files.get(cardPath));
      return new Map([[cardPath, new TextEncoder().encode(cardOf(modelId, card, input, cascade))]]);
    },
  );
  return { ...written, assessment, cascade };
}

function trainingRows({ rows, encoder: { dimensions } }: TrainEncoderInput, unit: Float32Array): Float32Array {
  const parts = [...rows.entries()].flatMap(([row, { split }]) =>
    split === 'train' ? [...unit.subarray(row * dimensions, (row + 1) * dimensions)] : [],
  );
  return Float32Array.from(parts);
}

interface SecondTier {
  readonly ngrams: LinearModel;
  readonly head: EncoderHead;
  /** Logits over the rows of the set by category, on the scale of the first tier; NaN where a row was not held out. */
  readonly heldOut: Map<string, Float64Array>;
}

function secondTier(
  firstHeldOut: readonly HeldOutLogits[],
  first: LinearModel,
  { heads, set, features }: FittedDataset,
  { centre, scale, embeddings }: EmbeddedRows,
): SecondTier {
  const { categories, buckets, terms } = first;
  const dimensions = centre.length;
  // What has no head of its own in this tier keeps that of the first one.
  const ngrams: LinearModel = {
    ...first,
    table: Int8Array.from(first.table),
    scales: Float32Array.from(first.scales),
    biases: Float32Array.from(first.biases),
  };
  const head = { centre, scale, weights: new Float32Array(categories.length * dimensions) };
  const heldOut = new Map<string, Float64Array>();
  for (const { category, ngrams: weights, extra, bias, outOfFold } of heads) {
    const column = categories.indexOf(category);
    const own = firstHeldOut.find((one) => one.category === category);
    if (column < 0 || own === undefined) continue;
    const { entries, scale: unit } = quantiseColumn(weights, 1);
    const model = {
      buckets,
      categories: [category],
      terms,
      table: entries,
      scales: Float32Array.of(unit),
      biases: Float32Array.of(bias),
    };
    const alone = { centre, scale, weights: Float32Array.from(extra) };
    const raw = new Float64Array(set.rows.length).fill(Number.NaN);
    const sum = new Float32Array(1);
    for (const i of [...set.validation, ...set.test]) {
      const ids = features.ids.subarray(features.starts[i] ?? 0, features.starts[i + 1] ?? 0);
      scoreLinearModel(model, ids, ids.length, sum);
      const logit = Float64Array.from(sum);
      const from = (set.origins[i] ?? 0) * dimensions;
      addEncoderLogits(alone, embeddings.subarray(from, from + dimensions), logit);
      raw[i] = logit[0] ?? Number.NaN;
    }
    const [folding] = outOfFold;
    if (folding !== undefined) for (const [r, i] of set.train.entries()) raw[i] = folding[r] ?? Number.NaN;
    const { slope, shift } = toScaleOf(own, raw);
    for (const [bucket, entry] of entries.entries()) ngrams.table[bucket * categories.length + column] = entry;
    ngrams.scales[column] = slope * unit;
    ngrams.biases[column] = slope * bias + shift;
    head.weights.set(
      extra.map((weight) => slope * weight),
      column * dimensions,
    );
    heldOut.set(
      category,
      raw.map((logit) => slope * logit + shift),
    );
  }
  return { ngrams, head, heldOut };
}

interface EmbeddedRows {
  readonly centre: Float32Array;
  readonly scale: number;
  readonly embeddings: Float32Array;
}

/** Both logits say equal log-odds: with Platt scalings a1 z1 + b1 and a2 z2 + b2, z2 becomes (a2 z2 + b2 - b1) / a1. */
function toScaleOf({ logits, targets }: HeldOutLogits, raw: Float64Array): { slope: number; shift: number } {
  const known = targets.map((target, row) =>
    Number.isNaN(logits[row] ?? Number.NaN) || Number.isNaN(raw[row] ?? Number.NaN) ? Number.NaN : target,
  );
  const own = logOddsScale(logits, known);
  const other = logOddsScale(raw, known);
  return { slope: other.slope / own.slope, shift: (other.shift - own.shift) / own.slope };
}

function cascadeOf({ recipe }: TrainEncoderInput, heldOut: readonly HeldOutLogits[], { set }: FittedDataset): Cascade {
  const any = heldOut.find(({ category }) => category === anyCategory);
  const named = any === undefined ? heldOut : [any];
  if (recipe.cascade !== null) {
    const { band, rate } = recipe.cascade;
    const bands = named.map(({ category, logits, targets }) => {
      const { slope, shift } = logOddsScale(logits, targets);
      const [low, high] = band.map((probability) => roundLogit((logOdds(probability) - shift) / slope));
      return { category, low: low ?? 0, high: high ?? 0 };
    });
    return { bands, rate, saltId };
  }
  const bands = named.map(({ category, logits, targets }) => {
    const positions = Int32Array.from(logits.keys()).filter((row) => !Number.isNaN(logits[row] ?? Number.NaN));
    const { weights } = estimateWeights(set.rows, targets, positions, recipe.calibration.leastPositives);
    const seen = Float64Array.from(positions, (row) => logits[row] ?? 0);
    return chooseBand(category, seen, weights, { share: defaultShare / named.length, rate: 1 });
  });
  return { bands, rate: 1, saltId };
}

/** What the cascade says of each held-out row; at a rate below 1, what it says when the hash takes the row. */
function mix(
  first: readonly HeldOutLogits[],
  second: ReadonlyMap<string, Float64Array>,
  cascade: Cascade,
): HeldOutLogits[] {
  const rows = first[0]?.logits.length ?? 0;
  const isRouted = Array.from({ length: rows }, (_, row) =>
    isUncertain(
      cascade,
      Object.fromEntries(first.map(({ category, logits }) => [category, logits[row] ?? Number.NaN])),
    ),
  );
  return first.map(({ category, targets, logits }) => ({
    category,
    targets,
    logits: logits.map((logit, row) => {
      const encoded = isRouted[row] === true ? second.get(category)?.[row] : undefined;
      return encoded === undefined || Number.isNaN(encoded) ? logit : roundLogit(encoded);
    }),
  }));
}

function cardOf(
  modelId: string,
  card: string,
  { encoder: { name, files, prefix, maxTokens } }: TrainEncoderInput,
  { bands, rate }: Cascade,
): string {
  const described = bands.map(({ category, low, high }) => `${category} from ${low.toFixed(3)} to ${high.toFixed(3)}`);
  return `# Model ${modelId}

A cascade. Uncertain contents go on to the encoder "${name}" (SHA-256 ${files.model}), which reads "${prefix}" and the text, at most ${maxTokens} tokens:
those with a logit of ${described.join(' or of ')}, and of them ${100 * rate} %. Without that encoder the model is refused.
What follows describes the first tier, which scores everything alone; its figures are without the encoder.

${card.replace(/^# .*\n+/, '')}`;
}
