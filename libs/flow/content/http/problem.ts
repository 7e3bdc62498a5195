import { RetryableError } from '#platform/stream';

/** Closed list of what the gateway answers when it does not do what was asked. */
export const problems = {
  malformed_json: { status: 400, title: 'The body is not the JSON that it must be' },
  invalid_request: { status: 400, title: 'A field has a value that is not allowed' },
  unauthenticated: { status: 401, title: 'The call carries no valid key or token' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  conflict: { status: 409, title: 'The id is taken by another request' },
  too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The body is not application/json' },
  rate_limited: { status: 429, title: 'The caller asks for more than its key allows' },
  internal: { status: 500, title: 'The gateway failed' },
  overloaded: { status: 503, title: 'The gateway has more to do than it can' },
  unavailable: { status: 503, title: 'Something that the gateway needs is away' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof problems;

/** One wrong field. `pointer` is a JSON pointer into the body, for example `/items/3/text`; empty for the whole body. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  /** Further members of the document: what was done in spite of the problem. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An answer that is not a success. `detail` is for the caller: it names fields and limits, never content or internals. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.members = options.members ?? {};
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** What the HTTP shell sends. */
export interface RenderedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** RFC 9457 problem document. */
export function renderProblem(problem: Problem): RenderedError {
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...problemHeaders(problem) },
    body: {
      type: `urn:tidegate:problem:${problem.code}`,
      title: problems[problem.code].title,
      status: problem.status,
      detail: problem.detail,
      ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
      ...problem.members,
    },
  };
}

/** Headers that go with a problem, whatever the shape of its body. */
export function problemHeaders(problem: Problem): Readonly<Record<string, string>> {
  return {
    ...(problem.retryAfterSeconds === null
      ? {}
      : { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterSeconds))) }),
    ...(problem.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="tidegate"' } : {}),
  };
}

const RETRY_SECONDS = 1;

/** Anything that was thrown, as an answer. What nobody classified is a 500 that tells nothing. */
export function problemOf(error: unknown, limits: { readonly bodyLimit: number }): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RetryableError) return unavailable(error);
  const { status, code } = shapeOf(error);
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return new Problem('malformed_json', 'The body is empty.');
  switch (status) {
    case 400:
      return new Problem('malformed_json', 'The request cannot be read.', { cause: error });
    case 404:
      return new Problem('not_found', 'No such method and path. The endpoints are listed at /openapi.json.');
    case 413:
      return new Problem('too_large', `A body has at most ${limits.bodyLimit} bytes. Send fewer items in one call.`);
    case 414:
      return new Problem('uri_too_long', 'A part of the path is too long.');
    case 415:
      return new Problem('unsupported_media_type', 'Send content-type: application/json.');
    case 503:
      return new Problem('unavailable', 'The gateway is stopping.', { retryAfterSeconds: RETRY_SECONDS });
    default:
      return new Problem('internal', 'The gateway failed; the operator finds the cause in its log.', { cause: error });
  }
}

function unavailable(error: RetryableError): Problem {
  const what = {
    broker_unavailable: 'The broker is away',
    registry_unavailable: 'The schema registry is away',
    clickhouse_unavailable: 'The warehouse is away',
    clickhouse_busy: 'The warehouse is busy',
    bundle_not_read: 'The deployment is not read yet',
    rebalance: 'The work is being handed to another replica',
    timeout: 'The answer took too long',
  }[error.code];
  return new Problem('unavailable', `${what}. Repeat the same request: nothing is done twice.`, {
    retryAfterSeconds: RETRY_SECONDS,
    cause: error,
  });
}

function shapeOf(error: unknown): { readonly status: number | null; readonly code: string | null } {
  if (typeof error !== 'object' || error === null) return { status: null, code: null };
  const { statusCode, status, code } = error as { statusCode?: unknown; status?: unknown; code?: unknown };
  const number = typeof statusCode === 'number' ? statusCode : status;
  return { status: typeof number === 'number' ? number : null, code: typeof code === 'string' ? code : null };
}

/** RFC 6901: path of a field as a JSON pointer. Names that callers invent are cut. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
