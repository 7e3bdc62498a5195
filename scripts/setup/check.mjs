import { at } from './places.mjs';
import { handOver } from './hand-over.mjs';
import { say } from './say.mjs';

const bin = (path, ...args) => [at('node_modules', path), ...args];

export const jest = (...args) => [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  ...bin('jest/bin/jest.js', ...args),
];

const STEPS = [
  ['generated files', [at('scripts', 'generate.mjs'), '--check']],
  ['reference pages', [at('scripts', 'generate-reference.mjs'), '--check']],
  ['compatibility', [at('scripts', 'check-compatibility.mjs')]],
  ['format', bin('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['lint', bin('eslint/bin/eslint.js', '.')],
  ['import rules', bin('dependency-cruiser/bin/dependency-cruiser.mjs', 'apps', 'libs')],
  ['dead code', bin('knip/bin/knip.js')],
  ['types', bin('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json')],
  ['types of the web', bin('typescript/bin/tsc', '--noEmit', '-p', 'apps/console/web/tsconfig.json')],
];

/** Everything that continuous integration runs, in order; stops at the first failure and resolves with its exit code. */
export const check = async (args) => {
  const withTests = !args.includes('--without-tests');
  const rest = args.filter((argument) => argument !== '--without-tests');
  const steps = withTests ? [...STEPS, ['tests', jest(...rest)]] : STEPS;
  const times = [];
  for (const [what, command] of steps) {
    const began = performance.now();
    say(`check: ${what}`);
    const code = await handOver(command, { cwd: at() });
    const line = `${what.padEnd(16)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${code === 0 ? 'ok' : `failed (exit code ${code})`}`;
    times.push(line);
    if (code !== 0) {
      say(`check:\n${times.join('\n')}`);
      return code;
    }
  }
  say(`check:\n${times.join('\n')}`);
  return 0;
};
