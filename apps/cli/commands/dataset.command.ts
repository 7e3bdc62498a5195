import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import {
  createDatasetStore,
  datasetSalt,
  diffDatasets,
  exportDataset,
  exportFormats,
  formatProblem,
  importDataset,
  manifestOf,
  parseMapping,
  parseRecipe,
  requestIdOf,
  verifyDataset,
  type ExportFormat,
  type QualityReport,
} from '#flow/dataset';
import type { DatasetPublished, DatasetProgressed, DatasetRequested } from '#platform/contracts';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { createProgress } from '../output/progress.js';
import { positiveInteger, UsageError } from '../usage-error.js';
import { findDataset, readDatasets } from './datasets.js';

/** Rows that are listed one by one; the rest is counted. */
const MOST_LISTED = 20;
/** The warehouse shows an event within seconds. */
const SHOWN_MS = 15_000;
const LOOK_MS = 250;
/** Nobody has said anything for so long: the role may not run. */
const SILENCE_MS = 15_000;

/** Nest finds what to inject at the class that declares the constructor. */
@Injectable()
abstract class JsonCommand extends CommandRunner {
  constructor(protected readonly session: CliSession) {
    super();
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

interface BuildOptions {
  readonly policyVersion?: number;
  readonly labelsUntil?: number;
  readonly again?: boolean;
  readonly wait?: boolean;
  readonly json?: boolean;
}

@SubCommand({
  name: 'build',
  arguments: '[recipe]',
  description: 'Ask for a data set and follow the work; a recipe of the role by its name (default), or a YAML file',
})
export class BuildDataset extends JsonCommand {
  override async run([recipe = 'default']: string[], options: BuildOptions): Promise<void> {
    const request = await this.request(recipe, options);
    const { serde } = this.session.connections;
    await serde.prepare(['dataset.requested', 'dataset.progressed']);
    await this.session.writer.write([{ topic: 'dataset.requested', key: request.requestId, value: request }]);
    if (options.wait === false) {
      if (options.json === true) printJson(request);
      else printLine(`asked for as ${request.requestId}; tidegate dataset list shows what is there`);
      return;
    }
    const last = await this.follow(request);
    if (last === null) return;
    if (last.state === 'FAILED') {
      if (options.json === true) printJson(last);
      throw new Error(last.detail ?? 'the build failed');
    }
    const dataset = await this.shown(last.subjectId ?? '');
    if (options.json === true) printJson(dataset ?? { requestId: request.requestId, datasetId: last.subjectId });
    else if (dataset === null) printLine(`${last.subjectId ?? ''} is published; ClickHouse will show it soon`);
    else printLine(sentenceOf(dataset));
  }

  private async request(recipe: string, options: BuildOptions): Promise<DatasetRequested> {
    const document = recipeDocument(recipe);
    const { policyVersion = null } = options;
    const cut = options.labelsUntil ?? (await createDatasetStore(this.session.clickhouse).readableUntil());
    const now = Date.now();
    const wish = [
      `cut ${cut}`,
      `policy ${policyVersion ?? 'in force'}`,
      ...(options.again === true ? [`at ${now}`] : []),
    ];
    const causeId = wish.join(', ');
    return {
      requestId: requestIdOf('PERSON', causeId, document),
      recipe: document,
      policyVersion,
      labelsUntil: cut,
      cause: 'PERSON',
      causeId,
      requestedBy: 'cli',
      requestedAt: now,
    };
  }

  /** @returns the last word; null when the person leaves */
  private async follow({ requestId, requestedAt }: DatasetRequested): Promise<DatasetProgressed | null> {
    const { broker, serde } = this.session.connections;
    const ended = new AbortController();
    const leave = (): void => {
      ended.abort();
    };
    process.once('SIGINT', leave);
    const silence = setTimeout(() => {
      process.stderr.write('nobody has answered yet: is the dataset role running? Ctrl-C leaves the request there\n');
    }, SILENCE_MS);
    const progress = createProgress();
    let last: DatasetProgressed | null = null;
    try {
      await broker.journal.tail({
        topics: ['dataset.progressed'],
        from: 'beginning',
        untilEnd: false,
        signal: ended.signal,
        onRecords: async (records) => {
          for (const said of await serde.decode('dataset.progressed', records)) {
            if (!said.ok || said.value.requestId !== requestId || said.value.at < requestedAt) continue;
            clearTimeout(silence);
            last = said.value;
            const { state, step, done, total } = last;
            if (state === 'RUNNING') progress.report(step, done, Math.max(total, done, 1));
            if (state === 'COMPLETED' || state === 'FAILED') ended.abort();
          }
        },
      });
    } finally {
      clearTimeout(silence);
      progress.end();
      process.removeListener('SIGINT', leave);
    }
    return last;
  }

  private async shown(datasetId: string): Promise<DatasetPublished | null> {
    for (const deadline = Date.now() + SHOWN_MS; Date.now() < deadline;) {
      const found = (await readDatasets(this.session)).find((dataset) => dataset.datasetId === datasetId);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return null;
  }

  @Option({ flags: '--policy-version <number>', description: 'Version of the policy; default: the one in force' })
  policyVersion(value: string): number {
    return positiveInteger('--policy-version', value);
  }

  @Option({
    flags: '--labels-until <offset>',
    description: 'Labels before this offset of label.resolved; default: all that ClickHouse shows',
  })
  labelsUntil(value: string): number {
    return positiveInteger('--labels-until', value);
  }

  @Option({ flags: '--again', description: 'Also when the same was asked for before, for example after a failure' })
  again(): boolean {
    return true;
  }

  @Option({ flags: '--no-wait', description: 'Do not follow the work' })
  wait(): boolean {
    return false;
  }
}

/** A name as it is; of a file its text, once it is known to be sound. */
function recipeDocument(recipe: string): string {
  if (!/\.ya?ml$/.test(recipe)) return recipe;
  if (!fs.existsSync(recipe)) throw new UsageError(`${recipe}: there is no such file`);
  const text = fs.readFileSync(recipe, 'utf8');
  const parsed = parseRecipe(text, recipe);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return text;
}

function sentenceOf({ datasetId, name, rows, splits, previousId }: DatasetPublished): string {
  const parts = ['train', 'validation', 'test', 'none'].map((split) => `${split} ${splits[split] ?? 0}`);
  const since = previousId === null ? '' : `; what changed: tidegate dataset diff ${previousId} ${datasetId}`;
  return `${datasetId}: ${name}, ${rows} rows (${parts.join(', ')})${since}`;
}

@SubCommand({ name: 'list', description: 'Data sets, the newest first' })
export class ListDatasets extends JsonCommand {
  override async run(_: string[], options: { readonly json?: boolean }): Promise<void> {
    const datasets = await readDatasets(this.session);
    if (options.json === true) {
      for (const dataset of datasets) printJson(dataset);
      return;
    }
    if (datasets.length === 0) {
      printLine('there is none yet: tidegate dataset build makes one');
      return;
    }
    printTable(
      ['data set', 'name', 'kind', 'policy', 'rows', 'train', 'validation', 'test', 'published'],
      datasets.map(({ datasetId, name, kind, policyId, policyVersion, rows, splits, publishedAt }) => [
        datasetId,
        name,
        kind.toLowerCase(),
        policyId === null ? '' : `${policyId}@${policyVersion ?? ''}`,
        ...[rows, splits['train'] ?? 0, splits['validation'] ?? 0, splits['test'] ?? 0].map(String),
        new Date(publishedAt).toISOString().slice(0, 16),
      ]),
    );
  }
}

@SubCommand({
  name: 'show',
  arguments: '<dataset>',
  description:
    'Card of a data set: an id, or a name for the newest of it; with --json all that is known, and the quality report',
})
export class ShowDataset extends JsonCommand {
  override async run([wanted = '']: string[], options: { readonly json?: boolean }): Promise<void> {
    const dataset = await findDataset(this.session, wanted);
    const stored = await createDatasetStore(this.session.clickhouse).report(dataset.datasetId);
    if (options.json === true) {
      const report = stored === null ? null : (JSON.parse(stored.report) as QualityReport);
      printJson({ ...dataset, recipe: JSON.parse(dataset.recipe) as unknown, report });
      return;
    }
    printLine(stored?.card ?? sentenceOf(dataset));
    for (const { name, passed, detail } of dataset.expectations) {
      if (!passed) printLine(`expected and not met: ${name} (found ${detail})`);
    }
  }
}

@SubCommand({
  name: 'diff',
  arguments: '<before> <after>',
  description: 'Rows that came, went or changed between two data sets, and why',
})
export class DiffDatasets extends JsonCommand {
  override async run(
    [before = '', after = '']: string[],
    options: { readonly json?: boolean; readonly all?: boolean },
  ): Promise<void> {
    const sides = [await this.side(before), await this.side(after)] as const;
    const diff = diffDatasets(...sides);
    if (options.json === true) {
      printJson(diff);
      return;
    }
    printLine(`${diff.before} -> ${diff.after}: ${countsOf(diff.counts)}`);
    const reasons = Object.entries(diff.reasons).sort(([, a], [, b]) => b - a);
    if (reasons.length > 0)
      printTable(
        ['reason', 'rows'],
        reasons.map(([reason, rows]) => [reason, String(rows)]),
      );
    for (const what of ['categories', 'languages', 'sources', 'splits'] as const) {
      const changed = diff[what].filter((it) => it.before !== it.after);
      if (changed.length === 0) continue;
      printTable(
        [what, 'before', 'after', 'change'],
        changed.map((it) => [it.name, String(it.before), String(it.after), signed(it.after - it.before)]),
      );
    }
    const listed = options.all === true ? diff.changes : diff.changes.slice(0, MOST_LISTED);
    if (listed.length > 0) {
      printTable(
        ['row', 'change', 'reason', 'detail'],
        listed.map(({ key, change, reason, detail }) => [key, change, reason, detail.join(', ')]),
      );
    }
    if (listed.length < diff.changes.length)
      printLine(`and ${diff.changes.length - listed.length} more; --all lists them`);
  }

  private async side(wanted: string) {
    const dataset = await findDataset(this.session, wanted);
    const store = createDatasetStore(this.session.clickhouse);
    const rows = [];
    for await (const piece of store.rows(dataset.datasetId)) rows.push(...piece);
    return { manifest: manifestOf(dataset), rows, leftOut: await store.leftOut(dataset.datasetId) };
  }

  @Option({ flags: '--all', description: `List every row, not only ${MOST_LISTED}` })
  all(): boolean {
    return true;
  }
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([change, rows]) => `${rows} ${change.toLowerCase()}`)
    .join(', ');
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : String(change);
}

@SubCommand({
  name: 'verify',
  arguments: '<dataset>',
  description:
    'Make a data set again from ClickHouse and compare; names rows that were altered. Exit code 1 when it is not whole',
})
export class VerifyDataset extends JsonCommand {
  override async run([wanted = '']: string[], options: { readonly json?: boolean }): Promise<void> {
    const dataset = await findDataset(this.session, wanted);
    const known = await readDatasets(this.session);
    const progress = createProgress();
    const { secret } = this.session.connections.platformOf('cli', () => undefined);
    const verification = await verifyDataset(dataset, {
      store: createDatasetStore(this.session.clickhouse),
      salt: datasetSalt(secret),
      published: () => known,
      tell: (step, done, total) => {
        progress.report(step, done, Math.max(total, done, 1));
        return Promise.resolve();
      },
      giveWay: async () => {
        await nextTurn();
      },
    }).finally(() => {
      progress.end();
    });
    const { datasetId, digest, rebuiltDigest, storedDigest, rows, erased, differences, isWhole } = verification;
    if (options.json === true) printJson(verification);
    else if (isWhole) {
      const how = rebuiltDigest === null ? 'stored' : 'stored and made again';
      const without = erased === 0 ? '' : `, ${erased} of them without their erased texts`;
      printLine(`${datasetId} is whole: ${rows} rows${without}, ${how}, give ${digest}`);
    } else {
      for (const { key, problem, field } of differences.slice(0, MOST_LISTED)) {
        printLine(`${key}: ${problem.toLowerCase()}${field === '' ? '' : `, field ${field}`}`);
      }
      if (differences.length > MOST_LISTED)
        printLine(`and ${differences.length - MOST_LISTED} more; --json lists them`);
    }
    if (isWhole) return;
    throw new Error(
      `${datasetId} is not what was published: ${differences.length} rows differ (digest ${digest.slice(0, 12)}, stored ${storedDigest.slice(0, 12)}, made again ${rebuiltDigest?.slice(0, 12) ?? '-'})`,
    );
  }
}

interface ExportOptions {
  readonly format?: ExportFormat;
  readonly out?: string;
  readonly json?: boolean;
}

@SubCommand({
  name: 'export',
  arguments: '<dataset>',
  description: `Write a data set to files: ${exportFormats.join(', ')}; texts of erased contents are empty`,
})
export class ExportDataset extends JsonCommand {
  override async run([wanted = '']: string[], options: ExportOptions): Promise<void> {
    const { format = 'folder', out } = options;
    if (out === undefined) throw new UsageError('--out: names the new file or folder');
    if (fs.existsSync(out)) throw new UsageError(`--out ${out}: is there already; name another one`);
    const dataset = await findDataset(this.session, wanted);
    const progress = createProgress();
    const files = await exportDataset({
      ...{ dataset, format, out, clickhouse: this.session.clickhouse },
      tell: (step, done, total) => {
        progress.report(step, done, Math.max(total, done, 1));
      },
    }).finally(() => {
      progress.end();
    });
    if (options.json === true) printJson({ datasetId: dataset.datasetId, format, files });
    else printLine(`${dataset.datasetId}: ${dataset.rows} rows in ${files.join(', ')}`);
  }

  @Option({
    flags: '--format <name>',
    description: `${exportFormats.join(', ')}; default: folder, which trainers read`,
  })
  format(value: string): ExportFormat {
    const format = exportFormats.find((known) => known === value);
    if (format === undefined) throw new UsageError(`--format ${value}: must be one of ${exportFormats.join(', ')}`);
    return format;
  }

  @Option({ flags: '--out <path>', description: 'A new file (parquet, jsonl) or folder (folder, huggingface)' })
  out(value: string): string {
    return value;
  }
}

@SubCommand({
  name: 'import',
  arguments: '<folder>',
  description: 'Labelled files of others as a data set; docs/datasets.md',
})
export class ImportDataset extends JsonCommand {
  override async run(
    [folder = '']: string[],
    options: { readonly mapping?: string; readonly dryRun?: boolean; readonly json?: boolean },
  ): Promise<void> {
    if (options.mapping === undefined)
      throw new UsageError('--mapping: names the YAML file that says what the fields mean');
    if (!fs.existsSync(options.mapping)) throw new UsageError(`${options.mapping}: there is no such file`);
    if (!fs.existsSync(folder)) throw new UsageError(`${folder}: there is no such folder`);
    const parsed = parseMapping(fs.readFileSync(options.mapping, 'utf8'), options.mapping);
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    const dryRun = options.dryRun === true;
    const { secret } = this.session.connections.platformOf('cli', () => undefined);
    const progress = createProgress();
    const { read, made } = await importDataset(parsed.value, {
      store: dryRun ? null : createDatasetStore(this.session.clickhouse, `import-${Date.now()}`),
      salt: datasetSalt(secret),
      secret,
      open: (file) => fs.createReadStream(path.join(folder, file)),
      clock: Date.now,
      tell: (step, done, total) => {
        progress.report(step, done, Math.max(total, done, 1));
        return Promise.resolve();
      },
    }).finally(() => {
      progress.end();
    });
    if (made === null) {
      const listed = read.problems.slice(0, MOST_LISTED).map(formatProblem);
      const why = read.problems.length > 0 ? `${read.problems.length} mistakes` : 'no record has a text and a label';
      throw new Error([...listed, `${folder}: ${why}; nothing was imported`].join('\n'));
    }
    const { published } = made;
    if (!dryRun) await this.publish(published);
    if (options.json === true) printJson({ ...published, records: read.records, skipped: read.skipped, dryRun });
    else {
      const skipped = Object.entries(read.skipped).map(([reason, count]) => `${reason} ${count}`);
      const left = skipped.length === 0 ? '' : `; left out of ${read.records} records: ${skipped.join(', ')}`;
      printLine(`${dryRun ? 'would import ' : ''}${sentenceOf(published)}${left}`);
    }
  }

  private async publish(published: DatasetPublished): Promise<void> {
    const { serde } = this.session.connections;
    await serde.prepare(['dataset.published']);
    await this.session.writer.write([{ topic: 'dataset.published', key: published.datasetId, value: published }]);
  }

  @Option({ flags: '--mapping <file>', description: 'YAML: name, licence, origin, and what each field means' })
  mapping(value: string): string {
    return value;
  }

  @Option({ flags: '--dry-run', description: 'Read everything, say what would be imported, write nothing' })
  dryRun(): boolean {
    return true;
  }
}

@Command({
  name: 'dataset',
  description: 'Data sets: build, look at, compare, verify, bring in and out',
  subCommands: [BuildDataset, ListDatasets, ShowDataset, DiffDatasets, VerifyDataset, ExportDataset, ImportDataset],
})
export class DatasetCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
