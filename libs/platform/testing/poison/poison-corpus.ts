import { codecOf, contentKey, frame } from '#platform/contracts';
import type { ContentSubmitted, RejectReason } from '#platform/contracts';
import { long, noise, nothing, text } from './avro-bytes.js';
import type { Widening } from './widened-schemas.js';

/** Ids that the registry in use gave to the schemas that the corpus is written with. */
export interface PoisonIds {
  /** Of `content/submitted`. */
  readonly content: number;
  /** Of any schema that the subject `content.submitted-value` does not have. */
  readonly foreign: number;
  /** Of no schema. */
  readonly unknown: number;
  /** Of the widened versions of content.submitted, or null to leave out what needs them. */
  readonly widened: Readonly<Record<Widening, number>> | null;
}

/** A record of content.submitted that must end in the dead letters, as it is, and harm nothing else. */
export interface Poison {
  readonly name: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly expected: RejectReason;
}

/** A content without any fault, to be broken; also a good neighbour. */
export const soundContent: ContentSubmitted = {
  contentId: 'thread/17/post/3',
  revision: 1,
  platform: 'forum.example',
  kind: 'COMMENT',
  text: 'The third photo is my favourite, the light is wonderful.',
  language: 'en',
  authorId: 'member-5',
  conversationId: 'thread-17',
  metadata: { board: 'photography' },
  submittedAt: 1_760_000_000_000,
};

/** Every kind of streaming 5 and what the schema cannot refuse. The same bytes on every call. */
export function poisonCorpus(ids: PoisonIds): readonly Poison[] {
  const soundKey = Buffer.from(contentKey(soundContent));
  const codec = codecOf('content/submitted');
  const sound = codec.encodeFramed(ids.content, soundContent);
  const body = codec.encode(soundContent);

  const poison = (
    name: string,
    expected: RejectReason,
    value: Buffer | null,
    key: Buffer | null = soundKey,
  ): Poison => ({
    name,
    key,
    value,
    expected,
  });
  const withBody = (name: string, expected: RejectReason, ...parts: readonly Buffer[]): Poison =>
    poison(name, expected, frame(ids.content, Buffer.concat(parts)));
  const withField = (name: string, expected: RejectReason, change: Partial<Record<keyof ContentSubmitted, Buffer>>) =>
    withBody(name, expected, ...Object.values({ ...soundFields, ...change }));
  const withContent = (name: string, change: Partial<ContentSubmitted>): Poison => {
    const content = { ...soundContent, ...change };
    return poison(name, 'invalid_field', codec.encodeFramed(ids.content, content), Buffer.from(contentKey(content)));
  };
  const { widened } = ids;
  const withWidened = (
    name: string,
    expected: RejectReason,
    widening: Widening,
    ...parts: readonly Buffer[]
  ): readonly Poison[] =>
    widened === null ? [] : [poison(name, expected, frame(widened[widening], Buffer.concat([body, ...parts])))];

  return [
    poison('tombstone', 'missing_value', null),
    poison('empty value', 'truncated', Buffer.alloc(0)),
    poison('part of a header', 'truncated', sound.subarray(0, 3)),
    poison('header alone', 'truncated', sound.subarray(0, 5)),
    poison('wrong magic byte', 'bad_magic', Buffer.concat([Buffer.from([1]), sound.subarray(1)])),
    poison('JSON instead of Avro', 'bad_magic', Buffer.from(JSON.stringify(soundContent))),
    poison('unknown schema id', 'unknown_schema', frame(ids.unknown, body)),
    poison('schema id of another subject', 'foreign_schema', frame(ids.foreign, body)),
    poison('64 KiB of zero bytes', 'unknown_schema', Buffer.alloc(65_536)),
    withBody('zero bytes behind a header', 'trailing_bytes', Buffer.alloc(1000)),
    withBody('zero bytes that are a record', 'invalid_field', Buffer.alloc(10)),
    poison('1 MiB of noise', 'too_large', noise(1_048_576, 7)),
    withBody('200 KiB of noise behind a header', 'invalid_field', noise(204_800, 11)),
    poison('truncated in the text', 'truncated', sound.subarray(0, 60)),
    poison('truncated in the last field', 'truncated', sound.subarray(0, -1)),
    poison('a trailing byte', 'trailing_bytes', Buffer.concat([sound, Buffer.from([0])])),
    poison('two records in one', 'trailing_bytes', Buffer.concat([sound, body])),
    withField('a byte that starts no character', 'invalid_utf8', { text: text(Buffer.from([0x61, 0xff, 0x62])) }),
    withField('an overlong slash', 'invalid_utf8', { contentId: text(Buffer.from([0xc0, 0xaf])) }),
    withField('half a surrogate pair', 'invalid_utf8', { text: text(Buffer.from([0xed, 0xa0, 0x80])) }),
    withField('a character cut in two', 'invalid_utf8', { text: text(Buffer.from('é'.repeat(40)).subarray(0, -1)) }),
    withField('invalid UTF-8 in a map key', 'invalid_utf8', {
      metadata: Buffer.concat([long(1), text(Buffer.from([0xfe])), text('x'), nothing]),
    }),
    withField('a text of 2 GiB announced', 'truncated', { text: long(2 ** 31) }),
    withField('a text of negative length', 'invalid_field', { text: long(-1) }),
    withField('an integer of 11 bytes', 'bad_varint', {
      text: Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
    }),
    withField('a revision of 40 bits', 'invalid_field', { revision: long(2 ** 40) }),
    withField('a time of 62 bits', 'invalid_field', { submittedAt: long(2n ** 62n) }),
    withField('a kind that does not exist', 'bad_union', { kind: long(99) }),
    withField('a kind below zero', 'bad_union', { kind: long(-1) }),
    withField('a union branch that does not exist', 'bad_union', { language: long(2) }),
    withField('a map of 200 M entries', 'bomb', { metadata: long(200_000_000) }),
    withField('a map of 2^62 entries', 'bomb', { metadata: long(2n ** 62n) }),
    withField('a truncated map', 'truncated', {
      metadata: Buffer.concat([long(3), text('board'), text('photography')]),
      submittedAt: Buffer.from([20, 20]),
    }),
    withField('a map of more entries than any record may hold', 'bomb', {
      metadata: Buffer.concat([long(50_000), Buffer.alloc(100_000), nothing]),
    }),
    withField('a negative count without its bytes', 'bomb', {
      metadata: Buffer.concat([long(-1_000_000), long(4), text('a'), text('b'), nothing]),
    }),
    withField('the lowest count there is', 'bomb', {
      metadata: Buffer.concat([long(-(2n ** 63n)), long(4), text('a'), text('b'), nothing]),
    }),
    withField('a block that is longer than it announces', 'bad_block', {
      metadata: Buffer.concat([long(-1), long(2), text('a'), text('b'), nothing]),
    }),
    withField('a block of negative size', 'bad_block', {
      metadata: Buffer.concat([long(-1), long(-4), text('a'), text('b'), nothing]),
    }),
    withField('a block beyond the end', 'bad_block', {
      metadata: Buffer.concat([long(-1), long(1_000_000), text('a'), text('b'), nothing]),
    }),
    withField('a metadata key that would be a prototype', 'invalid_field', {
      metadata: Buffer.concat([long(1), text('__proto__'), text('x'), nothing]),
    }),
    ...withWidened('an array of 200 M nulls', 'bomb', 'nulls', long(200_000_000), nothing),
    ...withWidened('an array of 200 M empty records', 'bomb', 'empties', long(200_000_000), nothing),
    ...withWidened('a truncated array of 200 M ints', 'bomb', 'numbers', long(200_000_000)),
    ...withWidened('a truncated array of 2^40 ints', 'bomb', 'numbers', long(2 ** 40), Buffer.from([2, 4, 6])),
    ...withWidened('arrays of nulls in many blocks', 'bomb', 'nulls', ...Array<Buffer>(500).fill(long(1000)), nothing),
    ...withWidened('records 50,000 deep', 'too_deep', 'tree', Buffer.alloc(50_000, 2), Buffer.alloc(50_000)),
    poison('no key', 'bad_key', sound, null),
    poison('empty key', 'bad_key', sound, Buffer.alloc(0)),
    poison('key of another content', 'bad_key', sound, Buffer.from('forum.example/thread/17/post/4')),
    poison('key without the platform', 'bad_key', sound, Buffer.from(soundContent.contentId)),
    poison('key that is not UTF-8', 'bad_key', sound, Buffer.concat([soundKey.subarray(0, -1), Buffer.from([0xb3])])),
    withContent('no content id', { contentId: '' }),
    withContent('a content id of 257 characters', { contentId: 'x'.repeat(257) }),
    withContent('a content id with a line break', { contentId: 'post\n3' }),
    withContent('a platform with a slash', { platform: 'forum/example' }),
    withContent('a platform in capitals', { platform: 'Forum' }),
    withContent('revision 0', { revision: 0 }),
    withContent('a text of 32,769 characters', { text: 'x'.repeat(32_769) }),
    withContent('a language of two lines', { language: 'en\nde' }),
    withContent('33 metadata entries', {
      metadata: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`key-${i}`, 'x'])),
    }),
    withContent('a metadata value of 1,025 characters', { metadata: { board: 'x'.repeat(1025) } }),
    withContent('submitted in 1969', { submittedAt: -1 }),
    withContent('submitted in 2100', { submittedAt: 4_102_444_800_000 }),
  ];
}

/** The sound content field by field, in the order of its schema. */
const soundFields: Readonly<Record<keyof ContentSubmitted, Buffer>> = {
  contentId: text(soundContent.contentId),
  revision: long(soundContent.revision),
  platform: text(soundContent.platform),
  kind: long(1),
  text: text(soundContent.text),
  language: Buffer.concat([long(1), text('en')]),
  authorId: Buffer.concat([long(1), text('member-5')]),
  conversationId: Buffer.concat([long(1), text('thread-17')]),
  metadata: Buffer.concat([long(1), text('board'), text('photography'), nothing]),
  submittedAt: long(soundContent.submittedAt),
};
