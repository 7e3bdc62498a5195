import fs from 'node:fs';
import path from 'node:path';
import avro from 'avsc';
import YAML from 'yaml';

/** The stages of the flow, the roles beside it, and everybody who publishes and subscribes. */
const ROLES = [
  ...[
    'content',
    'prediction',
    'verdict',
    'sampling',
    'label',
    'policy',
    'dataset',
    'training',
    'deployment',
    'redteam',
  ],
  ...['warehouse', 'console', 'cli', 'platforms'],
];
const CLASSES = ['flow', 'journal', 'table'];
const REQUIRED = ['topic', 'class', 'key', 'retention', 'maxBytes', 'writers', 'readers', 'doc'];
const OPTIONAL = ['schema', 'copartitioned', 'perChannel', 'perApp'];
const UNIT_MS = { h: 3_600_000, d: 86_400_000 };

/** Reads and checks avro/. All problems are reported at once, each with file, line and field. */
export function readContracts(root) {
  const problems = [];
  const schemas = readSchemas(root, problems);
  const topics = readTopics(root, schemas, problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { topics, schemas };
}

function readTopics(root, schemas, problems) {
  const file = 'avro/topics.yaml';
  const lines = new YAML.LineCounter();
  const document = YAML.parseDocument(fs.readFileSync(path.join(root, file), 'utf8'), { lineCounter: lines });
  for (const error of document.errors) problems.push(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  if (document.errors.length > 0) return [];
  const used = new Set();
  const names = new Set();
  const topics = document.contents.items.map((node) => {
    const entry = node.toJSON();
    const line = lines.linePos(node.range[0]).line;
    const report = (field, what) => problems.push(`${file}:${line}: ${entry.topic}: ${field}: ${what}`);
    for (const field of REQUIRED) if (entry[field] === undefined) report(field, 'missing');
    for (const field of Object.keys(entry)) {
      if (![...REQUIRED, ...OPTIONAL].includes(field)) report(field, 'unknown field; quote a text that holds a comma');
    }
    if (names.has(entry.topic)) report('topic', 'occurs twice');
    names.add(entry.topic);
    if (!/^[a-z-]+(\.[a-z]+)?$/.test(entry.topic)) report('topic', 'must be <stage>.<event>');
    if (!CLASSES.includes(entry.class)) report('class', `must be one of ${CLASSES.join(', ')}`);
    if (entry.copartitioned && entry.class !== 'table') report('copartitioned', 'is for tables; a flow always is');
    if (entry.class === 'table' && entry.retention !== 'forever' && !entry.copartitioned) {
      report('retention', 'a table keeps the latest value for ever');
    }
    if (!/^(forever|\d+[hd])$/.test(entry.retention)) report('retention', 'must be forever, or a number with h or d');
    if (!Number.isInteger(entry.maxBytes)) report('maxBytes', 'must be a number of bytes');
    for (const field of ['writers', 'readers']) {
      for (const role of entry[field] ?? [])
        if (!ROLES.includes(role))
          report(field, `no role ${role}; a new one joins ROLES in scripts/generate/read-contracts.mjs`);
    }
    if (entry.schema !== undefined && schemas[entry.schema] === undefined)
      report('schema', `no avro/${entry.schema}.avsc`);
    used.add(entry.schema);
    return {
      topic: entry.topic,
      class: entry.class,
      copartitioned: entry.copartitioned ?? entry.class === 'flow',
      per: entry.perChannel ? 'channel' : entry.perApp ? 'app' : 'installation',
      key: entry.key,
      retention: entry.retention,
      retentionMs:
        entry.retention === 'forever' ? -1 : Number.parseInt(entry.retention, 10) * UNIT_MS[entry.retention.at(-1)],
      maxBytes: entry.maxBytes,
      schema: entry.schema ?? null,
      writers: entry.writers,
      readers: entry.readers,
      doc: entry.doc,
    };
  });
  for (const name of Object.keys(schemas)) {
    if (!used.has(name)) problems.push(`avro/${name}.avsc: no topic of ${file} has this schema`);
  }
  return topics;
}

/** By name, in the order of the alphabet, so that the output does not depend on the file system. */
function readSchemas(root, problems) {
  const folder = path.join(root, 'avro');
  const files = fs
    .readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.avsc'))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
  const schemas = {};
  for (const file of files) {
    try {
      const schema = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
      schemas[file.slice(0, -'.avsc'.length)] = schema;
      // Names, defaults, duplicates and unions whose branches a plain value could not tell apart.
      avro.Type.forSchema(JSON.parse(JSON.stringify(schema)), { wrapUnions: 'never' });
      checkType(schema, schema.name, (where, what) => problems.push(`avro/${file}: ${where}: ${what}`));
    } catch (error) {
      problems.push(`avro/${file}: ${error.message}`);
    }
  }
  return schemas;
}

function checkType(type, where, report) {
  if (Array.isArray(type)) {
    if (type.length !== 2 || type[0] !== 'null') report(where, 'a union is ["null", type]');
    for (const branch of type) checkType(branch, where, report);
  } else if (typeof type === 'object') {
    if (type.type === 'record' || type.type === 'enum') {
      if (!type.doc) report(where, `${type.name} has no doc`);
      for (const field of type.fields ?? []) {
        if (!field.doc) report(`${where}.${field.name}`, 'has no doc');
        checkType(field.type, `${where}.${field.name}`, report);
      }
    } else if (type.type === 'array') checkType(type.items, `${where}[]`, report);
    else if (type.type === 'map') checkType(type.values, `${where}[]`, report);
  }
}
