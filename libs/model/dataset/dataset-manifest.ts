import type { Split } from './dataset-row.js';

/** Known and unknown labels of one category. */
export interface CategoryCounts {
  readonly positives: number;
  readonly negatives: number;
  readonly unknown: number;
}

/** What a data set says of itself: the fields of `dataset.published` that are a function of its rows and of what they were made from. */
export interface DatasetManifest {
  readonly datasetId: string;
  /** Of its recipe, or of the import. */
  readonly name: string;
  readonly kind: 'BUILT' | 'IMPORTED';
  /** Policy whose categories the labels are of; null for imports. */
  readonly policyId: string | null;
  readonly policyVersion: number | null;
  /** Cut: labels of label.resolved before this offset; null for imports. */
  readonly labelsUntil: number | null;
  /** Ids of the imported data sets whose rows it takes. */
  readonly sources: readonly string[];
  /** How answers became labels; of an import `mapping`. */
  readonly rule: string;
  readonly recipeId: string;
  /** The recipe as canonical JSON; of an import the mapping. */
  readonly recipe: string;
  readonly saltId: string;
  readonly rows: number;
  readonly digest: string;
  readonly splits: Readonly<Record<Split, number>>;
  readonly categories: Readonly<Record<string, CategoryCounts>>;
  readonly languages: Readonly<Record<string, number>>;
  /** SPDX where there is one. */
  readonly licences: readonly string[];
  /** Data set of the same recipe before it. */
  readonly previousId: string | null;
}
