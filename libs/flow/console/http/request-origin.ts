import { timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.js';

/** A request, as far as it says where it comes from. */
export interface Asking {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const SAFE = new Set(['GET', 'HEAD']);
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/**
 * Lets a request through that the console's own pages can have made. Names that others own may resolve to this address (DNS
 * rebinding), so the host is checked always; whatever changes something comes from our origin, as JSON, which no form can send.
 * @param host the public `name:port`; null: any loopback name, or, when this is reachable from outside, any
 * @throws Problem `foreign_request`
 */
export function checkOrigin(
  { method, headers }: Asking,
  options: { readonly host: string | null; readonly isLoopbackOnly: boolean },
): void {
  const host = one(headers['host']) ?? '';
  const isOurs = options.host === null ? !options.isLoopbackOnly || LOOPBACK.test(host) : host === options.host;
  if (!isOurs) throw new Problem('foreign_request', 'Open the console at its own address.');
  if (SAFE.has(method)) return;
  const site = one(headers['sec-fetch-site']);
  if (site !== null && site !== 'same-origin') throw foreign();
  const origin = one(headers['origin']);
  if (origin !== null && !isOriginOf(origin, host)) throw foreign();
  if (!/^application\/json\s*(;|$)/i.test(one(headers['content-type']) ?? '')) {
    throw new Problem('invalid_request', 'Send content-type: application/json.');
  }
}

/** @throws Problem `foreign_request` when a request that changes something lacks the secret of its session */
export function checkCsrf({ method, headers }: Asking, secret: string): void {
  if (SAFE.has(method)) return;
  const given = Buffer.from(one(headers['x-tidegate-csrf']) ?? '');
  const expected = Buffer.from(secret);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw foreign();
}

function foreign(): Problem {
  return new Problem('foreign_request', 'Reload the page and try again.');
}

function isOriginOf(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

function one(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
