import avro from 'avsc';
import fc from 'fast-check';
import { arbitraryDamage, arbitraryEvent, widenedSchema, widenings } from '#platform/testing';
import { codecFor, codecOf, resolverFor } from './codec.js';
import type { ContentSubmitted, VerdictIssued } from './generated/events.js';
import { schemas } from './generated/schemas.js';
import type { SchemaName } from './generated/schemas.js';
import { frame, unframe } from './wire.js';

const schemaNames = Object.keys(schemas) as SchemaName[];

const content: ContentSubmitted = {
  contentId: 'thread/17/post/3',
  revision: 2,
  platform: 'forum.example',
  kind: 'COMMENT',
  text: 'Ça va 👍🏽 — naïve?',
  language: null,
  authorId: 'u-1',
  conversationId: null,
  metadata: { board: 'meta' },
  submittedAt: 1_760_000_000_000,
};

interface SchemaJson {
  fields: { name: string; type: unknown; default?: unknown }[];
}

function changed(schemaName: SchemaName, change: (schema: SchemaJson) => void): string {
  const schema = JSON.parse(codecOf(schemaName).schema) as SchemaJson;
  change(schema);
  return JSON.stringify(schema);
}

describe('a codec', () => {
  it.each(schemaNames)('reads every event of %s as it was written, and the guard lets it pass', (schemaName) => {
    const { encode, decode, guard } = codecOf(schemaName);
    fc.assert(
      fc.property(arbitraryEvent(schemaName), (event) => {
        const body = encode(event);
        expect(guard(body)).toBeNull();
        expect(decode(body)).toEqual(event);
        expect(encode(decode(body)).equals(body)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives objects that spread, clone and serialise as plain ones, with every field their own', () => {
    const { encode, decode } = codecOf('content/submitted');
    const read = decode(encode(content));
    expect({ ...read }).toStrictEqual(content);
    expect(structuredClone(read)).toStrictEqual(content);
    expect(JSON.stringify(read)).toBe(JSON.stringify(content));
    expect(Object.keys(read)).toEqual(Object.keys(content));
  });

  it('writes records that are larger than its scratch buffer', () => {
    const { encode, encodeFramed, decode } = codecOf('content/submitted');
    const large = { ...content, text: 'ä'.repeat(90_000) };
    expect(decode(encode(large)).text).toBe(large.text);
    expect(encodeFramed(9, large).equals(frame(9, encode(large)))).toBe(true);
  });

  it('frames as the registry client would', () => {
    const { encode, encodeFramed } = codecOf('content/submitted');
    const framed = encodeFramed(258, content);
    expect([...framed.subarray(0, 5)]).toEqual([0, 0, 0, 1, 2]);
    expect(unframe(framed, 1000)).toEqual({ ok: true, frame: { schemaId: 258, body: encode(content) } });
  });

  it('keeps bytes that it decoded when the buffer that they came in is used again', () => {
    const { encode, decode } = codecOf('dead-letter/rejected');
    const body = encode({
      stage: 'prediction',
      release: '1.0.0',
      reason: 'bomb',
      detail: 'metadata: 9 items announced where 2 bytes remain',
      source: { topic: 'content.submitted', partition: 3, offset: 42 },
      key: Buffer.from('forum.example/1'),
      value: Buffer.from([0, 1, 2]),
      headers: [],
      recordTimestamp: 1,
      rejectedAt: 2,
    });
    const read = decode(body);
    body.fill(255);
    expect(read.value).toEqual(Buffer.from([0, 1, 2]));
  });

  it('names the field of an event that does not fit, and keeps its value to itself', () => {
    const { encode } = codecOf('content/submitted');
    const encodeAny = (value: unknown) => () => encode(value as ContentSubmitted);
    expect(encodeAny({ ...content, revision: 'secret words' })).toThrow(
      /^cannot encode content\/submitted: revision must be int$/,
    );
    expect(encodeAny({ ...content, text: ['secret words'] })).toThrow(/: text must be string$/);
    expect(encodeAny({ ...content, kind: 'SECRET' })).toThrow(/: kind must be enum tidegate.content.ContentKind$/);
    expect(encodeAny({ ...content, metadata: { 'secret words': 5 } })).toThrow(/: metadata\[key\] must be string$/);
    expect(encodeAny(null)).toThrow(/: the event must be record/);
    const verdicts = codecFor('verdict.public');
    expect(() => verdicts.encode({ categories: { hate: { probability: '1' } } } as unknown as VerdictIssued)).toThrow(
      /^cannot encode verdict\/issued: verdictId must be string$/,
    );
  });

  it('finds the schema of a channel and of an app by the name of the topic', () => {
    expect(codecFor('verdict.internal')).toBe(codecOf('verdict/issued'));
    expect(codecFor('verdict.overridden')).toBe(codecOf('verdict/overridden'));
    expect(codecFor('dead-letter.warehouse')).toBe(codecOf('dead-letter/rejected'));
  });
});

describe('reading what another version wrote', () => {
  const body = codecOf('content/submitted').encode(content);

  it('uses the codec itself when the writer writes the same bytes', () => {
    const resolution = resolverFor(
      'content/submitted',
      changed('content/submitted', (schema) => Object.assign(schema, { doc: 'Other words.' })),
    );
    expect(resolution.ok && resolution.guard === codecOf('content/submitted').guard).toBe(true);
  });

  it('gives fields that the writer does not know their defaults, each record its own', () => {
    const older = resolverFor(
      'content/submitted',
      changed('content/submitted', (schema) => {
        schema.fields = schema.fields.filter(
          ({ name }) => !['revision', 'kind', 'metadata', 'language'].includes(name),
        );
      }),
    );
    if (!older.ok) throw new Error(older.rejection.detail);
    const { contentId, platform, text, authorId, conversationId, submittedAt } = content;
    const olderBody = Buffer.concat([
      ...[contentId, platform, text].map(avroString),
      ...[authorId, conversationId].map((id) =>
        id === null ? Buffer.from([0]) : Buffer.concat([Buffer.from([2]), avroString(id)]),
      ),
      body.subarray(body.length - 6),
    ]);
    expect(older.guard(olderBody)).toBeNull();
    const read = older.decode(olderBody);
    expect(read).toEqual({
      ...{ contentId, platform, text, authorId, conversationId, submittedAt },
      ...{ revision: 1, kind: 'OTHER', metadata: {}, language: null },
    });
    expect(older.decode(olderBody).metadata).not.toBe(read.metadata);
  });

  it('skips fields that only the writer knows', () => {
    const newer = resolverFor(
      'content/submitted',
      changed('content/submitted', (schema) => {
        schema.fields.push({ name: 'tags', type: { type: 'array', items: 'string' }, default: [] });
      }),
    );
    if (!newer.ok) throw new Error(newer.rejection.detail);
    const newerBody = Buffer.concat([body, Buffer.from([2]), avroString('tag'), Buffer.from([0])]);
    expect(newer.guard(newerBody)).toBeNull();
    expect(newer.decode(newerBody)).toEqual(content);
  });

  it.each(widenings)('decodes whatever its guard lets pass, with %s in the writer only', (widening) => {
    const text = widenedSchema(widening);
    const writer = avro.Type.forSchema(JSON.parse(text) as Parameters<typeof avro.Type.forSchema>[0]);
    const resolution = resolverFor('content/submitted', text);
    if (!resolution.ok) throw new Error(resolution.rejection.detail);
    const { guard, decode } = resolution;
    const extra = {
      nulls: [null, null],
      empties: [{}, {}],
      numbers: [1, -70_000],
      tree: { branches: [{ branches: [] }, { branches: [{ branches: [] }] }] },
    };
    fc.assert(
      fc.property(arbitraryEvent('content/submitted'), arbitraryDamage, (event, damaged) => {
        const sound = writer.toBuffer({ ...event, ...extra });
        expect(guard(sound)).toBeNull();
        expect(decode(sound)).toEqual(event);
        const broken = damaged(sound);
        if (guard(broken) === null) expect(() => decode(broken)).not.toThrow();
      }),
    );
  });

  it.each([
    ['no JSON', '{'],
    ['no Avro', '{"type":"object","properties":{}}'],
    ['another record', '{"type":"record","name":"Other","fields":[]}'],
    [
      'a field of another type',
      changed('content/submitted', ({ fields }) => (fields[0] = { name: 'contentId', type: 'int' })),
    ],
    ['a field too few', changed('content/submitted', (schema) => schema.fields.shift())],
  ])('rejects a writer with %s', (_, writerSchema) => {
    expect(resolverFor('content/submitted', writerSchema)).toMatchObject({
      ok: false,
      rejection: { code: 'incompatible_schema' },
    });
  });
});

function avroString(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 63) throw new Error('this helper writes lengths of one byte only');
  return Buffer.concat([Buffer.from([bytes.length * 2]), bytes]);
}
