/** The built-in trainer beside scikit-learn, under load, and stacked on public data; README.md says how to read the figures. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  defaultModelRecipe,
  fitInThreads,
  parseModelRecipe,
  trainDataset,
  type DatasetRow,
  type ModelRecipe,
} from '#model';
import { runPeer } from './peer.js';
import { readPublicData } from './public-rows.js';
import type { PublicData } from './public-rows.js';
import { runStacking } from './stacking.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string', default: 'peer,load,stacking' },
    rows: { type: 'string', default: '100000' },
    foldings: { type: 'string', default: '20' },
    /** With scikit-learn and scipy. */
    python: { type: 'string', default: 'python3' },
    /** Beside the first. */
    threads: { type: 'string', default: String(availableParallelism() - 1) },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const failures: string[] = [];
const expectThat = (holds: boolean, claim: string): void => {
  if (!holds) failures.push(claim);
};
const threads = Number(values.threads);
const options = {
  ...(threads > 0 && { fitCategories: fitInThreads(threads) }),
  onProgress: (step: string, done: number, total: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${step} ${done}/${total}   `);
  },
};

/** Largest distance of an average precision from scikit-learn's. */
const widest = 0.005;

function peer({ general }: PublicData): void {
  const result = runPeer(spread(general), values.python, threads);
  const { train, test, features, ownSeconds, ownMegabytes, peer: other } = result;
  say(
    `peer: ${train} rows train, ${test} test, ${(features / 1e6).toFixed(1)} M features of rows, C 4, one fit a head`,
  );
  say(
    `ours, ${threads + 1} threads, with features and artefact: ${ownSeconds.toFixed(1)} s, ${ownMegabytes.toFixed(0)} MB`,
  );
  say(`scikit-learn ${other.version}, fits alone: ${other.seconds.toFixed(1)} s, ${other.megabytes.toFixed(0)} MB`);
  for (const row of result.rows) {
    say(
      `${row.category}: ${row.positives} positives, AP ${row.own.toFixed(4)} beside ${row.peer.toFixed(4)}, in int8 ${row.served.toFixed(4)}; ` +
        `${row.ownIterations} iterations beside ${row.peerIterations}, objective ${row.ownObjective.toFixed(3)} beside ${row.peerObjective.toFixed(3)}`,
    );
    expectThat(Math.abs(row.own - row.peer) <= widest, `average precision of ${row.category} within ${widest}`);
    expectThat(
      Math.abs(row.served - row.peer) <= widest,
      `average precision of ${row.category} in int8 within ${widest}`,
    );
  }
}

/** Eight categories of which every label is known: what public data leaves open counts as no. */
function load({ general, sources }: PublicData): void {
  const bySource: Readonly<Record<string, string>> = { edos: 'SX', paradetox: 'PD', hatemoji_build: 'EM' };
  const rows = spread(
    general.map((row, i): DatasetRow => {
      const any = row.labels['ANY']?.value === 1 || row.labels['H']?.value === 1;
      const names = ['H', 'HR', 'V', 'H2'].filter((category) => row.labels[category]?.value === 1);
      const own = bySource[sources[i] ?? ''];
      const yes = new Set([...names, ...(any ? ['AN'] : []), ...(any && own !== undefined ? [own] : [])]);
      const labels = ['H', 'HR', 'V', 'H2', 'AN', 'SX', 'PD', 'EM'].map(
        (category) => [category, { value: yes.has(category) ? 1 : 0, weight: 1 }] as const,
      );
      return { ...row, labels: Object.fromEntries(labels) };
    }),
  );
  const recipe: ModelRecipe = {
    ...defaultModelRecipe('load'),
    categories: { leastRows: 5, any: 'none', untrained: 'drop' },
  };
  const began = performance.now();
  const categories = ['H', 'HR', 'V', 'H2', 'AN', 'SX', 'PD', 'EM'];
  const { fitted, modelId } = trainDataset({
    ...options,
    rows,
    categories,
    recipe,
    datasetId: 'ds-load',
    release: 'bench',
  });
  const seconds = (performance.now() - began) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const cpu = process.cpuUsage();
  say(
    `load: ${rows.length} rows x ${categories.length} categories, ${fitted.set.train.length} train, strengths ${recipe.strength.grid.join(', ')}: ` +
      `${seconds.toFixed(1)} s, ${((cpu.user + cpu.system) / 1e6).toFixed(0)} s of CPU, ${megabytes.toFixed(0)} MB, ${threads + 1} threads, ${modelId}`,
  );
  for (const { category, positives, c, iterations, converged, fits } of fitted.heads) {
    say(
      `${category}: ${positives} positives, C ${c}, ${fits} fits, last ${iterations} iterations, ${converged ? '' : 'not '}converged`,
    );
  }
  expectThat(seconds < 300, 'less than 5 minutes');
  expectThat(megabytes < 4096, 'less than 4 GiB');
}

/** Splits by place, the first rows after spreading the sources evenly. */
function spread(rows: readonly DatasetRow[]): DatasetRow[] {
  const wanted = Math.min(Number(values.rows), rows.length);
  return Array.from({ length: wanted }, (_, i): DatasetRow => {
    const row = rows[Math.floor((i * rows.length) / wanted)];
    if (row === undefined) throw new Error('no rows');
    const tenth = i % 10;
    return { ...row, group: row.key, split: tenth === 8 ? 'validation' : tenth === 9 ? 'test' : 'train' };
  });
}

function stacking(data: PublicData): void {
  const recipeOf = (name: string): ModelRecipe => {
    const file = join(import.meta.dirname, `../../../samples/recipes/${name}.yaml`);
    return parseModelRecipe(readFileSync(file, 'utf8'), file);
  };
  const recipes = { parent: recipeOf('public'), stacked: recipeOf('stacked'), alone: recipeOf('in-domain') };
  const pair = ([pooled, perFold]: readonly [number, number]): string => `${pooled.toFixed(3)} / ${perFold.toFixed(3)}`;
  for (const { recipe, any, macro, categories } of runStacking(data, recipes, Number(values.foldings), options)) {
    say(
      `stacking, ${recipe}, ${values.foldings} foldings, pooled / mean per fold: ANY ${pair(any)}, macro8 ${pair(macro)}`,
    );
    say(categories.map(({ category, pooled, perFold }) => `${category} ${pair([pooled, perFold])}`).join('; '));
    if (recipe !== 'stacked') continue;
    expectThat(any[0] >= 0.79, 'ANY of the stack, pooled, at least .79');
    expectThat(macro[1] >= 0.49, 'macro8 of the stack, mean per fold, at least .49');
  }
}

const data = readPublicData(values.data);
if (data === null) say(`skipped: a public source is not under '${values.data}'; name the folder with --data`);
else {
  if (values.only.includes('peer')) peer(data);
  if (values.only.includes('load')) load(data);
  if (values.only.includes('stacking')) stacking(data);
}
for (const failure of failures) say(`does not hold: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
