import { isUtf8 } from 'node:buffer';
import avro from 'avsc';
import type { Type } from 'avsc';
import type { RejectReason, Rejection } from './reject-reason.js';

/**
 * Looks through untrusted Avro bytes before anything is allocated for them (streaming 5): avsc 5.7.9 dies on a payload of
 * six bytes whose array announces 200 M items. Null means: avsc decodes these bytes without an error.
 */
export type Guard = (body: Buffer) => Rejection | null;

/** Nesting of records, arrays and maps. The deepest schema in avro/ nests 5 deep. */
const MAX_DEPTH = 64;
/** Items of all arrays and maps of one record: bounds the memory that decoding 256 KiB of one-byte items would take. */
const MAX_ITEMS = 10_000;
/** Up to here a loop over the bytes is faster than the native check with its view (measured: 45 ns for 24 bytes against 110). */
const SHORT_STRING = 40;
/** 2^52 - 1: avsc doubles a long in floating point (zigzag), and beyond this it reads another number than was written. */
const LARGEST_LONG = 4_503_599_627_370_495;
/** Characters of a field's path in a rejection; a schema that names itself would fill pages. */
const LONGEST_PATH = 80;
/** A map entry of this name would vanish: JavaScript takes the assignment for one of the prototype. */
const UNSTORABLE_KEY = Buffer.from('__proto__');

/** Reads one value; false after having noted what is wrong. Closures, so that a schema is interpreted once. */
type Walk = (cursor: Cursor) => boolean;

interface Cursor {
  bytes: Buffer;
  at: number;
  end: number;
  depth: number;
  items: number;
  /** Last integer or length that was read. */
  number: number;
  code: RejectReason;
  problem: string;
  path: string;
}

/** Compiles the guard of a writer's schema. */
export function guardOf(type: Type): Guard {
  const walk = walkOf(type, new Map());
  // One cursor for all calls: a guard runs to its end before the next one starts.
  const cursor: Cursor = {
    bytes: Buffer.alloc(0),
    at: 0,
    end: 0,
    depth: 0,
    items: 0,
    number: 0,
    code: 'truncated',
    problem: '',
    path: '',
  };
  return (body) => {
    cursor.bytes = body;
    cursor.at = 0;
    cursor.end = body.length;
    cursor.depth = 0;
    cursor.items = 0;
    cursor.path = '';
    const isWhole = walk(cursor);
    cursor.bytes = UNSTORABLE_KEY;
    if (!isWhole) {
      const { code, problem } = cursor;
      const path = cursor.path.length > LONGEST_PATH ? `${cursor.path.slice(0, LONGEST_PATH)}...` : cursor.path;
      return { code, detail: path === '' ? problem : `${path}: ${problem}` };
    }
    if (cursor.at === cursor.end) return null;
    return { code: 'trailing_bytes', detail: `${cursor.end - cursor.at} bytes after the last field` };
  };
}

function walkOf(type: Type, known: Map<Type, Walk>): Walk {
  const seen = known.get(type);
  if (seen !== undefined) return seen;
  if (type instanceof avro.types.RecordType) return recordWalk(type, known);
  if (type instanceof avro.types.LogicalType) return walkOf(type.underlyingType, known);
  if (type instanceof avro.types.ArrayType) {
    const { itemsType } = type;
    return blocksWalk(walkOf(itemsType, known), smallestSize(itemsType, new Set()));
  }
  if (type instanceof avro.types.MapType) {
    const valuesType = type.valuesType as Type;
    const value = walkOf(valuesType, known);
    return blocksWalk((cursor) => readKey(cursor) && value(cursor), 1 + smallestSize(valuesType, new Set()));
  }
  if (type instanceof avro.types.UnwrappedUnionType || type instanceof avro.types.WrappedUnionType) {
    return unionWalk(type.types.map((branch) => walkOf(branch, known)));
  }
  if (type instanceof avro.types.EnumType) return enumWalk(type.symbols.length);
  if (type instanceof avro.types.FixedType) return fixedWalk(type.size);
  const primitive = primitiveWalks[type.typeName];
  if (primitive === undefined) throw new Error(`guard: no rule for the Avro type ${type.typeName}`);
  return primitive;
}

const primitiveWalks: Readonly<Record<string, Walk>> = {
  null: () => true,
  boolean: (cursor) => {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) return ends(cursor, 1);
    if (byte > 1) return fail(cursor, 'invalid_field', `a boolean is 0 or 1, not ${byte}`);
    cursor.at += 1;
    return true;
  },
  int: (cursor) => {
    if (!readLong(cursor)) return false;
    const value = cursor.number;
    return value === (value | 0) || fail(cursor, 'invalid_field', 'an int beyond 32 bits');
  },
  long: (cursor) => {
    if (!readLong(cursor)) return false;
    const value = cursor.number;
    return (
      (value <= LARGEST_LONG && value >= -LARGEST_LONG) ||
      fail(cursor, 'invalid_field', `a long beyond ${LARGEST_LONG} cannot be held exactly`)
    );
  },
  float: fixedWalk(4),
  double: fixedWalk(8),
  bytes: (cursor) => {
    if (!readLength(cursor)) return false;
    cursor.at += cursor.number;
    return true;
  },
  string: readString,
};

function recordWalk(type: InstanceType<typeof avro.types.RecordType>, known: Map<Type, Walk>): Walk {
  const names = type.fields.map((field) => field.name);
  const walks: Walk[] = [];
  const walk: Walk = (cursor) => {
    if (!enter(cursor)) return false;
    for (let i = 0; i < walks.length; i += 1) {
      if (walks[i]?.(cursor) !== true) return within(cursor, names[i] ?? '');
    }
    cursor.depth -= 1;
    return true;
  };
  // Known before its fields are compiled: a schema may name itself.
  known.set(type, walk);
  for (const field of type.fields) walks.push(walkOf(field.type, known));
  return walk;
}

function unionWalk(branches: readonly Walk[]): Walk {
  return (cursor) => {
    if (!readLong(cursor)) return false;
    const branch = branches[cursor.number];
    if (branch === undefined) return fail(cursor, 'bad_union', `no branch ${cursor.number} of ${branches.length}`);
    return branch(cursor);
  };
}

function enumWalk(symbols: number): Walk {
  return (cursor) => {
    if (!readLong(cursor)) return false;
    const index = cursor.number;
    return (index >= 0 && index < symbols) || fail(cursor, 'bad_union', `no symbol ${index} of ${symbols}`);
  };
}

function fixedWalk(size: number): Walk {
  return (cursor) => {
    if (cursor.end - cursor.at < size) return ends(cursor, size);
    cursor.at += size;
    return true;
  };
}

/** Blocks of an array or map: counts are checked against the bytes that are left before the first item is read. */
function blocksWalk(item: Walk, smallestItem: number): Walk {
  return (cursor) => {
    if (!enter(cursor)) return false;
    for (;;) {
      if (!readLong(cursor)) return false;
      let count = cursor.number;
      if (count === 0) break;
      let blockEnd = -1;
      if (count < 0) {
        count = -count;
        if (!readLong(cursor)) return false;
        const size = cursor.number;
        if (size < 0 || size > cursor.end - cursor.at) {
          return fail(cursor, 'bad_block', `a block of ${size} bytes where ${cursor.end - cursor.at} remain`);
        }
        blockEnd = cursor.at + size;
      }
      if (count * smallestItem > cursor.end - cursor.at) {
        return fail(cursor, 'bomb', `${count} items announced where ${cursor.end - cursor.at} bytes remain`);
      }
      if (count > MAX_ITEMS - cursor.items) {
        return fail(cursor, 'bomb', `${count} items announced, a record may hold ${MAX_ITEMS} in all`);
      }
      cursor.items += count;
      for (let i = 0; i < count; i += 1) {
        if (!item(cursor)) return within(cursor, `[${i}]`);
      }
      // avsc ignores the announced size when it reads and trusts it when it skips a field: they must agree.
      if (blockEnd >= 0 && cursor.at !== blockEnd) {
        return fail(cursor, 'bad_block', `a block ends ${cursor.at - blockEnd} bytes from where it announced to`);
      }
    }
    cursor.depth -= 1;
    return true;
  };
}

/** Bytes of the smallest value: a lower bound where a schema names itself. */
function smallestSize(type: Type, open: Set<Type>): number {
  if (type instanceof avro.types.LogicalType) return smallestSize(type.underlyingType, open);
  if (type instanceof avro.types.RecordType) {
    if (open.has(type)) return 0;
    open.add(type);
    const sum = type.fields.reduce((bytes, field) => bytes + smallestSize(field.type, open), 0);
    open.delete(type);
    return sum;
  }
  if (type instanceof avro.types.UnwrappedUnionType || type instanceof avro.types.WrappedUnionType) {
    return 1 + Math.min(...type.types.map((branch) => smallestSize(branch, open)));
  }
  if (type instanceof avro.types.FixedType) return type.size;
  return { null: 0, float: 4, double: 8 }[type.typeName] ?? 1;
}

function readKey(cursor: Cursor): boolean {
  if (!readString(cursor)) return false;
  if (cursor.number !== UNSTORABLE_KEY.length) return true;
  const start = cursor.at - cursor.number;
  if (UNSTORABLE_KEY.compare(cursor.bytes, start, cursor.at) !== 0) return true;
  return fail(cursor, 'invalid_field', 'a map key that cannot be stored');
}

/** Leaves the length in bytes in `number`. */
function readString(cursor: Cursor): boolean {
  if (!readLength(cursor)) return false;
  const { bytes } = cursor;
  const start = cursor.at;
  const end = start + cursor.number;
  let at = start;
  const stop = cursor.number <= SHORT_STRING ? end : start;
  while (at < stop && (bytes[at] ?? 0) < 0x80) at += 1;
  if (at < end && !isUtf8(bytes.subarray(at, end))) return fail(cursor, 'invalid_utf8', 'not UTF-8');
  cursor.at = end;
  return true;
}

function readLength(cursor: Cursor): boolean {
  if (!readLong(cursor)) return false;
  if (cursor.number < 0) return fail(cursor, 'invalid_field', `a length of ${cursor.number}`);
  return cursor.number <= cursor.end - cursor.at || ends(cursor, cursor.number);
}

/** Leaves a zigzag integer in `number`; beyond 2^53 it is near enough for the comparisons that follow. */
function readLong(cursor: Cursor): boolean {
  const { bytes, end } = cursor;
  let { at } = cursor;
  if (at >= end) return ends(cursor, 1);
  let byte = bytes[at] ?? 0;
  at += 1;
  if (byte < 0x80) {
    cursor.at = at;
    cursor.number = (byte >>> 1) ^ -(byte & 1);
    return true;
  }
  let sum = byte & 0x7f;
  let factor = 128;
  for (let length = 2; ; length += 1) {
    if (at >= end) return ends(cursor, length);
    byte = bytes[at] ?? 0;
    at += 1;
    // 9 x 7 bits, so the tenth byte has room for one.
    if (length === 10 && byte > 1) return fail(cursor, 'bad_varint', 'an integer of more than 64 bits');
    sum += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) break;
  }
  cursor.at = at;
  cursor.number = sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
  return true;
}

function enter(cursor: Cursor): boolean {
  cursor.depth += 1;
  return cursor.depth <= MAX_DEPTH || fail(cursor, 'too_deep', `nested more than ${MAX_DEPTH} deep`);
}

function ends(cursor: Cursor, wanted: number): false {
  return fail(cursor, 'truncated', `needs ${wanted} bytes where ${cursor.end - cursor.at} remain`);
}

function fail(cursor: Cursor, code: RejectReason, problem: string): false {
  cursor.code = code;
  cursor.problem = `${problem} (byte ${cursor.at})`;
  return false;
}

function within(cursor: Cursor, segment: string): false {
  const { path } = cursor;
  cursor.path = path === '' || path.startsWith('[') ? segment + path : `${segment}.${path}`;
  return false;
}
