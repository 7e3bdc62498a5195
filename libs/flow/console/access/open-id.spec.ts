import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createOpenIdDoor, userOf } from './open-id.js';

const ISSUER = 'https://issuer.example';
const CLIENT = 'tidegate';

/** An issuer in memory: it knows what authorization codes it gave for which questions. */
async function createIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' };
  const asked = { nonce: '', challenge: '', calls: 0 };
  const claims: Record<string, unknown> = { name: 'Ann Lee', tidegate_roles: ['reviewer', 'boss', 'ml'] };
  const json = (value: unknown, status = 200) =>
    new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
  return {
    asked,
    claims,
    /** What a person does at the issuer: from the address of the question to the query of the callback. */
    visit: (url: string) => {
      const { searchParams } = new URL(url);
      asked.nonce = searchParams.get('nonce') ?? '';
      asked.challenge = searchParams.get('code_challenge') ?? '';
      return `?code=c0de&state=${searchParams.get('state') ?? ''}&iss=${encodeURIComponent(ISSUER)}`;
    },
    fetch: async (address: string, init: { readonly body?: unknown }): Promise<Response> => {
      asked.calls++;
      const { pathname } = new URL(address);
      if (pathname === '/.well-known/openid-configuration') {
        return json({
          issuer: ISSUER,
          authorization_endpoint: `${ISSUER}/authorize`,
          token_endpoint: `${ISSUER}/token`,
          jwks_uri: `${ISSUER}/keys`,
          response_types_supported: ['code'],
          id_token_signing_alg_values_supported: ['RS256'],
          authorization_response_iss_parameter_supported: true,
        });
      }
      if (pathname === '/keys') return json({ keys: [jwk] });
      const sent = new URLSearchParams(String(init.body));
      const challenge = createHash('sha256')
        .update(sent.get('code_verifier') ?? '')
        .digest('base64url');
      if (sent.get('code') !== 'c0de' || challenge !== asked.challenge) return json({ error: 'invalid_grant' }, 400);
      const token = await new SignJWT({ nonce: asked.nonce, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(ISSUER)
        .setAudience(CLIENT)
        .setSubject('s-1')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey);
      return json({ access_token: 'a', token_type: 'bearer', id_token: token });
    },
  };
}

async function setUp() {
  const issuer = await createIssuer();
  const time = { now: 0 };
  let made = 0;
  const door = createOpenIdDoor({
    issuer: ISSUER,
    clientId: CLIENT,
    clientSecret: 'secret',
    rolesClaim: 'tidegate_roles',
    url: 'https://console.example',
    clock: () => time.now,
    newToken: () => `pending-${made++}`,
    pendingMs: 1000,
    mostPending: 10,
    fetch: issuer.fetch,
  });
  return { issuer, door, time };
}

describe('sign-in at an issuer', () => {
  it('ends with a person and the roles that this console knows', async () => {
    const { issuer, door } = await setUp();
    const { url, pending } = await door.begin();
    const { searchParams } = new URL(url);
    expect(searchParams.get('redirect_uri')).toBe('https://console.example/api/sign-in/callback');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    const user = await door.finish(issuer.visit(url), pending);
    expect(user).toMatchObject({ name: 'Ann Lee', roles: ['reviewer', 'ml'], mustChangePassword: false });
    expect(user.userId).toMatch(/^u-[0-9a-f]{12}$/);
  });

  it('can be finished once, by the browser that began it, and in time', async () => {
    const { issuer, door, time } = await setUp();
    const begin = async () => {
      const { url, pending } = await door.begin();
      return { query: issuer.visit(url), pending };
    };
    const first = await begin();
    await door.finish(first.query, first.pending);
    await expect(door.finish(first.query, first.pending)).rejects.toMatchObject({ code: 'forbidden' });
    const second = await begin();
    await expect(door.finish(second.query, null)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(door.finish(second.query, 'pending-99')).rejects.toMatchObject({ code: 'forbidden' });
    time.now += 1000;
    await expect(door.finish(second.query, second.pending)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('refuses an answer to another question', async () => {
    const { issuer, door } = await setUp();
    const { url, pending } = await door.begin();
    const query = issuer.visit(url).replace(/state=[^&]*/, 'state=another');
    await expect(door.finish(query, pending)).rejects.toMatchObject({ code: 'forbidden' });
    const again = await door.begin();
    const answer = issuer.visit(again.url);
    issuer.claims['nonce'] = 'of another sign-in';
    await expect(door.finish(answer, again.pending)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('asks again after the issuer was away', async () => {
    const { issuer, door } = await setUp();
    const { fetch } = issuer;
    issuer.fetch = () => Promise.reject(new Error('away'));
    const away = createOpenIdDoor({
      ...{ issuer: ISSUER, clientId: CLIENT, clientSecret: 'secret', rolesClaim: 'r', url: 'https://console.example' },
      ...{ clock: () => 0, newToken: () => 'p', pendingMs: 1, mostPending: 1 },
      fetch: (address, init) => issuer.fetch(address, init),
    });
    await expect(away.begin()).rejects.toMatchObject({ code: 'unavailable' });
    issuer.fetch = fetch;
    expect((await away.begin()).url).toContain('https://issuer.example/authorize');
    expect((await door.begin()).url).toContain('https://issuer.example/authorize');
  });
});

describe('the claims of an identity', () => {
  it.each([[undefined], [[]], ['admin'], [['boss']]])('open nothing with the roles %j', (roles) => {
    expect(() => userOf({ iss: ISSUER, sub: 's', tidegate_roles: roles }, 'tidegate_roles')).toThrow(/no role/);
  });

  it('say what languages somebody reads and what teams they belong to; anything else there is nothing', () => {
    const of = (claims: Readonly<Record<string, unknown>>) =>
      userOf({ iss: ISSUER, sub: 's', r: ['reviewer'], ...claims }, 'r');
    expect(of({ tidegate_languages: ['en', 'de'], tidegate_teams: ['general'] })).toMatchObject({
      languages: ['en', 'de'],
      teams: ['general'],
    });
    expect(of({ tidegate_languages: 'en', tidegate_teams: [1, '', 'x'.repeat(64)] })).toMatchObject({
      languages: [],
      teams: [],
    });
  });

  it('give the same id for the same person, and another at another issuer', () => {
    const of = (iss: string) => userOf({ iss, sub: 's', r: ['ml'] }, 'r').userId;
    expect(of(ISSUER)).toBe(of(ISSUER));
    expect(of(ISSUER)).not.toBe(of('https://other.example'));
  });
});
