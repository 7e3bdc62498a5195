import type { DatasetRow, DuplicateEntry } from '#model';
import type { LeftOutReason } from './core/build-rows.js';
import type { MeasuredAgreement } from './core/quality-report.js';

/** A labelled revision that the registry does not have yet. */
export interface NewItem {
  /** In label.resolved, of the first record about it: its place in the registry. */
  readonly firstOffset: number;
  readonly key: string;
  /** As it was published; empty when it is gone. */
  readonly text: string;
  readonly kind: string;
  readonly language: string;
  readonly author: string | null;
}

/** What the registry keeps for ever of one revision, or of one row of an import. No text. */
export interface RegistryItem extends Omit<NewItem, 'text'> {
  readonly seq: number;
  /** `labels`, or the id of the imported data set. */
  readonly source: string;
  /** Null: the text was gone before the registry came to it. */
  readonly known: { readonly textHash: string; readonly entry: DuplicateEntry } | null;
}

/** The newest labels of one revision before a cut, and all that is known of it. */
export interface StoredLabel {
  readonly key: string;
  readonly platform: string;
  readonly labels: Readonly<Record<string, readonly ['YES' | 'NO', number]>>;
  readonly isSettled: boolean;
  /** When an expert had first settled all facts that decided it, milliseconds; null: none has. */
  readonly expertSince: number | null;
  readonly rule: string;
  readonly labelledAt: number;
  readonly origin: string;
  readonly inclusion: number | null;
  /** Of the masked text; null: it was gone before the registry came to it. */
  readonly textHash: string | null;
  readonly kind: string;
  readonly language: string;
  readonly author: string | null;
  /** As it was published; empty when it is gone. */
  readonly text: string;
  /** Masked, of an earlier data set; only where the text is gone. */
  readonly earlierText: string;
  readonly isErased: boolean;
}

export interface LabelledQuery {
  readonly policyId: string;
  readonly policyVersion: number;
  /** Exclusive offset in label.resolved. */
  readonly until: number;
}

export interface RegistryEnd {
  /** End of the shortest beginning that holds the labels before the cut and the imports. */
  readonly needed: number;
  readonly size: number;
  /** First offset of its newest labelled revision; -1: it has none. */
  readonly lastOffset: number;
}

export interface StoredRow extends DatasetRow {
  readonly ordinal: number;
  /** Of the row as it was written, 16 hex digits. */
  readonly rowHash: string;
  /** Its text is empty, whatever is stored. */
  readonly isErased: boolean;
}

/** Labels of one policy version. */
export interface LabelCount {
  /** Revisions that have some. */
  readonly items: number;
  /** When the first was given, milliseconds. */
  readonly firstAt: number;
}

/** What data sets are made from and kept in. Repeated writes change nothing. */
export interface DatasetStore {
  /** Offset of label.resolved up to which labels are readable (exclusive). */
  readonly readableUntil: () => Promise<number>;
  /** All records of these topics from before this time are readable, milliseconds; null: nothing is known. */
  readonly completeUntil: (topics: readonly string[]) => Promise<number | null>;
  /** When the newest label before an offset was resolved, milliseconds. */
  readonly lastLabelAt: (until: number) => Promise<number | null>;
  readonly filledUntil: () => Promise<number>;
  /** Copies what was said of labels, and why people were asked, from one offset to another. */
  readonly copyLabels: (from: number, until: number) => Promise<void>;
  readonly recordFill: (until: number, at: number) => Promise<void>;
  readonly newItems: (until: number, after: number, most: number) => Promise<readonly NewItem[]>;
  readonly registryEnd: (until: number, sources: readonly string[]) => Promise<RegistryEnd>;
  /** Entries of the first `end` items, in order, in pieces. */
  readonly registry: (end: number) => AsyncIterable<readonly DuplicateEntry[]>;
  readonly appendItems: (items: readonly RegistryItem[]) => Promise<void>;
  /** By `policyId@version`, as they are readable now. */
  readonly labelCounts: () => Promise<ReadonlyMap<string, LabelCount>>;
  /** In pieces, in no order. */
  readonly labelled: (query: LabelledQuery) => AsyncIterable<readonly StoredLabel[]>;
  readonly agreement: () => Promise<readonly MeasuredAgreement[]>;
  /** Rows of a data set by place, in pieces; the text of erased contents is empty. */
  readonly rows: (datasetId: string) => AsyncIterable<readonly StoredRow[]>;
  /** @param from place of the first */
  readonly writeRows: (datasetId: string, from: number, rows: readonly DatasetRow[]) => Promise<void>;
  readonly leftOut: (datasetId: string) => Promise<ReadonlyMap<string, LeftOutReason>>;
  readonly writeLeftOut: (
    datasetId: string,
    leftOut: readonly { readonly key: string; readonly reason: LeftOutReason }[],
  ) => Promise<void>;
  readonly report: (datasetId: string) => Promise<{ readonly report: string; readonly card: string } | null>;
  readonly writeReport: (datasetId: string, report: string, card: string) => Promise<void>;
}
