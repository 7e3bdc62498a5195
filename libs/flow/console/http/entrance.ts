import type { IncomingMessage } from 'node:http';
import { permissionsOf } from '../access/roles.js';
import type { Session, Sessions } from '../access/sessions.js';
import type { UserStore } from '../access/user-store.js';
import type { Permission } from '../api/index.js';
import { cookieName, cookieOf } from './cookies.js';
import { Problem } from './problem.js';
import { checkCsrf, checkOrigin } from './request-origin.js';

export const SESSION_COOKIE = 'tidegate-console';
/** Signing in has no session yet whose secret it could carry; its origin is checked as any other's. */
const SIGN_IN = '/api/session';

interface ArrivingRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Who asks, and whether the request can come from our own pages. Every request passes it before its body is read. */
export interface Entrance {
  /** @throws Problem */
  enter(request: ArrivingRequest): Promise<void>;
  sessionOf(raw: IncomingMessage): Session | null;
  /** @throws Problem `signed_out` or `forbidden` */
  require(raw: IncomingMessage, permission: Permission): Session;
  /** Whether the session of a request that goes on for long still holds, and still permits this. */
  stillMay(raw: IncomingMessage, permission: Permission): Promise<boolean>;
}

export function createEntrance(options: {
  readonly sessions: Pick<Sessions, 'find' | 'endAll'>;
  readonly users: Pick<UserStore, 'find'>;
  readonly isSecure: boolean;
  readonly host: string | null;
  readonly isLoopbackOnly: boolean;
}): Entrance {
  const { sessions, users, isSecure } = options;
  const entered = new WeakMap<IncomingMessage, { readonly token: string; readonly session: Session }>();

  /** The session as the list of users has its person now: roles change and people leave while they are signed in. */
  async function current(token: string): Promise<Session | null> {
    const session = sessions.find(token);
    if (session?.method !== 'password') return session;
    const user = await users.find(session.userId);
    if (user === null || user.disabled) {
      sessions.endAll(session.userId);
      return null;
    }
    const { name, roles, languages, teams, mustChangePassword } = user;
    return { ...session, name, roles, languages, teams, mustChangePassword };
  }

  return {
    enter: async (request) => {
      if (isForMachines(request.url)) return;
      checkOrigin(request, options);
      if (!request.url.startsWith('/api/')) return;
      const token = cookieOf(request.headers['cookie'], cookieName(SESSION_COOKIE, isSecure));
      const session = token === null ? null : await current(token);
      if (session !== null && token !== null) entered.set(request.raw, { token, session });
      const isSignIn = request.method === 'POST' && request.url === SIGN_IN;
      if (session !== null && !isSignIn) checkCsrf(request, session.csrf);
    },
    sessionOf: (raw) => entered.get(raw)?.session ?? null,
    require: (raw, permission) => {
      const session = entered.get(raw)?.session;
      if (session === undefined) throw new Problem('signed_out', 'Sign in first.');
      if (!permissionsOf(session.roles, session.mustChangePassword).includes(permission)) {
        throw new Problem('forbidden', 'Ask an administrator for a role that allows it.');
      }
      return session;
    },
    stillMay: async (raw, permission) => {
      const session = await current(entered.get(raw)?.token ?? '');
      return session !== null && permissionsOf(session.roles, session.mustChangePassword).includes(permission);
    },
  };
}

/** Health and metrics are asked by address, from wherever the operator's machines are; they hold no content. */
function isForMachines(url: string): boolean {
  return url.startsWith('/health/') || url === '/metrics';
}
