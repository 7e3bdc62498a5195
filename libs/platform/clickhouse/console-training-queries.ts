/** Rows of the queries by which the console shows data sets, models and what is being made of them. */

type Counts = Readonly<Record<string, number>>;

interface DatasetListRow {
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

interface DatasetFullRow extends Omit<DatasetListRow, 'expected' | 'failed'> {
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

interface WorkRow {
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

interface DatasetRowSummary {
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

interface DatasetDiffParameters {
  readonly before: string;
  readonly after: string;
  /** Milliseconds: when the one before was published. */
  readonly before_at: number;
  readonly is_other_policy: boolean;
  readonly is_other_recipe: boolean;
}

interface DatasetChange {
  readonly change: 'ADDED' | 'REMOVED' | 'RELABELLED';
  readonly reason: string;
  readonly language: string;
  readonly source: string;
}

interface ModelRow {
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

interface ModelFigureRow {
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

interface SinceLimit {
  /** Milliseconds. */
  readonly since: number;
  readonly limit: number;
}

export interface ConsoleTrainingQueries {
  readonly 'console-datasets': { readonly parameters: { readonly limit: number }; readonly row: DatasetListRow };
  readonly 'console-dataset': { readonly parameters: { readonly dataset_id: string }; readonly row: DatasetFullRow };
  readonly 'console-dataset-builds': { readonly parameters: SinceLimit; readonly row: WorkRow };
  readonly 'console-dataset-rows': {
    readonly parameters: {
      readonly dataset_id: string;
      readonly split: string;
      readonly language: string;
      readonly category: string;
      readonly value: string;
      readonly from: number;
      readonly limit: number;
    };
    readonly row: DatasetRowSummary;
  };
  readonly 'console-dataset-row-text': {
    readonly parameters: { readonly dataset_id: string; readonly row_key: string };
    readonly row: { readonly text: string };
  };
  readonly 'console-dataset-diff': {
    readonly parameters: DatasetDiffParameters;
    readonly row: DatasetChange & { readonly rows: number };
  };
  readonly 'console-dataset-diff-rows': {
    readonly parameters: DatasetDiffParameters & { readonly change: string; readonly limit: number };
    readonly row: DatasetChange & {
      readonly row_key: string;
      readonly said_before: Readonly<Record<string, string>>;
      readonly said_after: Readonly<Record<string, string>>;
    };
  };
  readonly 'console-models': { readonly parameters: { readonly limit: number }; readonly row: ModelRow };
  readonly 'console-model-trainings': { readonly parameters: SinceLimit; readonly row: WorkRow };
  readonly 'console-model-evaluations': {
    readonly parameters: { readonly model_id: string; readonly limit: number };
    readonly row: {
      readonly evaluation_id: string;
      readonly dataset_id: string;
      readonly split: string;
      /** Empty: none. */
      readonly compared_with: string;
      readonly evaluated_at: string;
    };
  };
  readonly 'console-model-report': {
    readonly parameters: {
      readonly model_id: string;
      readonly evaluation_id: string;
      readonly compared_with: string;
    };
    readonly row: {
      readonly evaluation_id: string;
      readonly dataset_id: string;
      readonly split: string;
      readonly report: string;
      readonly evaluated_at: string;
    };
  };
  readonly 'console-model-comparison': {
    readonly parameters: { readonly champion: string; readonly challenger: string };
    readonly row: { readonly report: string; readonly evaluated_at: string };
  };
  readonly 'console-model-figures': {
    readonly parameters: { readonly models: readonly string[] };
    readonly row: ModelFigureRow;
  };
}
