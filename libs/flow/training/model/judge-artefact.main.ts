// A process of its own: scores the rows of a data set with an artefact that nobody has believed yet. Started by run-child.ts.
import { writeFileSync } from 'node:fs';
import {
  createFeaturiser,
  judgeModel,
  linearModelOf,
  readArtefactFolder,
  readDatasetFolder,
  readSuites,
  roundLogit,
  scoreLinearModel,
  type DatasetEvaluation,
  type DatasetRow,
} from '#model';
import { runChildJob } from './child-job.js';
import { problemOfTraining } from './child-problems.js';
import { openRowScorer, ScoreError } from './row-scorer.job.js';

/** Rows whose scores are computed a second time, without ONNX Runtime. */
const PARITY_ROWS = 500;
const HELD_OUT: readonly DatasetRow['split'][] = ['validation', 'test'];
const BOOTSTRAP = { draws: 1000, seed: 1 };

function checkParity(
  folder: string,
  rows: readonly DatasetRow[],
  logits: Readonly<Record<string, Float64Array>>,
): void {
  const artefact = readArtefactFolder(folder);
  if (artefact.document.family !== 'HASHED_LINEAR') return;
  const model = linearModelOf(artefact);
  const featuriser = createFeaturiser(artefact.document.featuriser);
  const own = new Float32Array(model.categories.length);
  for (const [index, { text, key }] of rows.entries()) {
    const { ids, count } = featuriser.features(text);
    scoreLinearModel(model, ids, count, own);
    for (const [column, category] of model.categories.entries()) {
      const [computed, scored] = [roundLogit(own[column] ?? Number.NaN), logits[category]?.[index] ?? Number.NaN];
      if (computed !== scored) {
        throw new ScoreError(`row ${key}: ${category} is ${scored} by model.onnx and ${computed} by its tables`);
      }
    }
  }
}

await runChildJob(
  async (job, progress) => {
    const { manifest, rows } = readDatasetFolder(job.dataset);
    const readable = rows.filter(({ text }) => text !== '');
    const scorer = await openRowScorer(job.output, job.encoder);
    const reports: DatasetEvaluation[] = [];
    try {
      const sample = readable.slice(0, PARITY_ROWS);
      checkParity(
        job.output,
        sample,
        await scorer.score(
          sample.map(({ text }) => text),
          [],
        ),
      );
      const training = readable.filter(({ split }) => split === 'train');
      const cases = job.suites === null ? [] : readSuites(job.suites);
      for (const split of HELD_OUT) {
        if (!readable.some((row) => row.split === split)) continue;
        const report = await judgeModel(scorer, {
          // With those whose text is gone: the report counts them.
          rows,
          datasetId: manifest.datasetId,
          split,
          population: 'all',
          thresholds: 'solved',
          cases,
          training,
          evaluatedAt: job.at,
          settings: BOOTSTRAP,
          onProgress: (step, done, total) => {
            progress(`${split}: ${step}`, done, total);
          },
        });
        reports.push(report);
      }
    } finally {
      await scorer.close();
    }
    writeFileSync(job.judgement, JSON.stringify({ rows: readable.length, reports }));
  },
  (error) =>
    error instanceof ScoreError ? { code: 'artefact_refused', message: error.message } : problemOfTraining(error),
);
