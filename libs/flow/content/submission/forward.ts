import { z } from 'zod';
import { createCallSeal } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import { Problem } from '../http/problem.js';
import { itemSchema } from './content-request.js';
import type { Claim, ClaimDesk } from './claim-desk.js';
import type { ClaimOutcome } from './decide-claims.js';

/** Where replicas ask each other. Never forwards again: a replica that does not own the partition answers 503. */
export const FORWARD_PATH = '/internal/v1/claims';
/** A type of its own: its body may be larger than that of a caller, and no caller's body can be taken for it. */
export const FORWARD_TYPE = 'application/vnd.tidegate.claims+json';
export const FORWARD_HEADER = 'x-tidegate-forward';

/** Signs with the secret of the installation, which all replicas share. */
export interface ForwardSeal {
  seal(body: string): string;
  /** @throws Problem `unauthenticated` */
  check(header: string | undefined, body: Buffer): void;
}

/** A repeated claim changes nothing while the claim is remembered (24 h), so only older messages must be refused. */
export function createForwardSeal(options: { readonly secret: Buffer; readonly clock: () => number }): ForwardSeal {
  const { seal, isSealed } = createCallSeal({ ...options, purpose: 'content claims between replicas' });
  return {
    seal,
    check: (header, body) => {
      if (!isSealed(header, body)) {
        throw new Problem('unauthenticated', 'Only replicas of this installation may call this.');
      }
    },
  };
}

const claimSchema = z.strictObject({
  platform: z.string(),
  contentId: z.string(),
  revision: z.int(),
  textHash: z.string(),
});

const eventSchema = z.strictObject({
  ...claimSchema.omit({ textHash: true }).shape,
  kind: itemSchema.shape.kind,
  text: z.string(),
  language: z.string().nullable(),
  authorId: z.string().nullable(),
  conversationId: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  submittedAt: z.int(),
});

/** What one replica asks another. */
export const forwardSchema = z.strictObject({
  partition: z.int().min(0),
  claims: z.array(z.strictObject({ key: z.string(), claim: claimSchema, event: eventSchema.nullable() })).min(1),
  trace: z.string().nullable(),
});

interface ForwardedClaims {
  readonly partition: number;
  readonly claims: readonly Claim[];
  readonly trace: string | null;
}

const outcomesSchema = z.strictObject({ outcomes: z.array(z.enum(['new', 'same', 'other'])) });

/** The desk of another replica. */
export function createRemoteDesk(options: {
  readonly address: string;
  readonly seal: ForwardSeal;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
}): ClaimDesk {
  const { address, seal, timeoutMs } = options;
  return {
    decide: async (partition, claims, trace) => {
      const body = JSON.stringify({ partition, claims, trace } satisfies ForwardedClaims);
      let outcomes: readonly ClaimOutcome[];
      try {
        const response = await options.fetch(new URL(FORWARD_PATH, address), {
          method: 'POST',
          headers: { 'content-type': FORWARD_TYPE, [FORWARD_HEADER]: seal.seal(body) },
          body,
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (response.status !== 200) {
          await response.body?.cancel();
          throw new RetryableError('rebalance', `the owner answered ${response.status}`);
        }
        ({ outcomes } = outcomesSchema.parse(await response.json()));
      } catch (error) {
        if (error instanceof RetryableError) throw error;
        throw new RetryableError('rebalance', 'the replica that owns the partition cannot be reached', {
          cause: error,
        });
      }
      if (outcomes.length !== claims.length)
        throw new RetryableError('rebalance', 'the owner answered too few outcomes');
      return outcomes;
    },
  };
}
