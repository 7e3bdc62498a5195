/**
 * How a row is written, value by value, in the order of the columns. Implemented by `RowBinary` of libs/platform/clickhouse. A value
 * that its type cannot hold is a RangeError that does not quote it.
 */
export interface RowWriter {
  string(value: string): void;
  binary(value: Uint8Array): void;
  hex(value: string, digits: number): void;
  bool(value: boolean): void;
  uint8(value: number): void;
  uint16(value: number): void;
  uint32(value: number): void;
  uint64(value: number): void;
  int64(value: number): void;
  int32(value: number): void;
  float32(value: number): void;
  float64(value: number): void;
  dateTime(milliseconds: number): void;
  date(milliseconds: number): void;
  count(elements: number): void;
  present<T>(value: T | null): value is T;
  /** Values that stand in other bytes already, which must reach to their end. */
  text(source: Uint8Array, start: number, length: number): void;
  hexText(source: Uint8Array, start: number, digits: number): void;
  raw(source: Uint8Array, start: number, length: number): void;
}

/** Rows of one batch; can take back a row that turned out to be impossible. */
export interface RowBuffer extends RowWriter {
  readonly length: number;
  rewind(length: number): void;
  take(): Buffer;
}
