import type { ProblemDocument } from '../api/index.js';

/** Closed list of what the console answers when it does not do what was asked. */
const problems = {
  invalid_request: { status: 400, title: 'The request is not what it must be' },
  signed_out: { status: 401, title: 'Nobody is signed in' },
  wrong_password: { status: 401, title: 'Name or password is wrong' },
  forbidden: { status: 403, title: 'Your roles do not allow this' },
  foreign_request: { status: 403, title: 'The request did not come from the console' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  too_late: { status: 409, title: 'It is too late for this' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  too_many_streams: { status: 429, title: 'Too many open pages' },
  internal: { status: 500, title: 'The console failed' },
  unavailable: { status: 503, title: 'Something that the console needs is away' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

type ProblemCode = keyof typeof problems;

/** An answer that is not a success. `detail` is for the person: never content or internals. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(`${code}: ${detail}`);
  }

  get status(): number {
    return problems[this.code].status;
  }

  /** RFC 9457. */
  get document(): ProblemDocument {
    const { status, title } = problems[this.code];
    return { type: `urn:tidegate:problem:${this.code}`, title, status, detail: this.detail };
  }
}
