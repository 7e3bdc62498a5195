import fs from 'node:fs';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { trainingRequestId } from '#flow/training';
import type { TrainingProgressed, TrainingRequested } from '#platform/contracts';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { createProgress } from '../output/progress.js';
import { positiveInteger, UsageError } from '../usage-error.js';

const ID_DIGITS = 12;
const MOST_LISTED = 20;

abstract class TrainingOptions extends CommandRunner {
  protected abstract readonly session: CliSession;

  /**
   * Follows what is said of a request until it has ended.
   * @returns the last word
   */
  protected async follow(requestId: string, since: number): Promise<TrainingProgressed | null> {
    const { broker, serde } = this.session.connections;
    const ended = new AbortController();
    const interrupted = (): void => {
      ended.abort();
    };
    process.once('SIGINT', interrupted);
    const progress = createProgress();
    let last: TrainingProgressed | null = null;
    try {
      await serde.prepare(['training.progressed']);
      await broker.journal.tail({
        topics: ['training.progressed'],
        from: 'beginning',
        untilEnd: false,
        signal: ended.signal,
        onRecords: async (records) => {
          for (const said of await serde.decode('training.progressed', records)) {
            if (!said.ok || said.value.requestId !== requestId || said.value.at < since) continue;
            last = said.value;
            const { state, step, done, total } = last;
            if (state === 'RUNNING') progress.report(step, done, Math.max(total, 1));
            if (state === 'COMPLETED' || state === 'FAILED') ended.abort();
          }
        },
      });
    } finally {
      progress.end();
      process.removeListener('SIGINT', interrupted);
    }
    return last;
  }

  protected tell(last: TrainingProgressed | null, isJson: boolean): void {
    if (last === null) return;
    if (isJson) printJson(last);
    else if (last.state === 'COMPLETED')
      printLine(`${last.subjectId ?? ''} is there: tidegate model show ${last.subjectId ?? ''}`);
    else if (last.state === 'FAILED') process.stderr.write(`${last.detail ?? 'failed'}\n`);
    if (last.state === 'FAILED') process.exitCode = 1;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

interface RequestOptions {
  readonly dataset?: string;
  readonly recipe?: string;
  readonly parent?: string;
  readonly calibrate?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

@SubCommand({ name: 'request', description: 'Ask for a model, or with --calibrate for a calibration of one' })
export class RequestTraining extends TrainingOptions {
  constructor(protected readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: RequestOptions): Promise<void> {
    const value = requestOf(options, this.session.config.channels, Date.now());
    await this.session.connections.serde.prepare(['training.requested']);
    await this.session.writer.write([{ topic: 'training.requested', key: value.requestId, value }]);
    if (options.watch === true) {
      this.tell(await this.follow(value.requestId, value.requestedAt), options.json === true);
    } else if (options.json === true) printJson(value);
    else printLine(`request ${value.requestId} is on training.requested: tidegate training watch ${value.requestId}`);
  }

  @Option({ flags: '--dataset <id>', description: 'Data set to train on; tidegate dataset list shows them' })
  dataset(value: string): string {
    return value;
  }

  @Option({
    flags: '--recipe <name or file>',
    description: 'Recipe that the role has, or a file with one (default: ngrams)',
  })
  recipe(value: string): string {
    return value;
  }

  @Option({ flags: '--parent <model>', description: 'Model to start from; with --calibrate, the one to calibrate' })
  parent(value: string): string {
    return value;
  }

  @Option({
    flags: '--calibrate <channel>',
    description: 'A calibration for this channel, from labels of its live sample',
  })
  calibrate(value: string): string {
    return value;
  }

  @Option({ flags: '--watch', description: 'Wait, and show how far it is' })
  watch(): boolean {
    return true;
  }
}

/** @throws UsageError */
function requestOf(options: RequestOptions, channels: readonly string[], now: number): TrainingRequested {
  const { dataset, calibrate, parent = null } = options;
  if ((dataset === undefined) === (calibrate === undefined)) {
    throw new UsageError('name either --dataset <id>, for a model, or --calibrate <channel>');
  }
  if (calibrate !== undefined && !channels.includes(calibrate)) {
    throw new UsageError(`--calibrate ${calibrate}: must be one of ${channels.join(', ')}`);
  }
  if (dataset !== undefined && !/^ds-[0-9a-f]{16}$/.test(dataset)) {
    throw new UsageError(
      `--dataset ${dataset}: must be ds- and 16 hexadecimal digits; tidegate dataset list shows them`,
    );
  }
  const wish = {
    kind: calibrate === undefined ? 'MODEL' : 'CALIBRATION',
    datasetId: dataset ?? null,
    recipe: recipeOf(options.recipe ?? (calibrate === undefined ? 'ngrams' : 'calibration')),
    parentModelId: parent,
    channel: calibrate ?? null,
    cause: 'PERSON',
    // Labels come on: asked again, a calibration is another one.
    causeId: calibrate === undefined ? null : `asked ${new Date(now).toISOString()}`,
  } as const;
  return { ...wish, requestId: trainingRequestId(wish), requestedBy: 'operator', requestedAt: now };
}

function recipeOf(nameOrFile: string): string {
  if (!/\.ya?ml$/.test(nameOrFile)) return nameOrFile;
  if (!fs.existsSync(nameOrFile)) throw new UsageError(`--recipe ${nameOrFile}: there is no such file`);
  return fs.readFileSync(nameOrFile, 'utf8');
}

interface ListOptions {
  readonly count?: number;
  readonly json?: boolean;
}

@SubCommand({ name: 'list', description: 'What was asked for of late, and what came of it' })
export class ListTrainings extends TrainingOptions {
  constructor(protected readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: ListOptions): Promise<void> {
    const rows = await this.session.clickhouse.query('training-list', {
      request_id: '',
      most: options.count ?? MOST_LISTED,
    });
    if (options.json === true) {
      for (const row of rows) printJson(row);
      return;
    }
    printTable(
      ['request', 'state', 'step', 'attempt', 'artefact', 'recipe', 'data set', 'at'],
      rows.map((row) => [
        row.request_id.slice(0, ID_DIGITS),
        row.state,
        row.total > 0 ? `${row.step} ${Math.floor((100 * row.done) / row.total)} %` : row.step,
        String(row.attempt),
        row.artefact_id ?? '',
        row.name,
        row.dataset_id ?? '',
        new Date(row.at_ms).toISOString(),
      ]),
    );
  }

  @Option({ flags: '--count <n>', description: `At most so many (default: ${MOST_LISTED})` })
  count(value: string): number {
    return positiveInteger('--count', value);
  }
}

@SubCommand({ name: 'show', arguments: '<request>', description: 'One request: how far it is, or why it failed' })
export class ShowTraining extends TrainingOptions {
  constructor(protected readonly session: CliSession) {
    super();
  }

  override async run([id = '']: string[], options: ListOptions): Promise<void> {
    const [row, other] = await this.session.clickhouse.query('training-list', { request_id: id, most: 2 });
    if (row === undefined)
      throw new UsageError(`${id}: no request begins like this; tidegate training list shows them`);
    if (other !== undefined) throw new UsageError(`${id}: several requests begin like this; give more of it`);
    if (options.json === true) printJson(row);
    else {
      printTable(
        ['', ''],
        [
          ['request', row.request_id],
          ['state', row.state],
          ['step', row.total > 0 ? `${row.step}, ${row.done} of ${row.total}` : row.step],
          ['attempt', String(row.attempt)],
          ['artefact', row.artefact_id ?? 'none yet'],
          ['recipe', row.name],
          ['data set', row.dataset_id ?? ''],
          ['at', new Date(row.at_ms).toISOString()],
        ],
      );
      if (row.detail !== null) printLine(row.detail);
    }
  }
}

@SubCommand({ name: 'watch', arguments: '<request>', description: 'Show how far a request is until it has ended' })
export class WatchTraining extends TrainingOptions {
  constructor(protected readonly session: CliSession) {
    super();
  }

  override async run([id = '']: string[], options: { readonly json?: boolean }): Promise<void> {
    if (!/^[0-9a-f]{32}$/.test(id))
      throw new UsageError(`${id}: must be the whole id of a request, 32 hexadecimal digits`);
    this.tell(await this.follow(id, 0), options.json === true);
  }
}

@Command({
  name: 'training',
  description: 'Models and calibrations: ask, and see how far they are',
  subCommands: [RequestTraining, ListTrainings, ShowTraining, WatchTraining],
})
export class TrainingCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
