#!/usr/bin/env node
/**
 * node scripts/run.mjs <demo|start|test|check> [arguments]: sets up what is missing, then runs the command on the Node of the install.
 * Behind the npm scripts of the same names.
 */
import { check, test } from './setup/check.mjs';
import { handOver } from './setup/hand-over.mjs';
import { at } from './setup/places.mjs';
import { WITHOUT_ENCODER } from './setup/encoder.mjs';
import { setUpOrExit } from './setup/set-up.mjs';

const standalone = (...args) =>
  handOver(['--enable-source-maps', at('dist', 'apps', 'standalone', 'main.js'), ...args], { cwd: at() });

const COMMANDS = {
  start: (args) => standalone(...args),
  demo: (args) => standalone('--demo', ...args),
  test,
  check,
};

const [name = '', ...given] = process.argv.slice(2);
const args = given.filter((argument) => argument !== WITHOUT_ENCODER);
const command = COMMANDS[name];
if (command === undefined) {
  process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(COMMANDS).join('|')} [arguments]\n`);
  process.exit(2);
}
await setUpOrExit({ isDeclined: given.includes(WITHOUT_ENCODER) });
process.exit(await command(args));
