/**
 * Generates what a release bundle carries beside the model: the featuriser as one JavaScript file without dependencies, bundled from
 * libs/model, and its character tables for the Python one. `--check` writes nothing and fails when a file on disk differs.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
import { rolldown } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'samples/release');

const HEAD = `// SPDX-License-Identifier: Apache-2.0
// The featuriser of Tidegate as one file without dependencies, for Node 20 and newer: text in, inputs of the network out.
// Generated from libs/model of Tidegate: do not edit.

`;

async function bundle(code) {
  const build = await rolldown({
    input: 'entry',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? path.join(root, 'libs/model/release/entry.ts') : null),
        load: (id) => (id.endsWith('/libs/model/release/entry.ts') ? code : null),
      },
    ],
    resolve: { extensionAlias: { '.js': ['.ts'] } },
  });
  const { output } = await build.generate({ format: 'esm', comments: false });
  await build.close();
  return output[0].code.replace(/^\/\/(#| libs\/).*\n/gm, '');
}

/** Runs of equal values over all code units: `first:value`, where the value changes. */
const runsOf = (values) =>
  Array.from(values)
    .flatMap((value, unit) => (unit === 0 || value !== values[unit - 1] ? [`${unit}:${value}`] : []))
    .join(' ');

async function tables() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-tables-'));
  try {
    const file = path.join(folder, 'tables.mjs');
    fs.writeFileSync(
      file,
      await bundle(`export { classOf, letterOf, lowerOf } from '../text/units.js';
export { asciiOf, conditionOf } from '../text/confusables.js';`),
    );
    const { classOf, letterOf, lowerOf, asciiOf, conditionOf } = await import(pathToFileURL(file).href);
    const steps = Array.from(lowerOf, (lower, unit) => lower - unit);
    // Upper and lower case alternate in many alphabets: every second unit has its own run there.
    const even = runsOf(steps.filter((_, unit) => unit % 2 === 0));
    const odd = runsOf(steps.filter((_, unit) => unit % 2 === 1));
    const lookalikes = Array.from(conditionOf).flatMap((condition, unit) =>
      condition === 0 ? [] : [`${unit}:${asciiOf[unit]}:${condition}`],
    );
    const about = `Facts about UTF-16 code units for featuriser.py, of Unicode ${process.versions.unicode}; generated. Apache-2.0.`;
    const runs = { classes: runsOf(classOf), letters: runsOf(letterOf), lowerEven: even, lowerOdd: odd };
    return `${JSON.stringify({ about, ...runs, lookalikes: lookalikes.join(' ') }, null, 2)}\n`;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const code = await bundle(`export { createFeaturiser, scoresOf } from './score-text.js';`);
const files = {
  'featuriser.mjs': await prettier.format(HEAD + code, {
    ...(await prettier.resolveConfig(path.join(root, 'package.json'))),
    parser: 'babel',
  }),
  'featuriser-tables.json': await tables(),
};
let stale = 0;
for (const [name, text] of Object.entries(files)) {
  const file = path.join(target, name);
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    stale++;
    process.stderr.write(`samples/release/${name} is stale: run \`node scripts/generate-release.mjs\`\n`);
  } else {
    fs.writeFileSync(file, text);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
