import fs from 'node:fs';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import {
  contentsOf,
  exchangeFormats,
  fileHashOf,
  formatExchangeProblem,
  parseMapping,
  readAnswers,
  submissionsOf,
  type ExchangeFormat,
  type ExchangeProblem,
  type Mapping,
  type ReadAnswers,
} from '#flow/label';
import { contentKey } from '#platform/contracts';
import type { Emission } from '#platform/stream';
import { CliSession } from '../cli-session.js';
import { exportAnswers, exportLabels } from '../label-export.js';
import { printJson, printLine } from '../output/print.js';
import { createProgress } from '../output/progress.js';
import { UsageError } from '../usage-error.js';

const BATCH = 500;
/** Mistakes that are listed; the rest is counted. */
const MOST_LISTED = 20;
const formats = exchangeFormats.join(', ');

function formatOf(value: string): ExchangeFormat {
  const format = exchangeFormats.find((known) => known === value);
  if (format === undefined) throw new UsageError(`--format ${value}: must be one of ${formats}`);
  return format;
}

interface ImportOptions {
  readonly format?: ExchangeFormat;
  readonly mapping?: string;
  readonly platform?: string;
  readonly publish?: boolean;
  readonly attempt?: number;
  readonly skipInvalid?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

@SubCommand({
  name: 'import',
  arguments: '<file>',
  description: 'Bring answers that people gave elsewhere to label.submitted; docs/label-exchange.md',
})
export class ImportLabels extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([file = '']: string[], options: ImportOptions): Promise<void> {
    if (options.format === undefined) throw new UsageError(`--format: must be one of ${formats}`);
    const { format, platform = null, publish = false, attempt = 0 } = options;
    if (!fs.existsSync(file)) throw new UsageError(`${file}: there is no such file`);
    const bytes = fs.readFileSync(file);
    const mapping = options.mapping === undefined ? null : readMapping(options.mapping);
    const read = readAnswers(bytes.toString('utf8'), { file, format, mapping, platform });
    refuseBroken(file, read, options.skipInvalid === true);
    const contents = publish ? contentsOf(read.answers, Date.now()) : [];
    if (publish && contents.length === 0 && read.answers.length > 0) {
      throw new UsageError(`${file}: has no texts to publish; name their field as text in the mapping`);
    }
    const source = { fileHash: fileHashOf(bytes), writtenAt: Math.floor(fs.statSync(file).mtimeMs), attempt };
    const submissions = [...submissionsOf(read.answers, source)];
    if (options.dryRun !== true) {
      await this.write([
        ...contents.map((value) => ({ topic: 'content.submitted' as const, key: contentKey(value), value })),
        ...submissions.map((value) => ({ topic: 'label.submitted' as const, key: value.taskId, value })),
      ]);
    }
    const summary = {
      file,
      rows: read.rows,
      invalid: read.problems.length,
      skipped: read.skipped,
      submissions: submissions.length,
      votes: submissions.reduce((sum, { answers }) => sum + Object.keys(answers).length, 0),
      items: new Set(submissions.map(({ taskId }) => taskId)).size,
      labelers: new Set(submissions.map(({ labelerId }) => labelerId)).size,
      questions: [...new Set(submissions.flatMap(({ answers }) => Object.keys(answers)))].sort(),
      published: contents.length,
      dryRun: options.dryRun === true,
    };
    if (options.json === true) printJson(summary);
    else printLine(sentenceOf(summary));
  }

  private async write(emissions: readonly Emission[]): Promise<void> {
    const { serde } = this.session.connections;
    await serde.prepare(['content.submitted', 'label.submitted']);
    const progress = createProgress();
    try {
      for (let from = 0; from < emissions.length; from += BATCH) {
        progress.report('importing', from, emissions.length);
        await this.session.writer.write(emissions.slice(from, from + BATCH));
      }
    } finally {
      progress.end();
    }
  }

  @Option({ flags: '--format <name>', description: `What the file is: ${formats}` })
  format(value: string): ExchangeFormat {
    return formatOf(value);
  }

  @Option({
    flags: '--mapping <file>',
    description: 'YAML that says what its fields mean; not for files of label export',
  })
  mapping(value: string): string {
    return value;
  }

  @Option({ flags: '--platform <name>', description: 'Platform of rows that name none' })
  platform(value: string): string {
    return value;
  }

  @Option({ flags: '--publish', description: 'Publish the texts of the file first' })
  publish(): boolean {
    return true;
  }

  @Option({
    flags: '--attempt <number>',
    description: 'Correct an earlier import of the same file: 1, then 2 and so on',
  })
  attempt(value: string): number {
    const attempt = Number(value);
    if (Number.isInteger(attempt) && attempt >= 0 && attempt <= 1000) return attempt;
    throw new UsageError(`--attempt ${value}: must be a whole number from 0 to 1000`);
  }

  @Option({ flags: '--skip-invalid', description: 'Leave out the rows that are wrong' })
  skipInvalid(): boolean {
    return true;
  }

  @Option({ flags: '--dry-run', description: 'Only say what would be imported' })
  dryRun(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

/** @throws Error with every mistake and its place */
function readMapping(file: string): Mapping {
  if (!fs.existsSync(file)) throw new UsageError(`${file}: there is no such file`);
  const parsed = parseMapping(fs.readFileSync(file, 'utf8'), file);
  if (parsed.ok) return parsed.mapping;
  throw new Error(parsed.problems.map(formatExchangeProblem).join('\n'));
}

function refuseBroken(file: string, { problems, rows }: ReadAnswers, skipInvalid: boolean): void {
  if (problems.length === 0) return;
  const listed = listOf(problems);
  if (skipInvalid) process.stderr.write(`${listed}\n`);
  else {
    throw new Error(
      `${listed}\n${file}: ${problems.length} of ${rows} rows are wrong and nothing was imported; correct them, or leave them out with --skip-invalid`,
    );
  }
}

function listOf(problems: readonly ExchangeProblem[]): string {
  const lines = problems.slice(0, MOST_LISTED).map(formatExchangeProblem);
  if (problems.length > MOST_LISTED) lines.push(`and ${problems.length - MOST_LISTED} more`);
  return lines.join('\n');
}

function sentenceOf(summary: {
  readonly submissions: number;
  readonly votes: number;
  readonly items: number;
  readonly labelers: number;
  readonly invalid: number;
  readonly skipped: number;
  readonly published: number;
  readonly dryRun: boolean;
}): string {
  const { submissions, votes, items, labelers, invalid, skipped, published, dryRun } = summary;
  const left = invalid + skipped === 0 ? '' : `; left out: ${invalid} wrong rows, ${skipped} without an answer`;
  const texts = published === 0 ? '' : ` and ${published} texts`;
  const what = `${submissions} submissions with ${votes} answers of ${labelers} people about ${items} items${texts}`;
  return dryRun ? `would import ${what}${left}; nothing was written` : `imported ${what}${left}`;
}

interface ExportOptions {
  readonly format?: ExchangeFormat;
  readonly what?: 'answers' | 'labels';
  readonly text?: boolean;
  readonly out?: string;
}

@SubCommand({ name: 'export', description: 'Write what people answered, or what it means, to a file' })
export class ExportLabels extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: ExportOptions): Promise<void> {
    const { format, what = 'answers', text: withText = false, out } = options;
    if (format === undefined) throw new UsageError(`--format: must be one of ${formats}`);
    if (what === 'labels' && format === 'label-studio') {
      throw new UsageError(
        '--what labels: Label Studio has no place for labels of several people; export jsonl or csv',
      );
    }
    const { clickhouse } = this.session;
    const parts =
      what === 'labels'
        ? exportLabels(clickhouse, format === 'csv' ? 'csv' : 'jsonl', withText)
        : exportAnswers(clickhouse, format, withText);
    const into = out === undefined ? null : fs.openSync(out, 'wx', 0o600);
    try {
      for await (const part of parts) {
        if (into === null) process.stdout.write(part);
        else fs.writeSync(into, part);
      }
    } finally {
      if (into !== null) fs.closeSync(into);
    }
  }

  @Option({ flags: '--format <name>', description: formats })
  format(value: string): ExchangeFormat {
    return formatOf(value);
  }

  @Option({
    flags: '--what <what>',
    description: 'answers (default): what each person said; labels: categories by policy',
  })
  what(value: string): string {
    if (value === 'answers' || value === 'labels') return value;
    throw new UsageError(`--what ${value}: must be answers or labels`);
  }

  @Option({ flags: '--text', description: 'With the texts, personal data masked' })
  text(): boolean {
    return true;
  }

  @Option({ flags: '--out <file>', description: 'A new file, readable by you alone; otherwise standard output' })
  out(value: string): string {
    return value;
  }
}

@Command({ name: 'label', description: 'Answers of people, in and out', subCommands: [ImportLabels, ExportLabels] })
export class LabelCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
