import type { z } from 'zod';
import {
  answerResultSchema,
  labelDeskPaths,
  labelDeskProblemSchema,
  leaseAnswerSchema,
  overrideResultSchema,
  progressSchema,
  type AnswerRequest,
  type AnswerResult,
  type LabelProgress,
  type LeaseAnswer,
  type LeaseRequest,
  type OverrideRequest,
} from '#platform/contracts';
import { Problem } from '../http/problem.js';

type Person = Pick<LeaseRequest, 'labelerId' | 'role' | 'teams' | 'languages' | 'group'>;

/** The label role, as the console asks it in the name of a person. Every method throws Problem. */
export interface LabelDesk {
  lease(request: LeaseRequest): Promise<LeaseAnswer>;
  answer(request: AnswerRequest): Promise<AnswerResult>;
  release(lease: string): Promise<void>;
  override(request: OverrideRequest): Promise<z.output<typeof overrideResultSchema>>;
  progress(person: Person): Promise<LabelProgress>;
}

type Call = (
  address: string,
  init: {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal;
  },
) => Promise<Pick<Response, 'status' | 'ok' | 'json'>>;

const RETRY_SECONDS = 2;

/**
 * Asks the replicas in turn, the one that answered last first: one of them is active, the others say `not_active`. Asking twice is
 * harmless: an answer counts once for its lease and attempt, and a lease that nobody holds ends.
 */
export function createLabelDesk(options: {
  readonly urls: readonly string[];
  /** Header that proves to the label role that the console of the same installation asks. */
  readonly seal: (body: string) => Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly fetch: Call;
}): LabelDesk {
  const { urls, seal, timeoutMs } = options;
  let active = 0;

  async function ask(
    url: string,
    path: string,
    body: string,
  ): Promise<Pick<Response, 'status' | 'ok' | 'json'> | null> {
    try {
      return await options.fetch(new URL(path, url).href, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...seal(body) },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch {
      return null;
    }
  }

  async function call<T>(path: string, request: unknown, schema: z.ZodType<T> | null): Promise<T | null> {
    const body = JSON.stringify(request);
    let heard = false;
    for (let turn = 0; turn < urls.length; turn++) {
      const at = (active + turn) % urls.length;
      const answer = await ask(urls[at] ?? '', path, body);
      if (answer === null) continue;
      heard = true;
      if (answer.status === 503) continue;
      const content: unknown = await answer.json().catch(() => null);
      if (!answer.ok) throw problemOf(labelDeskProblemSchema.safeParse(content).data?.code);
      active = at;
      if (schema === null) return null;
      const parsed = schema.safeParse(content);
      if (!parsed.success) throw new Problem('unavailable', 'The label role is of another release than this console.');
      return parsed.data;
    }
    throw new Problem(
      'unavailable',
      heard
        ? 'The label role is starting. Nothing is lost: this page tries again.'
        : 'The label role does not answer. Nothing is lost: this page tries again. Its operator looks at LABEL_URLS.',
      RETRY_SECONDS,
    );
  }

  async function get<T>(path: string, request: unknown, schema: z.ZodType<T>): Promise<T> {
    return (await call(path, request, schema)) as T;
  }

  return {
    lease: (request) => get(labelDeskPaths.lease, request, leaseAnswerSchema),
    answer: (request) => get(labelDeskPaths.answer, request, answerResultSchema),
    release: async (lease) => {
      await call(labelDeskPaths.release, { lease }, null);
    },
    override: (request) => get(labelDeskPaths.override, request, overrideResultSchema),
    progress: (person) => get(labelDeskPaths.state, person, progressSchema),
  };
}

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'unsealed':
      return new Problem(
        'unavailable',
        'The label role does not trust this console: both need the same INSTALLATION_SECRET, and clocks that agree.',
      );
    case 'not_yours':
      return new Problem('forbidden', 'This item was given to somebody else.');
    case 'no_such_verdict':
      return new Problem('not_found', 'The label role does not know this verdict. One of the last seconds may follow.');
    case 'lease_unknown':
    case 'lease_expired':
      return new Problem('too_late', 'The item went back to the queue, and somebody else gets it.');
    case 'invalid_request':
      return new Problem('invalid_request', 'The label role cannot take this answer. Reload the page.');
    default:
      return new Problem('unavailable', 'The label role failed. Nothing is lost: this page tries again.');
  }
}
