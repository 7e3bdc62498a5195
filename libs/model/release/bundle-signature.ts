import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ReleaseError } from './release-error.js';

/** A new Ed25519 key as PEM (PKCS 8). */
export function newReleaseKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** @throws ReleaseError when it is no private Ed25519 key */
export function readPrivateKey(pem: string, file: string): KeyObject {
  return ed25519(
    () => createPrivateKey(pem),
    file,
    'no private Ed25519 key in PEM; make one: openssl genpkey -algorithm ed25519',
  );
}

/** @throws ReleaseError when it is no public Ed25519 key */
export function readPublicKey(pem: string, file: string): KeyObject {
  return ed25519(() => createPublicKey(pem), file, 'no public Ed25519 key in PEM');
}

function ed25519(read: () => KeyObject, file: string, otherwise: string): KeyObject {
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below: what the library says of it may quote the file.
  }
  throw new ReleaseError('KEY_INVALID', file, otherwise);
}

export function publicPemOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/** `SHA256:` and the hash of the public key: short enough to read out, or to print on a page. */
export function fingerprintOf(publicKey: KeyObject): string {
  const bytes = publicKey.export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

export function signatureOf(bytes: Uint8Array, key: KeyObject): string {
  return `${sign(null, bytes, key).toString('base64')}\n`;
}

export function isSignedBy(bytes: Uint8Array, signature: string, publicKey: KeyObject): boolean {
  return verify(null, bytes, publicKey, Buffer.from(signature.trim(), 'base64'));
}
