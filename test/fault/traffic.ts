import { contentKey, type ContentSubmitted } from '#platform/contracts';
import type { Installation } from '../harness/installation.js';
import type { LedgerEntry } from './oracle.js';

const BATCH = 25;
const KEYS = 250;
/** A gateway that is being started again must answer within this time. */
const PATIENCE_MS = 60_000;
const RETRY_PAUSE_MS = 100;

/** What platforms send while faults happen, and what they were told. */
export interface Traffic {
  readonly ledger: readonly LedgerEntry[];
  /** Writes the next contents to the topic; an error leaves them unsure. */
  publish(count: number): Promise<void>;
  /** Posts the next contents to the gateway, each until it is acknowledged. */
  post(count: number): Promise<void>;
}

export function createTraffic(installation: Installation, texts: readonly string[]): Traffic {
  const { connections, gatewayUrl } = installation;
  const ledger: LedgerEntry[] = [];
  let published = 0;
  let posted = 0;

  function content(prefix: string, n: number): ContentSubmitted {
    return {
      contentId: `${prefix}-${n % KEYS}`,
      revision: Math.floor(n / KEYS) + 1,
      platform: 'demo',
      kind: 'POST',
      text: texts[n % texts.length] ?? '',
      language: null,
      authorId: `author-${n % 17}`,
      conversationId: null,
      metadata: {},
      submittedAt: Date.now(),
    };
  }

  const note = (contents: readonly Pick<ContentSubmitted, 'contentId' | 'revision'>[], isAcknowledged: boolean) => {
    for (const { contentId, revision } of contents) ledger.push({ contentId, revision, isAcknowledged });
  };

  return {
    ledger,
    publish: async (count) => {
      await connections.serde.prepare(['content.submitted']);
      for (const end = published + count; published < end;) {
        const contents = Array.from({ length: Math.min(BATCH, end - published) }, () => content('topic', published++));
        const records = contents.map((value) => ({
          topic: 'content.submitted',
          key: contentKey(value),
          value: connections.serde.encode('content.submitted', value),
          headers: {},
        }));
        const isAcknowledged = await connections.broker.flow.publish(records).then(
          () => true,
          () => false,
        );
        note(contents, isAcknowledged);
      }
    },
    post: async (count) => {
      for (const end = posted + count; posted < end;) {
        const contents = Array.from({ length: Math.min(BATCH, end - posted) }, () => content('gateway', posted++));
        const items = contents.map(({ contentId, revision, platform, kind, text }) => ({
          contentId,
          revision,
          platform,
          kind,
          text,
        }));
        note(contents, await postUntilAcknowledged(`${gatewayUrl}/v1/content`, JSON.stringify({ items })));
      }
    },
  };
}

async function postUntilAcknowledged(url: string, body: string): Promise<boolean> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const headers = { 'content-type': 'application/json' };
    const status = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 202) return true;
    if (status !== 0 && status < 500 && status !== 429) throw new Error(`the gateway answered ${status}`);
    // The platform waits before it knocks again, as Retry-After asks.
    await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
  }
  return false;
}
