import {
  topicOf,
  validateContent,
  validateContentKey,
  type ContentSubmitted,
  type RejectReason,
  type Rejection,
  type TopicName,
} from '#platform/contracts';
import type { Decoded, StoredRecord } from '#platform/stream';
import type { RowBuffer } from './row-writer.js';
import type { Table } from './table.js';

/** What became of one record: a row, nothing, or a dead letter. */
export type Judgement =
  | { readonly kind: 'row' }
  | { readonly kind: 'skip'; readonly reason: 'judged_by_prediction' | 'tombstone' | 'own_dead_letter' }
  | { readonly kind: 'reject'; readonly reason: RejectReason; readonly detail: string };

const ROW: Judgement = { kind: 'row' };

/**
 * Appends the row of a record, or says why there is none.
 * - content.submitted is written by outsiders and judged by prediction, whose dead letter is enough: what cannot be kept is skipped.
 * - A null value in a compacted topic takes a key back; the warehouse keeps the history.
 * - A dead letter of the warehouse itself that cannot be read is skipped, or it would be rejected for ever.
 */
export function judgeRecord(
  table: Table<unknown>,
  out: RowBuffer,
  record: StoredRecord,
  decoded: Decoded<unknown>,
): Judgement {
  const topic = topicOf(record.topic);
  if (record.value === null && topic.class === 'table') return { kind: 'skip', reason: 'tombstone' };
  const rejection = decoded.ok
    ? (refuse(topic.name, record, decoded.value) ?? table.write(out, decoded.value, record))
    : { code: decoded.reason, detail: decoded.detail };
  if (rejection === null) return ROW;
  if (topic.outsidersWrite) return { kind: 'skip', reason: 'judged_by_prediction' };
  if (topic.name === OWN_DEAD_LETTERS) return { kind: 'skip', reason: 'own_dead_letter' };
  return { kind: 'reject', reason: rejection.code, detail: rejection.detail };
}

export const OWN_DEAD_LETTERS: TopicName = 'dead-letter.warehouse';

/** Content that prediction rejects has no prediction and no verdict: it is no content of the warehouse either. */
function refuse(topic: TopicName, record: StoredRecord, event: unknown): Rejection | null {
  if (topic !== 'content.submitted') return null;
  // The serde decoded it by the schema of the topic.
  const content = event as ContentSubmitted;
  return validateContentKey(record.key, content) ?? validateContent(content);
}
