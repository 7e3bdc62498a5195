import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { request, RequestError } from './request.js';
import type { ContentText, DeadLetterList, DeadLetterView, Explanation, SessionView } from './types.js';

const RETRIES = 2;

/** Reads are tried again when there was no answer, and not when the answer was no. */
export function createQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // The session ended meanwhile: ask who is signed in, and the page for signing in follows.
      onError: (error) => {
        if (error instanceof RequestError && error.status === 401) void queries.invalidateQueries(sessionQuery);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) =>
          count < RETRIES && error instanceof RequestError && (error.status === 0 || error.status >= 500),
      },
    },
  });
  return queries;
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => request<SessionView>('/api/session', { signal }),
  staleTime: 60_000,
});

export const explanationQuery = (verdictId: string) =>
  queryOptions({
    queryKey: ['explanation', verdictId],
    queryFn: ({ signal }) => request<Explanation>(`/api/verdicts/${encodeURIComponent(verdictId)}`, { signal }),
  });

export const contentTextQuery = (verdictId: string) =>
  queryOptions({
    queryKey: ['content-text', verdictId],
    queryFn: ({ signal }) => request<ContentText>(`/api/verdicts/${encodeURIComponent(verdictId)}/text`, { signal }),
    // Every answer is one reading on record: not again for a look at another window.
    staleTime: Infinity,
    gcTime: 0,
  });

export const deadLettersQuery = (filter: { readonly stage: string; readonly reason: string }) =>
  queryOptions({
    queryKey: ['dead-letters', filter],
    queryFn: ({ signal }) =>
      request<DeadLetterList>(`/api/dead-letters?${new URLSearchParams({ ...filter }).toString()}`, { signal }),
  });

export const deadLetterQuery = (name: string) =>
  queryOptions({
    queryKey: ['dead-letter', name],
    queryFn: ({ signal }) => request<DeadLetterView>(`/api/dead-letters/${name}`, { signal }),
  });
