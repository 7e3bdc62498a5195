import type { ModelDocument } from '../artefact/model-document.js';
import type { DatasetRow } from '../dataset/dataset-row.js';
import { anyCategory } from '../training/labelled-text.js';
import type { BootstrapSettings } from './bootstrap.js';
import { compareModels } from './compare-models.js';
import type { ComparisonReport } from './comparison-report.js';
import { findContamination } from './contamination.js';
import { evaluateDataset } from './evaluate-dataset.js';
import type { EvaluationInput, EvaluationProgress } from './evaluate-dataset.js';
import type { EvaluationReport } from './evaluation-report.js';
import { measureFairness } from './identity-fairness.js';
import { identityTemplates } from './identity-templates.js';
import type { SuiteCase } from './parse-suite.js';
import { runSuites } from './run-suites.js';
import { takeRows } from './scored-rows.js';
import type { ModelScores, Population } from './scored-rows.js';

/** A model that can score texts, whatever is behind it. */
export interface JudgedModel {
  readonly document: Pick<ModelDocument, 'modelId' | 'name' | 'categories' | 'calibrators' | 'thresholds'>;
  /** Logits of each category in the order of the texts; `ids` decide what a cascade sends to its encoder. */
  readonly score: (
    texts: readonly string[],
    ids: readonly string[],
    onProgress: (done: number) => void,
  ) => Promise<Readonly<Record<string, Float64Array>>>;
}

export interface JudgeTask {
  readonly rows: readonly DatasetRow[];
  readonly datasetId: string;
  readonly split: string;
  readonly population: Population;
  readonly thresholds: ThresholdChoice;
  readonly cases: readonly SuiteCase[];
  /** Texts that the model was trained on; null: not known, and not checked. */
  readonly training: Iterable<{ readonly key: string; readonly text: string }> | null;
  readonly evaluatedAt: number;
  readonly settings: BootstrapSettings;
  readonly onProgress?: EvaluationProgress;
}

/** `provisional`: those that the model declares and a first start serves; `solved`: those that its labels solved (calibration 3.3). */
export type ThresholdChoice = 'provisional' | 'solved';

/** Of each category the chosen thresholds, or the others where it has none. */
function thresholdsOf(thresholds: ModelDocument['thresholds'], choice: ThresholdChoice): ModelScores['thresholds'] {
  const other = choice === 'solved' ? 'provisional' : 'solved';
  return { ...thresholds[other], ...thresholds[choice] };
}

/** One model on rows, suites and identity templates. */
export async function judgeModel(model: JudgedModel, task: JudgeTask): Promise<EvaluationReport> {
  const { scores, beside } = await measure(model, task, '');
  return evaluateDataset({ ...task, ...beside, model: scores });
}

/** Challenger against champion on the same rows, suites and identity templates. */
export async function judgePair(
  champion: JudgedModel,
  challenger: JudgedModel,
  task: JudgeTask,
): Promise<ComparisonReport> {
  // What was learned is that of the challenger; the champion's own training is not known here.
  const before = await measure(champion, { ...task, training: null }, 'champion: ');
  const after = await measure(challenger, task, 'challenger: ');
  return compareModels({
    ...task,
    champion: before.scores,
    challenger: after.scores,
    beside: { champion: before.beside, challenger: after.beside },
  });
}

async function measure(
  model: JudgedModel,
  task: JudgeTask,
  who: string,
): Promise<{ scores: ModelScores; beside: Pick<EvaluationInput, 'contamination' | 'suites' | 'fairness'> }> {
  const { document } = model;
  const described = {
    modelId: document.modelId,
    name: document.name,
    calibrators: document.calibrators,
    thresholds: thresholdsOf(document.thresholds, task.thresholds),
  };
  const score = async (
    step: string,
    texts: readonly { readonly key: string; readonly text: string }[],
  ): Promise<ModelScores> => ({
    ...described,
    logits: await model.score(
      texts.map(({ text }) => text),
      texts.map(({ key }) => key),
      (done) => task.onProgress?.(`${who}${step}`, done, texts.length),
    ),
  });
  const taken = takeRows(task.rows, task.split, task.population);
  const rows = taken.flatMap((i) => task.rows[i] ?? []);
  // Nobody scores rows that enter no figure: those of other splits, and those whose text was erased.
  const own = await score('scores', rows);
  const scores = { ...own, logits: spread(own.logits, taken, task.rows.length) };
  const templates = identityTemplates().map(({ text }, i) => ({ key: `templates/${i}/1`, text }));
  const templateScores = await score('templates', templates);
  const category = ['H', anyCategory].find((one) => document.categories.includes(one));
  const suites =
    task.cases.length === 0
      ? null
      : runSuites(
          task.cases,
          await score(
            'suites',
            task.cases.map(({ suite, id, text }) => ({ key: `${suite}/${id}/1`, text })),
          ),
        );
  return {
    scores,
    beside: {
      suites,
      fairness:
        category === undefined
          ? null
          : measureFairness(category, rows, own, templateScores.logits[category] ?? new Float64Array(templates.length)),
      contamination: task.training === null ? null : findContamination(rows, task.training),
    },
  };
}

/** Logits of the rows that were taken, at their places among all rows. */
function spread(logits: ModelScores['logits'], taken: readonly number[], count: number): ModelScores['logits'] {
  return Object.fromEntries(
    Object.entries(logits).map(([category, own]) => {
      const all = new Float64Array(count).fill(Number.NaN);
      for (const [at, row] of taken.entries()) all[row] = own[at] ?? Number.NaN;
      return [category, all];
    }),
  );
}
