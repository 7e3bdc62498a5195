import { contentKey, revisionKey, type ContentSubmitted } from '#platform/contracts';
import { hashFields, hashText } from '#policy';
import { RetryableError, type PartitionOwner } from '#platform/stream';
import { within } from '../http/deadline.js';
import { Problem, type FieldError } from '../http/problem.js';
import type { SubmissionItem } from './content-request.js';
import type { Claim, ClaimDesk } from './claim-desk.js';
import type { ClaimOutcome } from './decide-claims.js';

export interface AcceptedItem {
  readonly contentId: string;
  readonly revision: number;
  readonly duplicate: boolean;
}

/** The Idempotency-Key of a call, seen from its caller: nobody else can meet it. */
export interface IdempotencyScope {
  /** Hash of caller and key. */
  readonly scope: string;
  readonly platform: string;
}

export function idempotencyScope(
  caller: { readonly id: string; readonly platform: string },
  key: string,
): IdempotencyScope {
  return { scope: hashFields('idempotency', caller.id, key), platform: caller.platform };
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The header, checked; null when there is none. @throws Problem `invalid_request` */
export function readIdempotencyKey(header: string | null): string | null {
  if (header === null || IDEMPOTENCY_KEY.test(header)) return header;
  const detail = 'Must be 1 to 255 visible ASCII characters.';
  throw new Problem('invalid_request', `Idempotency-Key: ${detail}`, {
    errors: [{ pointer: '/Idempotency-Key', detail }],
  });
}

/** Id of a content that came without one: the same for every repetition of the call. */
export function derivedContentId({ scope }: IdempotencyScope, index: number): string {
  return `ik-${scope}-${index}`;
}

export interface SubmitOptions {
  readonly owner: Pick<PartitionOwner, 'ownerOf' | 'partitionFor'>;
  readonly local: ClaimDesk;
  readonly remote: (address: string) => ClaimDesk;
  /** Claims that wait for an acknowledgement at once; more are turned away. */
  readonly maxWaiting: number;
  /** Milliseconds until a caller is told to come again. */
  readonly timeoutMs: number;
  /** Milliseconds to wait for the new owner of a partition that changes hands. */
  readonly handOverMs: number;
  readonly onBacklog: () => void;
}

/**
 * Accepts contents: resolves only when all are durable. Each item is decided alone. Anything but full success is a Problem that
 * lists what was accepted, so that nothing is half-done in silence; repeating the whole call is always right.
 */
export type Submit = (
  items: readonly SubmissionItem[],
  idempotency: IdempotencyScope | null,
  trace: string | null,
) => Promise<readonly AcceptedItem[]>;

type ItemOutcome = ClaimOutcome | 'key_taken' | RetryableError;

const LOOK_AGAIN_MS = 50;

export function createSubmit(options: SubmitOptions): Submit {
  const { owner, local, remote, maxWaiting, timeoutMs, handOverMs } = options;
  let waiting = 0;

  async function decide(
    partition: number,
    claims: readonly Claim[],
    trace: string | null,
  ): Promise<readonly (ClaimOutcome | RetryableError)[]> {
    waiting += claims.length;
    // Counted until it is settled, also when its caller was told to come again: while the broker is away the queue must not grow.
    const decided = patiently(partition, claims, trace).finally(() => {
      waiting -= claims.length;
    });
    try {
      return await within(timeoutMs, decided);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      return claims.map(() => error);
    }
  }

  /** A partition changes hands within a second or so: most calls need not hear of it. Repeating a claim is harmless. */
  async function patiently(
    partition: number,
    claims: readonly Claim[],
    trace: string | null,
  ): Promise<readonly ClaimOutcome[]> {
    for (let waited = 0; ; waited += LOOK_AGAIN_MS) {
      try {
        const place = owner.ownerOf(partition);
        if (place === null) throw new RetryableError('rebalance', `partition ${partition} is being handed over`);
        return await (place.self ? local : remote(place.address)).decide(partition, claims, trace);
      } catch (error) {
        const isPassing = error instanceof RetryableError && error.code === 'rebalance';
        if (!isPassing || waited >= handOverMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    }
  }

  /** Binds each place of the call to its content: the same Idempotency-Key cannot mean two contents. */
  async function bind(items: readonly SubmissionItem[], { scope, platform }: IdempotencyScope) {
    const partition = owner.partitionFor(`${platform}/${scope}`);
    const claims = items.map(({ content }, index) => ({
      // A revision key ends with a number: the two kinds of keys never meet.
      key: `${platform}/${scope}/key-${index}`,
      claim: claimed(content),
      event: null,
    }));
    return decide(partition, claims, null);
  }

  async function accept(
    items: readonly SubmissionItem[],
    trace: string | null,
  ): Promise<readonly (ClaimOutcome | RetryableError)[]> {
    const places = new Map<number, number[]>();
    items.forEach(({ content }, index) => {
      const partition = owner.partitionFor(contentKey(content));
      const indexes = places.get(partition);
      if (indexes === undefined) places.set(partition, [index]);
      else indexes.push(index);
    });
    const outcomes = new Array<ClaimOutcome | RetryableError>(items.length);
    await Promise.all(
      [...places].map(async ([partition, indexes]) => {
        const claims = indexes.flatMap((index) => {
          const content = items[index]?.content;
          return content === undefined ? [] : [{ key: revisionKey(content), claim: claimed(content), event: content }];
        });
        const decided = await decide(partition, claims, trace);
        indexes.forEach((index, i) => {
          outcomes[index] = decided[i] ?? new RetryableError('rebalance', 'no outcome');
        });
      }),
    );
    return outcomes;
  }

  return async (items, idempotency, trace) => {
    if (waiting + items.length > maxWaiting) {
      options.onBacklog();
      throw new Problem('overloaded', `${maxWaiting} contents wait for the broker already.`, { retryAfterSeconds: 1 });
    }
    const bound = idempotency === null ? null : await bind(items, idempotency);
    const isBound = (index: number) => bound === null || bound[index] === 'new' || bound[index] === 'same';
    const open = items.filter((_, index) => isBound(index));
    const accepted = (await accept(open, trace)).values();
    const outcomes = items.map((_, index): ItemOutcome => {
      if (isBound(index)) return accepted.next().value ?? new RetryableError('rebalance', 'no outcome');
      const refusal = bound?.[index];
      return refusal instanceof RetryableError ? refusal : 'key_taken';
    });
    return answer(items, outcomes);
  };
}

/** All accepted, or a Problem that says for each item what became of it. */
function answer(items: readonly SubmissionItem[], outcomes: readonly ItemOutcome[]): readonly AcceptedItem[] {
  const accepted: AcceptedItem[] = [];
  const errors: FieldError[] = [];
  const failure = outcomes.find((outcome) => outcome instanceof RetryableError);
  items.forEach(({ content, pointer }, index) => {
    const outcome = outcomes[index];
    const { contentId, revision } = content;
    if (outcome === 'new' || outcome === 'same') accepted.push({ contentId, revision, duplicate: outcome === 'same' });
    else if (outcome === 'other') {
      errors.push({
        pointer: `${pointer}/contentId`,
        detail: 'This contentId and revision were accepted before with another text. Raise the revision.',
      });
    } else if (outcome === 'key_taken') {
      errors.push({ pointer, detail: 'The Idempotency-Key was used before for another content.' });
    } else if (outcome !== undefined) {
      errors.push({ pointer, detail: 'Not known to be durable. Repeat the call.' });
    }
  });
  if (errors.length === 0) return accepted;
  const members = { accepted };
  const rest =
    accepted.length === 0
      ? ''
      : ` ${accepted.length} of ${items.length} were accepted; repeating the call does not double them.`;
  if (failure !== undefined) {
    throw new Problem('unavailable', `The broker did not acknowledge in time. Repeat the same call.${rest}`, {
      errors,
      members,
      retryAfterSeconds: 1,
      cause: failure,
    });
  }
  throw new Problem('conflict', `${errors.length} of ${items.length} meet another request.${rest}`, {
    errors,
    members,
  });
}

function claimed(content: ContentSubmitted): Claim['claim'] {
  const { platform, contentId, revision, text } = content;
  return { platform, contentId, revision, textHash: hashText(text) };
}
