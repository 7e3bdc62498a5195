import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Admission } from '../callers/admission.js';
import type { Caller, Origin } from '../callers/caller.js';
import { Problem } from './problem.js';

/** A request before its body is read. */
export interface ArrivingRequest {
  readonly raw: IncomingMessage;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Who may come in, and who is inside. */
export interface Door {
  /** Identifies and admits the caller of a request to an endpoint that needs one. @throws Problem */
  enter(request: ArrivingRequest): Promise<void>;
  /** The caller of a request that was let in. */
  callerOf(raw: IncomingMessage): Caller;
  /** The call no longer counts as in flight: it was answered or broke off, or goes on under another limit. */
  leave(raw: IncomingMessage): void;
}

export function createDoor(options: {
  readonly identify: (authorization: string | undefined, origin: Origin) => Promise<Caller>;
  readonly admission: Pick<Admission, 'enter'>;
  readonly longestUrl: number;
}): Door {
  const { identify, admission, longestUrl } = options;
  const inside = new WeakMap<IncomingMessage, { readonly caller: Caller; readonly leave: () => void }>();
  return {
    enter: async ({ raw, url, headers }) => {
      if (url.length > longestUrl) {
        throw new Problem('uri_too_long', `An address has at most ${longestUrl} characters.`);
      }
      if (!needsCaller(url)) return;
      const caller = await identify(headers.authorization, {
        remoteAddress: raw.socket.remoteAddress,
        host: headers.host,
        isProxied: headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined,
      });
      inside.set(raw, { caller, leave: admission.enter(caller) });
    },
    callerOf: (raw) => {
      const entry = inside.get(raw);
      if (entry === undefined) throw new Problem('unauthenticated', 'Send authorization: Bearer <key>.');
      return entry.caller;
    },
    leave: (raw) => {
      inside.get(raw)?.leave();
    },
  };
}

/** Every address below /v1, also one that does not exist: strangers learn nothing about what does. */
function needsCaller(url: string): boolean {
  return url.startsWith('/v1/') || url === '/v1';
}
