import fs from 'node:fs';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { trainingRequestId } from '#flow/training';
import type { TrainingProgressed, TrainingRequested } from '#platform/contracts';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { createProgress } from '../output/progress.js';
import { positiveInteger, UsageError } from '../usage-error.js';
import { knownTrainings, type KnownTraining } from './known-trainings.js';

const ID_DIGITS = 12;
const MOST_LISTED = 20;
/** Of all that was ever asked for: more than anybody looks through. */
const MOST_KNOWN = 10_000;
const SILENCE_MS = 15_000;

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
    const silence = setTimeout(() => {
      process.stderr.write(
        'nobody has answered yet: is the training role running, or busy with another request (tidegate training list)? Ctrl-C leaves the request there\n',
      );
    }, SILENCE_MS);
    const progress = createProgress();
    let last = null as TrainingProgressed | null;
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
            clearTimeout(silence);
            if (state === 'RUNNING') progress.report(step, done, Math.max(total, 1));
          }
          // After all that is there: a request that failed may have been asked for again.
          if (last?.state === 'COMPLETED' || last?.state === 'FAILED') ended.abort();
        },
      });
    } finally {
      clearTimeout(silence);
      progress.end();
      process.removeListener('SIGINT', interrupted);
    }
    return last;
  }

  /** Requests whose id begins so, the newest first. */
  protected async known(beginning: string): Promise<readonly KnownTraining[]> {
    const said = await this.session.clickhouse.query('training-list', { request_id: beginning, most: MOST_KNOWN });
    const { broker, serde } = this.session.connections;
    const requests: TrainingRequested[] = [];
    await serde.prepare(['training.requested']);
    await broker.journal.tail({
      topics: ['training.requested'],
      from: 'beginning',
      untilEnd: true,
      signal: new AbortController().signal,
      onRecords: async (records) => {
        for (const read of await serde.decode('training.requested', records)) {
          if (read.ok && read.value.requestId.startsWith(beginning)) requests.push(read.value);
        }
      },
    });
    return knownTrainings(said, requests);
  }

  /**
   * The request whose id begins so.
   * @throws UsageError when there is none, or several
   */
  protected async find(beginning: string): Promise<KnownTraining> {
    const [one, other] = await this.known(beginning);
    if (one === undefined)
      throw new UsageError(`${beginning}: no request begins like this; tidegate training list shows them`);
    if (other !== undefined) throw new UsageError(`${beginning}: several requests begin like this; give more of it`);
    return one;
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
    const rows = (await this.known('')).slice(0, options.count ?? MOST_LISTED);
    if (options.json === true) {
      for (const row of rows) printJson(row);
      return;
    }
    if (rows.length === 0) {
      printLine('nothing was asked for yet: tidegate training request asks');
      return;
    }
    printTable(
      ['request', 'state', 'step', 'attempt', 'artefact', 'recipe', 'data set or channel', 'at'],
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
    const row = await this.find(id);
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
          ['data set or channel', row.dataset_id ?? ''],
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
    this.tell(await this.follow(await this.wholeId(id), 0), options.json === true);
  }

  /** A whole id may be too new for ClickHouse to know it. */
  private async wholeId(id: string): Promise<string> {
    return /^[0-9a-f]{32}$/.test(id) ? id : (await this.find(id)).request_id;
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
