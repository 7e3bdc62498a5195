import { hash } from 'node:crypto';
import type { ContentErased, ContentReported, ContentSubmitted } from '#platform/contracts';
import type { StoredRecord } from '#platform/stream';
import { columnsOf, table, writeMap, writeString } from '../table.js';
import { contentKinds, reportKinds } from './symbols.js';

const DAY_MS = 86_400_000;
/** A platform may send what it wrote while it was cut off; older ones count to the day of the record, as do those of tomorrow. */
const BELIEVED_AGE_MS = 7 * DAY_MS;
const BELIEVED_AHEAD_MS = DAY_MS;

/**
 * Day under which a content is kept: that of `submittedAt`, or of the record where a platform's clock or a backfill is far from it.
 * A function of the record alone, so a repetition finds its partition, and no platform can spread its rows over years of them.
 */
export function eventDay(submittedAt: number, recordTimestamp: number): number {
  const isBelieved =
    submittedAt >= recordTimestamp - BELIEVED_AGE_MS && submittedAt <= recordTimestamp + BELIEVED_AHEAD_MS;
  return isBelieved ? submittedAt : recordTimestamp;
}

function textHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

const submitted = columnsOf<ContentSubmitted>();

/** authorId and conversationId stay behind: they leave their topic only as the keyed hashes of the prediction. */
export const contentSubmitted = table<ContentSubmitted>('content_submitted', [
  submitted.word('platform', (event) => event.platform),
  submitted.string('content_id', (event) => event.contentId),
  submitted.int32('revision', (event) => event.revision),
  submitted.hash('text_hash', (event) => textHash(event.text)),
  submitted.symbol('kind', contentKinds, (event) => event.kind),
  submitted.string('text', (event) => event.text),
  submitted.nullableWord('language', (event) => event.language),
  submitted.of(
    'metadata',
    'Map(String, String)',
    (event) => event.metadata,
    (out, metadata) => {
      writeMap(out, metadata, writeString);
    },
  ),
  submitted.time('submitted_at', (event) => event.submittedAt),
  submitted.date('day', (event, record: StoredRecord) => eventDay(event.submittedAt, record.timestamp)),
]);

const reported = columnsOf<ContentReported>();

export const contentReported = table<ContentReported>('content_reported', [
  reported.string('report_id', (event) => event.reportId),
  reported.word('platform', (event) => event.platform),
  reported.string('content_id', (event) => event.contentId),
  reported.int32('revision', (event) => event.revision),
  reported.symbol('kind', reportKinds, (event) => event.kind),
  reported.nullableWord('channel', (event) => event.channel),
  reported.nullableHash('verdict_id', (event) => event.verdictId),
  reported.nullableWord('category', (event) => event.category),
  reported.of(
    'scores',
    'Map(String, Float64)',
    (event) => event.scores,
    (out, scores) => {
      writeMap(out, scores, (inner, score) => {
        inner.float64(score);
      });
    },
  ),
  reported.nullableHash('reporter_hash', (event) => event.reporterHash),
  reported.nullableString('reason', (event) => event.reason),
  reported.time('reported_at', (event) => event.reportedAt),
]);

const erased = columnsOf<ContentErased>();

export const contentErased = table<ContentErased>('content_erased', [
  erased.word('platform', (event) => event.platform),
  erased.string('content_id', (event) => event.contentId),
  erased.nullableWord('requested_by', (event) => event.requestedBy),
  erased.time('erased_at', (event) => event.erasedAt),
]);
