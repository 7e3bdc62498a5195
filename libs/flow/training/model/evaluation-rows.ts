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

/** The mean over categories, beside them. */
const MACRO = 'MACRO';

/** A report as rows: of each category over everything, of their mean, then of each slice. */
export function figuresOfReport({
  categories,
  macro,
  rows: counts,
  slices,
}: DatasetEvaluation): readonly EvaluationFigures[] {
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
  const macroRow = (): readonly EvaluationFigures[] => {
    const counted = categories.filter(({ category }) => macro.categories.includes(category));
    if (counted.length === 0) return [];
    const mean = counted.reduce((sum, { prevalence }) => sum + (prevalence ?? 0), 0) / counted.length;
    const fewest = Math.min(...counted.map(({ positives }) => positives));
    return [row('all', '', { ...macro, category: MACRO, rows: counts.evaluated, positives: fewest, prevalence: mean })];
  };
  return [
    ...categories.map((category) => row('all', '', category)),
    ...macroRow(),
    ...slices.map((slice) => row(slice.by, slice.value, slice)),
  ];
}
