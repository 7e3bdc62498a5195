import fs from 'node:fs';
import { Option, SubCommand, CommandRunner } from 'nest-commander';
import {
  ArtefactError,
  comparisonTables,
  createLanguageIdentifier,
  DatasetFolderError,
  evaluationTables,
  judgeModel,
  judgePair,
  LabelledFileError,
  readEvaluationRows,
  readSuites,
  renderComparison,
  renderEvaluation,
  SuiteFileError,
  type EvaluationRows,
  type JudgedModel,
  type JudgeTask,
  type SuiteCase,
  type Table,
  type ThresholdChoice,
} from '#model';
import { createTextScorer } from '#platform/inference';
import { createCascadeDraw } from '#policy';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { createProgress, type Progress } from '../output/progress.js';
import { positiveInteger, UsageError } from '../usage-error.js';
import { categoryMapOf } from './category-map.js';
import { modelFolder } from './model-place.js';

interface Options {
  readonly data?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly split?: string;
  readonly drawn?: boolean;
  readonly thresholds?: ThresholdChoice;
  readonly suite?: readonly string[];
  readonly trainedOn?: string;
  readonly draws?: number;
  readonly html?: string;
  readonly json?: boolean;
}

/** Texts that are scored at once. */
const BATCH = 256;
const splits = ['train', 'validation', 'test', 'all'];

/** @throws UsageError that names the option which is missing or wrong */
function existing(option: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${option} is needed`);
  if (!fs.existsSync(value)) throw new UsageError(`${option} ${value}: there is no such file or folder`);
  return value;
}

/** Mistakes in files that the caller named are the caller's. */
async function asUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfFile = [LabelledFileError, ArtefactError, DatasetFolderError, SuiteFileError].some(
      (kind) => error instanceof kind,
    );
    if (isOfFile && error instanceof Error) throw new UsageError(error.message);
    throw error;
  }
}

function suitesAt(places: readonly string[]): SuiteCase[] {
  return places.flatMap((place) => readSuites(existing('--suite <file or folder>', place)));
}

abstract class JudgeOptions extends CommandRunner {
  protected abstract readonly session: CliSession;

  protected readonly places = (): readonly string[] => this.session.config.modelPlaces;

  protected async task(options: Options, trainedOn: string | null, progress: Progress): Promise<JudgeTask> {
    const data = existing('--data <file or folder>', options.data);
    const identify = await createLanguageIdentifier();
    const reading = options.map === undefined ? {} : { mapping: options.map };
    const read = readEvaluationRows(data, reading, identify);
    const split = options.split ?? (read.rows.some((row) => row.split === 'test') ? 'test' : 'all');
    const training =
      options.trainedOn === undefined
        ? null
        : readEvaluationRows(existing('--trained-on <file or folder>', options.trainedOn), reading, identify);
    const learned = training?.rows ?? this.ownTrainingRows(read, trainedOn);
    return {
      ...read,
      split,
      population: options.drawn === true ? 'drawn' : 'all',
      thresholds: options.thresholds ?? 'provisional',
      cases: suitesAt(options.suite ?? []),
      training: learned,
      evaluatedAt: Date.now(),
      settings: { draws: options.draws ?? 1000, seed: 1 },
      onProgress: progress.report,
    };
  }

  /** A model that was trained on this very data set has seen its training split. */
  private ownTrainingRows({ datasetId, rows }: EvaluationRows, trainedOn: string | null): JudgeTask['training'] {
    return datasetId === trainedOn ? rows.filter(({ split }) => split === 'train') : null;
  }

  /** A cascade decides as in the stream which contents its encoder sees, under a salt of its own. */
  protected async open(folder: string): Promise<JudgedModel & { readonly trainedOn: string; close(): Promise<void> }> {
    const scorer = await createTextScorer(folder, {
      routing: { encoder: this.session.config.encoder, draw: createCascadeDraw(Buffer.from('evaluation')), rate: null },
    });
    return {
      document: scorer.document,
      trainedOn: scorer.document.datasetId,
      close: () => scorer.close(),
      async score(texts, ids, onProgress) {
        const logits = Object.fromEntries(
          scorer.categories.map((category) => [category, new Float64Array(texts.length)]),
        );
        for (let from = 0; from < texts.length; from += BATCH) {
          const scores = await scorer.score(texts.slice(from, from + BATCH), ids.slice(from, from + BATCH));
          for (const [i, score] of scores.entries()) {
            for (const [category, column] of Object.entries(logits))
              column[from + i] = score.logits[category] ?? Number.NaN;
          }
          onProgress(Math.min(texts.length, from + BATCH));
        }
        return logits;
      },
    };
  }

  protected print(tables: readonly Table[], notes: readonly string[]): void {
    for (const { title, headings, rows } of tables) {
      printLine(`\n${title}`);
      printTable(headings, rows);
    }
    for (const note of notes) printLine(note);
  }

  @Option({
    flags: '--data <file or folder>',
    description: 'Labelled texts, .jsonl ({"text", "labels": {"H": 1}}) or .csv, or an exported data set',
  })
  data(value: string): string {
    return value;
  }

  @Option({ flags: '--map <names>', description: 'Names of the file as categories, for example hateful=H,threat=V' })
  map(value: string): Readonly<Record<string, string>> {
    return categoryMapOf(value);
  }

  @Option({ flags: '--split <name>', description: `One of ${splits.join(', ')}; default: test where there is one` })
  split(value: string): string {
    if (!splits.includes(value)) throw new UsageError(`--split ${value}: must be one of ${splits.join(', ')}`);
    return value;
  }

  @Option({ flags: '--drawn', description: 'Only rows drawn with a known probability: an estimate for the traffic' })
  drawn(): boolean {
    return true;
  }

  @Option({
    flags: '--thresholds <which>',
    description: 'provisional: what the model declares; solved: what its labels solved; default: provisional',
  })
  thresholds(value: string): ThresholdChoice {
    if (value === 'provisional' || value === 'solved') return value;
    throw new UsageError(`--thresholds ${value}: must be provisional or solved`);
  }

  @Option({ flags: '--suite <file...>', description: 'Functional suites, .jsonl files or folders of them' })
  suite(value: string, all: readonly string[] = []): readonly string[] {
    return [...all, value];
  }

  @Option({
    flags: '--trained-on <file or folder>',
    description: 'What the model was trained on, in the form of --data: near-copies of it are named',
  })
  trainedOn(value: string): string {
    return value;
  }

  @Option({ flags: '--draws <number>', description: 'Bootstrap draws behind each interval, 1000 by default' })
  draws(value: string): number {
    return positiveInteger('--draws', value);
  }

  @Option({ flags: '--html <file>', description: 'Also write a report to read: one file, with plots' })
  html(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'evaluate',
  description: 'Measure a model on labelled texts: by category and slice, with intervals; docs/evaluation.md',
})
export class EvaluateModel extends JudgeOptions {
  constructor(protected override readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: Options & { readonly model?: string }): Promise<void> {
    const progress = createProgress();
    const folder = modelFolder('--model', options.model, this.places);
    const report = await asUsage(async () => {
      const model = await this.open(folder);
      try {
        return await judgeModel(model, await this.task(options, model.trainedOn, progress));
      } finally {
        progress.end();
        await model.close();
      }
    });
    if (options.html !== undefined) fs.writeFileSync(options.html, renderEvaluation(report));
    if (options.json === true) printJson(report);
    else
      this.print(
        evaluationTables(report),
        report.notes.map(({ text }) => text),
      );
  }

  @Option({ flags: '--model <folder or id>', description: 'Folder of the artefact, or id of a model here' })
  model(value: string): string {
    return value;
  }
}

@SubCommand({
  name: 'compare',
  description: 'Measure a challenger against a champion on the same labelled texts, paired; docs/evaluation.md',
})
export class CompareModels extends JudgeOptions {
  constructor(protected override readonly session: CliSession) {
    super();
  }

  override async run(
    _: string[],
    options: Options & { readonly champion?: string; readonly challenger?: string; readonly failIfWorse?: boolean },
  ): Promise<void> {
    const progress = createProgress();
    const before = modelFolder('--champion', options.champion, this.places);
    const after = modelFolder('--challenger', options.challenger, this.places);
    const report = await asUsage(async () => {
      const champion = await this.open(before);
      try {
        const challenger = await this.open(after);
        try {
          return await judgePair(champion, challenger, await this.task(options, challenger.trainedOn, progress));
        } finally {
          await challenger.close();
        }
      } finally {
        progress.end();
        await champion.close();
      }
    });
    if (options.html !== undefined) fs.writeFileSync(options.html, renderComparison(report));
    if (options.json === true) printJson(report);
    else {
      this.print(comparisonTables(report), []);
      printLine(`\n${outcomes[report.outcome]}`);
      for (const reason of report.because) printLine(`- ${reason}`);
    }
    if (options.failIfWorse === true && report.outcome === 'WORSE') {
      throw new Error(`challenger ${report.challenger.modelId} is worse than ${report.champion.modelId}`);
    }
  }

  @Option({ flags: '--champion <folder or id>', description: 'The model that is in force: its folder or id' })
  champion(value: string): string {
    return value;
  }

  @Option({ flags: '--challenger <folder or id>', description: 'The model that wants to replace it' })
  challenger(value: string): string {
    return value;
  }

  @Option({ flags: '--fail-if-worse', description: 'End with exit code 1 when the challenger is worse' })
  failIfWorse(): boolean {
    return true;
  }
}

const outcomes = {
  BETTER: 'The challenger is better.',
  SAME: 'The challenger is as good.',
  WORSE: 'The challenger is worse.',
  UNDECIDED: 'Nobody can tell which one is better.',
} as const;
