import type { Evaluation } from './evaluate.js';

const headings = ['category', 'rows', 'positives', 'prevalence', 'AP', 'AP 95 %', 'ROC AUC', 'ECE', 'slope'] as const;

/** The evaluation as rows of cells, for a terminal or a Markdown card. "wide" marks fewer than 30 positives. */
export function evaluationTable(evaluation: Evaluation): { headings: readonly string[]; rows: string[][] } {
  const rows = evaluation.categories.map((one) => [
    one.category,
    String(one.rows),
    String(one.positives),
    fixed(one.prevalence),
    fixed(one.averagePrecision),
    `${fixed(one.averagePrecisionInterval.low)} to ${fixed(one.averagePrecisionInterval.high)}${
      one.averagePrecisionInterval.wide ? ' (wide)' : ''
    }`,
    fixed(one.rocAuc),
    fixed(one.reliability.adaptiveEce),
    fixed(one.reliability.slope, 2),
  ]);
  const macro = evaluation.macroInterval;
  rows.push([
    'macro',
    String(evaluation.rows),
    '',
    '',
    fixed(evaluation.macro),
    `${fixed(macro.low)} to ${fixed(macro.high)}`,
    '',
    '',
    '',
  ]);
  return { headings, rows };
}

/** A Markdown table of the same rows. */
export function markdownTable({ headings: names, rows }: { headings: readonly string[]; rows: string[][] }): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(names), line(names.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `.123`-free fixed decimals; a dash where a figure does not exist. */
export function fixed(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
