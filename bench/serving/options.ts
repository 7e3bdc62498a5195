import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '#platform/config';

export const parts = ['whole', 'latency', 'cpu', 'ratios'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  readonly parts: readonly Part[];
  /** Length of a steady measurement. */
  readonly seconds: number;
  /** Of the ratios; the whole path runs with 4, the default of the embedded stack. */
  readonly partitions: readonly number[];
  /** Rounds of the ratios, after one that warms up. */
  readonly rounds: number;
  /** Records of one loop of the ratios. */
  readonly records: number;
  /** Contents of one backlog of the whole path. */
  readonly backlog: number;
  readonly backlogs: number;
  /** Paces that are tried until one is kept. */
  readonly attempts: number;
  /** Events/s of `latency` and `cpu`; null: half of the sustained rate. */
  readonly rate: number | null;
  readonly data: string;
  readonly corpus: string;
  readonly json: boolean;
  readonly write: boolean;
  readonly quick: boolean;
  /** Roles that run; null: all. */
  readonly roles: readonly string[] | null;
}

export const usage = `Measures the serving path, from content to verdict.

  node dist/bench/serving/run.js [options]

  --only <parts>        comma-separated: whole, latency, cpu, ratios; default all
  --seconds <n>         length of each steady measurement (60)
  --partitions <list>   partition counts of the ratios (1,4,12)
  --rounds <n>          rounds of the ratios after the warm-up (5)
  --records <n>         records of one loop of the ratios (96000)
  --backlog <n>         contents of one backlog (60000)
  --rate <n>            events/s of latency and cpu; default half of the sustained rate
  --data <folder>       public data (../shared/data); without it the sentences of samples/
  --corpus <name>       davidson (default), openai_moderation, toxic_spans or all
  --json                print the results as JSON at the end
  --write               keep the results: bench/serving/results.json and the table in bench/README.md
  --roles <list>        only these roles, to see what the others cost; not with --write
  --quick               seconds instead of minutes: shows that it works, measures nothing
`;

/** @throws TypeError that names the option and what it must be */
export function parseOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      roles: { type: 'string' },
      seconds: { type: 'string' },
      partitions: { type: 'string' },
      rounds: { type: 'string' },
      records: { type: 'string' },
      backlog: { type: 'string' },
      rate: { type: 'string' },
      data: { type: 'string', default: '../shared/data' },
      corpus: { type: 'string', default: 'davidson' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  if (values.roles !== undefined && values.write) {
    throw new TypeError('--write keeps what all roles do: leave --roles out');
  }
  return {
    parts: values.only === undefined ? parts : values.only.split(',').map(partOf),
    seconds: whole('seconds', values.seconds, quick ? 4 : 60),
    partitions: (values.partitions ?? (quick ? '1,4' : '1,4,12')).split(',').map((n) => whole('partitions', n, 1)),
    rounds: whole('rounds', values.rounds, quick ? 1 : 5),
    records: whole('records', values.records, quick ? 3_000 : 96_000),
    backlog: whole('backlog', values.backlog, quick ? 2_000 : 60_000),
    backlogs: quick ? 1 : 3,
    attempts: quick ? 1 : 8,
    rate: values.rate === undefined ? null : whole('rate', values.rate, 1),
    data: path.resolve(projectRoot, values.data),
    corpus: values.corpus,
    json: values.json,
    write: values.write,
    quick,
    roles: values.roles?.split(',') ?? null,
  };
}

function partOf(name: string): Part {
  const part = parts.find((known) => known === name);
  if (part === undefined) throw new TypeError(`--only: '${name}' is none of ${parts.join(', ')}`);
  return part;
}

function whole(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new TypeError(`--${name} must be a whole number from 1, not '${text ?? ''}'`);
  }
  return value;
}
