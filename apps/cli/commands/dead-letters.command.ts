import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { visible } from '#platform/terminal';
import { CliSession } from '../cli-session.js';
import { readDeadLetters, replay, type FoundLetter } from '../dead-letter-reader.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { positiveInteger, UsageError } from '../usage-error.js';

interface ListOptions {
  readonly app?: string;
  readonly reason?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

interface ReplayOptions extends ListOptions {
  readonly all?: boolean;
}

const LIMIT = 50;

abstract class DeadLetterOptions extends CommandRunner {
  @Option({ flags: '--app <name>', description: 'Only those of one app' })
  app(value: string): string {
    return value;
  }

  @Option({ flags: '--reason <code>', description: 'Only those with one reason' })
  reason(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({ name: 'list', description: 'What was rejected, where and why; never the text' })
export class ListDeadLetters extends DeadLetterOptions {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: ListOptions): Promise<void> {
    const letters = await readDeadLetters(this.session.connections, options);
    const shown = letters.slice(-(options.limit ?? LIMIT));
    if (options.json === true) {
      for (const letter of shown) printJson(summary(letter));
      return;
    }
    printTable(
      columns,
      shown.map((letter) => Object.values(summary(letter))),
    );
    printLine(
      `${letters.length} dead letters${shown.length < letters.length ? `, the last ${shown.length} shown` : ''}`,
    );
  }

  @Option({ flags: '--limit <n>', description: `At most n, the newest (default: ${LIMIT})` })
  limit(value: string): number {
    return positiveInteger('--limit', value);
  }
}

@SubCommand({ name: 'show', arguments: '<id>', description: 'One dead letter with its original bytes, as base64' })
export class ShowDeadLetter extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([id = '']: string[]): Promise<void> {
    const [found] = await readDeadLetters(this.session.connections, { id });
    if (found === undefined)
      throw new Error(`${id}: there is no such dead letter; \`tidegate dead-letters list\` names them`);
    printJson({ id, ...found.letter });
  }
}

@SubCommand({
  name: 'replay',
  arguments: '[ids...]',
  description: 'Send dead letters through again, once their cause is fixed: original bytes, key, headers and partition',
})
export class ReplayDeadLetters extends DeadLetterOptions {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(ids: string[], options: ReplayOptions): Promise<void> {
    const hasFilter = options.app !== undefined || options.reason !== undefined || options.all === true;
    if (ids.length === 0 && !hasFilter) throw new UsageError('name ids, or --app, --reason or --all');
    const letters = (await readDeadLetters(this.session.connections, options)).filter(
      ({ id }) => ids.length === 0 || ids.includes(id),
    );
    const missing = ids.find((id) => !letters.some((letter) => letter.id === id));
    if (missing !== undefined) throw new Error(`${missing}: there is no such dead letter; nothing was replayed`);
    await replay(this.session.connections, letters);
    if (options.json === true) printJson({ replayed: letters.map(({ id }) => id) });
    else printLine(`${letters.length} dead letters were sent through again`);
  }

  @Option({ flags: '--all', description: 'All of them' })
  all(): boolean {
    return true;
  }
}

@Command({
  name: 'dead-letters',
  description: 'List, show and replay records that were rejected',
  subCommands: [ListDeadLetters, ShowDeadLetter, ReplayDeadLetters],
})
export class DeadLettersCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}

const columns = ['id', 'reason', 'detail', 'source', 'key', 'bytes', 'rejected at'];

function summary({ id, letter }: FoundLetter): Readonly<Record<string, string>> {
  return {
    id,
    reason: letter.reason,
    detail: letter.detail,
    source: `${letter.source.topic}/${letter.source.partition}/${letter.source.offset}`,
    key: visible(letter.key?.toString('utf8') ?? ''),
    bytes: String(letter.value?.length ?? 0),
    rejectedAt: new Date(letter.rejectedAt).toISOString(),
  };
}
