import type { Obfuscation, Tier } from '#platform/contracts';

/** What a model says of one text, and what its reader met on the way. */
export interface ScoredText {
  /** By category. */
  readonly logits: Readonly<Record<string, number>>;
  readonly counters: Obfuscation;
  /** Tier of the cascade that scored. */
  readonly tier: Tier;
}

/** A text with the id by whose hash a cascade routes it: platform/contentId/revision. */
export interface IdentifiedText {
  readonly id: string;
  readonly text: string;
}

/** A loaded model, as the step sees it. */
export interface Scorer {
  readonly modelId: string;
  readonly categories: readonly string[];
  /**
   * One score per text, in order. Rejects when the model cannot score; partitions may call it concurrently. Calls `alive` between pieces
   * of work of milliseconds, and lets through what it throws.
   */
  score(texts: readonly IdentifiedText[], alive?: () => Promise<void>): Promise<readonly ScoredText[]>;
  /** Logits of the second tier of a cascade, whatever the routing; null when the model has one tier. */
  scoreEncoded(text: string): Promise<Readonly<Record<string, number>> | null>;
  /** Frees what it holds; no call is under way and none follows. */
  close(): Promise<void>;
}

/** What one model made of one text; the code goes into the assignment's `error`. */
export type ModelOutcome = ({ readonly ok: true } & ScoredText) | { readonly ok: false; readonly error: ModelError };

/** not_loaded: the artefact was refused; model_failed: no finite logits; timeout: a shadow took too long. */
export type ModelError = 'not_loaded' | 'model_failed' | 'timeout';
