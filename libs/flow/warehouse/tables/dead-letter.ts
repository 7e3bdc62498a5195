import type { DeadLetter } from '#platform/contracts';
import { columnsOf, table, writeArray } from '../table.js';

const rejected = columnsOf<DeadLetter>();

/** Bytes are kept as bytes; the view shows them in base64. */
export const deadLetterRejected = table<DeadLetter>('dead_letter_rejected', [
  rejected.word('stage', (event) => event.stage),
  rejected.word('release', (event) => event.release),
  rejected.word('reason', (event) => event.reason),
  rejected.string('detail', (event) => event.detail),
  rejected.word('source_topic', (event) => event.source.topic),
  rejected.uint16('source_partition', (event) => event.source.partition),
  rejected.uint64('source_offset', (event) => event.source.offset),
  rejected.nullableBinary('key', (event) => event.key),
  rejected.nullableBinary('value', (event) => event.value),
  rejected.of(
    'headers',
    'Array(Tuple(key String, value String))',
    (event) => event.headers,
    (out, headers) => {
      writeArray(out, headers, (inner, header) => {
        inner.string(header.key);
        inner.binary(header.value);
      });
    },
  ),
  // A platform's producer sets the timestamp; one that no clock shows must not make the dead letter a dead letter.
  rejected.time('record_timestamp', (event) => Math.max(0, event.recordTimestamp)),
  rejected.time('rejected_at', (event) => event.rejectedAt),
]);
