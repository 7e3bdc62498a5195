import fc from 'fast-check';
import { RowBinary } from '#platform/clickhouse';
import { codecOf, schemas, type EventBySchema } from '#platform/contracts';
import { arbitraryDamage, arbitraryEvent, loadExamples } from '#platform/testing';
import { AvroCursor } from './avro-cursor.js';
import { tables } from './tables.js';
import { actions, contentKinds, deciders, modes, roles, tiers, verdictKinds } from './tables/symbols.js';
import { prediction, storedRecord, verdict } from './warehouse.fixture.js';

type CopiedSchema = 'prediction/scored' | 'verdict/issued';

const copied: readonly CopiedSchema[] = ['prediction/scored', 'verdict/issued'];
const record = storedRecord('prediction.scored', { partition: 3, offset: 4711 });

/** The row behind one that was there before, or null; the buffer of a refused row must be as it was. */
function rowOf(write: (out: RowBinary) => boolean): Buffer | null {
  const out = new RowBinary(1);
  out.string('before');
  const start = out.length;
  const isWritten = write(out);
  if (!isWritten) expect(out.length).toBe(start);
  return isWritten ? Buffer.from(out.take().subarray(start)) : null;
}

function copiedRow(schema: CopiedSchema, body: Buffer): Buffer | null {
  const value = Buffer.concat([Buffer.from('frame'), body]);
  return rowOf((out) => tables[schema].copy?.(out, { ...record, value }, 5) === true);
}

/** By way of the decoded event; null when the bytes cannot be decoded or the event does not fit. */
function decodedRow(schema: CopiedSchema, body: Buffer): Buffer | null {
  let event: EventBySchema[CopiedSchema];
  try {
    event = codecOf(schema).decode(body);
  } catch {
    return null;
  }
  return rowOf((out) => tables[schema].write(out, event as never, record) === null);
}

function encoded(schema: CopiedSchema, event: unknown): Buffer {
  return codecOf(schema).encode(event as never);
}

/** Keys whose order or presence an object changes. */
function hasOddKey(event: unknown): boolean {
  return /"(__proto__|[0-9_][^"]*)":/.test(JSON.stringify(event));
}

describe.each(copied)('a row of %s that is copied from its bytes', (schema) => {
  it('is the row of the decoded event, for every example', () => {
    for (const { event } of loadExamples(schema)) {
      const body = encoded(schema, event);
      const row = copiedRow(schema, body);
      expect(row).not.toBeNull();
      expect(row).toEqual(decodedRow(schema, body));
    }
  });

  it('is the row of the decoded event for any event that fits its columns, and none for the others', () => {
    let rows = 0;
    fc.assert(
      fc.property(sound(schema), (event) => {
        const body = encoded(schema, event);
        const row = copiedRow(schema, body);
        if (row !== null || !hasOddKey(event)) expect(row).toEqual(decodedRow(schema, body));
        if (row !== null) rows++;
      }),
      { numRuns: 300 },
    );
    expect(rows).toBeGreaterThan(100);
  });

  it('is refused where the event is, whatever its fields hold', () => {
    fc.assert(
      fc.property(arbitraryEvent(schema), (event) => {
        const body = encoded(schema, event);
        const row = copiedRow(schema, body);
        if (row !== null || !hasOddKey(event)) expect(row).toEqual(decodedRow(schema, body));
      }),
      { numRuns: 100 },
    );
  });

  it('is refused when the bytes end early or go on', () => {
    for (const { event } of loadExamples(schema)) {
      const body = encoded(schema, event);
      for (let end = 0; end < body.length; end++) expect(copiedRow(schema, body.subarray(0, end))).toBeNull();
      expect(copiedRow(schema, Buffer.concat([body, Buffer.from([0])]))).toBeNull();
    }
  });

  it('is the row of the decoded event or none, however the bytes are damaged', () => {
    const bodies = loadExamples(schema).map(({ event }) => encoded(schema, event));
    fc.assert(
      fc.property(fc.constantFrom(...bodies), arbitraryDamage, (body, damage) => {
        const damaged = damage(body);
        const row = copiedRow(schema, damaged);
        if (row !== null) expect(row).toEqual(decodedRow(schema, damaged));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the row of the decoded event or none, whichever single byte has whichever value', () => {
    const body = encoded(schema, schema === 'prediction/scored' ? prediction() : verdict());
    for (let index = 0; index < body.length; index++) {
      for (const value of [0, 1, 2, 3, 95, 127, 128, 129, 255, (body[index] ?? 0) ^ 1, (body[index] ?? 0) ^ 128]) {
        const damaged = Buffer.from(body);
        damaged[index] = value;
        const row = copiedRow(schema, damaged);
        if (row !== null) expect(row).toEqual(decodedRow(schema, damaged));
      }
    }
  });
});

describe('what is copied', () => {
  it('numbers the symbols in the order of the schema', () => {
    const known = {
      ContentKind: contentKinds,
      Tier: tiers,
      Role: roles,
      Mode: modes,
      VerdictKind: verdictKinds,
      Action: actions,
      Decider: deciders,
    };
    const found = new Map(copied.flatMap((schema) => enumsOf(schemas[schema])));
    expect([...found.keys()].sort()).toEqual(Object.keys(known).sort());
    for (const [name, { names }] of Object.entries(known)) expect(names).toEqual(found.get(name));
  });

  it('leaves maps to the decoder that an object would change', () => {
    for (const keys of [['1'], ['2', '1'], ['__proto__']]) {
      const categories = Object.fromEntries(keys.map((key) => [key, verdict().categories['H']]));
      expect(copiedRow('verdict/issued', encoded('verdict/issued', { ...verdict(), categories }))).toBeNull();
    }
    const body = encoded('verdict/issued', verdict());
    const twice = Buffer.from(body.toString('latin1').replace('\x02S', '\x02H'), 'latin1');
    expect(decodedRow('verdict/issued', twice)).not.toBeNull();
    expect(copiedRow('verdict/issued', twice)).toBeNull();
  });

  it('holds a probability at the same step as the decoded one', () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: 1, noNaN: true }), (probability) => {
        const category = {
          probability,
          action: 'ALLOW',
          reviewThreshold: null,
          blockThreshold: 0.5,
          provisional: false,
        };
        const body = encoded('verdict/issued', { ...verdict(), categories: { H: category } });
        expect(copiedRow('verdict/issued', body)).toEqual(decodedRow('verdict/issued', body));
      }),
    );
  });
});

describe('the cursor over Avro', () => {
  const cursorOver = (...bytes: readonly number[]) => {
    const cursor = new AvroCursor();
    cursor.open(Buffer.from(bytes));
    return cursor;
  };

  it('reads every long that the codec writes exactly, and no other', () => {
    const codec = codecOf('content/erased');
    const largest = 2 ** 52 - 1;
    fc.assert(
      fc.property(fc.integer({ min: -largest, max: largest }), (erasedAt) => {
        const body = codec.encode({ contentId: '', platform: '', requestedBy: null, erasedAt });
        const cursor = new AvroCursor();
        cursor.open(body);
        for (let field = 0; field < 3; field++) expect(cursor.long()).toBe(0);
        expect(cursor.long()).toBe(erasedAt);
        expect(cursor.isAtEnd).toBe(true);
      }),
    );
    expect(() => cursorOver(255, 255, 255, 255, 255, 255, 255, 31).long()).toThrow(RangeError);
    expect(() => cursorOver(...Array<number>(5000).fill(128), 0).long()).toThrow(RangeError);
  });

  it('refuses what runs over the end, and counts that the rest cannot hold', () => {
    expect(() => cursorOver().long()).toThrow(RangeError);
    expect(() => cursorOver(128).long()).toThrow(RangeError);
    expect(() => cursorOver(1, 2).pass(3)).toThrow(RangeError);
    expect(() => cursorOver(1, 2).pass(-1)).toThrow(RangeError);
    expect(() => cursorOver(2).boolean()).toThrow(RangeError);
    expect(() => cursorOver(6).choice(3)).toThrow(RangeError);
    expect(() => cursorOver(1).choice(3)).toThrow(RangeError);
    expect(() => cursorOver(254, 255, 255, 127, 0).items(1)).toThrow(RangeError);
    expect(() => cursorOver(1, 2, 0).items(1)).toThrow(RangeError);
  });

  it('leaves an array in several blocks to the decoder', () => {
    const cursor = cursorOver(2, 7, 2, 7, 0);
    const count = cursor.items(1);
    cursor.pass(1);
    expect(() => {
      cursor.endItems(count);
    }).toThrow(RangeError);
  });
});

/** Enums of a schema, by name. */
function enumsOf(schema: unknown): readonly (readonly [string, readonly string[]])[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if ('symbols' in schema && 'name' in schema) return [[schema.name as string, schema.symbols as readonly string[]]];
  return Object.values(schema).flatMap((part) => enumsOf(part));
}

/** Any event whose ids, counters and times are such: the others are refused by nearly every column. */
function sound(schema: CopiedSchema): fc.Arbitrary<unknown> {
  const hex = (digits: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdefABCDEF'.split(/(?=.)/)), { minLength: digits, maxLength: digits })
      .map((all) => all.join(''));
  const time = fc.integer({ min: 0, max: 9_223_372_036_854 });
  const source = fc.record({ topic: fc.string(), partition: fc.nat(65_535), offset: fc.nat(2 ** 52 - 1) });
  if (schema === 'prediction/scored') {
    const counter = fc.nat();
    const obfuscation = fc.tuple(arbitraryEvent(schema), counter).map(([event, some]) => ({
      ...Object.fromEntries(Object.keys(event.obfuscation).map((name, index) => [name, (some >>> index) % 1000])),
    }));
    const known = {
      authorHash: fc.option(hex(32)),
      conversationHash: fc.option(hex(32)),
      textHash: hex(32),
      textLength: counter,
      duplicateKey: hex(16),
      obfuscation,
      source,
      submittedAt: time,
      scoredAt: time,
    };
    return fc.tuple(arbitraryEvent(schema), fc.record(known)).map(([event, sure]) => ({ ...event, ...sure }));
  }
  const known = {
    verdictId: hex(32),
    textHash: hex(32),
    supersedes: fc.option(hex(32)),
    probability: fc.float({ min: 0, max: 1, noNaN: true }),
    source,
    submittedAt: time,
    issuedAt: time,
  };
  return fc.tuple(arbitraryEvent(schema), fc.record(known)).map(([event, { probability, ...sure }]) => ({
    ...event,
    ...sure,
    categories: Object.fromEntries(
      Object.entries(event.categories).map(([key, category], index) => [
        key,
        { ...category, probability: Math.fround(probability / (index + 1)) },
      ]),
    ),
  }));
}
