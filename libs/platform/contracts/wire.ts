import type { Rejection } from './reject-reason.js';

/** Magic byte 0 and the schema id, 32 bits, big-endian: the wire format of Confluent-compatible registries. */
export const HEADER_BYTES = 5;

export interface Frame {
  readonly schemaId: number;
  /** Avro body: a view of the value, not a copy. */
  readonly body: Buffer;
}

export type Unframed =
  { readonly ok: true; readonly frame: Frame } | { readonly ok: false; readonly rejection: Rejection };

/** Puts the header before an Avro body. */
export function frame(schemaId: number, body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  writeHeader(framed, schemaId);
  framed.set(body, HEADER_BYTES);
  return framed;
}

/** Writes the header at the start of `into`. */
export function writeHeader(into: Buffer, schemaId: number): void {
  into[0] = 0;
  into.writeUInt32BE(schemaId, 1);
}

/** Takes the header off the value of a record. `maxBytes` is the limit of the topic and is checked before anything else. */
export function unframe(value: Buffer | null, maxBytes: number): Unframed {
  if (value === null) return refused('missing_value', 'the record has no value');
  if (value.length > maxBytes) return refused('too_large', `${value.length} bytes, the topic allows ${maxBytes}`);
  if (value.length === 0) return refused('truncated', 'the value has 0 bytes, the header alone has 5');
  if (value[0] !== 0) return refused('bad_magic', `the first byte is ${value[0] ?? 0}, a framed value starts with 0`);
  if (value.length < HEADER_BYTES) {
    return refused('truncated', `the value has ${value.length} bytes, the header alone has 5`);
  }
  return { ok: true, frame: { schemaId: value.readUInt32BE(1), body: value.subarray(HEADER_BYTES) } };
}

/** Schema id of a value that `unframe` takes, else null: for who reads many and keeps none. Its body begins at {@link HEADER_BYTES}. */
export function schemaIdOf(value: Buffer | null, maxBytes: number): number | null {
  if (value === null || value.length < HEADER_BYTES || value.length > maxBytes || value[0] !== 0) return null;
  return value.readUInt32BE(1);
}

function refused(code: Rejection['code'], detail: string): Unframed {
  return { ok: false, rejection: { code, detail } };
}
