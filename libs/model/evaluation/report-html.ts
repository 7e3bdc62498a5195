import type { CategoryEvaluation, Evaluation } from './evaluate.js';
import { fixed } from './report-table.js';

export interface ReportHead {
  readonly title: string;
  readonly subtitle: string;
  /** Facts under the title, as name and value. */
  readonly facts: readonly (readonly [string, string])[];
  /** Paragraphs before the table. */
  readonly notes: readonly string[];
}

const style = `
:root { color-scheme: light dark; --paper: #fbfaf7; --card: #ffffff; --ink: #1d2430; --soft: #667085; --line: #e4e2dc;
  --grid: #eeece6; --accent: #0f766e; --accent-soft: #0f766e22; --warm: #c2410c; --warm-soft: #c2410c2e; --mark: #a16207; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --card: #1a2028; --ink: #e6e9ee; --soft: #98a2b3;
  --line: #2c343f; --grid: #242b35; --accent: #2dd4bf; --accent-soft: #2dd4bf26; --warm: #fb923c; --warm-soft: #fb923c33; --mark: #facc15; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 20px 64px; }
h1 { font-size: 27px; line-height: 1.2; margin: 0; letter-spacing: -.02em; }
h2 { font-size: 18px; margin: 40px 0 12px; letter-spacing: -.01em; }
.lead { color: var(--soft); margin: 6px 0 20px; }
dl { display: flex; flex-wrap: wrap; gap: 10px 32px; margin: 0 0 20px; }
dt { color: var(--soft); font-size: 12px; } dd { margin: 0; font-variant-numeric: tabular-nums; }
p { max-width: 76ch; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 4px 16px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { font-size: 12px; font-weight: 600; color: var(--soft); text-align: right; padding: 10px 8px 6px; white-space: nowrap; }
td { text-align: right; padding: 7px 8px; border-top: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; font-weight: 600; padding-left: 0; }
tr.macro td { border-top: 2px solid var(--line); }
.wide { color: var(--mark); font-size: 12px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); gap: 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px 10px; }
.card h3 { margin: 0; font-size: 16px; } .card p { margin: 2px 0 8px; color: var(--soft); font-size: 13px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 10px system-ui, sans-serif; }
.grid { stroke: var(--grid); } .axis { stroke: var(--line); }
.base { stroke: var(--soft); stroke-dasharray: 3 3; } .curve { fill: none; stroke: var(--accent); stroke-width: 1.8; stroke-linejoin: round; }
.area { fill: var(--accent-soft); } .range { stroke: var(--accent); stroke-width: 5; stroke-linecap: round; opacity: .35; }
.point { fill: var(--accent); } .whisker { stroke: var(--warm); stroke-opacity: .55; } .bin { fill: var(--warm); }
footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
`;

/**
 * One self-contained page: no script, nothing from elsewhere, readable in light and dark. It shows counts, rates and
 * scores only; no text of the data.
 */
export function renderReport(head: ReportHead, evaluation: Evaluation): string {
  const facts = head.facts.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(head.title)}</title><style>${style}</style></head><body><main>
<h1>${escape(head.title)}</h1><p class="lead">${escape(head.subtitle)}</p><dl>${facts.join('')}</dl>
${head.notes.map((note) => `<p>${escape(note)}</p>`).join('\n')}
<h2>Average precision by category</h2>
<div class="scroll"><table><thead><tr><th>category</th><th>positives / rows</th><th>average precision</th><th>95 % interval</th>
<th aria-label="interval"></th><th>ROC AUC</th><th>Brier</th><th>ECE</th><th>slope</th></tr></thead><tbody>
${evaluation.categories.map(tableRow).join('\n')}
${macroRow(evaluation)}</tbody></table></div>
<p class="lead">The dashed mark is the prevalence: what a model without any skill would reach. <span class="wide">wide</span>
marks intervals from fewer than 30 positives.</p>
<h2>Curves</h2><div class="cards">
${evaluation.categories
  .filter(({ positives }) => positives > 0)
  .map(card)
  .join('\n')}
</div><footer>Intervals: percentile bootstrap, Poisson weights per near-duplicate group. Reliability: 15 bins of equal mass,
Wilson 95 % intervals. ${escape(String(evaluation.rows))} rows in ${escape(String(evaluation.groups))} near-duplicate groups.</footer>
</main></body></html>
`;
}

function tableRow(one: CategoryEvaluation): string {
  const { low, high, wide } = one.averagePrecisionInterval;
  return `<tr><td>${escape(one.category)}</td><td>${one.positives} / ${one.rows}</td><td>${fixed(one.averagePrecision)}</td>
<td>${fixed(low)} – ${fixed(high)}${wide ? ' <span class="wide">wide</span>' : ''}</td>
<td>${intervalBar(low, high, one.averagePrecision, one.prevalence)}</td><td>${fixed(one.rocAuc)}</td>
<td>${fixed(one.reliability.brier)}</td><td>${fixed(one.reliability.adaptiveEce)}</td><td>${fixed(one.reliability.slope, 2)}</td></tr>`;
}

function macroRow({ macro, macroInterval: { low, high } }: Evaluation): string {
  return `<tr class="macro"><td>macro</td><td></td><td>${fixed(macro)}</td><td>${fixed(low)} – ${fixed(high)}</td>
<td>${intervalBar(low, high, macro, undefined)}</td><td></td><td></td><td></td><td></td></tr>`;
}

function intervalBar(low: number, high: number, value: number, baseline: number | undefined): string {
  if (![low, high, value].every(Number.isFinite)) return '';
  const at = (share: number): string => (4 + 172 * share).toFixed(1);
  const mark =
    baseline === undefined ? '' : `<line class="base" x1="${at(baseline)}" x2="${at(baseline)}" y1="1" y2="17"/>`;
  return `<svg viewBox="0 0 180 18" style="width:180px" role="img" aria-label="${fixed(value)}">
<line class="grid" x1="4" x2="176" y1="9" y2="9"/>${mark}
<line class="range" x1="${at(low)}" x2="${at(high)}" y1="9" y2="9"/><circle class="point" cx="${at(value)}" cy="9" r="4"/></svg>`;
}

const plot = { left: 30, top: 16, size: 180, width: 220, height: 230 };

function x(share: number): string {
  return (plot.left + plot.size * share).toFixed(1);
}

function y(share: number): string {
  return (plot.top + plot.size * (1 - share)).toFixed(1);
}

function frame(horizontal: string, vertical: string, inside: string): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const grid = ticks.map(
    (tick) => `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${y(0)}" y2="${y(1)}"/>
<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}"/>`,
  );
  const labels = [0, 0.5, 1].map(
    (tick) => `<text x="${x(tick)}" y="${plot.top + plot.size + 14}" text-anchor="middle">${tick}</text>
<text x="${plot.left - 5}" y="${(Number(y(tick)) + 3).toFixed(1)}" text-anchor="end">${tick}</text>`,
  );
  return `<svg viewBox="0 0 ${plot.width} ${plot.height}" role="img" aria-label="${vertical} by ${horizontal}">${grid.join('')}${labels.join('')}
${inside}<text x="${x(0.5)}" y="${plot.height - 4}" text-anchor="middle">${horizontal}</text>
<text x="${plot.left + 4}" y="${plot.top - 5}">${vertical}</text></svg>`;
}

function card(one: CategoryEvaluation): string {
  const points = [{ recall: 0, precision: one.curve[0]?.precision ?? 0 }, ...one.curve];
  // Average precision is a sum of steps, so the curve is drawn as steps.
  let path = `M${x(0)} ${y(points[0]?.precision ?? 0)}`;
  for (const { recall, precision } of points.slice(1)) path += `V${y(precision)}H${x(recall)}`;
  const baseline = `<line class="base" x1="${x(0)}" x2="${x(1)}" y1="${y(one.prevalence)}" y2="${y(one.prevalence)}"/>`;
  const ranking = frame(
    'recall',
    'precision',
    `<path class="area" d="${path}V${y(0)}H${x(0)}Z"/>${baseline}<path class="curve" d="${path}"/>`,
  );
  const bins = one.reliability.bins.map(
    ({ meanScore, rate, low, high }) =>
      `<line class="whisker" x1="${x(meanScore)}" x2="${x(meanScore)}" y1="${y(low)}" y2="${y(high)}"/>
<circle class="bin" cx="${x(meanScore)}" cy="${y(rate)}" r="3"/>`,
  );
  const diagonal = `<line class="base" x1="${x(0)}" x2="${x(1)}" y1="${y(0)}" y2="${y(1)}"/>`;
  const reliability = frame('calibrated probability', 'observed rate', `${diagonal}${bins.join('')}`);
  return `<section class="card"><h3>${escape(one.category)}</h3><p>${summary(one)}</p>
<div class="pair">${ranking}${reliability}</div></section>`;
}

function summary(one: CategoryEvaluation): string {
  const parts = [`AP ${fixed(one.averagePrecision)}, prevalence ${fixed(one.prevalence)}`];
  for (const [name, point] of [
    ['block', one.block],
    ['review', one.review],
  ] as const) {
    if (point !== undefined) {
      parts.push(
        `${name} from ${fixed(point.threshold, 2)}: precision ${fixed(point.precision, 2)}, recall ${fixed(point.recall, 2)}`,
      );
    }
  }
  return parts.join(' · ');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
