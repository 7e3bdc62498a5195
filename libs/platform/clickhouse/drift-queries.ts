/** Rows and parameters of the queries of the drift jobs. */

interface DriftScope {
  readonly channel: string;
  readonly width_hours: number;
  /** `logit`, or the feature whose mix is compared. */
  readonly feature: string;
  readonly model_id: string;
  readonly category: string;
  readonly slice_by: string;
  readonly slice_value: string;
}

interface LabelFreeSums {
  readonly flagged: number;
  readonly probability: number;
  readonly flagged_probability: number;
  readonly spread: number;
  readonly flagged_spread: number;
}

export interface DriftQueries {
  readonly 'drift-windows': {
    readonly parameters: { readonly to: number; readonly run_at: number };
    readonly row: DriftScope & {
      readonly window_from: number;
      readonly reference: 'WEEKS' | 'TRAINING' | 'DAYS' | 'FIRST_WEEK';
      readonly reference_contents: number;
      readonly contents: number;
      readonly group_count: number;
      readonly psi: number;
      readonly jensen_shannon: number;
      readonly hellinger: number;
      readonly kolmogorov_smirnov: number | null;
      readonly wasserstein: number | null;
      readonly reference_mean: number;
      readonly mean: number;
      readonly reference_variance: number;
      readonly variance: number;
      readonly reference_sums: LabelFreeSums;
      readonly sums: LabelFreeSums;
    };
  };
  readonly 'drift-audit': {
    readonly parameters: {
      readonly channel: string;
      readonly model_id: string;
      readonly category: string;
      /** Empty: all. */
      readonly language: string;
      readonly reference_from: number;
      readonly reference_to: number;
      readonly from: number;
      readonly to: number;
    };
    readonly row: {
      readonly reference_contents: number;
      readonly contents: number;
      readonly kolmogorov_smirnov: number;
      readonly wasserstein: number;
    };
  };
  readonly 'drift-history': {
    readonly parameters: { readonly to: number; readonly run_at: number; readonly most: number };
    readonly row: DriftScope & {
      /** End of the window, whether it exceeded, contents, flagged ones, flag rate of the reference (-1: it has none). */
      readonly past: readonly (readonly [number, number, number, number, number])[];
    };
  };
  readonly 'drift-performance': {
    /** End of a day. */
    readonly parameters: { readonly to: number };
    readonly row: Omit<LabelFreeSums, 'flagged'> & {
      readonly channel: string;
      readonly category: string;
      readonly slice_by: string;
      readonly slice_value: string;
      /** 1: the week; 0: the four weeks before it. */
      readonly is_window: number;
      readonly contents: number;
      readonly flagged: number;
      readonly labelled_contents: number;
      readonly labelled_flagged: number;
      readonly labels: number;
      readonly flagged_labels: number;
      readonly positive_labels: number;
      readonly silent_draws: number;
      readonly positives: number;
      readonly true_positives: number;
      readonly nn: number;
      readonly ff: number;
      readonly bb: number;
      readonly aa: number;
      readonly bn: number;
      readonly af: number;
      readonly ab: number;
    };
  };
  readonly 'drift-channels': {
    readonly parameters: { readonly from: number; readonly to: number };
    readonly row: {
      readonly channel: string;
      readonly thresholds: Readonly<Record<string, { readonly review: number | null; readonly block: number | null }>>;
      /** `policy@version` of all that judged in the window, and in the four weeks before it. */
      readonly policies: readonly string[];
      readonly policies_before: readonly string[];
      readonly targets: Readonly<
        Record<string, { readonly block_precision: number | null; readonly review_recall: number | null }>
      >;
    };
  };
}

interface RollUp {
  readonly from: number;
  readonly to: number;
  readonly run_at: number;
}

interface Comparison {
  /** End of the windows. */
  readonly to: number;
  /** Hours. */
  readonly width: number;
  /** Contents on either side. */
  readonly least: number;
  readonly run_at: number;
}

export interface DriftStatements {
  readonly 'drift-roll-up-scores': RollUp;
  readonly 'drift-roll-up-mixes': RollUp;
  readonly 'drift-compare-scores': Comparison;
  readonly 'drift-compare-mixes': Comparison;
}
