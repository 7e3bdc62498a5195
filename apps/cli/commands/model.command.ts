import fs from 'node:fs';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { ArtefactError, evaluateModel, LabelledFileError, trainModel } from '#model';
import { release } from '#platform/config';
import { printJson, printLine, printTable } from '../output/print.js';
import { createProgress } from '../output/progress.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly data?: string;
  readonly out?: string;
  readonly model?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly html?: string;
  readonly json?: boolean;
}

/** @throws UsageError that names the option which is missing or wrong */
function required(option: string, value: string | undefined, mustExist: boolean): string {
  if (value === undefined) throw new UsageError(`${option} is needed`);
  if (mustExist && !fs.existsSync(value)) throw new UsageError(`${option} ${value}: there is no such file or folder`);
  return value;
}

/** Mistakes in files that the caller named are the caller's. */
function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LabelledFileError || error instanceof ArtefactError) throw new UsageError(error.message);
    throw error;
  }
}

abstract class LabelledDataOptions extends CommandRunner {
  @Option({ flags: '--data <file>', description: 'Labelled texts, .jsonl ({"text", "labels": {"H": 1}}) or .csv' })
  data(value: string): string {
    return value;
  }

  @Option({ flags: '--map <names>', description: 'Names of the file as categories, for example hateful=H,threat=V' })
  map(value: string): Readonly<Record<string, string>> {
    const pairs = value.split(',').map((pair) => pair.split('='));
    const wrong = pairs.find((pair) => pair.length !== 2 || pair.includes(''));
    if (wrong !== undefined) throw new UsageError(`--map ${wrong.join('=')}: must be name=category`);
    return Object.fromEntries(pairs.map(([name = '', category = '']) => [name, category]));
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({ name: 'train', description: 'Train a model from labelled texts; the same file gives the same bytes' })
export class TrainModel extends LabelledDataOptions {
  override run(_: string[], options: Options): Promise<void> {
    const data = required('--data <file>', options.data, true);
    const out = required('--out <folder>', options.out, false);
    const progress = createProgress();
    const trained = asUsage(() =>
      trainModel({
        data,
        out,
        release,
        onProgress: progress.report,
        ...(options.map === undefined ? {} : { mapping: options.map }),
      }),
    );
    progress.end();
    if (options.json === true) printJson({ modelId: trained.modelId, out });
    else printLine(`${trained.modelId} is in ${out}: its quality out of fold is in CARD.md`);
    return Promise.resolve();
  }

  @Option({ flags: '--out <folder>', description: 'Folder of the artefact' })
  out(value: string): string {
    return value;
  }
}

@SubCommand({ name: 'evaluate', description: 'Measure a model on labelled texts, with intervals' })
export class EvaluateModel extends LabelledDataOptions {
  override run(_: string[], options: Options): Promise<void> {
    const model = required('--model <folder>', options.model, true);
    const data = required('--data <file>', options.data, true);
    const progress = createProgress();
    const report = asUsage(() =>
      evaluateModel({
        model,
        data,
        onProgress: progress.report,
        ...(options.map === undefined ? {} : { mapping: options.map }),
      }),
    );
    progress.end();
    if (options.html !== undefined) fs.writeFileSync(options.html, report.html);
    if (options.json === true) printJson(report.json);
    else printTable(report.table.headings, report.table.rows);
    return Promise.resolve();
  }

  @Option({ flags: '--model <folder>', description: 'Folder of the artefact' })
  model(value: string): string {
    return value;
  }

  @Option({ flags: '--html <file>', description: 'Also write a report with precision-recall and reliability curves' })
  html(value: string): string {
    return value;
  }
}

@Command({ name: 'model', description: 'Train and evaluate models', subCommands: [TrainModel, EvaluateModel] })
export class ModelCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
