import { readArtefactFolder } from '../artefact/artefact-folder.js';
import { scoreLinearModel } from '../artefact/linear-model.js';
import { linearModelOf } from '../artefact/model-artefact.js';
import { createFeaturiser } from '../features/featuriser.js';
import { roundLogit } from '../features/score-linear.js';
import { groupNearDuplicates } from '../text/near-duplicates.js';
import { anyCategory, anyLabel } from '../training/labelled-text.js';
import { readLabelled } from '../training/read-labelled.js';
import { evaluateScores } from './evaluate.js';
import type { Evaluation } from './evaluate.js';
import { renderReport } from './report-html.js';
import { evaluationTable } from './report-table.js';

export interface EvaluateModelOptions {
  /** Folder of a model artefact. */
  readonly model: string;
  /** Labelled file, `.jsonl` or `.csv`. */
  readonly data: string;
  readonly mapping?: Readonly<Record<string, string>>;
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

export interface EvaluationReport {
  readonly table: { readonly headings: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly json: { readonly modelId: string; readonly evaluation: Evaluation };
  readonly html: string;
}

/**
 * Quality of a model on labelled texts, with intervals, at its provisional thresholds. Rows that the model was trained
 * on flatter it. Throws `ArtefactError` (bad file of the model) or `LabelledFileError` (file, line, field of the data).
 */
export function evaluateModel({ model: folder, data, mapping, onProgress }: EvaluateModelOptions): EvaluationReport {
  const artefact = readArtefactFolder(folder);
  const { document } = artefact;
  const model = linearModelOf(artefact);
  const texts = readLabelled(data, mapping === undefined ? {} : { mapping });
  const featuriser = createFeaturiser(document.featuriser);
  const logits = model.categories.map(() => new Float64Array(texts.length));
  const row = new Float32Array(model.categories.length);
  for (const [i, { text }] of texts.entries()) {
    const { ids, count } = featuriser.features(text);
    scoreLinearModel(model, ids, count, row);
    for (const [column, values] of logits.entries()) values[i] = roundLogit(row[column] ?? Number.NaN);
    if (i % 256 === 255) onProgress?.('scored', i + 1, texts.length);
  }
  const evaluation = evaluateScores(
    model.categories.map((category, column) => ({
      category,
      logits: logits[column] ?? new Float64Array(texts.length),
      labels: Float64Array.from(texts, ({ labels }) =>
        category === anyCategory ? anyLabel(labels) : (labels[category] ?? Number.NaN),
      ),
      calibrator: document.calibrators[category],
      review: document.thresholds.provisional[category]?.review ?? null,
      block: document.thresholds.provisional[category]?.block ?? null,
    })),
    [...groupNearDuplicates(texts.map(({ text }) => text))],
    (category) => category !== anyCategory,
    undefined,
    (category) => {
      onProgress?.('intervals', model.categories.indexOf(category) + 1, model.categories.length);
    },
  );
  const html = renderReport(
    {
      title: `Model ${document.modelId}`,
      subtitle: `${document.name}, evaluated on ${texts.length} labelled texts`,
      facts: [
        ['release', document.release],
        ['trained on', document.datasetId],
        ['recipe', document.recipeId],
      ],
      notes: ['Operating points are those of the provisional thresholds.'],
    },
    evaluation,
  );
  return { table: evaluationTable(evaluation), json: { modelId: document.modelId, evaluation }, html };
}
