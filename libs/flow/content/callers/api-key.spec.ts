import { randomBytes } from 'node:crypto';
import { formatApiKey, hashSecret, isSecretOf, makeApiKey, parseApiKey } from './api-key.js';

describe('API keys', () => {
  it('survive being written and read', () => {
    for (let i = 0; i < 200; i++) {
      const key = makeApiKey(randomBytes);
      expect(parseApiKey(formatApiKey(key))).toEqual(key);
    }
  });

  it('carry 256 random bits', () => {
    const sizes: number[] = [];
    makeApiKey((size) => {
      sizes.push(size);
      return Buffer.alloc(size);
    });
    expect(sizes).toContain(32);
  });

  it.each([
    '',
    'tg_',
    'tg_0123456789ab_short',
    'sk-live',
    `tg_0123456789AB_${'a'.repeat(43)}`,
    `tg_0123456789ab_${'a'.repeat(43)} `,
  ])('of another form are refused: %j', (text) => {
    expect(parseApiKey(text)).toBeNull();
  });

  it('are proven by their secret alone', () => {
    const { secret } = makeApiKey(randomBytes);
    const stored = hashSecret(secret);
    expect(isSecretOf(stored, secret)).toBe(true);
    expect(isSecretOf(stored, makeApiKey(randomBytes).secret)).toBe(false);
    expect(isSecretOf('', secret)).toBe(false);
    expect(stored).not.toContain(secret);
  });
});
