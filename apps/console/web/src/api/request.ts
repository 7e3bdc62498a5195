import type { ProblemDocument } from './types.js';

/** What the server answers when it does not do what was asked, or that it did not answer. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    /** 0: there was no answer. */
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(`${title}: ${detail}`);
  }
}

interface Options {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly csrf?: string;
  readonly signal?: AbortSignal;
  /** Goes out although the page is left. */
  readonly isLast?: boolean;
}

/** Asks the server for JSON. @throws RequestError */
export async function request<T>(
  path: string,
  { method = 'GET', body, csrf, signal, isLast = false }: Options = {},
): Promise<T> {
  const changes = method !== 'GET';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      keepalive: isLast,
      headers: {
        accept: 'application/json',
        ...(changes ? { 'content-type': 'application/json' } : {}),
        ...(csrf === undefined ? {} : { 'x-tidegate-csrf': csrf }),
      },
      ...(changes ? { body: JSON.stringify(body ?? {}) } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new RequestError(0, 'The console does not answer', 'It may be restarting. Try again in a moment.');
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const { title, detail } = (answer ?? {}) as Partial<ProblemDocument>;
  throw new RequestError(response.status, title ?? `Answer ${response.status}`, detail ?? 'Try again in a moment.');
}
