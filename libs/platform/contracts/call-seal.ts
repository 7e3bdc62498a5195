import { createHmac, timingSafeEqual } from 'node:crypto';

/** Proves that a call comes from another role or replica of this installation, and that its body is as it was sent. */
export interface CallSeal {
  /** What the caller puts into the header. */
  readonly seal: (body: string) => string;
  /** Whether the header seals this body, with the same secret and purpose, and not too long ago. */
  readonly isSealed: (header: string | undefined, body: Buffer) => boolean;
}

/** Header of calls between roles. */
export const CALL_SEAL_HEADER = 'x-tidegate-seal';

const DAY_MS = 86_400_000;
const SEAL = /^(\d{1,15})\.([0-9a-f]{64})$/;

/**
 * Signs calls between roles with the secret of the installation, which all replicas share (HMAC-SHA-256 over time and body).
 * @param options.purpose a seal of one purpose is none of another
 * @param options.longestAgeMs older and later seals are refused; a day by default, so that clocks may differ
 */
export function createCallSeal(options: {
  readonly secret: Buffer;
  readonly purpose: string;
  readonly clock: () => number;
  readonly longestAgeMs?: number;
}): CallSeal {
  const { secret, purpose, clock, longestAgeMs = DAY_MS } = options;
  const key = createHmac('sha256', secret).update(purpose).digest();
  const mac = (at: number, body: string | Buffer) => createHmac('sha256', key).update(`${at}.`).update(body).digest();
  return {
    seal: (body) => {
      const at = clock();
      return `${at}.${mac(at, body).toString('hex')}`;
    },
    isSealed: (header, body) => {
      const [, time, hex] = SEAL.exec(header ?? '') ?? [];
      const at = Number(time);
      const isRight = hex !== undefined && timingSafeEqual(Buffer.from(hex, 'hex'), mac(at, body));
      return isRight && Math.abs(clock() - at) <= longestAgeMs;
    },
  };
}
