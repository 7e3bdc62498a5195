const BANNER = '// Generated from avro/ by `npm run generate`. Do not edit.\n';
const PRIMITIVES = {
  null: 'null',
  string: 'string',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
  bytes: 'Buffer',
};

/** Events as readonly interfaces, enums as string unions. */
export function eventTypes({ schemas }) {
  const declared = new Map();
  for (const schema of Object.values(schemas)) declare(schema, declared);
  const bySchema = Object.entries(schemas).map(([name, schema]) => `  readonly '${name}': ${schema.name};\n`);
  return [
    BANNER,
    ...declared.values(),
    `/** The event of each schema of avro/. */\nexport interface EventBySchema {\n${bySchema.join('')}}\n`,
  ].join('\n');
}

function typeOf(type, declared) {
  if (Array.isArray(type)) return type.map((branch) => typeOf(branch, declared)).join(' | ');
  if (typeof type === 'string') return PRIMITIVES[type] ?? type;
  if (type.type === 'array') return `readonly (${typeOf(type.items, declared)})[]`;
  if (type.type === 'map') return `Readonly<Record<string, ${typeOf(type.values, declared)}>>`;
  if (type.type !== 'record' && type.type !== 'enum') return typeOf(type.type, declared);
  declare(type, declared);
  return type.name;
}

function declare(type, declared) {
  const doc = (text, indent = '') => `${indent}/** ${text} */\n`;
  const body =
    type.type === 'enum'
      ? `export type ${type.name} = ${type.symbols.map((symbol) => `'${symbol}'`).join(' | ')};\n`
      : `export interface ${type.name} {\n${type.fields
          .map((field) => `${doc(field.doc, '  ')}  readonly ${field.name}: ${typeOf(field.type, declared)};\n`)
          .join('')}}\n`;
  const known = declared.get(type.name);
  if (known === undefined) declared.set(type.name, doc(type.doc) + body);
  else if (!known.endsWith(body)) throw new Error(`avro: ${type.name} is declared twice and differently`);
}

/** Schemas with docs and defaults, as they are registered. */
export function schemaModule({ schemas }) {
  const text = JSON.stringify(schemas, null, 1);
  return `${BANNER}\nexport const schemas = ${text} as const;\n\nexport type SchemaName = keyof typeof schemas;\n`;
}

/** The topic catalogue and the event of each topic. */
export function topicModule({ topics, schemas }) {
  const withSchema = topics.filter(({ schema }) => schema !== null);
  const eventOf = ({ schema }) => schemas[schema].name;
  const families = withSchema.filter(({ per }) => per !== 'installation');
  const pattern = ({ topic }) => `\`${topic}.\${string}\``;
  const events = [...new Set(withSchema.map(eventOf))].sort();
  const byTopic = withSchema.filter(({ per }) => per === 'installation');
  const definitions = topics.map(({ retention, ...definition }) => definition);
  return `${BANNER}import type {
${events.map((name) => `  ${name},\n`).join('')}} from './events.js';
import type { TopicDefinition } from '../topic-definition.js';

/** The event of each topic that has one name. */
export interface EventByTopic {
${byTopic.map((topic) => `  readonly '${topic.topic}': ${eventOf(topic)};\n`).join('')}}

/** Names of topics that there is one of per channel or per app. */
export type FamilyName = ${families.map(pattern).join(' | ')};

/** The event of a family of topics. */
export type EventOfFamily<N extends string> = ${families.map((t) => `N extends ${pattern(t)} ? ${eventOf(t)} : `).join('')}never;

export const topicDefinitions = ${JSON.stringify(definitions, null, 2)} as const satisfies readonly TopicDefinition[];
`;
}
