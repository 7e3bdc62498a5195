import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A password as it is kept. */
export interface PasswordHash {
  readonly algorithm: 'scrypt';
  readonly cost: number;
  readonly salt: string;
  readonly hash: string;
}

/** 2^15 with blocks of 8: 32 MiB and about 60 ms a guess, what RFC 7914 gives for interactive use, doubled. */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** Shortest that somebody may choose (NIST SP 800-63B asks for 8, and 15 where nothing else protects). */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 256;

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return { algorithm: 'scrypt', cost: COST, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

export async function isPasswordOf(password: string, kept: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(kept.hash, 'base64');
  const hash = await derive(password, Buffer.from(kept.salt, 'base64'), kept.cost);
  return hash.length === expected.length && timingSafeEqual(hash, expected);
}

/** A password of nobody: checking it takes as long as checking that of a user. */
export const nobodysPassword: PasswordHash = {
  algorithm: 'scrypt',
  cost: COST,
  salt: Buffer.alloc(SALT_BYTES).toString('base64'),
  hash: Buffer.alloc(KEY_BYTES).toString('base64'),
};

/** Without 0, 1, l and o, which people mistake. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 100 random bits in four groups. */
export function makeOneTimePassword(): string {
  const characters = [...randomBytes(20)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return [0, 5, 10, 15].map((start) => characters.slice(start, start + 5).join('')).join('-');
}

/** The same password typed on two keyboards may differ in its composition: NFKC, as NIST SP 800-63B says. */
function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const options = { N: cost, r: BLOCK_SIZE, p: 1, maxmem: 256 * cost * BLOCK_SIZE };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
