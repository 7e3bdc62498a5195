import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HttpException, type ArgumentsHost } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RetryableError } from '#platform/stream';
import type { Entrance } from './entrance.js';
import { Problem } from './problem.js';
import { securityHeaders } from './security-headers.js';

export interface ShapeOptions {
  readonly entrance: Entrance;
  /** Folder of the built web application. */
  readonly web: string;
  readonly onFailure: (failure: { readonly route: string; readonly error: unknown }) => void;
}

/** Pages of the web application: their addresses can be opened, reloaded and passed on. */
const PAGES = [
  '/',
  ...['/queue', '/queue/*', '/live', '/explain', '/explain/*', '/quality', '/quality/*', '/live-quality'],
  ...['/datasets', '/datasets/*', '/models', '/models/*', '/dead-letters', '/dead-letters/*', '/profile'],
];
/** Names of built files carry a hash of what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';
const NEVER = 'no-store';

interface Reply {
  readonly sent: boolean;
  code(status: number): this;
  header(name: string, value: string): this;
  headers(headers: Readonly<Record<string, string>>): this;
  send(body: unknown): void;
}

/** Makes a Nest application the console's: security headers, sessions, the files of the web application, problems as documents. */
export function shapeConsoleHttp(app: NestFastifyApplication, options: ShapeOptions): void {
  const { entrance, web } = options;
  const page = readPage(web);
  const fastify = app.getHttpAdapter().getInstance();

  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders).header('cache-control', keepFor(request.url));
    await entrance.enter(request);
  });
  // Only JSON is ever read.
  fastify.removeContentTypeParser('text/plain');
  app.useBodyParser('application/x-www-form-urlencoded', {}, (_request, _body, done) => {
    done(new Problem('invalid_request', 'Send content-type: application/json.'));
  });
  app.useStaticAssets({
    root: web,
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
  });
  const sendPage = (reply: Reply, status: number) => {
    reply.code(status).header('content-type', 'text/html; charset=utf-8').send(page);
  };
  for (const address of PAGES) {
    fastify.get(address, (_request, reply) => {
      sendPage(reply, 200);
    });
  }

  app.useGlobalFilters({
    catch: (exception: unknown, host: ArgumentsHost) => {
      const http = host.switchToHttp();
      const { url, method, headers, routeOptions } = http.getRequest<{
        url: string;
        method: string;
        headers: Readonly<Record<string, string | undefined>>;
        routeOptions?: { url?: string };
      }>();
      const reply = http.getResponse<Reply>();
      if (reply.sent) return;
      if (url.startsWith('/health/') && exception instanceof HttpException) {
        reply.code(exception.getStatus()).send(exception.getResponse());
        return;
      }
      const problem = problemOf(exception);
      if (problem.code === 'internal') options.onFailure({ route: routeOptions?.url ?? 'none', error: exception });
      const wantsPage =
        method === 'GET' && !url.startsWith('/api/') && headers['accept']?.includes('text/html') === true;
      if (problem.code === 'not_found' && wantsPage) {
        reply.header('cache-control', ASK_AGAIN);
        sendPage(reply, 404);
        return;
      }
      reply
        .code(problem.status)
        .headers({
          'content-type': 'application/problem+json; charset=utf-8',
          'cache-control': NEVER,
          ...(problem.retryAfterSeconds === null ? {} : { 'retry-after': String(problem.retryAfterSeconds) }),
        })
        .send(JSON.stringify(problem.document));
    },
  });
}

/** The answer to an address that cannot be decoded or is too long: no hook and no route has seen it. */
export function refuseAddress(_url: string, status: number) {
  const { document } = new Problem('invalid_request', 'This address cannot be read.');
  return {
    status,
    headers: { ...securityHeaders, 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': NEVER },
    body: JSON.stringify({ ...document, status }),
  };
}

function keepFor(url: string): string {
  if (url.startsWith('/api/')) return NEVER;
  return url.startsWith('/assets/') ? FOR_EVER : ASK_AGAIN;
}

/** @throws Error that says what to do when the web application is not built */
function readPage(web: string): string {
  const file = path.join(web, 'index.html');
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} is missing: the web application is not built; run npm run build`);
  }
}

const RETRY_SECONDS = 2;

/** Anything that was thrown, as an answer. What nobody classified is a 500 that tells nothing. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RetryableError) {
    return new Problem('unavailable', 'The warehouse does not answer now. Try again.', RETRY_SECONDS);
  }
  const status = statusOf(error);
  if (status === 404) return new Problem('not_found', 'No such page.');
  if (status !== null && status < 500) return new Problem('invalid_request', 'The request cannot be read.');
  return new Problem('internal', 'The console failed; the operator finds the cause in its log.');
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null;
  const { statusCode, status } = error as { readonly statusCode?: unknown; readonly status?: unknown };
  const found = typeof statusCode === 'number' ? statusCode : status;
  return typeof found === 'number' ? found : null;
}
