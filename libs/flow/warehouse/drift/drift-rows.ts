/** What is compared: the logits of a category, or the mix of a feature, in a slice of a channel. */
export interface DriftScope {
  readonly channel: string;
  readonly width_hours: number;
  /** `logit`, or the feature whose mix is compared; of labelled figures the metric. */
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

/** A window beside its reference, with its distances: a row of `drift-windows`. */
export interface DriftWindow extends DriftScope {
  readonly window_from: number;
  readonly reference: 'WEEKS' | 'TRAINING' | 'DAYS' | 'FIRST_WEEK';
  readonly reference_contents: number;
  readonly contents: number;
  readonly group_count: number;
  readonly psi: number;
  readonly jensen_shannon: number;
  readonly hellinger: number;
  /** Null for a mix. */
  readonly kolmogorov_smirnov: number | null;
  readonly wasserstein: number | null;
  readonly reference_mean: number;
  readonly mean: number;
  readonly reference_variance: number;
  readonly variance: number;
  readonly reference_sums: LabelFreeSums;
  readonly sums: LabelFreeSums;
}

/** Earlier windows of one scope: a row of `drift-history`. */
export interface DriftHistory extends DriftScope {
  /** End of the window, whether it exceeded, contents, flagged ones, flag rate of the reference (-1: it has none); newest last. */
  readonly past: readonly (readonly [number, number, number, number, number])[];
}

/** A week, or the four before it, of one category and slice: a row of `drift-performance`. */
export interface PerformanceSums extends LabelFreeSums {
  readonly channel: string;
  readonly category: string;
  readonly slice_by: string;
  readonly slice_value: string;
  /** 1: the week; 0: the four weeks before it. */
  readonly is_window: number;
  readonly contents: number;
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
}

/** What runs in a channel: a row of `drift-channels`. */
export interface DriftChannel {
  readonly channel: string;
  readonly thresholds: Readonly<Record<string, { readonly review: number | null; readonly block: number | null }>>;
  readonly policies: readonly string[];
  readonly policies_before: readonly string[];
  readonly targets: Readonly<
    Record<string, { readonly block_precision: number | null; readonly review_recall: number | null }>
  >;
}

/** What is stored of a judgement. */
export interface DriftJudgement {
  readonly scope: DriftScope;
  readonly p: number;
  readonly adjusted: number;
  readonly signs: readonly string[];
  readonly isSevere: boolean;
}

export function scopeKey(scope: DriftScope): string {
  const { channel, width_hours: width, feature, model_id: model, category, slice_by: by, slice_value: value } = scope;
  return JSON.stringify([channel, width, feature, model, category, by, value]);
}
