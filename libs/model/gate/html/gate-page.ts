import { badge, decimal, escape, percent, renderPage, table, thousands } from '../../evaluation/html/page.js';
import type { Section, Tone } from '../../evaluation/html/page.js';
import { differenceBar } from '../../evaluation/html/plots.js';
import { boundWords, figureText } from '../check-row.js';
import type { CheckFinding, GateCheck, GateCheckName } from '../gate-check.js';
import { aboutOf, coverText, dayOf, upperFirst } from '../check-words.js';
import { rangeText } from '../gate-tables.js';
import type { GateReport } from '../gate-report.js';
import { judgedValue, summariseChecks } from '../summarise-checks.js';
import type { CheckSummary } from '../summarise-checks.js';
import type { ChannelDiff, FlipCounts, LogitMove, VerdictDiff } from '../verdict-diff.js';

const outcomes = {
  PASSED: { tone: 'good', title: 'The gate is open', sentence: 'The challenger may go on to the canary.' },
  REJECTED: { tone: 'bad', title: 'The gate stays shut', sentence: 'The challenger is rejected:' },
  OVERRIDDEN: {
    tone: 'open',
    title: 'Opened by hand',
    sentence: 'Not all checks hold; somebody took it on themselves:',
  },
} as const;

const titles: Readonly<Record<GateCheckName, string>> = {
  quality: 'Quality',
  'operating-point': 'Operating point',
  calibration: 'Calibration',
  slices: 'Slices',
  fairness: 'Fairness',
  functional: 'Functional suites',
  robustness: 'Robustness',
  contamination: 'Contamination',
  serving: 'Serving',
  flips: 'Flips',
};

const asked: Readonly<Record<GateCheckName, string>> = {
  quality: 'Does it rank at least as well, on the frozen gold set and on the fresh audit slice?',
  'operating-point':
    'Do the thresholds that would be deployed keep what the policy promises, and take as much as before?',
  calibration: 'Can its probabilities be taken at their word?',
  slices: 'Does any part of the traffic pay for a gain elsewhere?',
  fairness: 'Are harmless mentions of groups left alone?',
  functional: 'Does it still do what the suites demand?',
  robustness: 'Does it withstand attacks?',
  contamination: 'Has it seen the rows that it is judged on?',
  serving: 'Is its file fast, small and right at work?',
  flips: 'Whose verdicts would change, in a stored window of the stream?',
};

const shown: Readonly<Record<CheckFinding, { readonly tone: Tone; readonly words: string }>> = {
  PASSES: { tone: 'good', words: 'passes' },
  FAILS: { tone: 'bad', words: 'fails' },
  REPORTED: { tone: 'open', words: 'reported' },
  NOT_RUN: { tone: 'open', words: 'not run' },
};

/** Passing and reported rows beyond which a check's table is folded. */
const mostOpenRows = 14;
const mostMoves = 50;

/** A decision of the gate as a page for people. `diff` is the replay that it rests on. Figures, names and keys; no text of the data. */
export function renderGate(report: GateReport, diff: VerdictDiff | null = null): string {
  const { challenger, champion, channel, policy, evidence } = report;
  const { tone, title, sentence } = outcomes[report.outcome];
  const reasons = report.because.map((reason) => `<li>${escape(reason)}</li>`).join('');
  const summaries = summariseChecks(report.checks);
  const own = diff?.channels.find((one) => one.channel === channel);
  return renderPage({
    title: `Gate: ${challenger.name} ${challenger.modelId} for ${channel}`,
    subtitle: `${report.kind === 'MODEL' ? 'The model' : 'The calibration'} against the champion ${champion.name} ${champion.modelId}, under the policy ${policy.policyId} version ${policy.version}`,
    facts: [
      ['decided', minuteOf(report.decidedAt)],
      ...(report.validUntil === null ? [] : [['holds until', minuteOf(report.validUntil)] as const]),
      ['trained on', report.datasetId ?? 'not known'],
      [
        'gold set',
        evidence.gold === null ? 'none' : `${evidence.gold.datasetId}, ${thousands(evidence.gold.rows)} rows`,
      ],
      ['audit slice', evidence.audit === null ? 'none' : `${thousands(evidence.audit.rows)} rows`],
      ['replayed', evidence.replay === null ? 'nothing' : `${thousands(evidence.replay.items)} contents`],
      ['seeds', [report.seeds.training, report.seeds.gold, report.seeds.audit].map((one) => one ?? '–').join(', ')],
      ['release', report.release],
      ['code', report.codeSha.slice(0, 12)],
      ['margins', report.settingsId],
      ['decision', report.gateId],
    ],
    summary: `<section class="verdict ${tone}" aria-labelledby="summary"><h2 id="summary">${title}</h2>
<p>${sentence}</p><ul>${reasons}</ul></section>`,
    sections: [
      { id: 'checks', title: 'All checks', body: checksBody(summaries) },
      ...overridesSection(report),
      ...summaries.map((summary): Section => ({
        id: summary.check,
        title: titles[summary.check],
        body: checkBody(
          summary,
          report.checks.filter(({ check }) => check === summary.check),
        ),
      })),
      ...(own === undefined ? [] : [{ id: 'replay', title: 'Replay', body: replayBody(own) }]),
    ],
    footer:
      '<p>All checks must hold, on both sets. A figure is reported where too few labels or contents stand behind it to demand anything; intervals are 95 %. A check that was not run keeps the gate shut, unless the margins let it be missing.</p>',
  });
}

function minuteOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '–' : date.toISOString().slice(0, 16).replace('T', ' ');
}

function badgeOf({ finding, counts }: CheckSummary): string {
  if (finding === 'FAILS' && counts.blocking === 0) return badge('open', 'overridden');
  const { tone, words } = shown[finding];
  return badge(finding === 'NOT_RUN' && counts.blocking > 0 ? 'bad' : tone, words);
}

function checksBody(summaries: readonly CheckSummary[]): string {
  const rows = summaries.map((summary) => {
    const { check, counts, nearest } = summary;
    return [
      `<a href="#${check}">${titles[check]}</a>`,
      badgeOf(summary),
      thousands(counts.passes),
      counts.fails > 0 ? `<strong>${thousands(counts.fails)}</strong>` : '0',
      thousands(counts.all - counts.passes - counts.fails),
      nearest === null ? '–' : `${escape(aboutOf(nearest))} <small>${nearest.on.toLowerCase()}</small>`,
      nearest === null ? '–' : judgedText(nearest),
      nearest === null ? '–' : limitText(nearest),
    ];
  });
  return table(
    'Findings by check',
    [
      { name: 'check' },
      { name: 'finding' },
      { name: 'hold', isNumber: true },
      { name: 'fail', isNumber: true },
      { name: 'not judged', isNumber: true },
      { name: 'worst, or nearest to its limit' },
      { name: 'judged', isNumber: true },
      { name: 'limit', isNumber: true },
    ],
    rows,
  );
}

function judgedText(row: GateCheck): string {
  const end = { figure: '', low: ' <small>lower end</small>', high: ' <small>upper end</small>' }[row.judgedBy];
  return `${figureText(judgedValue(row))}${end}`;
}

function limitText({ bound, limit }: GateCheck): string {
  if (bound === null || limit === null) return '–';
  return `${boundWords[bound]}${bound === 'WITHIN' ? '' : ' '}${figureText(limit)}`;
}

const columns = [
  { name: 'about, and why' },
  { name: 'finding' },
  { name: 'figure', isNumber: true },
  { name: 'limit', isNumber: true },
  { name: '95 %', isNumber: true },
  { name: 'champion → challenger', isNumber: true },
];

/** Narrower, the reason would be a column of single words. */
const reasonStyle = 'min-width:min(15em,40vw)';
const keysStyle = 'min-width:17em;white-space:normal';

function rowCells(row: GateCheck): string[] {
  const isPair = row.champion !== null || row.challenger !== null;
  return [
    `<div style="${reasonStyle}">${escape(aboutOf(row))} <small>${row.on.toLowerCase()}<br>${escape(upperFirst(row.why))}.</small></div>`,
    findingBadge(row),
    figureText(row.figure),
    limitText(row),
    rangeText(row),
    isPair ? `${figureText(row.champion)} → ${figureText(row.challenger)}` : '–',
  ];
}

function findingBadge({ finding, blocks, overrideId }: GateCheck): string {
  if (overrideId !== null) return badge('open', 'overridden');
  const { tone, words } = shown[finding];
  return badge(blocks ? 'bad' : tone, words);
}

function checkBody({ check }: CheckSummary, rows: readonly GateCheck[]): string {
  const rules = [...new Set(rows.filter(({ finding }) => finding !== 'REPORTED').map(({ rule }) => rule))];
  const order: readonly CheckFinding[] = ['FAILS', 'NOT_RUN', 'PASSES', 'REPORTED'];
  const sorted = order.flatMap((finding) => rows.filter((row) => row.finding === finding));
  const isLong = sorted.length > mostOpenRows;
  const first = isLong ? sorted.filter(({ finding }) => finding === 'FAILS' || finding === 'NOT_RUN') : sorted;
  const rest = sorted.filter((row) => !first.includes(row));
  const open = first.length === 0 ? '' : table(`Figures of ${titles[check]}`, columns, first.map(rowCells));
  const folded =
    rest.length === 0
      ? ''
      : `<details><summary>${first.length === 0 ? '' : 'Also '}${thousands(rest.length)} figures <small>that hold, or are only reported</small></summary>${table(
          `Further figures of ${titles[check]}`,
          columns,
          rest.map(rowCells),
        )}</details>`;
  const demands = `<p class="note">${rules.map((rule) => `${escape(upperFirst(rule))}.`).join(' ')}</p>`;
  return `<p>${asked[check]}</p>${rules.length === 0 || rules.length > 6 ? '' : demands}${open}${folded}`;
}

function personCell(by: string, reason: string): string {
  const why = reason.trim() === '' ? '' : `<br><small>${escape(reason)}</small>`;
  return `<div style="${reasonStyle}">${escape(by)}${why}</div>`;
}

function overridesSection({ overrides, refusedOverrides }: GateReport): Section[] {
  if (overrides.length === 0 && refusedOverrides.length === 0) return [];
  const rows = [
    ...overrides.map(({ by, expiresAt, covers, opens, reason }) => [
      personCell(by, reason),
      badge('open', opens > 0 ? `opens ${opens}` : 'not needed'),
      dayOf(expiresAt),
      escape(covers.map(coverText).join(', ')),
    ]),
    ...refusedOverrides.map(({ by, words, reason }) => [
      personCell(by, reason),
      badge('bad', 'refused'),
      '–',
      `<small>${escape(words)}</small>`,
    ]),
  ];
  const body = table(
    'Overrides and their effect',
    [{ name: 'by, and why' }, { name: 'effect' }, { name: 'until' }, { name: 'covers' }],
    rows,
  );
  return [{ id: 'overrides', title: 'Overrides', body }];
}

function replayBody(diff: ChannelDiff): string {
  const { verdict } = diff;
  const any = `${percent(verdict.any.share, 2)} of ${thousands(verdict.items)} verdicts would change (${percent(verdict.any.low, 2)} to ${percent(verdict.any.high, 2)})`;
  const failed = diff.failed > 0 ? ` ${thousands(diff.failed)} contents the challenger could not judge.` : '';
  return `<p>${any}: ${thousands(verdict.stricter.flips)} become stricter, ${thousands(verdict.gentler.flips)} gentler.${failed}</p>
${table(
  'Flips by category',
  [
    { name: 'category' },
    { name: 'taken before → now', isNumber: true },
    { name: 'stricter', isNumber: true },
    { name: 'gentler', isNumber: true },
    { name: 'score PSI', isNumber: true },
  ],
  [['all', verdict, null] as const, ...diff.categories.map((own) => [own.category, own, own.shift] as const)].map(
    ([name, counts, shift]) => [
      escape(name),
      `${thousands(counts.flagged.champion)} → ${thousands(counts.flagged.candidate)}`,
      thousands(counts.stricter.flips),
      thousands(counts.gentler.flips),
      decimal(shift?.psi, 3),
    ],
  ),
)}
<h3>By kind, with examples</h3>${kindsTable(diff)}
<h3>By slice</h3>${slicesTable(diff)}
<h3>Largest moves of logits</h3>${movesBody('Up', diff.moves.up)}${movesBody('Down', diff.moves.down)}`;
}

function kindsTable({ verdict, categories }: ChannelDiff): string {
  const rowsOf = (name: string, { kinds }: FlipCounts): string[][] =>
    kinds.map(({ from, to, flips, examples }) => [
      escape(name),
      `${from.toLowerCase()} → ${to.toLowerCase()}`,
      thousands(flips),
      `<div style="${keysStyle}"><small>${examples.map(escape).join(', ')}</small></div>`,
    ]);
  return table(
    'Flips by kind',
    [{ name: 'category' }, { name: 'change' }, { name: 'flips', isNumber: true }, { name: 'for example' }],
    [...rowsOf('all', verdict), ...categories.flatMap((own) => rowsOf(own.category, own))],
  );
}

function slicesTable({ slices, verdict }: ChannelDiff): string {
  const all = (verdict.any.share ?? 0) || 1;
  const rows = slices.map(({ by, value, items, stricter, gentler, categories }) => {
    const share = items > 0 ? (stricter.flips + gentler.flips) / items : 0;
    const most = categories.slice(0, 3).map((one) => `${one.category} ${thousands(one.stricter + one.gentler)}`);
    return [
      `${escape(value === '' ? 'unknown' : value)} <small>${by}</small>`,
      thousands(items),
      thousands(stricter.flips),
      thousands(gentler.flips),
      percent(share, 2),
      `${decimal(share / all, 1)}×`,
      `<small>${escape(most.join(', '))}</small>`,
    ];
  });
  return table(
    'Flips by slice',
    [
      { name: 'slice' },
      { name: 'contents', isNumber: true },
      { name: 'stricter', isNumber: true },
      { name: 'gentler', isNumber: true },
      { name: 'share', isNumber: true },
      { name: 'of the whole', isNumber: true },
      { name: 'most in' },
    ],
    rows,
  );
}

function movesBody(name: string, moves: readonly LogitMove[]): string {
  if (moves.length === 0) return '';
  const reach = Math.max(1, Math.ceil(Math.abs(moves[0]?.difference ?? 1)));
  const rows = moves
    .slice(0, mostMoves)
    .map(({ key, category, champion, candidate, difference }) => [
      escape(key),
      escape(category),
      `${decimal(champion, 2)} → ${decimal(candidate, 2)}`,
      differenceBar({ value: difference, low: null, high: null }, reach, null, 'open'),
    ]);
  return `<details><summary>${name} <small>${thousands(moves.length)} contents</small></summary>${table(
    `${name}: largest moves of logits`,
    [{ name: 'content' }, { name: 'category' }, { name: 'logit', isNumber: true }, { name: `−${reach} to +${reach}` }],
    rows,
  )}</details>`;
}
