import type { EventOf, RejectReason, TopicName } from '#platform/contracts';

/** What a step makes of one message. `Out` is a domain value; the shell turns it into an {@link Emission}. */
export type Outcome<Out> =
  | { readonly kind: 'emit'; readonly values: readonly Out[] }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'reject'; readonly reason: RejectReason; readonly detail: string };

/** Batch in, outcomes out, same length and order. Throws only for what concerns the whole batch. */
export type Step<In, Out> = (batch: readonly In[]) => Promise<readonly Outcome<Out>[]>;

/** A record to write; a null value is a tombstone. The shell knows topics and keys, steps do not. */
export type Emission<N extends TopicName = TopicName> = N extends TopicName
  ? { readonly topic: N; readonly key: string; readonly value: EventOf<N> | null }
  : never;

export function emit<Out>(...values: readonly Out[]): Outcome<Out> {
  return { kind: 'emit', values };
}

/** Nothing to do, and that is right. `reason` is a metric label: a literal, never content. */
export function skip(reason: string): Outcome<never> {
  return { kind: 'skip', reason };
}

/** This message can never work: it goes to the dead letters. `detail` names the field, never content. */
export function reject(reason: RejectReason, detail: string): Outcome<never> {
  return { kind: 'reject', reason, detail };
}

/** Turns the domain values of a step into records. */
export function route<Out>(
  outcomes: readonly Outcome<Out>[],
  toEmission: (value: Out) => Emission,
): readonly Outcome<Emission>[] {
  return outcomes.map((outcome) =>
    outcome.kind === 'emit' ? { kind: 'emit', values: outcome.values.map(toEmission) } : outcome,
  );
}
