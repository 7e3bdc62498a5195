/** Part of a data set, by near-duplicate group, for ever (labels 2.5). `none`: in no split, because it ties groups of different splits. */
export type Split = 'train' | 'validation' | 'test' | 'none';

/** What is known of one category; an absent category is unknown. */
export interface RowLabel {
  readonly value: 0 | 1;
  /** How sure, 0 to 1: the least |2q - 1| over the facts that decided it (labels 2.1). 0 counts and never trains. */
  readonly weight: number;
}

/** Why people were asked. Only DRAWN rows carry a probability. */
export type RowOrigin = 'DRAWN' | 'TRAIN_ONLY' | 'REPORTED' | 'APPEALED' | 'IMPORTED' | 'RED_TEAM' | 'OTHER';

/** One row of a data set: a text and what people made of it. */
export interface DatasetRow {
  /** platform/contentId/revision; of an import `<name>/<place>-<8 hex digits of the text hash>/1`. */
  readonly key: string;
  /** Masked (personal data), as people and models in training see it; empty when it was erased. */
  readonly text: string;
  /** SHA-256 of the masked text, 32 hex digits: outlives the text. */
  readonly textHash: string;
  /** BCP-47, or `und`. */
  readonly language: string;
  readonly platform: string;
  readonly kind: string;
  readonly split: Split;
  /** Key of the root of its near-duplicate group, the first member that was seen. */
  readonly group: string;
  /** Members of the group that were seen up to the cut; one of them stands for all. */
  readonly groupSize: number;
  readonly labels: Readonly<Record<string, RowLabel>>;
  /** log(1 + groupSize) / log 2 (labels 2.5) of a row that stands for its group, so that a text without copies weighs 1. */
  readonly weight: number;
  /** Inclusion probability of a draw; null: it has none and never enters an estimate. */
  readonly inclusion: number | null;
  readonly origin: RowOrigin;
  /** An expert settled it before the recipe's freeze: frozen gold. */
  readonly isGold: boolean;
  /** The data set it was imported with, or `labels`. */
  readonly source: string;
  /** Keyed hash of the author, 32 hex digits; null: not known. For a leakage check, never a feature. */
  readonly author: string | null;
  /** Milliseconds; of an import null. */
  readonly labelledAt: number | null;
}
