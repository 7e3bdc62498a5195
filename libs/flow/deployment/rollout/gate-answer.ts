import type { GateOutcome } from '#platform/contracts';

/** What the gate found of one candidate, against one champion. */
export type GateAnswer =
  | { readonly kind: 'judged'; readonly champion: string; readonly candidate: string; readonly outcome: GateOutcome }
  /** The artefact is broken: it gave no answer, or a senseless one, to whoever tried it. */
  | { readonly kind: 'refused'; readonly candidate: string; readonly why: string };
