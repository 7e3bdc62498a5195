/**
 * Generates what follows from avro/: event types, schemas, the topic catalogue, the docs tables, the AsyncAPI document.
 * `node scripts/generate.mjs` writes; `--check` writes nothing and fails when a file on disk differs.
 * `--root <folder>` works on another checkout.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { asyncApi } from './generate/asyncapi.mjs';
import { readContracts } from './generate/read-contracts.mjs';
import { aclTable, topicTable } from './generate/tables.mjs';
import { eventTypes, schemaModule, topicModule } from './generate/typescript.mjs';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    root: { type: 'string', default: path.resolve(import.meta.dirname, '..') },
  },
});

let contracts;
try {
  contracts = readContracts(options.root);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

const files = {
  'libs/platform/contracts/generated/events.ts': eventTypes(contracts),
  'libs/platform/contracts/generated/schemas.ts': schemaModule(contracts),
  'libs/platform/contracts/generated/topics.ts': topicModule(contracts),
  'docs/generated/topics.md': topicTable(contracts),
  'docs/generated/acls.md': aclTable(contracts),
  'docs/generated/asyncapi.yaml': asyncApi(contracts, options.root),
};
let stale = 0;
for (const [file, text] of Object.entries(files)) {
  const target = path.join(options.root, file);
  const before = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : null;
  if (before === text) continue;
  if (options.check) {
    stale += 1;
    process.stderr.write(`${file} is stale: run \`npm run generate\` and commit what it writes\n`);
  } else {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
