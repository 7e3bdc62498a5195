import { createHash } from 'node:crypto';
import type { ContentSubmitted, LabelSubmitted } from '#platform/contracts';
import { hashFields, hashText } from '#policy';
import type { AnswerRecord } from './answer-record.js';
import type { ReadAnswer } from './read-answers.js';

export interface ImportSource {
  /** SHA-256 of the bytes of the file. */
  readonly fileHash: string;
  /** When answers were given that do not say so, milliseconds: when the file was written, so that importing twice says the same. */
  readonly writtenAt: number;
  /** 0, and one more for each correction of an earlier import of the same file. */
  readonly attempt: number;
}

export function fileHashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The events of a file. Ids hash the bytes of the file, the row and the person: the same file again gives the same events, and another
 * attempt at it corrects them.
 */
export function* submissionsOf(
  answers: readonly ReadAnswer[],
  { fileHash, writtenAt, attempt }: ImportSource,
): Generator<LabelSubmitted, void, void> {
  const ordinals = new Map<string, number>();
  for (const { record, row } of answers) {
    const { platform, contentId, revision, role, group, text } = record;
    const labelerId = labelerIdOf(record.labeler);
    const ordinal = ordinals.get(labelerId) ?? 0;
    ordinals.set(labelerId, ordinal + 1);
    const leaseId = hashFields('import', fileHash, row, labelerId);
    yield {
      submissionId: hashFields(leaseId, attempt),
      leaseId,
      attempt,
      taskId: hashFields('import', fileHash, platform, contentId, revision),
      origin: 'IMPORTED',
      platform,
      contentId,
      revision,
      labelerId,
      labelerRole: role,
      raterGroup: group,
      purpose: 'FRESH',
      ordinal,
      outcome: 'ANSWERED',
      answers: record.answers,
      reason: null,
      decision: null,
      policies: [],
      textHash: text === null ? null : hashText(text),
      windowFrom: null,
      leasedAt: null,
      durationMs: record.durationMs,
      submittedAt: record.submittedAt ?? writtenAt,
    };
  }
}

/** Names stay outside: whoever is no `u-...` yet becomes a hash. */
export function labelerIdOf(labeler: string): string {
  return /^u-[a-z0-9-]{1,62}$/.test(labeler) ? labeler : `u-${hashFields('labeler', labeler).slice(0, 16)}`;
}

/** The texts of a file, each revision once, and of a revision with several texts the first. */
export function contentsOf(
  answers: readonly { readonly record: AnswerRecord }[],
  now: number,
): readonly ContentSubmitted[] {
  const contents = new Map<string, ContentSubmitted>();
  for (const { record } of answers) {
    const { platform, contentId, revision, text } = record;
    const key = JSON.stringify([platform, contentId, revision]);
    if (text === null || contents.has(key)) continue;
    contents.set(key, {
      contentId,
      revision,
      platform,
      kind: 'OTHER',
      text,
      language: null,
      authorId: null,
      conversationId: null,
      metadata: {},
      submittedAt: now,
    });
  }
  return [...contents.values()];
}
