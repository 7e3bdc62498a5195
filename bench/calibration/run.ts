import { parseArgs } from 'node:util';
import { DEFAULT_WORLD, simulateCoverage, type Coverage, type CoverageWorld } from '#model';

const USAGE = `Usage: node dist/bench/calibration/run.js [options]

Solves thresholds on simulated samples again and again and holds them against the planted truth: how often the precision of a block threshold
is below its target, and how many positives a review threshold misses.

  --runs <n>       samples of each world and plan, default 1000
  --precision <p>  target of block, default 0.9
  --recall <p>     target of review, default 0.9
  --seed <n>       default 1
  --json           one document for machines instead of tables
  --help           this text

Exit code 0: every weighted row keeps both promises; 1: one does not; 2: called wrongly.`;

const DELTA = 0.05;

const WORLDS: Readonly<Record<string, CoverageWorld>> = {
  sharp: DEFAULT_WORLD,
  // Positives and negatives overlap, and half of the positives score low.
  weak: { ...DEFAULT_WORLD, prevalence: 0.1, positive: 0 },
};
const PLANS = ['uniform', 'own scores', 'other scores'] as const;

interface Row extends Coverage {
  readonly world: string;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      precision: { type: 'string', default: '0.9' },
      recall: { type: 'string', default: '0.9' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [runs, precision, recall, seed] = [values.runs, values.precision, values.recall, values.seed].map(Number);
  const isShare = (value = Number.NaN): boolean => value > 0 && value < 1;
  if (!Number.isInteger(runs) || !Number.isInteger(seed) || !isShare(precision) || !isShare(recall)) {
    throw new Error('--runs and --seed are whole numbers, --precision and --recall between 0 and 1');
  }
  return { ...values, runs: runs ?? 0, precision: precision ?? 0, recall: recall ?? 0, seed: seed ?? 0 };
}

/** Both promises, with what chance alone may add in so many runs (three standard errors of a share of 5 %). */
function keeps({ weighting, plan, belowTarget, missed, runs }: Row, recall: number): boolean {
  if (weighting === 'unweighted' && plan !== 'uniform') return true;
  return belowTarget <= DELTA + 3 * Math.sqrt((DELTA * (1 - DELTA)) / runs) && missed <= 1 - recall;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function table(rows: readonly Row[]): string {
  const percent = (share: number): string => (Number.isNaN(share) ? 'none' : `${(100 * share).toFixed(1)} %`);
  const head = [
    'world',
    'drawn by',
    'solved with',
    'block solved',
    'precision below target',
    'mean precision',
    'missed',
  ];
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ world, plan, weighting, solved, belowTarget, precision, missed }) =>
      line([world, plan, weighting, percent(solved), percent(belowTarget), percent(precision), percent(missed)]),
    ),
  ].join('');
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
  const { runs, precision, recall, seed } = options;
  const rows = Object.entries(WORLDS).flatMap(([name, world]) =>
    PLANS.flatMap((plan) =>
      simulateCoverage({ world, plan, runs, precision, missRate: 1 - recall, seed }).map((one): Row => ({
        world: name,
        ...one,
      })),
    ),
  );
  process.stdout.write(options.json ? `${JSON.stringify({ runs, precision, recall, seed, rows })}\n` : table(rows));
  return rows.every((row) => keeps(row, recall)) ? 0 : 1;
}

process.exitCode = main();
