import { contentKey, type ContentSubmitted } from '#platform/contracts';
import type { Serde, WriteRecord } from '#platform/stream';

const PLATFORM = 'bench';
const PREFIX = `${PLATFORM}/`;
const SEQUENCE_DIGITS = 10;
const TIME_DIGITS = 13;
const ID_LENGTH = SEQUENCE_DIGITS + 1 + TIME_DIGITS;
/** Behind magic byte, schema id and the length of the string, which is the record's first field. */
const ID_AT = 6;
/** Milliseconds of the years 2004 to 2039 as a zigzag varint, the record's last field. */
const TIME_BYTES = 6;

/** The id says which text it is and when it was submitted, so that a reader of keys needs to decode nothing. */
export function idOf(sequence: number, submittedAt: number): string {
  return `${String(sequence).padStart(SEQUENCE_DIGITS, '0')}-${String(submittedAt).padStart(TIME_DIGITS, '0')}`;
}

export function sequenceOf(contentId: string): number {
  return Number(contentId.slice(0, SEQUENCE_DIGITS));
}

/** Milliseconds, of the key of a record. */
export function submissionOf(key: Buffer): number {
  return Number(key.toString('latin1', PREFIX.length + SEQUENCE_DIGITS + 1));
}

function contentOf(sequence: number, submittedAt: number, text: string): ContentSubmitted {
  return {
    contentId: idOf(sequence, submittedAt),
    revision: 1,
    platform: PLATFORM,
    kind: 'POST',
    text,
    language: null,
    authorId: `author-${sequence % 1000}`,
    conversationId: null,
    metadata: {},
    submittedAt,
  };
}

/** Makes the record of a content. `sequence` chooses the text. */
export type ContentPress = (sequence: number, submittedAt: number) => WriteRecord;

/**
 * Encodes every text once; a record is a copy with its id and time put in. A generator that shares the cores with what it loads must
 * cost little.
 * @throws Error when the schema no longer begins with the id and ends with the time
 */
export function createContentPress(serde: Serde, texts: readonly string[]): ContentPress {
  const encode = (content: ContentSubmitted) => serde.encode('content.submitted', content);
  const authors = 1000;
  const templates = texts.map((text, at) => encode(contentOf(at % authors, Date.UTC(2026, 0), text)));

  const press: ContentPress = (sequence, submittedAt) => {
    const template = templates[sequence % templates.length];
    if (template === undefined) throw new Error('there are no texts to publish');
    const value = Buffer.from(template);
    const id = idOf(sequence, submittedAt);
    value.write(id, ID_AT, ID_LENGTH, 'latin1');
    let rest = 2 * submittedAt;
    for (let at = value.length - TIME_BYTES; at < value.length - 1; at++, rest = Math.floor(rest / 128)) {
      value[at] = 128 + (rest % 128);
    }
    value[value.length - 1] = rest;
    return { topic: 'content.submitted', key: PREFIX + id, value, headers: {} };
  };
  const [text = ''] = texts;
  const probe = contentOf(0, Date.UTC(2030, 5, 7), text);
  if (
    press(0, probe.submittedAt).value?.equals(encode(probe)) !== true ||
    press(0, probe.submittedAt).key !== contentKey(probe)
  ) {
    throw new Error('avro/content/submitted.avsc has changed: the first field must be contentId, the last submittedAt');
  }
  return press;
}
