import fc from 'fast-check';
import { codecOf } from './codec.js';
import type { ContentSubmitted } from './generated/events.js';
import { contentKey, revisionKey, topicOf } from './topics.js';
import { contentLimits, validateContent, validateContentKey } from './validate-content.js';
import { HEADER_BYTES } from './wire.js';

const content: ContentSubmitted = {
  contentId: '17',
  revision: 1,
  platform: 'forum.example',
  kind: 'POST',
  text: 'Good morning!',
  language: 'pt-BR',
  authorId: null,
  conversationId: null,
  metadata: {},
  submittedAt: 1,
};
const detailOf = (change: Partial<ContentSubmitted>) => validateContent({ ...content, ...change })?.detail ?? null;

describe('a content', () => {
  it('may be anything within its limits', () => {
    expect(detailOf({})).toBeNull();
    expect(detailOf({ contentId: 'a/b c/ü👍', platform: 'a-b_c.9' })).toBeNull();
    expect(detailOf({ text: '\u0000\n\u200d\u202e' })).toBeNull();
    expect(detailOf({ metadata: { 'any key': '' } })).toBeNull();
  });

  it('may have an empty text, because an author may delete what he wrote', () => {
    expect(detailOf({ text: '' })).toBeNull();
  });

  it('fits into its topic whenever it is valid', () => {
    const largest: ContentSubmitted = {
      ...content,
      contentId: '中'.repeat(contentLimits.id),
      platform: 'p'.repeat(64),
      text: '中'.repeat(contentLimits.text),
      language: 'x'.repeat(35),
      authorId: '中'.repeat(contentLimits.id),
      conversationId: '中'.repeat(contentLimits.id),
      metadata: Object.fromEntries(
        Array.from({ length: contentLimits.metadataEntries }, (_, i) => [
          String(i).padEnd(contentLimits.metadataKey, '中'),
          '中'.repeat(contentLimits.metadataValue),
        ]),
      ),
      submittedAt: contentLimits.submittedBefore - 1,
      revision: 2 ** 31 - 1,
    };
    expect(validateContent(largest)).toBeNull();
    const bytes = HEADER_BYTES + codecOf('content/submitted').encode(largest).length;
    expect(bytes).toBeLessThan(topicOf('content.submitted').maxBytes);
  });

  it.each<[string, Partial<ContentSubmitted>]>([
    ['contentId', { contentId: '' }],
    ['contentId', { contentId: 'x'.repeat(257) }],
    ['contentId', { contentId: 'a\u007fb' }],
    ['contentId', { contentId: 'a\ud800' }],
    ['platform', { platform: '' }],
    ['platform', { platform: 'a/b' }],
    ['platform', { platform: 'x'.repeat(65) }],
    ['platform', { platform: 'forum\n' }],
    ['revision', { revision: 0 }],
    ['text', { text: 'x'.repeat(32_769) }],
    ['text', { text: 'half \udc00' }],
    ['language', { language: '' }],
    ['authorId', { authorId: '' }],
    ['conversationId', { conversationId: 'x'.repeat(257) }],
    ['metadata', { metadata: { '': 'x' } }],
    ['metadata', { metadata: { ['k'.repeat(65)]: 'x' } }],
    ['metadata', { metadata: { k: '\ud800' } }],
    ['submittedAt', { submittedAt: 0 }],
  ])('has no other %s than the documentation allows (%#)', (field, change) => {
    expect(detailOf(change)).toMatch(new RegExp(`^${field}[:[]`));
  });
});

describe('a key', () => {
  it('is platform/contentId, byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (contentId, other) => {
        const named = { platform: 'forum', contentId };
        expect(validateContentKey(Buffer.from(contentKey(named)), named)).toBeNull();
        fc.pre(other !== contentId);
        expect(validateContentKey(Buffer.from(contentKey({ platform: 'forum', contentId: other })), named)?.code).toBe(
          'bad_key',
        );
      }),
    );
  });

  it('does not stand for a content whose id only looks the same once its bytes were repaired', () => {
    const repaired = { platform: 'forum', contentId: 'a\ufffd' };
    expect(validateContentKey(Buffer.from('forum/a\xff', 'latin1'), repaired)?.code).toBe('bad_key');
  });

  it('reads back into its parts, although a contentId may hold slashes', () => {
    const key = revisionKey({ platform: 'forum', contentId: 'a/b', revision: 3 });
    expect(key.slice(0, key.indexOf('/'))).toBe('forum');
    expect(key.slice(key.lastIndexOf('/') + 1)).toBe('3');
  });
});
