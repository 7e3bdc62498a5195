import type { CategoriesReport } from '../evaluate-categories.js';
import type { CategoryReport, EvaluationReport, Note, NoteCode, SliceRate, SliceReport } from '../evaluation-report.js';
import type { FairnessReport, IdentityQuality } from '../identity-fairness.js';
import type { Estimate, Rate } from '../intervals.js';
import type { SuiteReport } from '../run-suites.js';
import type { OperatingReport } from '../scored-rows.js';
import { findingsOf, judgeCalibration, judgeRanking, waysOf } from './findings.js';
import type { Finding } from './findings.js';
import { badge, decimal, escape, percent, renderPage, table, thousands } from './page.js';
import type { Section } from './page.js';
import { precisionRecallPlot, reliabilityPlot, shareBar } from './plots.js';

/** A figure with its interval under it. */
function estimate({ value, low, high, wide }: Estimate, digits = 3): string {
  if (value === null) return '–';
  if (low === null) return decimal(value, digits);
  return `${decimal(value, digits)}<small class="under">${decimal(low, digits)} to ${decimal(high, digits)}${wide ? ', wide' : ''}</small>`;
}

/** A rate with its Wilson interval. */
export function rate(of: Rate | null): string {
  return of?.value == null ? '–' : `${percent(of.value)} <small>${percent(of.low)} – ${percent(of.high)}</small>`;
}

/** What the findings say as well. */
const said: ReadonlySet<NoteCode> = new Set(['FEW_POSITIVES', 'CONTAMINATED']);

export function notSaid(notes: readonly Note[]): string[] {
  return notes.filter(({ code }) => !said.has(code)).map(({ text }) => text);
}

/** An evaluation as a page for people. Counts, rates, scores and keys; no text of the data. */
export function renderEvaluation(report: EvaluationReport): string {
  const { model, rows } = report;
  return renderPage({
    title: `${model.name} ${model.modelId}`,
    subtitle: `Evaluated on ${thousands(rows.evaluated)} labelled rows of ${report.datasetId}, split ${report.split}`,
    facts: [
      ['evaluated', new Date(report.evaluatedAt).toISOString().slice(0, 16).replace('T', ' ')],
      ['near-duplicate groups', thousands(rows.groups)],
      ['rows weighing 1/inclusion', thousands(rows.weighted)],
      ['bootstrap draws', thousands(report.settings.draws)],
      ['evaluation', report.evaluationId],
    ],
    summary: summaryOf(findingsOf(report), notSaid(report.notes)),
    sections: evaluationSections(report),
    footer: intervalsFooter(report.settings.draws),
  });
}

/** What to take away, above everything. */
export function summaryOf(findings: readonly Finding[], notes: readonly string[]): string {
  const points = findings.map(
    ({ tone, verdict, words }) => `<li>${badge(tone, verdict)}<span>${escape(words)}</span></li>`,
  );
  const said = notes.map((note) => `<p class="note">${escape(note)}</p>`);
  return `<section class="verdict" aria-labelledby="summary"><h2 id="summary">In short</h2><ul class="points">${points.join('')}</ul>${said.join('')}</section>`;
}

export function intervalsFooter(draws: number): string {
  return `<p>Intervals are 95 %. Of average precision and ROC AUC: percentiles of ${thousands(draws)} draws with one Poisson weight for each near-duplicate group; under 30 positives stratified by label and marked wide. Of rates: Wilson. Of slopes: sandwich variance with the groups as clusters.</p>`;
}

/** What is known by category alone. */
export function categorySections(report: Pick<CategoriesReport, 'categories' | 'macro'>): Section[] {
  return [
    { id: 'categories', title: 'Categories', body: categoriesBody(report) },
    { id: 'curves', title: 'Curves', body: curvesBody(report) },
    { id: 'probabilities', title: 'Probabilities', body: probabilitiesBody(report) },
    { id: 'thresholds', title: 'At the thresholds', body: thresholdsBody(report) },
  ];
}

function evaluationSections(report: EvaluationReport): Section[] {
  return [
    ...categorySections(report),
    { id: 'slices', title: 'Slices', body: slicesBody(report) },
    ...(report.suites === null ? [] : [{ id: 'suites', title: 'Functional suites', body: suitesBody(report.suites) }]),
    ...(report.fairness === null
      ? []
      : [{ id: 'fairness', title: 'Identity fairness', body: fairnessBody(report.fairness) }]),
    { id: 'contamination', title: 'Contamination', body: contaminationBody(report) },
  ];
}

function categoriesBody({ categories, macro }: Pick<CategoriesReport, 'categories' | 'macro'>): string {
  const rows = categories.map((one) => {
    const { tone, verdict } = judgeRanking(one);
    return [
      escape(one.category),
      estimate(one.averagePrecision),
      shareBar(one.averagePrecision, one.prevalence, tone),
      badge(tone, verdict),
      `${thousands(one.positives)} <small>of ${thousands(one.rows)}</small>`,
      decimal(one.prevalence),
      estimate(one.rocAuc),
    ];
  });
  const { averagePrecision, rocAuc } = macro;
  rows.push([
    `macro&nbsp;<small>of&nbsp;${macro.categories.length}</small>`,
    estimate(averagePrecision),
    shareBar(averagePrecision, null),
    '',
    '',
    '',
    estimate(rocAuc),
  ]);
  return `<p class="note">Average precision is the area under the precision-recall curve. A model without skill reaches the prevalence, the dashed mark.</p>
${table(
  'Quality by category',
  [
    { name: 'category' },
    { name: 'average precision', isNumber: true },
    { name: '0 to 1' },
    { name: 'ranking' },
    { name: 'labelled yes', isNumber: true },
    { name: 'prevalence', isNumber: true },
    { name: 'ROC AUC', isNumber: true },
  ],
  rows,
)}`;
}

function probabilitiesBody({ categories }: Pick<CategoriesReport, 'categories'>): string {
  const rows = categories
    .filter(({ positives }) => positives > 0)
    .map(({ category, positives, calibration }) => {
      const { tone, verdict } = judgeCalibration(calibration, positives);
      const { slope, intercept } = calibration;
      return [
        escape(category),
        badge(tone, verdict),
        decimal(calibration.topEce),
        decimal(calibration.adaptiveEce),
        decimal(calibration.ece),
        estimate({ ...slope, wide: false }, 2),
        estimate({ ...intercept, wide: false }, 2),
        decimal(calibration.brier),
        decimal(calibration.brierReliability, 4),
        decimal(calibration.logLoss),
      ];
    });
  return `<p class="note">Of rows to which the model gives 30 %, three in ten should be labelled yes. The error (ECE) is the mean distance from that, over bins of equal mass, inside the top 5 % of scores, and over bins of equal width. A slope below 1 means too extreme, above 1 too timid; an intercept above 0 means too low. Reliability is the part of the Brier score that better calibration would save.</p>
${table(
  'Calibration',
  [
    { name: 'category' },
    { name: 'probabilities' },
    { name: 'ECE, top 5 %', isNumber: true },
    { name: 'adaptive', isNumber: true },
    { name: 'equal width', isNumber: true },
    { name: 'slope', isNumber: true },
    { name: 'intercept', isNumber: true },
    { name: 'Brier', isNumber: true },
    { name: 'reliability', isNumber: true },
    { name: 'log loss', isNumber: true },
  ],
  rows,
)}`;
}

const legend = `<ul class="legend"><li><svg viewBox="0 0 22 12" aria-hidden="true"><path class="base" d="M0 6H22"/></svg>chance, or perfect honesty</li>
<li><svg viewBox="0 0 22 12" aria-hidden="true"><path class="review" d="M11 0L17 6L11 12L5 6Z"/></svg>review threshold</li>
<li><svg viewBox="0 0 22 12" aria-hidden="true"><rect class="block" x="6" y="1" width="10" height="10"/></svg>block threshold</li>
<li><svg viewBox="0 0 22 12" aria-hidden="true"><circle class="bin" cx="11" cy="6" r="4"/></svg>a fifteenth of the rows</li>
<li><svg viewBox="0 0 22 12" aria-hidden="true"><circle class="top" cx="11" cy="6" r="4"/></svg>a fifteenth of the top 5 %</li>
<li><svg viewBox="0 0 22 12" aria-hidden="true"><rect class="yes" x="4" y="2" width="6" height="10"/><rect class="no" x="12" y="0" width="6" height="12"/></svg>rows labelled yes and no</li></ul>`;

function curvesBody({ categories }: Pick<CategoriesReport, 'categories'>): string {
  const cards = categories.filter(({ positives }) => positives > 0).map(card);
  return cards.length === 0
    ? '<p>No category has a row labelled yes.</p>'
    : `${legend}<div class="cards">${cards.join('\n')}</div>`;
}

function card(one: CategoryReport): string {
  const ranking = judgeRanking(one);
  const calibration = judgeCalibration(one.calibration, one.positives);
  return `<article class="card"><div class="heading"><h3>${escape(one.category)}</h3><span>${badge(ranking.tone, ranking.verdict)}</span></div>
<p>${escape(cardWords(ranking, calibration))}</p>
<div class="pair">${precisionRecallPlot(one)}${reliabilityPlot(one.category, one.calibration)}</div></article>`;
}

function cardWords(ranking: Finding, calibration: Finding): string {
  if (calibration.tone !== 'open') {
    return `${ranking.words}; probabilities ${calibration.verdict}: ${calibration.words}`;
  }
  return ranking.tone === 'open' ? ranking.words : `${ranking.words}; of its probabilities nothing can be said`;
}

function thresholdsBody({ categories }: Pick<CategoriesReport, 'categories'>): string {
  const row = (category: string, action: string, at: OperatingReport | null): string[][] =>
    at === null
      ? []
      : [
          [
            `${escape(category)} <small>${action}</small>`,
            decimal(at.threshold, 2),
            rate(at.flagged),
            rate(at.precision),
            rate(at.recall),
            rate(at.specificity),
          ],
        ];
  const rows = categories
    .filter(({ positives }) => positives > 0)
    .flatMap(({ category, review, block }) => [...row(category, 'review', review), ...row(category, 'block', block)]);
  if (rows.length === 0) return '<p>The model declares no thresholds for these categories.</p>';
  return `<p class="note">Precision: of what is taken, how much is rightly taken. Recall: of what should be taken, how much is. Specificity: of what should pass, how much does.</p>
${table(
  'Operating points',
  [
    { name: 'category and action' },
    { name: 'from', isNumber: true },
    { name: 'taken', isNumber: true },
    { name: 'precision', isNumber: true },
    { name: 'recall', isNumber: true },
    { name: 'specificity', isNumber: true },
  ],
  rows,
)}`;
}

const findingOf = {
  WEAKER: { tone: 'bad', words: 'weaker' },
  NOT_WEAKER: { tone: 'good', words: 'not weaker' },
  TOO_FEW: { tone: 'open', words: 'too few' },
} as const;

function slicesBody({ slices, categories }: EvaluationReport): string {
  const shown = categories.filter(({ category }) =>
    slices.some((one) => one.category === category && one.positives > 0),
  );
  if (shown.length === 0) return '<p>No slice has a row labelled yes.</p>';
  const weakest = (category: string): number =>
    slices.filter((one) => one.category === category && one.finding === 'WEAKER').length;
  const open = [...shown].sort((a, b) => weakest(b.category) - weakest(a.category) || b.positives - a.positives)[0]
    ?.category;
  return `<p class="note">A slice is weaker when its recall or specificity at the review threshold is more than 5 points below that of all other rows and a two-proportion test, after Holm over all slices, says that this is no chance. Slices with fewer than 30 rows labelled yes are shown and not judged. Points in brackets: against all other rows.</p>
${shown
  .map(({ category }) => {
    const own = slices.filter((one) => one.category === category && one.positives > 0);
    const weak = weakest(category);
    return `<details${category === open ? ' open' : ''}><summary>${escape(category)} <small>${own.length} slices${weak > 0 ? `, ${weak} weaker` : ''}</small></summary>${sliceTable(category, worthShowing(own))}${smallSlices(own)}</details>`;
  })
  .join('\n')}`;
}

/** Slices with fewer rows labelled yes would fill the page with figures that say nothing. */
const leastShown = 5;

/** Slices that a page shows; the JSON holds all of them. */
export function worthShowing<T extends { readonly positives: number }>(slices: readonly T[]): readonly T[] {
  return slices.filter(({ positives }) => positives >= leastShown);
}

/** What a page says of the others. */
export function smallSlices(slices: readonly { readonly positives: number }[]): string {
  const left = slices.length - worthShowing(slices).length;
  return left === 0 ? '' : `<p class="note">Not shown: ${left} with fewer than ${leastShown} rows labelled yes.</p>`;
}

function sliceTable(category: string, slices: readonly SliceReport[]): string {
  const against = (one: SliceRate | null): string =>
    one?.difference == null
      ? rate(one)
      : `${percent(one.value)} <small>(${pointsOf(one.difference)})</small><small class="under">${percent(one.low)} – ${percent(one.high)}</small>`;
  return table(
    `Slices of ${category}`,
    [
      { name: 'slice' },
      { name: 'finding' },
      { name: 'recall (points)', isNumber: true },
      { name: 'specificity (points)', isNumber: true },
      { name: 'average precision', isNumber: true },
      { name: '0 to 1' },
      { name: 'labelled yes', isNumber: true },
    ],
    slices.map((one) => {
      const { tone, words } = findingOf[one.finding];
      return [
        `${escape(one.value)}<small class="under">${one.by}</small>`,
        badge(tone, one.finding === 'WEAKER' ? waysOf(one).join(', ') : words),
        against(one.recall),
        against(one.specificity),
        estimate(one.averagePrecision),
        shareBar(one.averagePrecision, one.prevalence, tone),
        `${thousands(one.positives)} <small>of ${thousands(one.rows)}</small>`,
      ];
    }),
  );
}

function pointsOf(difference: number): string {
  const points = Math.abs(100 * difference).toFixed(0);
  return points === '0' ? '±0' : `${difference < 0 ? '−' : '+'}${points}`;
}

function suitesBody({ cases, functionalities, rocAuc }: SuiteReport): string {
  const aucs = Object.entries(rocAuc)
    .filter(([, value]) => value !== null)
    .map(([category, value]) => `${escape(category)} ${decimal(value, 2)}`);
  const skipped = functionalities.reduce((sum, one) => sum + one.skipped, 0);
  const rows = functionalities.map((one) => {
    const share = one.passed.value ?? Number.NaN;
    const tone = one.passed.rows === 0 ? 'open' : share >= 0.5 ? 'good' : 'bad';
    return [
      `${escape(one.functionality)} <small>${escape(one.suite)}</small>`,
      one.types.join(', '),
      rate(one.passed),
      shareBar(one.passed, null, tone),
      String(one.passed.rows),
      one.blocked === 0 ? '' : String(one.blocked),
    ];
  });
  return `<p class="note">${thousands(cases)} cases of known outcome. MFT: a fixed label. INV: must be decided as the case that it varies. DIR: the probability must not move the wrong way by more than .1.${
    skipped > 0 ? ` ${skipped} cases ask for categories that the model does not have.` : ''
  } What counts is the comparison with the model before, not the share itself.</p>
<p class="note">ROC AUC over the cases with a fixed label, whose floor is .65: ${aucs.join(' · ')}</p>
${table(
  'Functional suites',
  [
    { name: 'functionality' },
    { name: 'type' },
    { name: 'passed', isNumber: true },
    { name: '0 to 1' },
    { name: 'cases', isNumber: true },
    { name: 'blocked in error', isNumber: true },
  ],
  rows,
)}`;
}

function fairnessBody({ category, data, templates, counterfactual, neutral }: FairnessReport): string {
  const gap = counterfactual.largest;
  return `<p class="note">Category ${escape(category)}. BPSN ranks harmless mentions of a group against hate elsewhere: low means over-blocking. BNSP ranks hate against the group over harmless rows elsewhere: low means missed hate. Over all groups the power mean (p = −5) lets the worst group count most.</p>
${qualityTable('On our own templates, which every group fills alike', templates)}
<p class="note">${neutral === null ? '' : `At the review threshold it takes ${percent(neutral.flagged.value)} of the harmless templates (${percent(neutral.flagged.low)} – ${percent(neutral.flagged.high)})${neutral.overall === null ? '' : `, and ${percent(neutral.overall.value)} of all harmless rows; twice that is the most`}. `}Swapping one group for another in the same harmless sentence moves the probability by ${decimal(counterfactual.mean)} on average${
    gap === null ? '' : `, at most by ${decimal(gap.gap)} (${escape(gap.groups[0])} and ${escape(gap.groups[1])})`
  }. Scored above the others: ${counterfactual.shifts
    .slice(0, 3)
    .map(({ group, shift }) => `${escape(group)} +${decimal(Math.max(0, shift))}`)
    .join(', ')}.</p>
${data === null ? '<p class="note">The evaluated rows name no group often enough.</p>' : qualityTable('On the evaluated rows', data)}`;
}

function qualityTable(title: string, quality: IdentityQuality): string {
  const { powerMeans } = quality;
  const rows = [...quality.groups]
    .sort((a, b) => (a.bpsn ?? 1) - (b.bpsn ?? 1))
    .map((one) => [
      escape(one.group),
      `${thousands(one.positives)} <small>of ${thousands(one.rows)}</small>`,
      decimal(one.subgroup),
      decimal(one.bpsn),
      shareBar({ value: one.bpsn, low: null, high: null }, 0.7, (one.bpsn ?? 1) < 0.7 ? 'bad' : 'good'),
      decimal(one.bnsp),
    ]);
  rows.push([
    'power mean',
    '',
    decimal(powerMeans.subgroup),
    decimal(powerMeans.bpsn),
    shareBar({ value: powerMeans.bpsn, low: null, high: null }, 0.7),
    decimal(powerMeans.bnsp),
  ]);
  return `<details open><summary>${escape(title)} <small>final score ${decimal(quality.final)}, ROC AUC ${decimal(quality.rocAuc)}</small></summary>${table(
    title,
    [
      { name: 'group' },
      { name: 'labelled yes', isNumber: true },
      { name: 'inside the group', isNumber: true },
      { name: 'BPSN', isNumber: true },
      { name: '0 to 1, .7 dashed' },
      { name: 'BNSP', isNumber: true },
    ],
    rows,
  )}</details>`;
}

function contaminationBody({ contamination }: EvaluationReport): string {
  if (contamination === null) return '<p>Not checked: nobody said what the model was trained on.</p>';
  const { checked, against, hits } = contamination;
  const words = `${thousands(checked)} rows were looked up among ${thousands(against)} training texts by MinHash, Jaccard similarity .8 and more.`;
  if (hits.length === 0) return `<p>${badge('good', 'clean')} ${words} None is a near-copy.</p>`;
  return `<p>${badge('bad', `${hits.length} near-copies`)} ${words}</p>
<details><summary>Their keys</summary>${table(
    'Near-copies',
    [{ name: 'row' }, { name: 'copy of' }],
    hits.map(({ key, copyOf }) => [escape(key), escape(copyOf)]),
  )}</details>`;
}
