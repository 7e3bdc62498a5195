/**
 * Compares every schema of avro/ with its version at a git ref: what the old one wrote, the new one must read (BACKWARD), and
 * names that a reader knows must not change their meaning. Exit code 1 names schema and field.
 * `--against <ref>` (default: HEAD^, the parent of a merge), `--root <folder>` for another checkout.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { incompatibilities } from './compatibility/incompatibilities.mjs';

const { values: options } = parseArgs({
  options: {
    against: { type: 'string', default: 'HEAD^' },
    root: { type: 'string', default: path.resolve(import.meta.dirname, '..') },
  },
});

const git = (...args) =>
  execFileSync('git', ['-C', options.root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

function schemasAt(ref) {
  const files = git('ls-tree', '-r', '--name-only', '--full-tree', ref, 'avro/').split('\n');
  return files
    .filter((file) => file.endsWith('.avsc'))
    .map((file) => [file, JSON.parse(git('show', `${ref}:${file}`))]);
}

function skip(reason) {
  process.stdout.write(`compatibility not checked: ${reason}\n`);
  process.exit(0);
}

let commit;
try {
  commit = git('rev-parse', '--verify', '--quiet', `${options.against}^{commit}`).trim();
} catch {
  // A ref that was asked for by name must exist; only the default may be missing, in the first commit or a shallow clone.
  if (process.argv.some((argument) => argument.startsWith('--against'))) {
    process.stderr.write(`--against ${options.against}: no such commit; fetch it or name another\n`);
    process.exit(2);
  }
  skip(`there is no ${options.against} (first commit or shallow clone)`);
}
const before = schemasAt(commit);
if (before.length === 0) skip(`${options.against} has no schemas in avro/`);

const problems = before.flatMap(([file, old]) => {
  const target = path.join(options.root, file);
  if (!fs.existsSync(target)) return [`${file}: is gone, but records that it wrote are still read`];
  return incompatibilities(JSON.parse(fs.readFileSync(target, 'utf8')), old).map((problem) => `${file}: ${problem}`);
});
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length === 0) {
  process.stdout.write(`${before.length} schemas read what ${options.against} (${commit.slice(0, 10)}) wrote\n`);
}
process.exitCode = problems.length > 0 ? 1 : 0;
