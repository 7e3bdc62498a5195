import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { exportJWK, SignJWT } from 'jose';

/** An OpenID Connect issuer over TLS on loopback: discovery, authorization code with PKCE, signed id tokens. */
export interface Issuer {
  readonly url: string;
  /** Its certificate, for NODE_EXTRA_CA_CERTS. */
  readonly certificateFile: string;
  /** What the next id token says of the person. */
  claims: Record<string, unknown>;
  /** How often codes were exchanged for tokens. */
  exchanges: number;
  close(): Promise<void>;
}

export async function startIssuer(options: {
  readonly folder: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}): Promise<Issuer> {
  const { clientId, clientSecret, redirectUri } = options;
  const tls = selfSigned();
  const certificateFile = path.join(options.folder, 'issuer.pem');
  fs.writeFileSync(certificateFile, tls.cert);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  const codes = new Map<string, { readonly challenge: string; readonly nonce: string }>();

  async function tokens(form: URLSearchParams): Promise<object | null> {
    const code = form.get('code') ?? '';
    const asked = codes.get(code);
    // A code is good for one exchange, also a failed one.
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isClient = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    if (asked?.challenge !== challenge || !isClient || form.get('redirect_uri') !== redirectUri) return null;
    issuer.exchanges++;
    const idToken = await new SignJWT({ nonce: asked.nonce, ...issuer.claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setIssuer(issuer.url)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return { access_token: 'a', token_type: 'Bearer', expires_in: 300, id_token: idToken };
  }

  const server = https.createServer(tls, (request, response) => {
    const url = new URL(request.url ?? '/', issuer.url);
    const json = (value: object, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        json({
          issuer: issuer.url,
          authorization_endpoint: `${issuer.url}/authorize`,
          token_endpoint: `${issuer.url}/token`,
          jwks_uri: `${issuer.url}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
          token_endpoint_auth_methods_supported: ['client_secret_post'],
          authorization_response_iss_parameter_supported: true,
        });
        return;
      case '/keys':
        json({ keys: [jwk] });
        return;
      case '/authorize': {
        const query = url.searchParams;
        if (query.get('client_id') !== clientId || query.get('redirect_uri') !== redirectUri) {
          json({ error: 'invalid_request' }, 400);
          return;
        }
        const code = randomBytes(16).toString('hex');
        codes.set(code, { challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? '' });
        const back = new URL(redirectUri);
        back.search = new URLSearchParams({ code, state: query.get('state') ?? '', iss: issuer.url }).toString();
        response.writeHead(302, { location: back.href }).end();
        return;
      }
      case '/token': {
        let body = '';
        request.on('data', (part: Buffer) => (body += part.toString()));
        request.on('end', () => {
          void tokens(new URLSearchParams(body)).then((answer) => {
            json(answer ?? { error: 'invalid_grant' }, answer === null ? 400 : 200);
          });
        });
        return;
      }
      default:
        json({ error: 'not_found' }, 404);
    }
  });
  const issuer: Issuer = {
    url: '',
    certificateFile,
    claims: {},
    exchanges: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return Object.assign(issuer, { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** A certificate for 127.0.0.1, signed by itself (RFC 5280): no key lies in the repository, and no program is needed to make one. */
function selfSigned(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId('2a8648ce3d040302'));
  const name = sequence(tagged(0x31, sequence(objectId('550403'), tagged(0x0c, Buffer.from('issuer of a test')))));
  const time = (at: Date) => tagged(0x18, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
  const day = 86_400_000;
  const extension = (id: string, value: Buffer) => sequence(objectId(id), tagged(0x04, value));
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        extension('551d13', sequence(tagged(0x01, Buffer.from([0xff])))),
        extension('551d11', sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])))),
      ),
    ),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const lines =
    sequence(body, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

/** DER: tag, length, value. */
function tagged(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}
