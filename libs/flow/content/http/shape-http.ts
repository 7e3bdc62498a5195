import { HttpException, type ArgumentsHost } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { renderOpenAiError } from '../moderation/openai-error.js';
import { FORWARD_PATH, FORWARD_TYPE } from '../submission/forward.js';
import type { Door } from './door.js';
import { Problem, problemOf, renderProblem, type RenderedError } from './problem.js';
import { securityHeaders } from './security-headers.js';
import { parseStrictJson } from './strict-json.js';

export interface ShapeOptions {
  readonly door: Door;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Milliseconds. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly onAnswer: (answer: { readonly route: string; readonly status: number; readonly seconds: number }) => void;
  /** Answers of 500: what nobody expected. */
  readonly onFailure: (failure: { readonly route: string; readonly error: unknown }) => void;
}

/** A claim repeats ids and adds field names: small items grow about eightfold. */
const FORWARD_GROWTH = 8;

/** Makes a Nest application the gateway's: limits, security headers, callers, strict bodies, and errors of the right shape. */
export function shapeGatewayHttp(app: NestFastifyApplication, options: ShapeOptions): void {
  const { door, bodyLimit } = options;
  const fastify = app.getHttpAdapter().getInstance();

  const { server } = fastify;
  server.headersTimeout = options.headersMs;
  server.requestTimeout = options.requestMs;
  server.keepAliveTimeout = options.keepAliveMs;
  // A reading stream is never idle for long: its heartbeats count.
  server.timeout = 4 * options.requestMs;

  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(request.url));
    const leave = () => {
      door.leave(request.raw);
    };
    reply.raw.once('close', leave);
    await door.enter(request);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    door.leave(request.raw);
    options.onAnswer({
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    await Promise.resolve();
  });

  fastify.removeContentTypeParser('text/plain');
  app.useBodyParser('application/json', { bodyLimit }, (_request, body, done) => {
    settle(done, () => parseStrictJson(body));
  });
  // Nest would read forms otherwise, and any page can send a form without asking first.
  app.useBodyParser('application/x-www-form-urlencoded', { bodyLimit }, (_request, _body, done) => {
    done(new Problem('unsupported_media_type', 'Send content-type: application/json.'));
  });
  app.useBodyParser(FORWARD_TYPE, { bodyLimit: FORWARD_GROWTH * bodyLimit }, (request, body, done) => {
    settle(done, () => {
      if (request.url === FORWARD_PATH) return body;
      throw new Problem('unsupported_media_type', 'Send content-type: application/json.');
    });
  });

  app.useGlobalFilters({
    catch: (exception: unknown, host: ArgumentsHost) => {
      const http = host.switchToHttp();
      const { url, routeOptions } = http.getRequest<{ url: string; routeOptions?: { url?: string } }>();
      const reply = http.getResponse<Reply>();
      if (reply.sent) return;
      const report = reportOf(exception, url);
      if (report !== null) {
        reply.code(report.status).send(report.body);
        return;
      }
      const problem = problemOf(exception, { bodyLimit });
      if (problem.code === 'internal') {
        options.onFailure({ route: routeOptions?.url ?? 'none', error: problem.cause ?? exception });
      }
      const { status, headers, body } = render(url, problem);
      reply.code(status).headers(headers).send(JSON.stringify(body));
    },
  });
}

/** The answer to an address that cannot be decoded or is too long: no hook and no route has seen it. */
export function refuseAddress(url: string, status: number) {
  const problem =
    status === 414
      ? problemOf({ status }, { bodyLimit: 0 })
      : new Problem('invalid_request', 'The path is not valid percent-encoding. Write "%" itself as "%25".');
  const answer = render(url, problem);
  return { ...answer, headers: { ...securityHeaders(url), ...answer.headers }, body: JSON.stringify(answer.body) };
}

function render(url: string, problem: Problem): RenderedError {
  return isOpenAiShaped(url) ? renderOpenAiError(problem) : renderProblem(problem);
}

type Parsed = (error: Error | null, body?: unknown) => void;

interface Reply {
  readonly sent: boolean;
  code(status: number): this;
  headers(headers: Readonly<Record<string, string>>): this;
  send(body: unknown): void;
}

function settle(done: Parsed, parse: () => unknown): void {
  try {
    done(null, parse());
  } catch (error) {
    done(error instanceof Error ? error : new Error('unknown'));
  }
}

/** A health report of the platform that says 503 is an answer, not a problem. */
function reportOf(exception: unknown, url: string): { readonly status: number; readonly body: unknown } | null {
  if (!url.startsWith('/health/') || !(exception instanceof HttpException)) return null;
  return { status: exception.getStatus(), body: exception.getResponse() };
}

function isOpenAiShaped(url: string): boolean {
  return /^\/v1\/moderations(?:[/?]|$)/.test(url);
}
