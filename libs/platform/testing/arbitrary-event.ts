import fc from 'fast-check';
import { schemas } from '#platform/contracts';
import type { EventBySchema, SchemaName } from '#platform/contracts';

/** Avro schema as JSON; what a property test needs to know of it. */
type AvroJson =
  | string
  | readonly AvroJson[]
  | {
      readonly type: AvroJson;
      readonly name?: string;
      readonly fields?: readonly { readonly name: string; readonly type: AvroJson }[];
      readonly items?: AvroJson;
      readonly values?: AvroJson;
      readonly symbols?: readonly string[];
    };

/** Any event that the schema allows, within what its documentation says or not. */
export function arbitraryEvent<S extends SchemaName>(schemaName: S): fc.Arbitrary<EventBySchema[S]> {
  return arbitraryValue(schemas[schemaName], new Map()) as fc.Arbitrary<EventBySchema[S]>;
}

/** As in the guard: beyond 2^52 - 1 avsc does not keep a long. */
const largestLong = 4_503_599_627_370_495;

/** Made on first use: fast-check keeps a map of every code point for `binary` strings, 100 MB that only property tests need. */
let primitives: Readonly<Record<string, fc.Arbitrary<unknown>>> | null = null;

const createPrimitives = (): Readonly<Record<string, fc.Arbitrary<unknown>>> => ({
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer(),
  long: fc.integer({ min: -largestLong, max: largestLong }),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  // Whole code points: UTF-8 cannot carry half a surrogate pair.
  string: fc.string({ unit: 'binary', maxLength: 80 }),
  bytes: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
});

/** Any value of a schema that does not name itself. */
function arbitraryValue(schema: AvroJson, named: Map<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  if (isUnion(schema)) return fc.oneof(...schema.map((branch) => arbitraryValue(branch, named)));
  if (typeof schema === 'string') {
    primitives ??= createPrimitives();
    const known = primitives[schema] ?? named.get(schema);
    if (known === undefined) throw new Error(`no type ${schema} before its use`);
    return known;
  }
  const arbitrary = complexArbitrary(schema, named);
  if (schema.name !== undefined) named.set(schema.name, arbitrary);
  return arbitrary;
}

function complexArbitrary(
  schema: Exclude<AvroJson, string | readonly AvroJson[]>,
  named: Map<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<unknown> {
  if (schema.fields !== undefined) {
    return fc.record(
      Object.fromEntries(schema.fields.map((field) => [field.name, arbitraryValue(field.type, named)])),
      { noNullPrototype: true },
    );
  }
  if (schema.symbols !== undefined) return fc.constantFrom(...schema.symbols);
  if (schema.items !== undefined) return fc.array(arbitraryValue(schema.items, named), { maxLength: 5 });
  if (schema.values !== undefined) {
    const key = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text !== '__proto__');
    return fc.dictionary(key, arbitraryValue(schema.values, named), { maxKeys: 5, noNullPrototype: true });
  }
  return arbitraryValue(schema.type, named);
}

function isUnion(schema: AvroJson): schema is readonly AvroJson[] {
  return Array.isArray(schema);
}

/** One to four bytes changed, put in, dropped, doubled or cut off: a record that a broken writer or a bad disk leaves. */
export const arbitraryDamage: fc.Arbitrary<(body: Buffer) => Buffer> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('change', 'cut', 'insert', 'drop', 'repeat'),
      /** Place, as a share of the length. */
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.integer({ min: 0, max: 255 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map(
    (wounds) => (body) =>
      wounds.reduce((bytes, { kind, at, byte }) => {
        const index = Math.floor(at * bytes.length);
        const [before, after] = [bytes.subarray(0, index), bytes.subarray(index)];
        if (kind === 'change') return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
        if (kind === 'insert') return Buffer.concat([before, Buffer.from([byte]), after]);
        if (kind === 'drop') return Buffer.concat([before, after.subarray(1)]);
        if (kind === 'repeat') return Buffer.concat([before, after, after]);
        return Buffer.from(before);
      }, body),
  );
