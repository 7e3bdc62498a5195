/**
 * Generates what follows from avro/: event types, schemas, the topic catalogue, the docs table.
 * `node scripts/generate.mjs` writes; `--check` fails when the files on disk differ.
 */
import fs from 'node:fs';
import path from 'node:path';
import YAML from 'yaml';

const root = path.resolve(import.meta.dirname, '..');
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
const pascal = (text) => text.replace(/(^|[-./])(\w)/g, (_, __, c) => c.toUpperCase());

const topics = YAML.parse(read('avro/topics.yaml'));
const schemaFiles = [...new Set(topics.map((t) => t.schema).filter(Boolean))];
const schemas = Object.fromEntries(schemaFiles.map((file) => [file, JSON.parse(read(`avro/${file}.avsc`))]));

const named = new Map();
function typeOf(type) {
  if (Array.isArray(type)) return type.map(typeOf).join(' | ');
  if (typeof type === 'string') {
    const primitive = { null: 'null', string: 'string', int: 'number', long: 'number', float: 'number', double: 'number', boolean: 'boolean', bytes: 'Buffer' }[type];
    return primitive ?? type;
  }
  if (type.type === 'array') return `readonly (${typeOf(type.items)})[]`;
  if (type.type === 'map') return `Readonly<Record<string, ${typeOf(type.values)}>>`;
  if (type.type === 'record' || type.type === 'enum') {
    declare(type);
    return type.name;
  }
  return typeOf(type.type);
}
const comment = (text, indent = '') => `${indent}/** ${text} */\n`;
function declare(type) {
  const body =
    type.type === 'enum'
      ? `${comment(type.doc)}export type ${type.name} = ${type.symbols.map((s) => `'${s}'`).join(' | ')};\n`
      : `${comment(type.doc)}export interface ${type.name} {\n${type.fields.map((f) => `${comment(f.doc, '  ')}  readonly ${f.name}: ${typeOf(f.type)};\n`).join('')}}\n`;
  const known = named.get(type.name);
  if (known !== undefined && known !== body) {
    const symbols = (text) => text.slice(text.indexOf('export'));
    if (symbols(known) !== symbols(body)) throw new Error(`avro: ${type.name} is declared twice and differently`);
    return;
  }
  named.set(type.name, body);
}
for (const schema of Object.values(schemas)) declare(schema);

const banner = '// Generated from avro/ by `npm run generate`. Do not edit.\n';
const events =
  banner +
  '\n' +
  [...named.values()].join('\n') +
  `\n/** The event of each schema of avro/. */\nexport interface EventBySchema {\n${schemaFiles.map((file) => `  readonly '${file}': ${schemas[file].name};\n`).join('')}}\n`;

const strip = (node) => (Array.isArray(node) ? node.map(strip) : node && typeof node === 'object' ? Object.fromEntries(Object.entries(node).map(([k, v]) => [k, strip(v)])) : node);
const schemaModule =
  banner + `\nexport const schemas = ${JSON.stringify(strip(schemas), null, 1)} as const;\n\nexport type SchemaName = keyof typeof schemas;\n`;

const withSchema = topics.filter((t) => t.schema);
const families = withSchema.filter((t) => t.perChannel || t.perApp);
const nameType = (t) => (t.perChannel || t.perApp ? `\`${t.topic}.\${string}\`` : `'${t.topic}'`);
const eventOf = (t) => schemas[t.schema].name;
const durations = { h: 3_600_000, d: 86_400_000 };
const retentionMs = (text) => (text === 'forever' ? -1 : Number(text.slice(0, -1)) * durations[text.slice(-1)]);
const catalogue =
  banner +
  `import type {\n${[...new Set(withSchema.map(eventOf))].sort().map((n) => `  ${n},\n`).join('')}} from './events.js';\n` +
  `import type { TopicDefinition } from '../topic-definition.js';\n\n` +
  `/** The event of each topic that has one name. */\nexport interface EventByTopic {\n${withSchema
    .filter((t) => !t.perChannel && !t.perApp)
    .map((t) => `  readonly '${t.topic}': ${eventOf(t)};\n`)
    .join('')}}\n\n` +
  `/** Names of topics that there is one of per channel or per app. */\nexport type FamilyName = ${families.map(nameType).join(' | ')};\n\n` +
  `/** The event of a family of topics. */\nexport type EventOfFamily<N extends string> = ${families.map((t) => `N extends ${nameType(t)} ? ${eventOf(t)} : `).join('')}never;\n\n` +
  `export const topicDefinitions = ${JSON.stringify(
    topics.map((t) => ({
      topic: t.topic,
      class: t.class,
      copartitioned: t.copartitioned ?? t.class === 'flow',
      per: t.perChannel ? 'channel' : t.perApp ? 'app' : 'installation',
      key: t.key,
      retentionMs: retentionMs(t.retention),
      maxBytes: t.maxBytes,
      schema: t.schema ?? null,
      writers: t.writers,
      readers: t.readers,
      doc: t.doc,
    })),
    null,
    2,
  )} as const satisfies readonly TopicDefinition[];\n`;

const table =
  '# Topics\n\nGenerated from `avro/topics.yaml`.\n\n| topic | class | key | kept | limit | schema | written by | read by | what |\n|---|---|---|---|---|---|---|---|---|\n' +
  topics
    .map((t) => `| ${t.topic}${t.perChannel ? '.`<channel>`' : t.perApp ? '.`<app>`' : ''} | ${t.class}${t.copartitioned ? ', co-partitioned' : ''} | ${t.key} | ${t.retention} | ${t.maxBytes / 1024} KiB | ${t.schema ?? '-'} | ${t.writers.join(', ')} | ${t.readers.join(', ')} | ${t.doc} |\n`)
    .join('');

const files = {
  'libs/platform/contracts/generated/events.ts': events,
  'libs/platform/contracts/generated/schemas.ts': schemaModule,
  'libs/platform/contracts/generated/topics.ts': catalogue,
  'docs/generated/topics.md': table,
};
let stale = 0;
for (const [file, text] of Object.entries(files)) {
  const target = path.join(root, file);
  const before = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : null;
  if (before === text) continue;
  if (process.argv.includes('--check')) {
    stale++;
    process.stderr.write(`${file} is stale: run \`npm run generate\`\n`);
  } else {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
}
process.exit(stale > 0 ? 1 : 0);
