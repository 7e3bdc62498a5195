// A process of its own: trains from an exported data set. `node builtin-trainer.main.js <job.json>`, started by run-child.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import {
  encoderReading,
  fitInThreads,
  ModelRecipeError,
  parseModelRecipe,
  readArtefactFolder,
  readDatasetFolder,
  trainDataset,
  trainEncoderDataset,
  TrainingError,
  writeArtefactFolder,
} from '#model';
import { EncoderError, embedTexts } from '#platform/inference';
import { outcomeFile, runChildJob, type ChildOutcome } from './child-job.js';
import { problemOfTraining } from './child-problems.js';
import type { ChildProblem } from './run-child.js';

await runChildJob(async (job, progress) => {
  const recipe = parseModelRecipe(readFileSync(job.recipe, 'utf8'), 'recipe');
  const { manifest, rows } = readDatasetFolder(job.dataset);
  const input = {
    rows,
    categories: Object.keys(manifest.categories),
    recipe,
    parent: job.parent === null ? null : readArtefactFolder(job.parent),
    datasetId: manifest.datasetId,
    release: job.release,
    policy: job.policy,
    fitCategories: fitInThreads(availableParallelism() - 1),
    onProgress: progress,
  };
  const trained =
    recipe.encoder === null ? trainDataset(input) : trainEncoderDataset({ ...input, ...(await embed(recipe.encoder)) });
  writeArtefactFolder(job.output, trained.files);
  const outcome: ChildOutcome = { unmet: trained.assessment.unmet };
  writeFileSync(path.join(job.output, outcomeFile), JSON.stringify(outcome));

  async function embed(name: string) {
    const reading = encoderReading(name);
    const texts = rows.map(({ text }) => text);
    const { files, dimensions, embeddings } = await embedTexts(job.encoder, reading, texts, (done) => {
      progress('embeddings', done, texts.length);
    });
    return { embeddings, encoder: { name, ...reading, files, dimensions } };
  }
}, problemOf);

function problemOf(error: unknown): ChildProblem | null {
  if (error instanceof ModelRecipeError) return { code: 'recipe_invalid', message: error.message };
  if (error instanceof EncoderError) return { code: 'recipe_invalid', message: error.message };
  if (!(error instanceof TrainingError)) return problemOfTraining(error);
  const code = {
    TOO_FEW_ROWS: 'labels_insufficient',
    NOTHING_TO_TRAIN: 'labels_insufficient',
    SPLITS_TOUCH: 'dataset_changed',
    COLUMNS_DO_NOT_FIT: 'recipe_invalid',
    PARENT_FEATURISER: 'parent_missing',
    PARENT_MISSING: 'parent_missing',
  }[error.code];
  return { code, message: error.message };
}
