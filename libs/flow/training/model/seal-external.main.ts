// A process of its own: makes an artefact of what an external trainer left. Its scores are computed here, by the featuriser and the runtime that
// serve; calibrators, thresholds and figures come from them, never from the trainer.
import path from 'node:path';
import {
  anyCategory,
  assessHeldOut,
  DEFAULT_FEATURISER_SETTINGS,
  metricsOf,
  readDatasetFolder,
  writeArtefactFolder,
  writeExternalArtefact,
  type ArtefactDescription,
  type DatasetRow,
} from '#model';
import { runChildJob } from './child-job.js';
import { problemOfTraining } from './child-problems.js';
import { ExternalOutputError, readExternalOutput, type ExternalOutput } from './external-output.js';
import { openRowScorer, ScoreError } from './row-scorer.job.js';

const FEWEST_ROWS = 20;
/** Its own arithmetic may round otherwise; another featuriser or another matrix differs by far more. */
const TOLERANCE = 1e-3;
const BOOTSTRAP_DRAWS = 200;

function labelsOf(rows: readonly DatasetRow[], category: string): Float64Array {
  return Float64Array.from(rows, ({ labels }) => {
    const own = labels[category];
    if (own !== undefined || category !== anyCategory) return own?.value ?? Number.NaN;
    return Object.values(labels).some(({ value }) => value === 1) ? 1 : 0;
  });
}

function numbersOf(names: readonly string[]): number[] {
  const known = new Map<string, number>();
  return names.map((name) => {
    const number = known.get(name) ?? known.size;
    known.set(name, number);
    return number;
  });
}

function checkParity(
  { parity, categories }: ExternalOutput,
  rows: readonly DatasetRow[],
  logits: Readonly<Record<string, Float64Array>>,
): void {
  let compared = 0;
  for (const [index, { key }] of rows.entries()) {
    const own = parity.get(key);
    if (own === undefined) continue;
    compared++;
    for (const category of categories) {
      const [theirs, ours] = [own[category] ?? Number.NaN, logits[category]?.[index] ?? Number.NaN];
      if (!(Math.abs(theirs - ours) <= TOLERANCE * Math.max(1, Math.abs(ours)))) {
        throw new ExternalOutputError(
          `parity.jsonl: row ${key}: ${category} is ${theirs} there and ${ours} by model.onnx; are the features and tables/terms.bin those that it was trained with?`,
        );
      }
    }
  }
  if (compared < Math.min(FEWEST_ROWS, rows.length)) {
    throw new ExternalOutputError(
      `parity.jsonl: has ${compared} rows of split validation; give at least ${FEWEST_ROWS}`,
    );
  }
}

await runChildJob(
  async (job, progress) => {
    const { manifest, rows } = readDatasetFolder(job.dataset);
    const given = readExternalOutput(job.output);
    const sealed = path.join(job.output, 'sealed');
    const documents = (): ReadonlyMap<string, Uint8Array> =>
      new Map([
        [
          'CARD.md',
          given.card ?? new TextEncoder().encode(`# ${job.recipeName}\n\nTrained outside on ${manifest.datasetId}.\n`),
        ],
      ]);
    const description: ArtefactDescription = {
      name: job.recipeName,
      release: job.release,
      featuriser: DEFAULT_FEATURISER_SETTINGS,
      datasetId: manifest.datasetId,
      recipeId: job.recipeId,
      recipe: {},
      metrics: {},
      calibrators: {},
      thresholds: { provisional: {}, solved: {} },
    };
    // The id hashes what decides a logit: it is the same before and after the calibrators are known.
    writeArtefactFolder(sealed, writeExternalArtefact(given, description, documents).files);
    const validation = rows.filter(({ split, text }) => split === 'validation' && text !== '');
    if (validation.length < FEWEST_ROWS) {
      throw new ExternalOutputError(
        `${manifest.datasetId}: ${validation.length} rows of split validation are too few to calibrate; at least ${FEWEST_ROWS} are needed`,
      );
    }
    const scorer = await openRowScorer(sealed, job.encoder);
    const logits = await scorer
      .score(
        validation.map(({ text }) => text),
        [],
        (done) => {
          progress('scores for the calibrators', done, validation.length);
        },
      )
      .finally(() => scorer.close());
    checkParity(given, validation, logits);
    const assessment = assessHeldOut(
      given.categories.map((category) => ({
        category,
        logits: logits[category] ?? new Float64Array(validation.length),
        labels: labelsOf(validation, category),
      })),
      numbersOf(validation.map(({ group }) => group)),
      BOOTSTRAP_DRAWS,
      (category) => {
        progress(`calibrator of ${category}`, given.categories.indexOf(category) + 1, given.categories.length);
      },
    );
    const known = {
      ...description,
      metrics: metricsOf(assessment.evaluation),
      calibrators: assessment.calibrators,
      thresholds: { provisional: assessment.provisional, solved: assessment.solved },
    };
    writeArtefactFolder(sealed, writeExternalArtefact(given, known, documents).files);
  },
  (error) =>
    error instanceof ExternalOutputError || error instanceof ScoreError
      ? { code: 'artefact_refused', message: error.message }
      : problemOfTraining(error),
);
