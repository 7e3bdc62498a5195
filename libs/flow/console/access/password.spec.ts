import { hashPassword, isPasswordOf, makeOneTimePassword, nobodysPassword } from './password.js';

describe('passwords', () => {
  it('are known again by their hash and by nothing else', async () => {
    const kept = await hashPassword('correct horse battery');
    expect(await isPasswordOf('correct horse battery', kept)).toBe(true);
    expect(await isPasswordOf('correct horse batterz', kept)).toBe(false);
    expect(JSON.stringify(kept)).not.toContain('horse');
  });

  it('are the same however a keyboard composes its characters', async () => {
    const kept = await hashPassword('caf\u00e9 au lait, grand');
    expect(await isPasswordOf('cafe\u0301 au lait, grand', kept)).toBe(true);
  });

  it('never open the account of nobody', async () => {
    expect(await isPasswordOf('', nobodysPassword)).toBe(false);
  });

  it('are made of 100 bits that people can read', () => {
    const made = new Set(Array.from({ length: 50 }, makeOneTimePassword));
    expect(made.size).toBe(50);
    for (const one of made) expect(one).toMatch(/^([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$/);
  });
});
