import { codecOf, contentKey, schemas, validateContent, validateContentKey } from '#platform/contracts';
import type { SchemaName } from '#platform/contracts';
import { loadExamples } from '#platform/testing';

const schemaNames = Object.keys(schemas) as SchemaName[];

describe.each(schemaNames)('the examples of %s', (schemaName) => {
  const codec = codecOf(schemaName);
  const examples = loadExamples(schemaName) as readonly { name: string; event: never }[];

  it('are at least three', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
  });

  it.each(examples)('$name comes back from its bytes as it was, to the byte', ({ event }) => {
    const body = codec.encode(event);
    const read = codec.decode(body);
    expect({ ...read }).toEqual(event);
    expect(codec.encode(read as never).equals(body)).toBe(true);
  });

  it.each(examples)('$name passes the guard', ({ event }) => {
    expect(codec.guard(codec.encode(event))).toBeNull();
  });
});

describe('the examples of content', () => {
  const contents = loadExamples('content/submitted');

  it.each(contents)('$name may enter', ({ event }) => {
    expect(validateContent(event)).toBeNull();
    expect(validateContentKey(Buffer.from(contentKey(event)), event)).toBeNull();
  });

  it('come from several platforms, in several languages and of several kinds', () => {
    const distinct = (values: readonly unknown[]) => new Set(values).size;
    expect(distinct(contents.map(({ event }) => event.platform))).toBeGreaterThanOrEqual(3);
    expect(distinct(contents.map(({ event }) => event.language))).toBeGreaterThanOrEqual(4);
    expect(distinct(contents.map(({ event }) => event.kind))).toBeGreaterThanOrEqual(5);
  });
});
