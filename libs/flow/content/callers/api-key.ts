import { createHash, timingSafeEqual } from 'node:crypto';

/** `tg_<id>_<secret>`: the id finds the key, the secret proves it. */
export interface ApiKey {
  readonly id: string;
  readonly secret: string;
}

const ID_BYTES = 6;
const SECRET_BYTES = 32;
const FORMAT = /^tg_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** Makes a key. `randomBytes` is the machine's cryptographic source. */
export function makeApiKey(randomBytes: (size: number) => Buffer): ApiKey {
  return {
    id: randomBytes(ID_BYTES).toString('hex'),
    secret: randomBytes(SECRET_BYTES).toString('base64url'),
  };
}

export function formatApiKey({ id, secret }: ApiKey): string {
  return `tg_${id}_${secret}`;
}

/** Null when the text is not of the format. */
export function parseApiKey(text: string): ApiKey | null {
  const match = FORMAT.exec(text);
  const [, id, secret] = match ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** A token that wants to be an API key, valid or not. */
export function looksLikeApiKey(token: string): boolean {
  return token.startsWith('tg_');
}

/**
 * What is kept of a secret. A fast hash is right here: secrets are 256 random bits, which no amount of hashing per second
 * searches; slow hashes protect passwords that people choose.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/** Takes the same time wherever the hashes differ. */
export function isSecretOf(secretHash: string, secret: string): boolean {
  const stored = Buffer.from(secretHash, 'hex');
  const given = Buffer.from(hashSecret(secret), 'hex');
  return stored.length === given.length && timingSafeEqual(stored, given);
}
