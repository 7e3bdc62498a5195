import avro from 'avsc';
import type { Type } from 'avsc';
import type { EventBySchema } from './generated/events.js';
import { schemas } from './generated/schemas.js';
import type { SchemaName } from './generated/schemas.js';
import { guardOf } from './guard.js';
import type { Guard } from './guard.js';
import type { Rejection } from './reject-reason.js';
import { topicOf } from './topics.js';
import type { EventOf, TopicName } from './topics.js';
import { HEADER_BYTES, writeHeader } from './wire.js';

/** Between the events of one schema and their Avro bytes. */
export interface Codec<T> {
  readonly schemaName: SchemaName;
  /** JSON text to register, with docs and defaults. */
  readonly schema: string;
  /** SHA-256 of the Parsing Canonical Form, hex: equal for schemas that write the same bytes. */
  readonly fingerprint: string;
  /** The Avro body, without header. @throws Error that names the field and what it must be, never its value. */
  readonly encode: (value: T) => Buffer;
  /** Header and body in one buffer. @throws as {@link Codec.encode}. */
  readonly encodeFramed: (schemaId: number, value: T) => Buffer;
  /** Decodes a body that this schema wrote and that is trusted or passed {@link Codec.guard}. */
  readonly decode: (body: Buffer) => T;
  readonly guard: Guard;
}

/** How to read bodies that another version of a schema wrote. */
export type Resolution<T> =
  | { readonly ok: true; readonly guard: Guard; readonly decode: (body: Buffer) => T }
  | { readonly ok: false; readonly rejection: Rejection };

/** Most records take less than a hundredth of this; what does not fit is encoded once more into a buffer of its size. */
const SCRATCH_BYTES = 65_536;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

const codecs = new Map<SchemaName, { readonly type: Type; readonly codec: Codec<unknown> }>();

/** The codec of a schema of avro/. */
export function codecOf<S extends SchemaName>(schemaName: S): Codec<EventBySchema[S]> {
  return entryOf(schemaName).codec as Codec<EventBySchema[S]>;
}

/** The codec of a topic. @throws Error when the catalogue has no such topic with a schema. */
export function codecFor<N extends TopicName>(topic: N): Codec<EventOf<N>> {
  return entryOf(topicOf(topic).schema).codec as Codec<EventOf<N>>;
}

/**
 * Reads what `writerSchema` (JSON text from the registry) wrote, as the event of `schemaName`: missing fields take their
 * defaults, unknown ones are skipped. Compiling takes milliseconds: call it once per schema id and keep the answer.
 */
export function resolverFor<S extends SchemaName>(schemaName: S, writerSchema: string): Resolution<EventBySchema[S]> {
  const { type, codec } = entryOf(schemaName);
  try {
    const writer = avro.Type.forSchema(JSON.parse(writerSchema) as Parameters<typeof avro.Type.forSchema>[0]);
    if (fingerprintOf(writer) === codec.fingerprint) {
      return { ok: true, guard: codec.guard, decode: codec.decode as (body: Buffer) => EventBySchema[S] };
    }
    const resolver = type.createResolver(writer);
    return {
      ok: true,
      guard: guardOf(writer),
      decode: (body) => type.fromBuffer(body, resolver) as EventBySchema[S],
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    return { ok: false, rejection: { code: 'incompatible_schema', detail: `as ${schemaName}: ${why.slice(0, 300)}` } };
  }
}

function entryOf(schemaName: SchemaName): { readonly type: Type; readonly codec: Codec<unknown> } {
  const known = codecs.get(schemaName);
  if (known !== undefined) return known;
  const schema = JSON.stringify(schemas[schemaName]);
  // Optional fields are plain values or null; `never` refuses a schema for which that would be ambiguous.
  const type = avro.Type.forSchema(JSON.parse(schema) as Parameters<typeof avro.Type.forSchema>[0], {
    wrapUnions: 'never',
    omitRecordMethods: true,
  });
  const codec: Codec<unknown> = {
    schemaName,
    schema,
    fingerprint: fingerprintOf(type),
    encode: (value) => encodeAt(schemaName, type, value, 0),
    encodeFramed: (schemaId, value) => {
      const framed = encodeAt(schemaName, type, value, HEADER_BYTES);
      writeHeader(framed, schemaId);
      return framed;
    },
    decode: (body) => type.fromBuffer(body) as unknown,
    guard: guardOf(type),
  };
  const entry = { type, codec };
  codecs.set(schemaName, entry);
  return entry;
}

/** The body behind `offset` unset bytes. */
function encodeAt(schemaName: SchemaName, type: Type, value: unknown, offset: number): Buffer {
  try {
    const end = type.encode(value, scratch, offset);
    if (end > 0) {
      const bytes = Buffer.allocUnsafe(end);
      scratch.copy(bytes, 0, 0, end);
      return bytes;
    }
    // avsc answers how many bytes were missing, as a negative number.
    const bytes = Buffer.allocUnsafe(SCRATCH_BYTES - end);
    type.encode(value, bytes, offset);
    return bytes;
  } catch {
    // The library's message quotes the value, which may be content: it goes nowhere.
    throw new Error(`cannot encode ${schemaName}: ${firstProblem(type, value)}`);
  }
}

function firstProblem(type: Type, value: unknown): string {
  const problems: string[] = [];
  type.isValid(value, {
    errorHook: (path, _, expected) => {
      const name = expected.name === undefined ? expected.typeName : `${expected.typeName} ${expected.name}`;
      problems.push(`${path.length === 0 ? 'the event' : fieldPath(type, path)} must be ${name}`);
    },
  });
  return problems[0] ?? 'a value changes while it is read';
}

/** Keys of maps are left out: platforms choose those of metadata. */
function fieldPath(type: Type, path: readonly string[]): string {
  let at: Type | undefined = type;
  let text = '';
  for (const segment of path) {
    if (at instanceof avro.types.UnwrappedUnionType) at = at.types.find((branch) => branch.typeName !== 'null');
    if (at instanceof avro.types.RecordType) {
      text += text === '' ? segment : `.${segment}`;
      at = at.fields.find((field) => field.name === segment)?.type;
    } else if (at instanceof avro.types.ArrayType) {
      text += `[${segment}]`;
      at = at.itemsType;
    } else if (at instanceof avro.types.MapType) {
      text += '[key]';
      at = at.valuesType as Type;
    }
  }
  return text;
}

function fingerprintOf(type: Type): string {
  return type.fingerprint('sha256').toString('hex');
}
