import avro from 'avsc';

const PROMOTIONS = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/**
 * What keeps `reader` (new) from reading what `writer` (old) wrote, as `field: what to do`. Beyond the rules of Avro: an enum
 * symbol must not vanish into the default, a default must not change, a logical type must not change.
 */
export function incompatibilities(reader, writer) {
  const problems = compare(reader, writer, { path: [], readers: new Map(), writers: new Map(), open: new Set() });
  if (problems.length > 0) return problems;
  // The decoder in use has the last word.
  try {
    const options = () => ({ wrapUnions: 'auto' });
    avro.Type.forSchema(copy(reader), options()).createResolver(avro.Type.forSchema(copy(writer), options()));
    return [];
  } catch (error) {
    return [error.message];
  }
}

const copy = (schema) => JSON.parse(JSON.stringify(schema));
const kindOf = (type) => (Array.isArray(type) ? 'union' : typeof type === 'object' ? type.type : type);
const isNamed = (type) => ['record', 'enum', 'fixed'].includes(kindOf(type));

/** Remembers named types where they are declared, and finds them where they are only named. */
function resolve(type, known) {
  if (typeof type === 'string') return known.get(type) ?? type;
  if (isNamed(type)) known.set(type.name, type);
  // { "type": "string", "logicalType": ... } and { "type": { ... } }
  return type;
}

function compare(readerType, writerType, context) {
  const reader = resolve(readerType, context.readers);
  const writer = resolve(writerType, context.writers);
  const { path } = context;
  const problem = (what) => [`${path.length === 0 ? 'the schema' : path.join('.')}: ${what}`];
  const below = (segment) => ({ ...context, path: [...path, segment] });

  if (Array.isArray(writer)) return writer.flatMap((branch) => compare(reader, branch, context));
  if (Array.isArray(reader)) {
    const answers = reader.map((branch) => compare(branch, writer, context));
    if (answers.some((answer) => answer.length === 0)) return [];
    const related = reader.findIndex((branch) => kindOf(resolve(branch, context.readers)) === kindOf(writer));
    return answers[related] ?? problem(`no branch reads ${kindOf(writer)}; keep the old one`);
  }

  const [readerKind, writerKind] = [kindOf(reader), kindOf(writer)];
  if (readerKind !== writerKind) {
    if (PROMOTIONS[writerKind]?.includes(readerKind)) return [];
    return problem(`was ${writerKind}, is ${readerKind}; add a field of another name instead`);
  }
  if (isNamed(reader) && reader.name !== writer.name && !(reader.aliases ?? []).includes(writer.name)) {
    return problem(`was named ${writer.name}, is ${reader.name}; keep the name or add it to aliases`);
  }
  if (reader.logicalType !== writer.logicalType) {
    return problem(`logical type was ${writer.logicalType ?? 'none'}, is ${reader.logicalType ?? 'none'}`);
  }
  if (readerKind === 'array') return compare(reader.items, writer.items, below('[]'));
  if (readerKind === 'map') return compare(reader.values, writer.values, below('{}'));
  if (readerKind === 'fixed') return reader.size === writer.size ? [] : problem('the size changed');
  if (readerKind === 'enum') {
    const gone = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
    return gone.flatMap((symbol) => problem(`symbol ${symbol} is gone; keep it, old records have it`));
  }
  if (readerKind !== 'record') return [];
  if (context.open.has(reader)) return [];
  context.open.add(reader);
  return [
    ...reader.fields.flatMap((field) => compareField(field, writer.fields, below(field.name))),
    ...vanished(reader.fields, writer.fields, context),
  ];
}

function compareField(field, writerFields, context) {
  const at = context.path.join('.');
  const old = writerFields.find(({ name }) => [field.name, ...(field.aliases ?? [])].includes(name));
  if (old === undefined) {
    resolve(field.type, context.readers);
    return field.default === undefined ? [`${at}: is new without a default; old records do not have it`] : [];
  }
  const problems = compare(field.type, old.type, context);
  if (old.default !== undefined && JSON.stringify(field.default) !== JSON.stringify(old.default)) {
    const is = field.default === undefined ? 'gone' : JSON.stringify(field.default);
    problems.push(`${at}: the default was ${JSON.stringify(old.default)}, is ${is}; writers leave the field out`);
  }
  return problems;
}

/** BACKWARD allows it; a reader of last week's release does not, when the field had no default to fall back on. */
function vanished(readerFields, writerFields, { path }) {
  const kept = new Set(readerFields.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  return writerFields
    .filter(({ name, default: fallback }) => !kept.has(name) && fallback === undefined)
    .map(({ name }) => `${[...path, name].join('.')}: is gone; roles of the last release need it while both run`);
}
