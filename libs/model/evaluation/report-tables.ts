import type { ComparisonReport } from './comparison-report.js';
import type { EvaluationReport } from './evaluation-report.js';
import type { Estimate, Rate } from './intervals.js';
import type { CategoriesReport } from './evaluate-categories.js';

export interface Table {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Fixed decimals; a dash where a figure does not exist. */
export function number(value: number | null, digits = 3): string {
  return value !== null && Number.isFinite(value) ? value.toFixed(digits) : '–';
}

/** The rows of a table for a Markdown document. */
export function markdownTable({ headings, rows }: Omit<Table, 'title'>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function range({ low, high, wide }: Estimate): string {
  return low === null ? '–' : `${number(low)} to ${number(high)}${wide ? ' (wide)' : ''}`;
}

function percent(rate: Rate | null): string {
  if (rate?.value == null) return '–';
  return `${(100 * rate.value).toFixed(1)} % (${(100 * rate.low).toFixed(1)}–${(100 * rate.high).toFixed(1)})`;
}

/** Quality by category: figures that a reader looks at first. "wide" marks fewer than 30 positives. */
export function categoryTable({ categories, macro }: Pick<CategoriesReport, 'categories' | 'macro'>): Table {
  return {
    title: 'Categories',
    headings: [
      'category',
      'positives / rows',
      'prevalence',
      'AP',
      '95 %',
      'ROC AUC',
      'slope',
      'top ECE',
      'recall at review',
      'precision at block',
    ],
    rows: [
      ...categories.map((one) => [
        one.category,
        `${one.positives} / ${one.rows}`,
        number(one.prevalence),
        number(one.averagePrecision.value),
        range(one.averagePrecision),
        number(one.rocAuc.value),
        number(one.calibration.slope.value, 2),
        number(one.calibration.topEce),
        percent(one.review?.recall ?? null),
        percent(one.block?.precision ?? null),
      ]),
      [
        'macro',
        '',
        '',
        number(macro.averagePrecision.value),
        range(macro.averagePrecision),
        number(macro.rocAuc.value),
        '',
        '',
        '',
        '',
      ],
    ],
  };
}

/** An evaluation for a terminal: categories, slices that are weaker, suites, fairness. */
export function evaluationTables(report: EvaluationReport): Table[] {
  const weaker = report.slices.filter(({ finding }) => finding === 'WEAKER');
  const slices: Table = {
    title: 'Slices that are weaker than the rest',
    headings: [
      'slice',
      'category',
      'positives / rows',
      'AP',
      'recall at review',
      'against the rest',
      'specificity',
      'against the rest',
    ],
    rows: weaker.map((one) => [
      `${one.by}: ${one.value}`,
      one.category,
      `${one.positives} / ${one.rows}`,
      number(one.averagePrecision.value),
      percent(one.recall),
      number(one.recall?.difference ?? null),
      percent(one.specificity),
      number(one.specificity?.difference ?? null),
    ]),
  };
  return [categoryTable(report), slices, ...suiteTables(report), ...fairnessTables(report)].filter(
    ({ rows }) => rows.length > 0,
  );
}

function suiteTables({ suites }: EvaluationReport): Table[] {
  if (suites === null) return [];
  return [
    {
      title: `Functional suites, ${suites.cases} cases`,
      headings: ['suite', 'functionality', 'type', 'passed', 'cases', 'blocked'],
      rows: suites.functionalities.map((one) => [
        one.suite,
        one.functionality,
        one.types.join(', '),
        percent(one.passed),
        String(one.passed.rows),
        one.blocked > 0 ? String(one.blocked) : '',
      ]),
    },
  ];
}

function fairnessTables({ fairness }: EvaluationReport): Table[] {
  if (fairness === null) return [];
  const sets = [
    ['our templates', fairness.templates],
    ['evaluated rows', fairness.data],
  ] as const;
  return [
    {
      title: `Identity fairness, ${fairness.category}`,
      headings: ['on', 'ROC AUC', 'subgroup', 'BPSN', 'BNSP', 'final', 'worst BPSN'],
      rows: sets.flatMap(([name, quality]) =>
        quality === null
          ? []
          : [
              [
                name,
                number(quality.rocAuc),
                number(quality.powerMeans.subgroup),
                number(quality.powerMeans.bpsn),
                number(quality.powerMeans.bnsp),
                number(quality.final),
                quality.worstBpsn === null ? '–' : `${number(quality.worstBpsn.value)} (${quality.worstBpsn.group})`,
              ],
            ],
      ),
    },
  ];
}

/** A comparison for a terminal. */
export function comparisonTables(report: ComparisonReport): Table[] {
  const row = (
    name: string,
    positives: string,
    { champion, challenger, ...difference }: ComparisonReport['macro'],
    rest: string[],
  ): string[] => [
    name,
    positives,
    number(champion),
    number(challenger),
    number(difference.value),
    range(difference),
    ...rest,
  ];
  const categories: Table = {
    title: 'Average precision, challenger less champion',
    headings: [
      'category',
      'positives / rows',
      'champion',
      'challenger',
      'difference',
      '95 %',
      'gate',
      'only right: champion, challenger (p)',
    ],
    rows: [
      ...report.categories.map((one) => {
        const review = one.decisions.find(({ action }) => action === 'review');
        return row(one.category, `${one.positives} / ${one.rows}`, one.averagePrecision, [
          one.gate.finding === 'REPORTED' ? 'not gated' : one.gate.finding.toLowerCase(),
          review === undefined
            ? '–'
            : `${review.onlyChampionRight}, ${review.onlyChallengerRight} (${review.pValue.toFixed(3)})`,
        ]);
      }),
      row('macro', '', report.macro, ['', '']),
    ],
  };
  const slices: Table = {
    title: 'Slices that became worse',
    headings: ['slice', 'category', 'recall', 'specificity'],
    rows: report.slices
      .filter(({ finding }) => finding === 'WORSE')
      .map((one) => [
        `${one.by}: ${one.value}`,
        one.category,
        number(one.recall?.difference ?? null),
        number(one.specificity?.difference ?? null),
      ]),
  };
  const suites: Table = {
    title: 'Suites that changed',
    headings: ['suite', 'functionality', 'champion', 'challenger', ''],
    rows: report.suites
      .filter(({ finding }) => finding !== 'SAME')
      .map((one) => [
        one.suite,
        one.functionality,
        percent(one.champion),
        percent(one.challenger),
        one.finding.toLowerCase(),
      ]),
  };
  return [categories, slices, suites].filter(({ rows }) => rows.length > 0);
}
