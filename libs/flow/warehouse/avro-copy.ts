import type { AvroCursor } from './avro-cursor.js';
import type { RowWriter } from './row-writer.js';

/**
 * Moves one value from an Avro body into a row. The bytes are those that decoding and writing would give, or a RangeError leaves the record to
 * that: so no value needs an object or a string, and no rule is written twice.
 */
export type Copy = (out: RowWriter, from: AvroCursor) => void;

/** Keys of one map that are compared with each other; more have never been seen, categories are some ten. */
const MOST_KEYS = 64;
const UNDERSCORE = 95;
const [DIGIT_0, DIGIT_9] = [48, 57];

/** Bytes that are no UTF-8 are refused: avsc makes U+FFFD of them, and none of our writers writes any. */
export function copyString(out: RowWriter, from: AvroCursor): void {
  const length = from.long();
  out.text(from.bytes, from.pass(length), length);
}

export function copyHex(digits: number): Copy {
  return (out, from) => {
    if (from.long() !== digits) throw new RangeError(`must be ${digits} hexadecimal digits`);
    out.hexText(from.bytes, from.pass(digits), digits);
  };
}

export function copyUint16(out: RowWriter, from: AvroCursor): void {
  out.uint16(from.long());
}

export function copyUint32(out: RowWriter, from: AvroCursor): void {
  out.uint32(from.long());
}

export function copyUint64(out: RowWriter, from: AvroCursor): void {
  out.uint64(from.long());
}

export function copyInt32(out: RowWriter, from: AvroCursor): void {
  out.int32(from.long());
}

export function copyTime(out: RowWriter, from: AvroCursor): void {
  out.dateTime(from.long());
}

export function copyBool(out: RowWriter, from: AvroCursor): void {
  out.bool(from.boolean());
}

export function copyFloat32(out: RowWriter, from: AvroCursor): void {
  const start = from.pass(4);
  if (((from.bytes[start + 3] ?? 0) & 0x7f) === 0x7f && (from.bytes[start + 2] ?? 0) >= 0x80) {
    requireNumber(from.bytes.readFloatLE(start));
  }
  out.raw(from.bytes, start, 4);
}

export function copyFloat64(out: RowWriter, from: AvroCursor): void {
  const start = from.pass(8);
  if (((from.bytes[start + 7] ?? 0) & 0x7f) === 0x7f && (from.bytes[start + 6] ?? 0) >= 0xf0) {
    requireNumber(from.bytes.readDoubleLE(start));
  }
  out.raw(from.bytes, start, 8);
}

/** "Not a number" has many bit patterns, of which reading and writing keeps one: it is left to them. */
function requireNumber(value: number): void {
  if (Number.isNaN(value)) throw new RangeError('must be a number');
}

/** A union whose first branch is null. */
export function copyNullable(copy: Copy): Copy {
  return (out, from) => {
    if (out.present(from.choice(2) === 0 ? null : from)) copy(out, from);
  };
}

/** @param smallest bytes of an item in Avro, at least 1 */
export function copyArray(smallest: number, copy: Copy): Copy {
  return (out, from) => {
    const count = from.items(smallest);
    out.count(count);
    for (let index = 0; index < count; index++) copy(out, from);
    from.endItems(count);
  };
}

/**
 * An object keeps of equal keys the last one, puts keys that are numbers first and loses `__proto__`: such maps are refused, so that a row says
 * the same whichever way it came.
 * @param smallest bytes of a value in Avro
 */
export function copyMap(smallest: number, copy: Copy): Copy {
  const starts = new Int32Array(MOST_KEYS);
  /** Length, first and last byte of each key: few keys that differ agree in them. */
  const prints = new Int32Array(MOST_KEYS);
  return (out, from) => {
    const count = from.items(1 + smallest);
    if (count > MOST_KEYS) throw new RangeError(`must be at most ${MOST_KEYS} entries`);
    out.count(count);
    const { bytes } = from;
    for (let index = 0; index < count; index++) {
      const length = from.long();
      const start = from.pass(length);
      const first = length === 0 ? 0 : (bytes[start] ?? 0);
      const print = (length << 16) | (first << 8) | (bytes[start + length - 1] ?? 0);
      starts[index] = start;
      prints[index] = print;
      if ((first >= DIGIT_0 && first <= DIGIT_9) || first === UNDERSCORE) throw new RangeError('must be a plain key');
      for (let other = 0; other < index; other++) {
        if (prints[other] === print && isSame(bytes, starts[other] ?? 0, start, length)) {
          throw new RangeError('must be keys that differ');
        }
      }
      out.text(bytes, start, length);
      copy(out, from);
    }
    from.endItems(count);
  };
}

function isSame(bytes: Uint8Array, left: number, right: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (bytes[left + index] !== bytes[right + index]) return false;
  }
  return true;
}
