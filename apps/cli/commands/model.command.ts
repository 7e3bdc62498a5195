import fs from 'node:fs';
import os from 'node:os';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import {
  ArtefactError,
  DatasetFolderError,
  fitInThreads,
  LabelledFileError,
  ModelRecipeError,
  parseModelRecipe,
  TrainingError,
  trainModel,
  type ModelRecipe,
} from '#model';
import { release } from '#platform/config';
import { printJson, printLine } from '../output/print.js';
import { createProgress } from '../output/progress.js';
import { UsageError } from '../usage-error.js';
import { categoryMapOf } from './category-map.js';
import { CompareModels, EvaluateModel } from './model-evaluate.command.js';
import { ExportModel, VerifyModel } from './model-export.command.js';
import { ListModels, ShowModel } from './model-list.command.js';
import { PutLive } from './model-live.command.js';
import { PromoteModel, RollBackModel } from './rollout.command.js';

interface Options {
  readonly data?: string;
  readonly out?: string;
  readonly model?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly html?: string;
  readonly recipe?: string;
  readonly parent?: string;
  readonly json?: boolean;
}

/** @throws UsageError that names the option which is missing or wrong */
function required(option: string, value: string | undefined, mustExist: boolean): string {
  if (value === undefined) throw new UsageError(`${option} is needed`);
  if (mustExist && !fs.existsSync(value)) throw new UsageError(`${option} ${value}: there is no such file or folder`);
  return value;
}

const callerMistakes = [ArtefactError, DatasetFolderError, LabelledFileError, ModelRecipeError, TrainingError];

/** Mistakes in files that the caller named are the caller's. */
function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (callerMistakes.some((kind) => error instanceof kind)) throw new UsageError((error as Error).message);
    throw error;
  }
}

/** @throws UsageError */
function readRecipe(named: string): ModelRecipe {
  const file = required('--recipe <file>', named, true);
  const recipe = asUsage(() => parseModelRecipe(fs.readFileSync(file, 'utf8'), file));
  if (recipe.encoder === null && recipe.trainer === 'builtin') return recipe;
  const what = recipe.encoder === null ? `the trainer ${recipe.trainer}` : `the encoder ${recipe.encoder}`;
  throw new UsageError(
    `--recipe ${file}: ${what} is run by the training role alone: tidegate training request --dataset ds-... --recipe ${file}`,
  );
}

abstract class LabelledDataOptions extends CommandRunner {
  @Option({ flags: '--data <file>', description: 'Labelled texts, .jsonl ({"text", "labels": {"H": 1}}) or .csv' })
  data(value: string): string {
    return value;
  }

  @Option({ flags: '--map <names>', description: 'Names of the file as categories, for example hateful=H,threat=V' })
  map(value: string): Readonly<Record<string, string>> {
    return categoryMapOf(value);
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'train',
  description:
    'Train a model from labelled texts or an exported data set; the same data and recipe give the same bytes',
})
export class TrainModel extends LabelledDataOptions {
  override run(_: string[], options: Options): Promise<void> {
    const data = required('--data <file>', options.data, true);
    const out = required('--out <folder>', options.out, false);
    const progress = createProgress();
    const recipe = options.recipe === undefined ? undefined : readRecipe(options.recipe);
    const parent = options.parent === undefined ? undefined : required('--parent <folder>', options.parent, true);
    const trained = asUsage(() =>
      trainModel({
        data,
        out,
        release,
        onProgress: progress.report,
        fitCategories: fitInThreads(os.availableParallelism() - 1),
        ...(recipe === undefined ? {} : { recipe }),
        ...(parent === undefined ? {} : { parent }),
        ...(options.map === undefined ? {} : { mapping: options.map }),
      }),
    );
    progress.end();
    if (options.json === true) printJson({ modelId: trained.modelId, out });
    else printLine(`${trained.modelId} is in ${out}: its quality on rows that it has not seen is in CARD.md`);
    return Promise.resolve();
  }

  @Option({
    flags: '--data <file or folder>',
    description: 'Labelled texts, .jsonl ({"text", "labels": {"H": 1}}) or .csv, or the folder of an exported data set',
  })
  override data(value: string): string {
    return value;
  }

  @Option({ flags: '--recipe <file>', description: 'How to train, YAML; without it the defaults' })
  recipe(value: string): string {
    return value;
  }

  @Option({ flags: '--parent <folder>', description: 'Model to start from, as the recipe says' })
  parent(value: string): string {
    return value;
  }

  @Option({ flags: '--out <folder>', description: 'Folder of the artefact' })
  out(value: string): string {
    return value;
  }
}

@Command({
  name: 'model',
  description: 'Train, evaluate and release models',
  subCommands: [
    ...[TrainModel, EvaluateModel, CompareModels, ListModels, ShowModel, ExportModel, VerifyModel],
    ...[PromoteModel, RollBackModel, PutLive],
  ],
})
export class ModelCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
