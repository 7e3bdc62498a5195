import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  createKeyedHash,
  deriveSalt,
  hashFields,
  hashJson,
  hashText,
  uniform,
  verdictIdOf,
  type VerdictIdentity,
} from './hashes.js';

const field = fc.oneof(fc.string(), fc.constant(null), fc.constantFrom('', ':', '1:', '-', '0:'));

describe('hashFields', () => {
  it('never gives two different lists of fields one hash', () => {
    fc.assert(
      fc.property(fc.array(field), fc.array(field), (left, right) => {
        const equal = JSON.stringify(left) === JSON.stringify(right);
        expect(hashFields(...left) === hashFields(...right)).toBe(equal);
      }),
    );
  });

  it('keeps apart what a separator would join', () => {
    expect(hashFields('a', 'b/c')).not.toBe(hashFields('a/b', 'c'));
    expect(hashFields('a', '')).not.toBe(hashFields('a', null));
    expect(hashFields('a1:b')).not.toBe(hashFields('a', 'b'));
  });

  it('is 32 hex digits', () => {
    expect(hashFields('a', 1, null)).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('hashText', () => {
  it('is the SHA-256 of the UTF-8 bytes', () => {
    // printf 'abc' | sha256sum
    expect(hashText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223');
  });
});

describe('hashJson', () => {
  it('does not depend on the order of keys', () => {
    expect(hashJson({ a: 1, b: { c: [1, null], d: 'x' } })).toBe(hashJson({ b: { d: 'x', c: [1, null] }, a: 1 }));
  });

  it('depends on the order of items', () => {
    expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
  });
});

describe('verdictIdOf', () => {
  const identity: VerdictIdentity = {
    platform: 'demo',
    contentId: 'c-1',
    revision: 1,
    textHash: hashText('hello'),
    channel: 'public',
    deploymentId: 'd-1',
    mode: 'NORMAL',
    kind: 'ISSUED',
    causeId: null,
  };

  it('is the same for the same decision', () => {
    expect(verdictIdOf({ ...identity })).toBe(verdictIdOf(identity));
  });

  it.each([
    ['platform', { platform: 'demo2' }],
    ['contentId', { contentId: 'c-2' }],
    ['revision', { revision: 2 }],
    ['textHash', { textHash: hashText('Hello') }],
    ['channel', { channel: 'internal' }],
    ['deploymentId', { deploymentId: 'd-2' }],
    ['mode', { mode: 'REVIEW_ALL' }],
    ['kind', { kind: 'SUPERSEDED' }],
    ['causeId', { causeId: 'appeal-1' }],
  ] as const)('changes with %s', (_, change) => {
    expect(verdictIdOf({ ...identity, ...change })).not.toBe(verdictIdOf(identity));
  });
});

describe('uniform', () => {
  it.each([
    ['c-1', 0.7618618746185704],
    ['c-2', 0.7558255321982004],
    ['déjà-42', 0.25347181303245236],
  ])('gives %s the number of sampling 1.1', (id, expected) => {
    expect(uniform('plan-salt-1', id)).toBe(expected);
  });
});

describe('createKeyedHash', () => {
  const keyed = createKeyedHash(Buffer.from('a secret of the installation'));

  it('gives nobody no pseudonym', () => {
    expect(keyed('demo', null)).toBeNull();
  });

  it('keeps platforms apart, also where names run into ids', () => {
    expect(keyed('demo', '1x')).not.toBe(keyed('demo1', 'x'));
    expect(keyed('demo', 'x')).toBe(keyed('demo', 'x'));
  });

  it('is the HMAC-SHA-256 of the length of the platform, the platform and the id, whatever their lengths', () => {
    const id = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 300, maxLength: 400 }));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 80 }), fc.string(), id, (bytes, platform, text) => {
        const secret = Buffer.from(bytes);
        const expected = createHmac('sha256', secret).update(`${platform.length}:${platform}${text}`).digest('hex');
        expect(createKeyedHash(secret)(platform, text)).toBe(expected.slice(0, 32));
      }),
      { numRuns: 30 },
    );
  });

  it('cannot be computed without the secret', () => {
    expect(createKeyedHash(Buffer.from('another secret'))('demo', 'x')).not.toBe(keyed('demo', 'x'));
  });
});

describe('deriveSalt', () => {
  it('differs by purpose and by secret', () => {
    const [one, two] = [Buffer.from('secret one'), Buffer.from('secret two')];
    expect(new Set([deriveSalt(one, 'canary'), deriveSalt(one, 'draw'), deriveSalt(two, 'canary')]).size).toBe(3);
  });
});
