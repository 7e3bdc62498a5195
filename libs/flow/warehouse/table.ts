import type { Rejection } from '#platform/contracts';
import type { StoredRecord } from '#platform/stream';
import {
  copyFloat32,
  copyHex,
  copyInt32,
  copyNullable,
  copyString,
  copyTime,
  copyUint16,
  copyUint32,
  copyUint64,
  type Copy,
} from './avro-copy.js';
import { AvroCursor } from './avro-cursor.js';
import type { RowBuffer, RowWriter } from './row-writer.js';

/** One column: its name and type in ClickHouse, and how an event fills it. */
export interface Column<E> {
  readonly name: string;
  readonly type: string;
  readonly write: (out: RowWriter, event: E, record: StoredRecord) => void;
  /** Fills it from the field that stands next in the Avro body, if it can. */
  readonly copy: Copy | null;
}

/** Where the events of one schema go. */
export interface Table<E> {
  readonly name: string;
  readonly columns: readonly Column<E>[];
  readonly columnNames: readonly string[];
  /** Appends the row of an event; a rejection leaves the buffer as it was. Pure but for the buffer. */
  readonly write: (out: RowBuffer, event: E, record: StoredRecord) => Rejection | null;
  /**
   * Appends the row of a record whose value is, from `bodyAt` on, a body that this release's own schema wrote, the same as decoding and `write` would, at a fifth of the CPU. False leaves the
   * buffer as it was: the decoder says what it is. Null where nothing is gained by it.
   */
  readonly copy: ((out: RowBuffer, record: StoredRecord, bodyAt: number) => boolean) | null;
}

/** A table that is written straight from Avro. @param columns one of each field of the schema, in the order of the schema */
export function tableOfBytes<E>(name: string, columns: readonly Column<E>[]): Table<E> {
  const copies = columns.map(({ name: column, copy }) => {
    if (copy === null) throw new Error(`${name}.${column} cannot be written from Avro`);
    return copy;
  });
  // One for all rows: a row is whole or rewound before the next one begins.
  const cursor = new AvroCursor();
  return {
    ...table(name, columns),
    copy: (out, record, bodyAt) => {
      const start = out.length;
      try {
        if (record.value === null) return false;
        cursor.open(record.value, bodyAt);
        for (const copy of copies) copy(out, cursor);
        if (cursor.isAtEnd) {
          writePlace(out, record);
          return true;
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      out.rewind(start);
      return false;
    },
  };
}

export function table<E>(name: string, eventColumns: readonly Column<E>[]): Table<E> {
  const columns = [...eventColumns, ...recordColumns];
  return {
    name,
    columns,
    columnNames: columns.map((column) => column.name),
    write: (out, event, record) => {
      const start = out.length;
      let index = 0;
      try {
        for (; index < columns.length; index++) columns[index]?.write(out, event, record);
        return null;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        out.rewind(start);
        return { code: 'invalid_field', detail: `${columns[index]?.name ?? name}: ${error.message}` };
      }
    },
    copy: null,
  };
}

/** Where in Kafka the event stands. */
const recordColumns: readonly Column<unknown>[] = [
  {
    name: 'record_partition',
    type: 'UInt16',
    write: (out, _, { partition }) => {
      out.uint16(partition);
    },
    copy: null,
  },
  {
    name: 'record_offset',
    type: 'UInt64',
    write: (out, _, { offset }) => {
      out.uint64(offset);
    },
    copy: null,
  },
];

/** The record columns of a row. */
function writePlace(out: RowWriter, record: StoredRecord): void {
  for (const { write } of recordColumns) write(out, null, record);
}

type Read<E, T> = (event: E, record: StoredRecord) => T;

function column<E, T>(type: string, write: (out: RowWriter, value: T) => void, copy: Copy | null = null) {
  return (name: string, read: Read<E, T>): Column<E> => ({
    name,
    type,
    write: (out, event, record) => {
      write(out, read(event, record));
    },
    copy,
  });
}

function writeString(out: RowWriter, value: string): void {
  out.string(value);
}

function writeNullableString(out: RowWriter, value: string | null): void {
  if (out.present(value)) out.string(value);
}

/** Makes the columns of one event's table. Types are written as `system.columns` shows them, so that a test can compare. */
export function columnsOf<E>() {
  return {
    string: column<E, string>('String', writeString, copyString),
    word: column<E, string>('LowCardinality(String)', writeString, copyString),
    nullableString: column<E, string | null>('Nullable(String)', writeNullableString, copyNullable(copyString)),
    nullableWord: column<E, string | null>('LowCardinality(Nullable(String))', writeNullableString),
    nullableBinary: column<E, Uint8Array | null>('Nullable(String)', (out, value) => {
      if (out.present(value)) out.binary(value);
    }),
    hash: column<E, string>(
      'FixedString(16)',
      (out, value) => {
        out.hex(value, 32);
      },
      copyHex(32),
    ),
    nullableHash: column<E, string | null>(
      'Nullable(FixedString(16))',
      (out, value) => {
        if (out.present(value)) out.hex(value, 32);
      },
      copyNullable(copyHex(32)),
    ),
    shortHash: column<E, string>(
      'FixedString(8)',
      (out, value) => {
        out.hex(value, 16);
      },
      copyHex(16),
    ),
    uint16: column<E, number>(
      'UInt16',
      (out, value) => {
        out.uint16(value);
      },
      copyUint16,
    ),
    uint32: column<E, number>(
      'UInt32',
      (out, value) => {
        out.uint32(value);
      },
      copyUint32,
    ),
    uint64: column<E, number>(
      'UInt64',
      (out, value) => {
        out.uint64(value);
      },
      copyUint64,
    ),
    int32: column<E, number>(
      'Int32',
      (out, value) => {
        out.int32(value);
      },
      copyInt32,
    ),
    int64: column<E, number>('Int64', (out, value) => {
      out.int64(value);
    }),
    float32: column<E, number>(
      'Float32',
      (out, value) => {
        out.float32(value);
      },
      copyFloat32,
    ),
    float64: column<E, number>('Float64', (out, value) => {
      out.float64(value);
    }),
    nullableFloat64: column<E, number | null>('Nullable(Float64)', writeNullableFloat64),
    time: column<E, number>(
      "DateTime64(3, 'UTC')",
      (out, value) => {
        out.dateTime(value);
      },
      copyTime,
    ),
    date: column<E, number>('Date', (out, value) => {
      out.date(value);
    }),
    symbol: <S extends string>(name: string, symbols: Symbols<S>, read: Read<E, S>): Column<E> =>
      column<E, S>(symbols.type, symbols.write, symbols.copy)(name, read),
    /** A column of another type, with its own writer. */
    of: <T>(
      name: string,
      type: string,
      read: Read<E, T>,
      write: (out: RowWriter, value: T) => void,
      copy: Copy | null = null,
    ): Column<E> => column<E, T>(type, write, copy)(name, read),
  };
}

/** An Avro enum as Enum8, numbered from 1. */
export interface Symbols<S extends string> {
  readonly type: string;
  /** In the order of the schema: Avro names a symbol by its place. */
  readonly names: readonly string[];
  readonly write: (out: RowWriter, symbol: S) => void;
  readonly copy: Copy;
}

/** @param numbers of every symbol in the order of the schema, so that the compiler notices a symbol that is added to the schema */
export function symbols<S extends string>(numbers: Readonly<Record<S, number>>): Symbols<S> {
  const known: Readonly<Partial<Record<string, number>>> = numbers;
  const byIndex = Object.values<number>(numbers);
  return {
    names: Object.keys(numbers),
    type: `Enum8(${Object.entries<number>(numbers)
      .map(([symbol, number]) => `'${symbol}' = ${number}`)
      .join(', ')})`,
    write: (out, symbol) => {
      const number = known[symbol];
      if (number === undefined) throw new RangeError('is a symbol that this release does not know');
      out.uint8(number);
    },
    copy: (out, from) => {
      out.uint8(byIndex[from.choice(byIndex.length)] ?? 0);
    },
  };
}

export function writeNullableFloat64(out: RowWriter, value: number | null): void {
  if (out.present(value)) out.float64(value);
}

export function writeMap<V>(
  out: RowWriter,
  map: Readonly<Record<string, V>>,
  write: (out: RowWriter, value: V) => void,
): void {
  const keys = Object.keys(map);
  out.count(keys.length);
  for (const key of keys) {
    out.string(key);
    write(out, map[key] as V);
  }
}

export function writeArray<V>(out: RowWriter, values: readonly V[], write: (out: RowWriter, value: V) => void): void {
  out.count(values.length);
  for (const value of values) write(out, value);
}

export { writeString, writeNullableString };
