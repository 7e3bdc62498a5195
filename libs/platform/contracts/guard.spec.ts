import avro from 'avsc';
import type { Type } from 'avsc';
import fc from 'fast-check';
import { arbitraryDamage, arbitraryEvent } from '#platform/testing';
import { codecOf } from './codec.js';
import { schemas } from './generated/schemas.js';
import type { SchemaName } from './generated/schemas.js';
import { guardOf } from './guard.js';

/** Everything that Avro has and our own schemas do not use. */
const wideSchema = {
  type: 'record',
  name: 'Wide',
  fields: [
    { name: 'flags', type: { type: 'array', items: 'boolean' } },
    { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 4 } },
    { name: 'mixed', type: ['null', 'int', 'string', { type: 'array', items: 'double' }] },
    { name: 'matrix', type: { type: 'map', values: { type: 'array', items: 'float' } } },
    { name: 'tail', type: 'bytes' },
  ],
} as const;

const treeSchema = {
  type: 'record',
  name: 'Tree',
  fields: [
    { name: 'label', type: 'string' },
    { name: 'branches', type: { type: 'array', items: 'Tree' } },
  ],
} as const;

function typeOf(schema: unknown): Type {
  return avro.Type.forSchema(JSON.parse(JSON.stringify(schema)) as Parameters<typeof avro.Type.forSchema>[0]);
}

const schemaNames = Object.keys(schemas) as SchemaName[];
const readers = [
  ...schemaNames.map((name) => ({ name: name, type: typeOf(schemas[name]), sample: arbitraryEvent(name) })),
  {
    name: 'wide',
    type: typeOf(wideSchema),
    sample: fc.record({
      flags: fc.array(fc.boolean()),
      hash: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      mixed: fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.array(fc.double())),
      matrix: fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), fc.array(fc.float())),
      tail: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
  },
  {
    name: 'tree',
    type: typeOf(treeSchema),
    sample: fc.letrec((tie) => ({
      tree: fc.record({
        label: fc.string(),
        branches: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })),
      }),
    })).tree as fc.Arbitrary<unknown>,
  },
];

describe.each(readers)('the guard of $name', ({ type, sample }) => {
  const guard = guardOf(type);
  const expectSafe = (bytes: Buffer): void => {
    const rejection = guard(bytes);
    if (rejection === null) {
      // What it lets pass decodes without an error, whole, and means one thing: it can be written again.
      const value: unknown = type.fromBuffer(bytes);
      expect(type.isValid(value)).toBe(true);
    } else {
      expect(rejection.detail).not.toBe('');
    }
  };

  it('lets pass only what decodes, of bytes without a pattern', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expectSafe(Buffer.from(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('lets pass only what decodes, of damaged records', () => {
    fc.assert(
      fc.property(sample, arbitraryDamage, (value, damaged) => {
        expectSafe(damaged(type.toBuffer(value)));
      }),
      { numRuns: 150 },
    );
  });

  it('lets every sound record pass, and none of its beginnings', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (value, at) => {
        const bytes = type.toBuffer(value);
        expect(guard(bytes)).toBeNull();
        expect(guard(bytes.subarray(0, Math.floor(at * bytes.length)))).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe('a guard', () => {
  const guardOfSchema = (schema: unknown) => guardOf(typeOf(schema));
  const bytes = (...values: number[]) => Buffer.from(values);

  it('reads the longest varint there is, and not one bit more', () => {
    const guard = guardOfSchema({ type: 'array', items: 'null' });
    const nine = Array<number>(9).fill(0xff);
    expect(guard(bytes(...nine, 0x01))?.code).toBe('bomb');
    expect(guard(bytes(...nine, 0x02))?.code).toBe('bad_varint');
    expect(guard(bytes(...nine, 0x81, 0x00))?.code).toBe('bad_varint');
  });

  it('knows which longs a number holds exactly', () => {
    const guard = guardOfSchema('long');
    const type = typeOf('long');
    const largest = 2 ** 52 - 1;
    for (const value of [largest, -largest, 0, -1]) {
      expect(guard(type.toBuffer(value))).toBeNull();
      expect(type.fromBuffer(type.toBuffer(value))).toBe(value);
    }
    expect(guard(type.toBuffer(2 ** 52))?.code).toBe('invalid_field');
    expect(guard(bytes(...Array<number>(9).fill(0x80), 0x01))?.code).toBe('invalid_field');
  });

  it('takes 32 bits for an int and not 33', () => {
    const guard = guardOfSchema('int');
    for (const value of [2 ** 31 - 1, -(2 ** 31)]) expect(guard(typeOf('int').toBuffer(value))).toBeNull();
    for (const value of [2 ** 31, -(2 ** 31) - 1])
      expect(guard(typeOf('long').toBuffer(value))?.code).toBe('invalid_field');
  });

  it('agrees with Buffer on what is UTF-8, for short and for long strings', () => {
    const guard = guardOfSchema('string');
    const type = typeOf('bytes');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), fc.string({ unit: 'binary', maxLength: 60 }), (tail, head) => {
        const text = Buffer.concat([Buffer.from(head), Buffer.from(tail)]);
        const isText = Buffer.from(text.toString()).equals(text);
        expect(guard(type.toBuffer(text))?.code ?? null).toBe(isText ? null : 'invalid_utf8');
      }),
    );
  });

  it('counts items of no bytes over all blocks of a record', () => {
    const guard = guardOfSchema({ type: 'array', items: 'null' });
    const block = avro.Type.forSchema('long').toBuffer(5000);
    expect(guard(Buffer.concat([block, block, bytes(0)]))).toBeNull();
    expect(guard(Buffer.concat([block, block, bytes(2), bytes(0)]))?.code).toBe('bomb');
  });

  it('reads blocks that announce their size, as other encoders write them', () => {
    const guard = guardOfSchema({ type: 'array', items: 'string' });
    const block = bytes(3, 8, 2, 0x61, 2, 0x62, 0);
    expect(guard(block)).toBeNull();
    expect(typeOf({ type: 'array', items: 'string' }).fromBuffer(block)).toEqual(['a', 'b']);
  });

  it('follows a schema that names itself 64 deep', () => {
    const guard = guardOf(typeOf(treeSchema));
    const nested = (depth: number): unknown => ({ label: '', branches: depth === 1 ? [] : [nested(depth - 1)] });
    // A record and its array are a level each.
    expect(guard(typeOf(treeSchema).toBuffer(nested(32)))).toBeNull();
    expect(guard(typeOf(treeSchema).toBuffer(nested(33)))?.code).toBe('too_deep');
  });

  it('counts what is nested and not what stands side by side', () => {
    const guard = guardOf(typeOf(treeSchema));
    const leaf = { label: '', branches: [] };
    expect(guard(typeOf(treeSchema).toBuffer({ label: '', branches: Array<unknown>(1000).fill(leaf) }))).toBeNull();
  });

  it('leads to the field by names and places', () => {
    const { encode, guard } = codecOf('deployment/bundled');
    const calibrator = { kind: 'ISOTONIC' as const, parameters: [], x: [1, 2], y: [0.1, 0.2] };
    const body = encode({
      ...{
        deploymentId: 'd',
        channel: 'public',
        modelId: 'm',
        modelSha256: 's',
        calibrationId: 'c',
        thresholdSetId: 't',
      },
      ...{
        policyId: 'p',
        policyVersion: 1,
        calibrators: { hate: calibrator },
        thresholds: {},
        uncovered: 'ALLOW' as const,
      },
      ...{ uncoveredCategories: [], bundledAt: 1 },
    });
    const at = body.indexOf(encodeDouble(0.1)) - 1;
    body[at] = 0x7e;
    expect(guard(body)?.detail).toMatch(/^calibrators\[0\]\.y: 63 items announced where \d+ bytes remain/);
  });

  it('is not confused by what it rejected before', () => {
    const { encode, guard } = codecOf('content/erased');
    const body = encode({ contentId: 'a', platform: 'b', requestedBy: null, erasedAt: 1 });
    expect(guard(body.subarray(0, 2))).not.toBeNull();
    expect(guard(body)).toBeNull();
  });
});

function encodeDouble(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}
