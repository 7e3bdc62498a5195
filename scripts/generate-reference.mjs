/**
 * Generates the reference pages that follow from compiled code: settings and metrics. Runs after the build.
 * `--check` fails when the files on disk differ.
 */
import fs from 'node:fs';
import path from 'node:path';
import { configurationTable, exampleEnvironment } from '../dist/libs/platform/config/index.js';
import { metricsTable } from '../dist/libs/platform/telemetry/index.js';

const root = path.resolve(import.meta.dirname, '..');
const files = {
  'docs/generated/configuration.md': configurationTable(),
  'docs/generated/metrics.md': metricsTable(),
  '.env.example': exampleEnvironment(),
};
let stale = 0;
for (const [file, text] of Object.entries(files)) {
  const target = path.join(root, file);
  if (fs.existsSync(target) && fs.readFileSync(target, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    stale++;
    process.stderr.write(`${file} is stale: run \`npm run generate\`\n`);
  } else {
    fs.writeFileSync(target, text);
  }
}
process.exit(stale > 0 ? 1 : 0);
