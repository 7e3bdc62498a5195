import {
  codecFor,
  contentKey,
  unframe,
  topicOf,
  type ContentAccepted,
  type ContentSubmitted,
} from '#platform/contracts';
import { FatalError, RetryableError, type PartitionOwner, type Serde, type WriteRecord } from '#platform/stream';
import { decideClaims, type ClaimOutcome, type ClaimRequest } from './decide-claims.js';

/** A claim, and the event that goes into the same transaction when the claim is new. */
export interface Claim extends ClaimRequest {
  readonly event: ContentSubmitted | null;
}

/** Decides claims on one partition and makes the new ones durable; settles after the commit. `trace` is a W3C traceparent. */
export interface ClaimDesk {
  /** @throws RetryableError `rebalance` when another replica owns the partition now; nothing was written then */
  decide(partition: number, claims: readonly Claim[], trace: string | null): Promise<readonly ClaimOutcome[]>;
}

export interface LocalDeskOptions {
  readonly owner: Pick<PartitionOwner, 'transact'>;
  readonly serde: Serde;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Put on every record. */
  readonly headers: WriteRecord['headers'];
}

type Attempt =
  | { readonly done: true; readonly outcomes: readonly ClaimOutcome[] }
  | { readonly done: false; readonly unread: readonly { readonly key: string; readonly bytes: Buffer }[] };

/** A claim that an older release wrote is read once through the registry; a second look is then enough. */
const MAX_ATTEMPTS = 5;

/** The desk of the replica that owns the partition: claim and event in one transaction. */
export function createLocalDesk(options: LocalDeskOptions): ClaimDesk {
  const { owner, serde, clock, headers } = options;
  const ownBytes = codecFor('content.accepted');
  const { maxBytes } = topicOf('content.accepted');
  let ownSchemaId: number | null = null;

  function write(partition: number, { key, claim, event }: Claim, trace: string | null): readonly WriteRecord[] {
    const value = serde.encode('content.accepted', { ...claim, acceptedAt: clock() });
    const record: WriteRecord = { topic: 'content.accepted', partition, key, value, headers };
    if (event === null) return [record];
    const submitted = serde.encode('content.submitted', event);
    return [
      record,
      {
        topic: 'content.submitted',
        partition,
        key: contentKey(event),
        value: submitted,
        headers: trace === null ? headers : { ...headers, traceparent: trace },
      },
    ];
  }

  /** Null: another schema version wrote it. */
  function readOwn(bytes: Buffer): ContentAccepted | null {
    const unframed = unframe(bytes, maxBytes);
    if (!unframed.ok) throw new FatalError('configuration', `content.accepted: ${unframed.rejection.detail}`);
    ownSchemaId ??= schemaIdOf(serde);
    return unframed.frame.schemaId === ownSchemaId ? ownBytes.decode(unframed.frame.body) : null;
  }

  async function readOthers(
    unread: readonly { readonly key: string; readonly bytes: Buffer }[],
    known: Known,
  ): Promise<void> {
    const records = unread.map(({ key, bytes }) => ({
      topic: 'content.accepted',
      partition: 0,
      offset: 0,
      key: Buffer.from(key),
      value: bytes,
      headers: {},
      timestamp: 0,
    }));
    const decoded = await serde.decode('content.accepted', records);
    decoded.forEach((result, index) => {
      const bytes = unread[index]?.bytes;
      if (!result.ok || bytes === undefined) {
        throw new FatalError('configuration', 'content.accepted holds a record that this release cannot read');
      }
      known.set(bytes, result.value);
    });
  }

  return {
    decide: async (partition, claims, trace) => {
      const known: Known = new Map();
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const result = await owner.transact<Attempt>(partition, (table) => {
          const unread: { key: string; bytes: Buffer }[] = [];
          const outcomes = decideClaims(claims, (key) => {
            const bytes = table.get(key);
            if (bytes === undefined) return undefined;
            const claim = known.get(bytes) ?? readOwn(bytes);
            if (claim === null) unread.push({ key, bytes });
            return claim ?? undefined;
          });
          if (unread.length > 0) return { records: [], result: { done: false, unread } };
          const records = claims.flatMap((claim, i) => (outcomes[i] === 'new' ? write(partition, claim, trace) : []));
          return { records, result: { done: true, outcomes } };
        });
        if (result.done) return result.outcomes;
        await readOthers(result.unread, known);
      }
      throw new RetryableError('timeout', 'claims of other schema versions keep coming');
    },
  };
}

type Known = Map<Buffer, ContentAccepted>;

/** The id under which this release writes claims. */
function schemaIdOf(serde: Serde): number {
  const sample: ContentAccepted = { contentId: '', revision: 1, platform: '', textHash: '', acceptedAt: 0 };
  return serde.encode('content.accepted', sample).readUInt32BE(1);
}
