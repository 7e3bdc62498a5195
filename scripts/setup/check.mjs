import { at } from './places.mjs';
import { handOver } from './hand-over.mjs';
import { say } from './say.mjs';

const bin = (path, ...args) => [at('node_modules', path), ...args];

const jest = (...args) => [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  ...bin('jest/bin/jest.js', ...args),
];

const FAST = ['tests', jest('--testPathIgnorePatterns', 'integration.spec', 'e2e.spec', '--maxWorkers', '2')];
/** Both wait for stacks of their own most of the time, so they run beside each other, one file of each at a time. */
const LANES = [
  ['tests of parts', jest('--testRegex', '\\.integration\\.spec\\.ts$', '--runInBand')],
  ['tests of the whole', jest('--testRegex', '\\.e2e\\.spec\\.ts$', '--runInBand')],
];

const LINT = ['lint', bin('eslint/bin/eslint.js', '.')];
const OTHERS = [
  ['generated files', [at('scripts', 'generate.mjs'), '--check']],
  ['release files', [at('scripts', 'generate-release.mjs'), '--check']],
  ['reference pages', [at('scripts', 'generate-reference.mjs'), '--check']],
  ['compatibility', [at('scripts', 'check-compatibility.mjs')]],
  ['format', bin('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['import rules', bin('dependency-cruiser/bin/dependency-cruiser.mjs', 'apps', 'libs')],
  ['dead code', bin('knip/bin/knip.js')],
  ['types', bin('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json')],
  ['types of the web', bin('typescript/bin/tsc', '--noEmit', '-p', 'apps/console/web/tsconfig.json')],
];

/** Runs one step; its exit code. It leaves a line. */
const runStep = async ([what, command], lines) => {
  const began = performance.now();
  say(`check: ${what}`);
  const code = await handOver(command, { cwd: at() });
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  lines.push(`${what.padEnd(18)} ${seconds} s  ${code === 0 ? 'ok' : `failed (exit code ${code})`}`);
  return code;
};

/** Up to the first failure; its exit code, or 0. */
const runInOrder = async (steps, lines) => {
  for (const step of steps) {
    const code = await runStep(step, lines);
    if (code !== 0) return code;
  }
  return 0;
};

/** All of them, whatever the first ones say; the exit code of the first failure, or 0. */
const runTests = async (lines) => {
  const codes = [await runStep(FAST, lines), ...(await Promise.all(LANES.map((lane) => runStep(lane, lines))))];
  return codes.find((code) => code !== 0) ?? 0;
};

/** Every test, or with arguments those that jest is asked for. */
export const test = async (args) => {
  if (args.length > 0) return handOver(jest(...args), { cwd: at() });
  const lines = [];
  const code = await runTests(lines);
  say(`test:\n${lines.join('\n')}`);
  return code;
};

/**
 * Everything that continuous integration runs; resolves with the exit code of the first failure. Lint takes as long as all else but the
 * tests, so both run beside each other; the tests have the machine to themselves.
 */
export const check = async (args) => {
  const withTests = !args.includes('--without-tests');
  const rest = args.filter((argument) => argument !== '--without-tests');
  const lines = [];
  const codes = await Promise.all([runInOrder([LINT], lines), runInOrder(OTHERS, lines)]);
  let failed = codes.find((code) => code !== 0) ?? 0;
  if (failed === 0 && withTests) {
    failed = rest.length > 0 ? await runStep(['tests', jest(...rest)], lines) : await runTests(lines);
  }
  say(`check:\n${lines.join('\n')}`);
  return failed;
};
