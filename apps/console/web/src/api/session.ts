import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import { sessionQuery } from './queries.js';
import { request } from './request.js';
import type { Permission, SessionView, SignedIn } from './types.js';

export function useSession(): SessionView {
  return useSuspenseQuery(sessionQuery).data;
}

/** Who is signed in, below the pages that only they see. */
export const SignedInContext = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const session = use(SignedInContext);
  if (session === null) throw new Error('nobody is signed in');
  return session;
}

export function useMay(permission: Permission): boolean {
  return useSignedIn().permissions.includes(permission);
}

export function useSignIn() {
  return useSessionChange((input: { readonly name: string; readonly password: string }) =>
    request<SessionView>('/api/session', { method: 'POST', body: input }),
  );
}

export function useSignOut(csrf: string) {
  return useSessionChange(() => request<SessionView>('/api/session', { method: 'DELETE', csrf }));
}

export function useChangePassword(csrf: string) {
  return useSessionChange((input: { readonly current: string; readonly next: string }) =>
    request<SessionView>('/api/password', { method: 'PUT', body: input, csrf }),
  );
}

/** What one person saw is gone when the session is another. */
function useSessionChange<I>(change: (input: I) => Promise<SessionView>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (session) => {
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
      queries.setQueryData(sessionQuery.queryKey, session);
    },
  });
}
