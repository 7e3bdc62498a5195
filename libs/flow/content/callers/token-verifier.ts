import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { Problem } from '../http/problem.js';
import { defaultLimits, type Caller } from './caller.js';

/** Checks OpenID Connect tokens. */
export interface TokenVerifier {
  /** @throws Problem `unauthenticated`, `forbidden` (no platform in the token), or `unavailable` (issuer away) */
  callerOf(token: string): Promise<Caller>;
}

/**
 * Claims that make a caller. `tidegate_platform` is required; `tidegate_channel`, `tidegate_rate`, `tidegate_burst`,
 * `tidegate_daily_quota` and `tidegate_store` say what a key would say.
 */
const claimsSchema = z.object({
  sub: z.string().min(1).max(256),
  name: z.string().max(100).optional(),
  tidegate_platform: z.string().regex(/^[a-z0-9._-]{1,64}$/),
  tidegate_channel: z.string().max(32).optional(),
  tidegate_rate: z.number().positive().optional(),
  tidegate_burst: z.number().positive().optional(),
  tidegate_daily_quota: z.number().positive().optional(),
  tidegate_store: z.boolean().optional(),
});

/** Asymmetric only: an issuer's public key must never do as a shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const DISCOVERY_TIMEOUT_MS = 3000;
const CLOCK_TOLERANCE_SECONDS = 30;

export function createTokenVerifier(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly defaultChannel: string;
  /** Milliseconds. */
  readonly clock: () => number;
}): TokenVerifier {
  const { issuer, audience, defaultChannel, clock } = options;
  let keySet: Promise<JWTVerifyGetKey> | null = null;

  function discovered(): Promise<JWTVerifyGetKey> {
    keySet ??= discover(issuer).catch((error: unknown) => {
      keySet = null;
      throw new Problem('unavailable', 'The issuer of tokens is away.', { retryAfterSeconds: 2, cause: error });
    });
    return keySet;
  }

  return {
    callerOf: async (token) => {
      const keys = await discovered();
      let claims: JWTPayload;
      try {
        const verified = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(clock()),
        });
        claims = verified.payload;
      } catch (error) {
        throw asProblem(error);
      }
      return callerFromClaims(claims, defaultChannel);
    },
  };
}

/** The caller that a verified token stands for. @throws Problem `forbidden` that names the claim */
export function callerFromClaims(payload: JWTPayload, defaultChannel: string): Caller {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) {
    const claim = String(parsed.error.issues[0]?.path[0] ?? 'claims');
    throw new Problem('forbidden', `The token is valid, but its claim ${claim} is missing or not allowed.`);
  }
  const claims = parsed.data;
  return {
    id: `oidc:${claims.tidegate_platform}:${claims.sub}`,
    name: claims.name ?? claims.sub.slice(0, 100),
    platform: claims.tidegate_platform,
    channel: claims.tidegate_channel ?? defaultChannel,
    limits: {
      ratePerSecond: claims.tidegate_rate ?? defaultLimits.ratePerSecond,
      burst: claims.tidegate_burst ?? defaultLimits.burst,
      dailyQuota: claims.tidegate_daily_quota ?? defaultLimits.dailyQuota,
    },
    storesSynchronous: claims.tidegate_store ?? true,
  };
}

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const found = discoverySchema.parse(await response.json());
  if (found.issuer !== issuer) throw new Error(`OIDC_ISSUER is ${issuer}, its discovery document says another`);
  return createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: DISCOVERY_TIMEOUT_MS });
}

function asProblem(error: unknown): Problem {
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
    return new Problem('unavailable', 'The keys of the issuer cannot be read.', { retryAfterSeconds: 2, cause: error });
  }
  const expired = error instanceof errors.JWTExpired;
  return new Problem('unauthenticated', expired ? 'The token has expired.' : 'The token is not valid here.');
}
