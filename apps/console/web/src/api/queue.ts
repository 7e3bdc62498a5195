import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Fate, QueueApi } from '../queue/queue-session.js';
import { request, RequestError } from './request.js';
import type { AnswerKept, LabelProgress, LeaseAnswer, OverrideKept, Preferences } from './types.js';

const CONFLICT = 409;
const TOO_MANY = 429;

/** What the queue asks the server. */
export function queueApi(csrf: string): QueueApi {
  const post = <T>(path: string, body: unknown) => request<T>(path, { method: 'POST', body, csrf });
  return {
    lease: (asked) => post<LeaseAnswer>('/api/queue/leases', asked),
    answer: (given) => post<AnswerKept>('/api/queue/answers', given),
    release: (lease) => {
      // Also while the page goes away; a lease that cannot be given back ends by itself.
      void request('/api/queue/releases', { method: 'POST', body: { lease }, csrf, isLast: true }).catch(
        () => undefined,
      );
    },
  };
}

/** Whether a refused call is worth another try. */
export function fateOf(error: unknown): Fate {
  if (!(error instanceof RequestError)) return 'refused';
  if (error.status === CONFLICT) return 'late';
  return error.status === 0 || error.status === TOO_MANY || error.status >= 500 ? 'again' : 'refused';
}

export const progressQuery = queryOptions({
  queryKey: ['queue-progress'],
  queryFn: ({ signal }) => request<LabelProgress>('/api/queue/progress', { signal }),
});

export const preferencesQuery = queryOptions({
  queryKey: ['preferences'],
  queryFn: ({ signal }) => request<Preferences>('/api/preferences', { signal }),
  staleTime: Infinity,
});

export function usePrefer(csrf: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (preferences: Preferences) =>
      request<Preferences>('/api/preferences', { method: 'PUT', body: preferences, csrf }),
    onSuccess: (kept) => {
      queries.setQueryData(preferencesQuery.queryKey, kept);
    },
  });
}

export function useOverride(csrf: string, verdictId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (decision: { readonly action: string; readonly reason: string }) =>
      request<OverrideKept>(`/api/verdicts/${encodeURIComponent(verdictId)}/override`, {
        method: 'POST',
        body: decision,
        csrf,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['explanation', verdictId] }),
  });
}
