import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/**
 * Leases as browsers hold them. The label role's own can be read by who holds it, and says whether the answer of an item is known
 * already: nobody may see that while answering. They are worth something to the person alone to whom they were given.
 */
export interface LeaseVeil {
  readonly veil: (lease: string, userId: string) => string;
  /** Null: not a lease that this installation gave to this person. */
  readonly lift: (word: string, userId: string) => string | null;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param newNonce 12 bytes that are never used twice */
export function createLeaseVeil(options: { readonly secret: Buffer; readonly newNonce: () => Buffer }): LeaseVeil {
  const key = createHmac('sha256', options.secret).update('leases in browsers').digest();
  return {
    veil: (lease, userId) => {
      const nonce = options.newNonce();
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(userId));
      const body = Buffer.concat([cipher.update(lease, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    lift: (word, userId) => {
      const bytes = Buffer.from(word, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(userId)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}
