import type { CategoryComparison, ComparisonReport, Difference, Flip, SliceChange } from '../comparison-report.js';
import { signed } from '../compare-models.js';
import { rate, smallSlices, worthShowing } from './evaluation-page.js';
import { badge, decimal, escape, renderPage, table, thousands } from './page.js';
import type { Tone } from './page.js';
import { differenceBar } from './plots.js';

const outcomes = {
  BETTER: { tone: 'good', title: 'Better' },
  SAME: { tone: 'good', title: 'As good' },
  WORSE: { tone: 'bad', title: 'Worse' },
  UNDECIDED: { tone: 'open', title: 'Cannot tell' },
} as const;

/** Keys that are listed for one category and action; the JSON holds all of them. */
const mostFlips = 200;

/** A comparison as a page for people: the verdict with its reasons, then what it rests on. No text of the data. */
export function renderComparison(report: ComparisonReport): string {
  const { champion, challenger } = report;
  const { tone, title } = outcomes[report.outcome];
  const reasons = report.because.map((reason) => `<li>${escape(reason)}</li>`);
  const rows = report.evaluations.champion.rows.evaluated;
  return renderPage({
    title: `${challenger.name} ${challenger.modelId} against ${champion.modelId}`,
    subtitle: `The challenger against the champion ${champion.name} on ${thousands(rows)} labelled rows of ${report.datasetId}, split ${report.split}`,
    facts: [
      ['compared', new Date(report.evaluatedAt).toISOString().slice(0, 16).replace('T', ' ')],
      ['bootstrap draws, shared by both', thousands(report.evaluations.champion.settings.draws)],
      ['comparison', report.comparisonId],
    ],
    summary: `<section class="verdict ${tone}" aria-labelledby="summary"><h2 id="summary">${title}</h2>
<p>${report.outcome === 'UNDECIDED' ? 'Nobody can tell which one is better' : `The challenger is ${title.toLowerCase()}`}, because:</p><ul>${reasons.join('')}</ul>
${report.evaluations.challenger.notes.map(({ text }) => `<p class="note">${escape(text)}</p>`).join('')}</section>`,
    sections: [
      { id: 'differences', title: 'Differences', body: differencesBody(report) },
      { id: 'decisions', title: 'Decisions', body: decisionsBody(report.categories) },
      { id: 'slices', title: 'Slices', body: slicesBody(report) },
      ...(report.suites.length === 0 ? [] : [{ id: 'suites', title: 'Functional suites', body: suitesBody(report) }]),
      ...fairnessSection(report),
      { id: 'flips', title: 'Flips', body: flipsBody(report.flips) },
    ],
    footer: `<p>Both models are judged on the same rows with the same drawn weights, one for each near-duplicate group, so what they share cancels; intervals are 95 %. A category with 100 positives and more passes when the lower end of its difference is not below −.02.</p>`,
  });
}

function toneOf({ low, high }: Difference): Tone {
  if (low === null || high === null) return 'open';
  if (low > 0) return 'good';
  return high < 0 ? 'bad' : 'open';
}

/** Half the width of the plots: the widest interval, at least .05. */
function reachOf(differences: readonly Difference[]): number {
  const widest = Math.max(0.05, ...differences.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]));
  return Math.ceil(widest * 20) / 20;
}

const says = { good: 'better', bad: 'worse', open: 'cannot tell' } as const;

function differenceRow(
  name: string,
  positives: string,
  difference: Difference,
  reach: number,
  margin: number | null,
  gate: string,
): string[] {
  const tone = toneOf(difference);
  return [
    name,
    `${signed(difference.value)}<small class="under">${signed(difference.low)} to ${signed(difference.high)}${difference.wide ? ', wide' : ''}</small>`,
    differenceBar(difference, reach, margin, tone),
    badge(tone, says[tone]),
    `${decimal(difference.champion)} → ${decimal(difference.challenger)}`,
    positives,
    gate,
  ];
}

const gates = {
  PASSES: '<small>passes</small>',
  FAILS: '<small>a loss is possible</small>',
  REPORTED: '<small>too few</small>',
} as const;

function differencesBody({ categories, macro, macroCategories }: ComparisonReport): string {
  const shown = categories.filter(({ positives }) => positives > 0);
  const reach = reachOf([...shown.map(({ averagePrecision }) => averagePrecision), macro]);
  const rows = shown.map(({ category, positives, rows: all, averagePrecision, gate }) =>
    differenceRow(
      escape(category),
      `${thousands(positives)} <small>of ${thousands(all)}</small>`,
      averagePrecision,
      reach,
      gate.margin,
      gates[gate.finding],
    ),
  );
  rows.push(differenceRow(`macro&nbsp;<small>of&nbsp;${macroCategories.length}</small>`, '', macro, reach, 0.01, ''));
  return `<p class="note">Average precision, challenger less champion. Right of the line the challenger is better. The grey band is the loss that the gate still allows.</p>
${table(
  'Differences of average precision',
  [
    { name: 'category' },
    { name: 'difference', isNumber: true },
    { name: `−${reach.toFixed(2)} to +${reach.toFixed(2)}` },
    { name: 'finding' },
    { name: 'champion → challenger', isNumber: true },
    { name: 'labelled yes', isNumber: true },
    { name: 'gate' },
  ],
  rows,
)}`;
}

function decisionsBody(categories: readonly CategoryComparison[]): string {
  const rows = categories.flatMap(({ category, positives, decisions }) =>
    positives === 0
      ? []
      : decisions.map(({ action, onlyChampionRight, onlyChallengerRight, pValue, active }) => {
          const tone: Tone = pValue > 0.05 ? 'open' : onlyChallengerRight > onlyChampionRight ? 'good' : 'bad';
          return [
            `${escape(category)} <small>${action}</small>`,
            thousands(onlyChampionRight),
            thousands(onlyChallengerRight),
            pValue < 0.001 ? '&lt; .001' : decimal(pValue),
            badge(tone, says[tone]),
            active === null
              ? '–'
              : `${signed(active.difference, 4)} <small>${signed(active.low, 4)} to ${signed(active.high, 4)}</small>`,
          ];
        }),
  );
  if (rows.length === 0) return '<p>The models share no threshold.</p>';
  return `<p class="note">Rows that only one of them decides rightly, at each model’s own thresholds, with McNemar’s exact test. Where rows were drawn with a known probability, the last column says what share of all traffic the challenger decides better.</p>
${table(
  'Decisions',
  [
    { name: 'category and action' },
    { name: 'only the champion is right', isNumber: true },
    { name: 'only the challenger', isNumber: true },
    { name: 'p', isNumber: true },
    { name: 'finding' },
    { name: 'share of traffic', isNumber: true },
  ],
  rows,
)}`;
}

const sliceFindings = {
  WORSE: badge('bad', 'worse'),
  NOT_WORSE: badge('good', 'not worse'),
  TOO_FEW: badge('open', 'too few'),
} as const;

function slicesBody({ slices, categories }: ComparisonReport): string {
  const change = (one: SliceChange | null): string => {
    if (one?.difference == null) return '–';
    const tested =
      one.pValue === null ? '' : ` <small>p ${one.pValue < 0.001 ? '&lt; .001' : decimal(one.pValue, 2)}</small>`;
    const points = Math.round(Math.abs(100 * one.difference));
    return `${points === 0 ? '0' : `${one.difference < 0 ? '−' : '+'}${points}`} points${tested}`;
  };
  const shown = categories.filter(({ positives }) => positives > 0);
  const worse = (category: string): number =>
    slices.filter((one) => one.category === category && one.finding === 'WORSE').length;
  const open = [...shown].sort((a, b) => worse(b.category) - worse(a.category) || b.positives - a.positives)[0]
    ?.category;
  return `<p class="note">Worse: recall or specificity at the review thresholds fell by more than 5 points, and McNemar’s test, after Holm over all slices, says that this is no chance.</p>
${shown
  .map(({ category }) => {
    const own = slices.filter((one) => one.category === category && one.positives > 0);
    const reach = reachOf(worthShowing(own).map(({ averagePrecision }) => averagePrecision));
    const body = table(
      `Slices of ${category}`,
      [
        { name: 'slice' },
        { name: 'finding' },
        { name: 'recall', isNumber: true },
        { name: 'specificity', isNumber: true },
        { name: 'average precision', isNumber: true },
        { name: `−${reach.toFixed(2)} to +${reach.toFixed(2)}` },
        { name: 'labelled yes', isNumber: true },
      ],
      worthShowing(own).map((one) => [
        `${escape(one.value)}<small class="under">${one.by}</small>`,
        sliceFindings[one.finding],
        change(one.recall),
        change(one.specificity),
        signed(one.averagePrecision.value),
        differenceBar(one.averagePrecision, reach, null, toneOf(one.averagePrecision)),
        `${thousands(one.positives)} <small>of ${thousands(one.rows)}</small>`,
      ]),
    );
    return `<details${category === open ? ' open' : ''}><summary>${escape(category)} <small>${own.length} slices${worse(category) > 0 ? `, ${worse(category)} worse` : ''}</small></summary>${body}${smallSlices(own)}</details>`;
  })
  .join('\n')}`;
}

function suitesBody({ suites }: ComparisonReport): string {
  const tones = {
    WORSE: badge('bad', 'worse'),
    BETTER: badge('good', 'better'),
    SAME: '<small>no clear change</small>',
  } as const;
  return table(
    'Functional suites',
    [
      { name: 'functionality' },
      { name: 'champion passed', isNumber: true },
      { name: 'challenger passed', isNumber: true },
      { name: '−1 to +1' },
      { name: 'finding' },
    ],
    suites.map(({ suite, functionality, champion, challenger, difference, finding }) => [
      `${escape(functionality)} <small>${escape(suite)}</small>`,
      rate(champion),
      rate(challenger),
      differenceBar(
        { value: difference, low: null, high: null },
        1,
        0.05,
        finding === 'WORSE' ? 'bad' : finding === 'BETTER' ? 'good' : 'open',
      ),
      tones[finding],
    ]),
  );
}

function fairnessSection({ evaluations }: ComparisonReport): { id: string; title: string; body: string }[] {
  const before = evaluations.champion.fairness?.templates;
  const after = evaluations.challenger.fairness?.templates;
  if (before === undefined || after === undefined) return [];
  const rows = before.groups.map((one) => {
    const other = after.groups.find(({ group }) => group === one.group);
    const difference = (other?.bpsn ?? Number.NaN) - (one.bpsn ?? Number.NaN);
    const tone: Tone = difference < -0.02 ? 'bad' : difference > 0.02 ? 'good' : 'open';
    return {
      difference,
      cells: [
        escape(one.group),
        decimal(one.bpsn),
        decimal(other?.bpsn),
        differenceBar(
          { value: Number.isFinite(difference) ? difference : null, low: null, high: null },
          0.25,
          0.02,
          tone,
        ),
      ],
    };
  });
  rows.sort((a, b) => a.difference - b.difference);
  const body = `<p class="note">BPSN on our own templates, the groups that lost most first. Final score ${decimal(before.final)} before, ${decimal(after.final)} now.</p>
${table(
  'BPSN by group',
  [
    { name: 'group' },
    { name: 'champion', isNumber: true },
    { name: 'challenger', isNumber: true },
    { name: '−0.25 to +0.25' },
  ],
  rows.map(({ cells }) => cells),
)}`;
  return [{ id: 'fairness', title: 'Identity fairness', body }];
}

function flipsBody(flips: readonly Flip[]): string {
  if (flips.length === 0) return '<p>Both models decide every row alike.</p>';
  const by = new Map<string, Flip[]>();
  for (const flip of flips) {
    const name = `${flip.category}, ${flip.action}`;
    by.set(name, [...(by.get(name) ?? []), flip]);
  }
  const words = { FLAGS: 'now taken', RELEASES: 'now passes' } as const;
  return `<p class="note">Rows that they decide differently, by key. Right now: what the challenger does agrees with the label.</p>
${[...by]
  .map(([name, all]) => {
    const right = all.filter(({ direction, label }) => (direction === 'FLAGS') === (label === 1)).length;
    const listed = all.slice(0, mostFlips);
    const rows = listed.map(({ key, direction, label }) => [
      escape(key),
      words[direction],
      label === 1 ? 'yes' : 'no',
      (direction === 'FLAGS') === (label === 1) ? badge('good', 'right now') : badge('bad', 'wrong now'),
    ]);
    const rest = all.length > listed.length ? `<p class="note">The first ${listed.length} of ${all.length}.</p>` : '';
    return `<details><summary>${escape(name)} <small>${thousands(all.length)} rows, ${thousands(right)} right now</small></summary>${table(
      `Flips of ${name}`,
      [{ name: 'row' }, { name: 'change' }, { name: 'labelled' }, { name: '' }],
      rows,
    )}${rest}</details>`;
  })
  .join('\n')}`;
}
