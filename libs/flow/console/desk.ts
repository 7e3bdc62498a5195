import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AttemptLimit } from './access/attempt-limit.js';
import type { Audit } from './access/audit.js';
import type { OpenIdDoor } from './access/open-id.js';
import type { PreferencesStore } from './access/preferences.js';
import type { Sessions } from './access/sessions.js';
import type { UserStore } from './access/user-store.js';
import type { SignInMethod } from './api/index.js';
import type { Entrance } from './http/entrance.js';
import type { VerdictHub } from './live/verdict-hub.js';
import type { LabelDesk } from './queue/label-desk.js';
import type { LeaseVeil } from './queue/lease-veil.js';

/** What the controllers work with. */
export interface Desk {
  readonly entrance: Entrance;
  readonly sessions: Sessions;
  readonly users: UserStore;
  /** Null: people sign in with a password. */
  readonly openId: OpenIdDoor | null;
  readonly attempts: AttemptLimit;
  readonly attemptsOfAddress: AttemptLimit;
  readonly audit: Audit;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly hub: VerdictHub;
  readonly label: LabelDesk;
  readonly veil: LeaseVeil;
  readonly preferences: PreferencesStore;
  readonly channels: readonly string[];
  /** Cookies travel over TLS alone. */
  readonly isSecure: boolean;
  /** Aborts when the console stops: streams end then. */
  readonly stopping: AbortSignal;
}

/** The request, as far as the controllers look at it. */
export interface ConsoleRequest {
  readonly raw: IncomingMessage;
  readonly url: string;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The reply, as far as the controllers write it. */
export interface ConsoleReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
  header(name: string, value: string): this;
}

export function methodOf({ openId }: Pick<Desk, 'openId'>): SignInMethod {
  return openId === null ? 'password' : 'openid';
}
