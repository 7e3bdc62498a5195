import { createHmac, hash } from 'node:crypto';
import type { Mode, VerdictKind } from '#platform/contracts';

/** 128 bits: no two of the 10^12 ids of an installation meet by chance (probability about 10^-15). */
const ID_DIGITS = 32;

/**
 * SHA-256 over fields, first 32 hex digits. Each field goes in as `<length>:<field>` and null as `-`, so that two different
 * lists of fields never become the same bytes, whatever the fields hold.
 */
export function hashFields(...fields: readonly (string | number | null)[]): string {
  let joined = '';
  for (const field of fields) {
    if (field === null) {
      joined += '-';
    } else {
      const text = typeof field === 'number' ? String(field) : field;
      joined += `${text.length}:${text}`;
    }
  }
  return hash('sha256', joined, 'hex').slice(0, ID_DIGITS);
}

/** SHA-256 of a text in UTF-8, first 32 hex digits. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex').slice(0, ID_DIGITS);
}

/** SHA-256 of a JSON value whose objects are written with their keys in order, first 32 hex digits. */
export function hashJson(value: unknown): string {
  return hashText(canonicalJson(value));
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

export interface VerdictIdentity {
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
  readonly textHash: string;
  readonly channel: string;
  readonly deploymentId: string;
  readonly mode: Mode;
  readonly kind: VerdictKind;
  readonly causeId: string | null;
}

/** Id of a verdict (design 3): the same revision, decided by the same things, has the same id however often it is published. */
export function verdictIdOf(verdict: VerdictIdentity): string {
  const { platform, contentId, revision, textHash, channel, deploymentId, mode, kind, causeId } = verdict;
  return hashFields(platform, contentId, revision, textHash, channel, deploymentId, mode, kind, causeId);
}

/** The stateless random number of sampling 1.1, in [0, 1): top 53 bits of SHA-256(`salt|id`). */
export function uniform(salt: string, id: string): number {
  const digest = hash('sha256', `${salt}|${id}`, 'buffer');
  return (digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11)) / 2 ** 53;
}

/** A salt of its own for each purpose from the secret of the installation: platforms choose ids and must not foresee a draw. */
export function deriveSalt(secret: Buffer, purpose: string): string {
  return createHmac('sha256', secret).update(`salt|${purpose}`).digest('hex').slice(0, ID_DIGITS);
}

/**
 * u(salt, id) of a cascade (model 9.5) for the salt that a model names: the stream and the synchronous endpoint route alike, and nobody
 * outside can choose ids that the encoder never sees.
 */
export function createCascadeDraw(secret: Buffer): (saltId: string, id: string) => number {
  const salts = new Map<string, string>();
  return (saltId, id) => {
    const salt = salts.get(saltId) ?? deriveSalt(secret, `cascade|${saltId}`);
    salts.set(saltId, salt);
    return uniform(salt, id);
  };
}

/** Pseudonym of somebody on a platform; null for nobody. */
export type KeyedHash = (platform: string, id: string | null) => string | null;

const BLOCK = 64;
const LONGEST_ID = 1024;

/**
 * HMAC-SHA-256 under the secret of the installation, first 32 hex digits: without it nobody can try ids out. Written out over the
 * one-shot hash (RFC 2104), because an `Hmac` object for each id took a third of the prediction step (3.2 against 1.2 us, and garbage).
 */
export function createKeyedHash(secret: Buffer): KeyedHash {
  const key = secret.length > BLOCK ? hash('sha256', secret, 'buffer') : secret;
  const inner = Buffer.alloc(BLOCK + LONGEST_ID, 0x36);
  const outer = Buffer.alloc(BLOCK + 32, 0x5c);
  for (let i = 0; i < key.length; i++) {
    inner[i] = (key[i] ?? 0) ^ 0x36;
    outer[i] = (key[i] ?? 0) ^ 0x5c;
  }
  return (platform, id) => {
    if (id === null) return null;
    const text = `${platform.length}:${platform}${id}`;
    // A UTF-16 unit takes at most three bytes.
    if (3 * text.length > LONGEST_ID)
      return createHmac('sha256', secret).update(text).digest('hex').slice(0, ID_DIGITS);
    const length = inner.write(text, BLOCK, 'utf8');
    outer.write(hash('sha256', inner.subarray(0, BLOCK + length), 'binary'), BLOCK, 'binary');
    return hash('sha256', outer, 'hex').slice(0, ID_DIGITS);
  };
}
