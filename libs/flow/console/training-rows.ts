/** Rows of the views of data sets, models and what is being made of them, as far as the console shows them. */

type Counts = Readonly<Record<string, number>>;

export interface DatasetListRow {
  readonly dataset_id: string;
  readonly name: string;
  readonly kind: 'BUILT' | 'IMPORTED';
  readonly policy_id: string | null;
  readonly policy_version: number | null;
  readonly rows: number;
  readonly splits: Counts;
  readonly licences: readonly string[];
  readonly previous_id: string | null;
  readonly recipe_id: string;
  readonly digest: string;
  readonly expected: number;
  readonly failed: number;
  readonly published_at: string;
}

export interface DatasetFullRow extends Omit<DatasetListRow, 'expected' | 'failed'> {
  readonly request_id: string | null;
  readonly labels_until: number | null;
  readonly sources: readonly string[];
  readonly recipe: string;
  readonly rule: string;
  readonly categories: Readonly<
    Record<string, { readonly positives: number; readonly negatives: number; readonly unknown: number }>
  >;
  readonly languages: Counts;
  readonly expectations: readonly { readonly name: string; readonly passed: boolean; readonly detail: string }[];
  /** JSON; empty while it is not in the warehouse. */
  readonly report: string;
  readonly card: string;
}

export interface WorkRow {
  readonly request_id: string;
  readonly attempt: number;
  readonly state: 'STARTED' | 'RUNNING' | 'COMPLETED' | 'FAILED';
  readonly step: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string | null;
  readonly subject_id: string | null;
  readonly at: string;
}

export interface DatasetRowSummary {
  readonly row_key: string;
  readonly language: string;
  readonly split: 'train' | 'validation' | 'test' | 'none';
  readonly labels: Readonly<Record<string, { readonly value: 'NO' | 'YES'; readonly weight: number }>>;
  readonly origin: string;
  readonly is_gold: boolean;
  readonly source: string;
  readonly group_size: number;
  readonly erased: boolean;
  readonly labelled_at: string | null;
}

export interface ModelRow {
  readonly artefact_id: string;
  readonly kind: 'MODEL' | 'CALIBRATION';
  readonly model_id: string;
  readonly name: string;
  readonly family: string;
  readonly dataset_id: string | null;
  readonly recipe_id: string;
  readonly parent_model_id: string | null;
  readonly channel: string | null;
  readonly policy_id: string | null;
  readonly policy_version: number | null;
  readonly categories: readonly string[];
  readonly thresholds: Readonly<
    Record<string, { readonly review: number | null; readonly block: number | null; readonly provisional: boolean }>
  >;
  readonly unmet_targets: readonly {
    readonly category: string;
    readonly action: string;
    readonly target: number;
    readonly why: string;
    readonly fallback: string;
  }[];
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly rows: number;
        readonly positives: number;
        readonly average_precision: number | null;
        readonly low: number | null;
        readonly high: number | null;
        readonly roc_auc: number | null;
      }
    >
  >;
  readonly bytes: number;
  readonly release: string;
  readonly completed_at: string;
}

export interface ModelFigureRow {
  readonly model_id: string;
  readonly dataset_id: string;
  readonly split: string;
  readonly category: string;
  readonly figure: {
    readonly rows: number;
    readonly positives: number;
    readonly average_precision: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly wide: boolean;
    readonly roc_auc: number | null;
  };
}
