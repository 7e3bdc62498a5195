import { Problem } from '../http/problem.js';
import { looksLikeApiKey } from './api-key.js';
import { anonymousCaller, isFromLoopback, type Caller, type Origin } from './caller.js';
import type { KeyRing } from './key-ring.js';
import type { TokenVerifier } from './token-verifier.js';

export interface IdentifyOptions {
  readonly keys: KeyRing;
  /** Null: no issuer is configured. */
  readonly tokens: TokenVerifier | null;
  readonly allowAnonymous: boolean;
  readonly defaultChannel: string;
}

/** Finds the caller of a request. A wrong key is refused even where no key would do. */
export function createIdentify(
  options: IdentifyOptions,
): (authorization: string | undefined, origin: Origin) => Promise<Caller> {
  const { keys, tokens, allowAnonymous, defaultChannel } = options;
  return async (authorization, origin) => {
    if (authorization === undefined) {
      if (allowAnonymous && isFromLoopback(origin)) return anonymousCaller(defaultChannel);
      throw new Problem('unauthenticated', 'Send authorization: Bearer <key>.');
    }
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (token === undefined) throw new Problem('unauthenticated', 'Send authorization: Bearer <key>.');
    if (looksLikeApiKey(token)) return keys.callerOf(token);
    if (tokens === null) throw new Problem('unauthenticated', 'The key is not of the form tg_<id>_<secret>.');
    return tokens.callerOf(token);
  };
}
