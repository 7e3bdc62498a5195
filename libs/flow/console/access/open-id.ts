import { createHash } from 'node:crypto';
import * as openid from 'openid-client';
import { Problem } from '../http/problem.js';
import { isConsoleRole } from './roles.js';
import type { SessionUser } from './sessions.js';

/** Sign-in at an OpenID Connect issuer: authorization code with PKCE, state and nonce (RFC 9700). */
export interface OpenIdDoor {
  /** Where to send the browser, and the id of what it has begun, for a cookie. */
  begin(): Promise<{ readonly url: string; readonly pending: string }>;
  /**
   * @param query of the callback, with the question mark
   * @throws Problem `forbidden`: the issuer or the roles say no; `unavailable`: the issuer cannot be reached
   */
  finish(query: string, pending: string | null): Promise<SessionUser>;
}

interface Begun {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly at: number;
}

export const CALLBACK_PATH = '/api/sign-in/callback';
const LANGUAGES_CLAIM = 'tidegate_languages';
const TEAMS_CLAIM = 'tidegate_teams';
/** Of languages and teams that are taken from an issuer, and how long one may be. */
const MOST_LISTED = 64;
const LONGEST_LISTED = 63;

export function createOpenIdDoor(options: {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly rolesClaim: string;
  /** Public address of the console. */
  readonly url: string;
  readonly clock: () => number;
  readonly newToken: () => string;
  readonly pendingMs: number;
  readonly mostPending: number;
  readonly fetch: openid.CustomFetch;
}): OpenIdDoor {
  const { issuer, clientId, clientSecret, rolesClaim, clock, newToken, pendingMs, mostPending } = options;
  const redirectUri = new URL(CALLBACK_PATH, options.url).href;
  const begun = new Map<string, Begun>();
  let discovered: Promise<openid.Configuration> | null = null;

  /** Asked once it is needed, and again after a failure: the console starts while its issuer is away. */
  async function configuration(): Promise<openid.Configuration> {
    discovered ??= openid.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      [openid.customFetch]: options.fetch,
    });
    try {
      return await discovered;
    } catch {
      discovered = null;
      throw new Problem('unavailable', 'The issuer of identities cannot be reached. Try again.', 5);
    }
  }

  function sweep(): void {
    for (const [id, { at }] of begun) if (clock() - at >= pendingMs || begun.size >= mostPending) begun.delete(id);
  }

  return {
    begin: async () => {
      const config = await configuration();
      sweep();
      const entry = {
        verifier: openid.randomPKCECodeVerifier(),
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        at: clock(),
      };
      const pending = newToken();
      begun.set(pending, entry);
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile',
        code_challenge: await openid.calculatePKCECodeChallenge(entry.verifier),
        code_challenge_method: 'S256',
        state: entry.state,
        nonce: entry.nonce,
      });
      return { url: url.href, pending };
    },
    finish: async (query, pending) => {
      const entry = begun.get(pending ?? '');
      begun.delete(pending ?? '');
      if (entry === undefined || clock() - entry.at >= pendingMs) {
        throw new Problem('forbidden', 'This sign-in was not begun here, or too long ago. Begin again.');
      }
      const config = await configuration();
      const claims = await openid
        .authorizationCodeGrant(config, new URL(redirectUri + query), {
          pkceCodeVerifier: entry.verifier,
          expectedState: entry.state,
          expectedNonce: entry.nonce,
          idTokenExpected: true,
        })
        .then(
          (tokens) => tokens.claims(),
          () => undefined,
        );
      if (claims === undefined) throw new Problem('forbidden', 'The issuer did not confirm who you are. Begin again.');
      return userOf(claims, rolesClaim);
    },
  };
}

/** @throws Problem `forbidden` when the claims name no role of the console */
export function userOf(
  claims: Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string },
  rolesClaim: string,
): SessionUser {
  const listed = claims[rolesClaim];
  const roles = (Array.isArray(listed) ? listed : []).filter(isConsoleRole);
  if (roles.length === 0) throw new Problem('forbidden', 'The issuer gives you no role in this console.');
  const { name, preferred_username: username } = claims;
  return {
    userId: `u-${createHash('sha256').update(`${claims.iss}\n${claims.sub}`).digest('hex').slice(0, 12)}`,
    name: typeof name === 'string' ? name : typeof username === 'string' ? username : 'signed in',
    roles,
    languages: listOf(claims[LANGUAGES_CLAIM]),
    teams: listOf(claims[TEAMS_CLAIM]),
    mustChangePassword: false,
  };
}

function listOf(claim: unknown): readonly string[] {
  return (Array.isArray(claim) ? claim : [])
    .filter((item) => typeof item === 'string' && item !== '' && item.length <= LONGEST_LISTED)
    .slice(0, MOST_LISTED) as string[];
}
