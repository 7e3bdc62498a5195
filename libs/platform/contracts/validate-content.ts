import type { ContentSubmitted } from './generated/events.js';
import type { Rejection } from './reject-reason.js';
import { contentKey } from './topics.js';

declare global {
  interface String {
    /** ECMAScript 2024; false when a surrogate stands alone, which UTF-8 cannot carry. */
    isWellFormed(): boolean;
  }
}

/**
 * Lengths in UTF-16 code units. Whatever passes fits into the 256 KiB of content.submitted, as a unit takes at most three bytes:
 * 3 x (32,768 + 32 x (64 + 1,024) + 3 x 256) + 64 + 35 = 205 KB.
 */
export const contentLimits = {
  id: 256,
  text: 32_768,
  metadataEntries: 32,
  metadataKey: 64,
  metadataValue: 1024,
  /** 2100-01-01, milliseconds: the warehouse keeps days apart, and a platform must not be able to invent days. */
  submittedBefore: 4_102_444_800_000,
} as const;

/** No slash: a content key ends its platform at the first one. */
const PLATFORM = /^[a-z0-9._-]{1,64}$/;
const LANGUAGE = /^[A-Za-z0-9-]{1,35}$/;
const CONTROL = /\p{Cc}/u;

/**
 * What the schema cannot say about a content; null when it may enter. The text may be empty: an author who deletes what he wrote
 * publishes an empty revision, and its verdict replaces the earlier one.
 */
export function validateContent(content: ContentSubmitted): Rejection | null {
  const problem =
    idProblem('contentId', content.contentId) ??
    (PLATFORM.test(content.platform) ? null : 'platform: must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen') ??
    (content.revision >= 1 ? null : `revision: must be 1 or more, not ${content.revision}`) ??
    textProblem('text', content.text, contentLimits.text) ??
    (content.language === null || LANGUAGE.test(content.language) ? null : 'language: must be a BCP-47 tag') ??
    (content.authorId === null ? null : idProblem('authorId', content.authorId)) ??
    (content.conversationId === null ? null : idProblem('conversationId', content.conversationId)) ??
    metadataProblem(content.metadata) ??
    (content.submittedAt > 0 && content.submittedAt < contentLimits.submittedBefore
      ? null
      : 'submittedAt: must be milliseconds after 1970 and before 2100');
  return problem === null ? null : { code: 'invalid_field', detail: problem };
}

/**
 * The key of a content.submitted record is `platform/contentId`, byte for byte: it decides the partition, and so the order.
 * A contentId may hold slashes, a platform may not: read keys up to the first slash. In `platform/contentId/revision` the
 * revision stands behind the last slash, in `platform/contentId/revision/channel` before the last one (a channel has none).
 */
export function validateContentKey(
  key: Buffer | null,
  content: Pick<ContentSubmitted, 'platform' | 'contentId'>,
): Rejection | null {
  if (key === null) return { code: 'bad_key', detail: 'key: missing, must be platform/contentId' };
  if (key.equals(Buffer.from(contentKey(content)))) return null;
  return { code: 'bad_key', detail: 'key: must be platform/contentId of the value' };
}

function idProblem(field: string, id: string): string | null {
  if (id.length === 0) return `${field}: must not be empty`;
  if (CONTROL.test(id)) return `${field}: has a control character`;
  return textProblem(field, id, contentLimits.id);
}

function textProblem(field: string, text: string, limit: number): string | null {
  if (text.length > limit) return `${field}: has ${text.length} characters, ${limit} are allowed`;
  return text.isWellFormed() ? null : `${field}: has half of a surrogate pair, which UTF-8 cannot carry`;
}

function metadataProblem(metadata: ContentSubmitted['metadata']): string | null {
  let entries = 0;
  for (const key in metadata) {
    entries += 1;
    if (entries > contentLimits.metadataEntries) {
      return `metadata: has more than ${contentLimits.metadataEntries} entries`;
    }
    const problem =
      (key.length === 0 ? `metadata[${entries - 1}]: the key is empty` : null) ??
      textProblem(`metadata[${entries - 1}]: the key`, key, contentLimits.metadataKey) ??
      textProblem(`metadata[${entries - 1}]: the value`, metadata[key] ?? '', contentLimits.metadataValue);
    if (problem !== null) return problem;
  }
  return null;
}
