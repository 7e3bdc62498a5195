import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { createTokenVerifier } from './token-verifier.js';

const PORT = 19_650;
const issuer = `http://127.0.0.1:${PORT}/realm`;
const NOW = Date.UTC(2026, 2, 4, 10);

/** A local OpenID Connect issuer: a discovery document and a key set. */
async function startIssuer(): Promise<{ readonly server: Server; readonly key: CryptoKey }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/realm/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
    } else if (request.url === '/realm/keys') {
      response.end(JSON.stringify({ keys: [jwk] }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(PORT, '127.0.0.1', resolve));
  return { server, key: privateKey };
}

const verifier = (at = NOW) =>
  createTokenVerifier({ issuer, audience: 'tidegate', defaultChannel: 'public', clock: () => at });

describe('a token', () => {
  let server: Server;
  let key: CryptoKey;

  beforeAll(async () => {
    ({ server, key } = await startIssuer());
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  function sign(
    claims: JWTPayload,
    rest: { readonly audience?: string; readonly with?: CryptoKey } = {},
  ): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience(rest.audience ?? 'tidegate')
      .setSubject('user-1')
      .setIssuedAt(NOW / 1000)
      .setExpirationTime(NOW / 1000 + 600)
      .sign(rest.with ?? key);
  }

  it('of the issuer makes a caller of the platform that it claims', async () => {
    const token = await sign({
      tidegate_platform: 'forum',
      tidegate_channel: 'internal',
      tidegate_store: false,
      tidegate_rate: 5,
    });
    await expect(verifier().callerOf(token)).resolves.toMatchObject({
      id: 'oidc:forum:user-1',
      platform: 'forum',
      channel: 'internal',
      storesSynchronous: false,
      limits: { ratePerSecond: 5 },
    });
  });

  it('without a platform is forbidden, and the claim is named', async () => {
    const refused = verifier().callerOf(await sign({}));
    await expect(refused).rejects.toThrow('forbidden: The token is valid, but its claim tidegate_platform is missing');
  });

  it('is refused after its time, for another audience, by another key, and without a signature', async () => {
    const claims = { tidegate_platform: 'forum' };
    const stranger = (await generateKeyPair('ES256')).privateKey;
    const [header, payload] = (await sign(claims)).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const cases: [string, number][] = [
      [await sign(claims), NOW + 3_600_000],
      [await sign(claims, { audience: 'another' }), NOW],
      [await sign(claims, { with: stranger }), NOW],
      [`${none}.${payload ?? ''}.`, NOW],
      [`${header ?? ''}.${payload ?? ''}.AAAA`, NOW],
      ['not-a-token', NOW],
    ];
    for (const [token, at] of cases) {
      await expect(verifier(at).callerOf(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  it('cannot be judged while the issuer is away: that is a 503, not a 401', async () => {
    const away = createTokenVerifier({
      issuer: `http://127.0.0.1:${PORT + 1}`,
      audience: 'tidegate',
      defaultChannel: 'public',
      clock: () => NOW,
    });
    await expect(away.callerOf(await sign({}))).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
  });
});
