import type { IncomingMessage } from 'node:http';
import type { ContentSubmitted } from '#platform/contracts';
import type { JournalDoor, Serde, Writer } from '#platform/stream';
import type { KeyedHash } from '#policy';
import type { Admission } from './callers/admission.js';
import type { Door } from './http/door.js';
import type { Moderated } from './moderation/moderate.js';
import type { ClaimDesk } from './submission/claim-desk.js';
import type { ForwardSeal } from './submission/forward.js';
import type { Submit } from './submission/submit.js';
import type { StoredVerdictRow } from './verdicts/verdict-view.js';

/** What the controllers work with. */
export interface Gateway {
  readonly door: Door;
  readonly admission: Admission;
  readonly submit: Submit;
  readonly seal: ForwardSeal;
  /** Claims on partitions of this replica. */
  readonly desk: ClaimDesk;
  readonly moderate: (channel: string, contents: readonly ContentSubmitted[]) => Promise<Moderated>;
  readonly writer: Writer;
  readonly journal: JournalDoor;
  readonly serde: Serde;
  readonly verdictsOf: (platform: string, contentId: string) => Promise<readonly StoredVerdictRow[]>;
  readonly keyedHash: KeyedHash;
  readonly channels: readonly string[];
  /** Milliseconds. */
  readonly clock: () => number;
  /** 24 hexadecimal digits that were never given before. */
  readonly newId: () => string;
  /** Aborts when the gateway stops: streams end then. */
  readonly stopping: AbortSignal;
  readonly onStreamFailure: (error: unknown) => void;
}

/** The request, as far as the controllers look at it. */
export interface GatewayRequest {
  readonly raw: IncomingMessage;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The one value of a header, or null. */
export function headerOf(request: GatewayRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}
