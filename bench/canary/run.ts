import { parseArgs } from 'node:util';
import {
  DEFAULT_GUARD_SETTINGS,
  type GuardRule,
  type GuardSettings,
} from '../../libs/model/sequential/guard-settings.js';
import { runCanaries, type CanaryRuns } from '../../libs/model/sequential/simulation/canary-runs.js';
import {
  CLUSTER_LAWS,
  EQUAL,
  FLAG_RATES,
  type CanaryEffects,
  type ClusterLaw,
} from '../../libs/model/sequential/simulation/canary-world.js';

const USAGE = `Usage: node dist/bench/canary/run.js [options]

Simulates canaries whose authors cluster, looks at the guards after every window and counts roll-backs: of equal canaries,
of canaries that are as much worse as the margin allows, and of worse ones.

  --runs <n>        equal canaries, shared among the cluster laws, default 1000
  --worse-runs <n>  canaries of each other row, default 200
  --part <name>     equal, small, level, items, flags or guards; may be given again; default all
  --times <k>       margins by which the rows of flags and guards differ; may be given again; default 1, 1.5 and 2
  --law <name>      ${CLUSTER_LAWS.join(', ')}; may be given again; default all
  --share <p>       of authors in the canary, default 0.5
  --windows <n>     looks at each canary, default 40
  --items <n>       items of a window in both arms, default 1500
  --seed <n>        default 1
  --json            a document for each row instead of a table
  --help            this text

Exit code 0: no row within the margin has more roll-backs than alpha allows; 1: one has; 2: called wrongly.`;

const PARTS = ['equal', 'small', 'level', 'items', 'flags', 'guards'] as const;
type PartName = (typeof PARTS)[number];

const flagGuards: readonly GuardRule[] = Object.keys(FLAG_RATES).map((category) => ({ kind: 'FLAG_RATE', category }));
const SETTINGS: GuardSettings = {
  ...DEFAULT_GUARD_SETTINGS,
  guards: [
    { kind: 'ERROR_RATE' },
    { kind: 'LATENCY_P99', referenceMs: 200 },
    { kind: 'APPEAL_OVERTURN' },
    { kind: 'BLOCK_PRECISION' },
    ...flagGuards,
  ],
};

interface Row {
  readonly part: PartName;
  readonly law: ClusterLaw;
  readonly what: string;
  readonly effects: CanaryEffects;
  /** Within the margin: a roll-back is a false one. */
  readonly isHarmless: boolean;
}

function settingsOf(part: PartName): GuardSettings {
  if (part === 'items') return { ...SETTINGS, guards: flagGuards };
  if (part === 'level') return { ...SETTINGS, guards: flagGuards.slice(0, 1), steps: 1 };
  return SETTINGS;
}

const { margin, alpha } = DEFAULT_GUARD_SETTINGS;

function rowsOf(part: PartName, laws: readonly ClusterLaw[], allTimes: readonly number[]): readonly Row[] {
  const equal = (law: ClusterLaw, what: string): Row => ({ part, law, what, effects: EQUAL, isHarmless: true });
  const worse = (law: ClusterLaw, name: string, change: (by: number) => Partial<CanaryEffects>): readonly Row[] =>
    allTimes.map((times) => ({
      part,
      law,
      what: `${name}, margin x ${times}`,
      effects: { ...EQUAL, ...change(margin * times) },
      isHarmless: times <= 1,
    }));
  switch (part) {
    case 'equal':
      return laws.map((law) => equal(law, 'equal'));
    case 'small':
      return laws.map((law) => equal(law, 'equal, 5 % of authors'));
    case 'level':
      return laws.flatMap((law) =>
        [1 + margin, 1 - margin].map((flags) => ({
          ...equal(law, `${flags > 1 ? 'more' : 'fewer'} flags, margin x 1, one guard with all of alpha`),
          effects: { ...EQUAL, flags },
        })),
      );
    case 'items':
      return laws.map((law) => ({ ...equal(law, 'equal, taken item by item'), isHarmless: false }));
    case 'flags':
      return laws.flatMap((law) => worse(law, 'more flags', (by) => ({ flags: 1 + by })));
    case 'guards':
      return [
        ...worse('regular', 'fewer flags', (by) => ({ flags: 1 - by })),
        ...worse('regular', 'more errors', (by) => ({ errors: 1 + by })),
        ...worse('regular', 'slower', (by) => ({ latency: 1 + by })),
        ...worse('regular', 'more appeals overturned', (by) => ({ overturns: 1 + by })),
        ...worse('regular', 'less precise blocks', (by) => ({ precision: 1 - by })),
      ];
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      'worse-runs': { type: 'string', default: '200' },
      part: { type: 'string', multiple: true, default: [...PARTS] },
      times: { type: 'string', multiple: true, default: ['1', '1.5', '2'] },
      law: { type: 'string', multiple: true, default: [...CLUSTER_LAWS] },
      share: { type: 'string', default: '0.5' },
      windows: { type: 'string', default: '40' },
      items: { type: 'string', default: '1500' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'runs' | 'worse-runs' | 'windows' | 'items' | 'seed'): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`--${name} is a whole number above 0`);
  };
  const share = Number(values.share);
  if (!(share > 0 && share < 1)) throw new Error('--share is between 0 and 1');
  const times = values.times.map(Number);
  if (!times.every((one) => one > 0 && one <= 4)) throw new Error('--times is above 0 and at most 4');
  const parts = PARTS.filter((part) => values.part.includes(part));
  const laws = CLUSTER_LAWS.filter((law) => values.law.includes(law));
  if (parts.length !== values.part.length) throw new Error(`--part is one of ${PARTS.join(', ')}`);
  if (laws.length !== values.law.length) throw new Error(`--law is one of ${CLUSTER_LAWS.join(', ')}`);
  return {
    runs: whole('runs'),
    worseRuns: whole('worse-runs'),
    windows: whole('windows'),
    itemsPerWindow: whole('items'),
    seed: whole('seed'),
    share,
    parts,
    times,
    laws,
    json: values.json,
    help: values.help,
  };
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

const head = ['authors', 'canary', 'runs', 'rolled back', '95 %', 'guards', 'median items of the canary'];

function tableLine({ law, what }: Row, { runs, share, low, high, byGuard, medianItems }: CanaryRuns): string {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const guards = Object.entries(byGuard).sort(([, a], [, b]) => b - a);
  return line([
    law,
    what,
    String(runs),
    percent(share),
    `${percent(low)} to ${percent(high)}`,
    guards.map(([guard, count]) => `${guard} ${count}`).join(', '),
    medianItems === null ? '' : medianItems.toLocaleString('en'),
  ]);
}

function main(): number {
  let options;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'wrong options'}\n${USAGE}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const { runs, worseRuns, windows, itemsPerWindow, seed, share, parts, times, laws, json } = options;
  let keeps = true;
  if (!json) process.stdout.write(line(head) + line(head.map(() => '---')));
  for (const row of parts.flatMap((part) => rowsOf(part, laws, times))) {
    const { part, law, effects, isHarmless } = row;
    const figures = runCanaries(
      { law, share: part === 'small' ? 0.05 : share, windows, itemsPerWindow, effects },
      settingsOf(part),
      {
        runs: part === 'equal' || part === 'small' ? Math.ceil(runs / laws.length) : worseRuns,
        seed,
        clusterBy: part === 'items' ? 'item' : 'author',
      },
    );
    if (isHarmless && figures.low > alpha) keeps = false;
    process.stdout.write(json ? `${JSON.stringify({ ...row, ...figures })}\n` : tableLine(row, figures));
  }
  return keeps ? 0 : 1;
}

process.exitCode = main();
