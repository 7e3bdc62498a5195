import type { DatasetEvaluation } from '#model';

/** One row of the table evaluation_figures. */
export interface EvaluationFigures {
  readonly sliceBy: string;
  readonly sliceValue: string;
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  readonly prevalence: number | null;
  readonly averagePrecision: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly wide: boolean;
  readonly rocAuc: number | null;
}

/** A report as rows: of each category over everything, then of each slice. */
export function figuresOfReport({ categories, slices }: DatasetEvaluation): readonly EvaluationFigures[] {
  const row = (
    sliceBy: string,
    sliceValue: string,
    one: Pick<
      DatasetEvaluation['categories'][number],
      'category' | 'rows' | 'positives' | 'prevalence' | 'averagePrecision' | 'rocAuc'
    >,
  ): EvaluationFigures => ({
    sliceBy,
    sliceValue,
    category: one.category,
    rows: one.rows,
    positives: one.positives,
    prevalence: one.prevalence,
    averagePrecision: one.averagePrecision.value,
    low: one.averagePrecision.low,
    high: one.averagePrecision.high,
    wide: one.averagePrecision.wide,
    rocAuc: one.rocAuc.value,
  });
  return [
    ...categories.map((category) => row('all', '', category)),
    ...slices.map((slice) => row(slice.by, slice.value, slice)),
  ];
}
