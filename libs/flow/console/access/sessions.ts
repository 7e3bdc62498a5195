import { createHash } from 'node:crypto';
import type { ConsoleRole, SignInMethod } from '../api/index.js';

export interface SessionUser {
  /** `u-...`: stands for the person in logs. */
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
  /** Languages that the person reads, and teams whose tasks it gets; empty: all. */
  readonly languages: readonly string[];
  readonly teams: readonly string[];
  readonly mustChangePassword: boolean;
}

export interface Session extends SessionUser {
  readonly method: SignInMethod;
  readonly csrf: string;
  readonly startedAt: number;
}

/** Sessions of this process: a restart signs everybody out. The browser holds a random token, the server its hash. */
export interface Sessions {
  /** The token for the cookie. */
  start(user: SessionUser, method: SignInMethod): { readonly token: string; readonly session: Session };
  /** The session of a token, or null when there is none, or not any more. Counts as use. */
  find(token: string): Session | null;
  end(token: string): void;
  /** Ends every session of a user. */
  endAll(userId: string): void;
}

export function createSessions(options: {
  readonly clock: () => number;
  /** 256 random bits. */
  readonly newToken: () => string;
  /** Unused for so long, a session ends. */
  readonly idleMs: number;
  /** So old, it ends in any case. */
  readonly lifetimeMs: number;
  /** A user's oldest ends when there are more. */
  readonly perUser: number;
}): Sessions {
  const { clock, newToken, idleMs, lifetimeMs, perUser } = options;
  const open = new Map<string, { readonly session: Session; usedAt: number }>();

  const isOver = ({ session, usedAt }: { readonly session: Session; readonly usedAt: number }) =>
    clock() - usedAt >= idleMs || clock() - session.startedAt >= lifetimeMs;

  function sweep(userId: string): void {
    for (const [hash, entry] of open) if (isOver(entry)) open.delete(hash);
    const own = [...open].filter(([, { session }]) => session.userId === userId);
    for (const [hash] of own.slice(0, Math.max(0, own.length - perUser + 1))) open.delete(hash);
  }

  return {
    start: (user, method) => {
      sweep(user.userId);
      const token = newToken();
      const session: Session = { ...user, method, csrf: newToken(), startedAt: clock() };
      open.set(hashOf(token), { session, usedAt: clock() });
      return { token, session };
    },
    find: (token) => {
      const entry = open.get(hashOf(token));
      if (entry === undefined) return null;
      if (isOver(entry)) {
        open.delete(hashOf(token));
        return null;
      }
      entry.usedAt = clock();
      return entry.session;
    },
    end: (token) => {
      open.delete(hashOf(token));
    },
    endAll: (userId) => {
      for (const [hash, { session }] of open) if (session.userId === userId) open.delete(hash);
    },
  };
}

/** Looked up by hash: the time of a look-up says nothing about a token. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
