/** A part of a page: an entry of the table of contents and what stands under it. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly facts: readonly (readonly [string, string])[];
  /** Stands above everything: what to take away. */
  readonly summary: string;
  readonly sections: readonly Section[];
  readonly footer: string;
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function decimal(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export function percent(value: number | null | undefined, digits = 0): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : `${(100 * value).toFixed(digits)} %`;
}

export function thousands(value: number): string {
  return value.toLocaleString('en-GB');
}

export type Tone = 'good' | 'bad' | 'open';

/** Words in a coloured frame; the words alone say it as well. */
export function badge(tone: Tone, words: string): string {
  return `<span class="badge ${tone}">${escape(words)}</span>`;
}

export interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** A table in a frame that scrolls by itself where the page is narrow. Cells are HTML. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const classOf = (at: number): string => (columns[at]?.isNumber === true ? ' class="n"' : '');
  const head = columns.map(({ name }, at) => `<th scope="col"${classOf(at)}>${escape(name)}</th>`).join('');
  const body = rows
    .map((cells) => {
      const [first = '', ...rest] = cells;
      return `<tr><th scope="row">${first}</th>${rest.map((cell, i) => `<td${classOf(i + 1)}>${cell}</td>`).join('')}</tr>`;
    })
    .join('\n');
  return `<div class="frame" role="region" aria-label="${escape(caption)}" tabindex="0"><table>
<caption>${escape(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

const style = `
:root { color-scheme: light dark; --paper: #faf9f6; --card: #ffffff; --ink: #1b2230; --soft: #5d6778; --line: #e2dfd8; --grid: #eeece6;
  --accent: #0f766e; --tint: #0f766e1f; --warm: #b93c0a; --warm-tint: #b93c0a1a; --plum: #6d3fa8; --mark: #8a5a00; --mark-tint: #c98a0022; }
@media (prefers-color-scheme: dark) { :root { --paper: #11151b; --card: #191f27; --ink: #e7eaef; --soft: #a0aaba; --line: #2d3540;
  --grid: #262d37; --accent: #2dd4bf; --tint: #2dd4bf24; --warm: #fb923c; --warm-tint: #fb923c24; --plum: #c4a3f5; --mark: #facc15; --mark-tint: #facc1522; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; } @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', sans-serif; }
a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -9999px; } .skip:focus { left: 12px; top: 12px; background: var(--card); padding: 8px 12px; z-index: 1; }
.page { max-width: 1240px; margin: 0 auto; padding: 36px 24px 72px; display: grid; grid-template-columns: 190px minmax(0, 1fr); gap: 0 44px; }
header { grid-column: 1 / -1; border-bottom: 1px solid var(--line); padding-bottom: 22px; margin-bottom: 26px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { font-size: 20px; margin: 44px 0 4px; letter-spacing: -.01em; scroll-margin-top: 12px; } h3 { font-size: 16px; margin: 0; }
.sub { color: var(--soft); margin: 4px 0 18px; } p { max-width: 74ch; margin: 8px 0; } .note { color: var(--soft); font-size: 13.5px; }
dl { display: flex; flex-wrap: wrap; gap: 10px 34px; margin: 0; } dt { color: var(--soft); font-size: 12.5px; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
nav { position: sticky; top: 20px; align-self: start; font-size: 14px; } nav ol { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 4px 10px; margin-left: -10px; border-radius: 6px; text-decoration: none; color: var(--soft); }
nav a:hover { color: var(--ink); background: var(--grid); }
main > :first-child h2, main > h2:first-child { margin-top: 0; }
.verdict { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--soft); border-radius: 12px; padding: 18px 22px; }
.verdict.good { border-left-color: var(--accent); } .verdict.bad { border-left-color: var(--warm); } .verdict.open { border-left-color: var(--mark); }
.verdict h2 { margin: 0 0 6px; font-size: 22px; } .verdict ul { margin: 8px 0 0; padding-left: 20px; } .verdict li { margin: 4px 0; max-width: 78ch; }
.points { list-style: none; padding: 0 !important; } .points li { display: grid; grid-template-columns: 96px 1fr; gap: 12px; align-items: baseline; }
.badge { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: 12.5px; font-weight: 600; white-space: nowrap; justify-self: start; }
.badge.good { background: var(--tint); color: var(--accent); } .badge.bad { background: var(--warm-tint); color: var(--warm); }
.badge.open { background: var(--mark-tint); color: var(--mark); }
.frame { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 4px 18px 8px; margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
thead th { font-size: 12.5px; font-weight: 600; color: var(--soft); text-align: left; padding: 10px 14px 6px 0; white-space: nowrap; vertical-align: bottom; }
tbody th { text-align: left; font-weight: 600; padding: 7px 14px 7px 0; border-top: 1px solid var(--line); }
td { padding: 7px 14px 7px 0; border-top: 1px solid var(--line); white-space: nowrap; } .n { text-align: right; }
tbody th small, td small { font-weight: 400; color: var(--soft); font-size: 12.5px; } small.under { display: block; line-height: 1.3; }
td { line-height: 1.4; vertical-align: middle; } tbody th { vertical-align: middle; line-height: 1.4; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(440px, 100%), 1fr)); gap: 16px; margin: 14px 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px 12px; }
.card p { margin: 3px 0 8px; color: var(--soft); font-size: 13.5px; } .card .heading { display: flex; gap: 10px; align-items: baseline; justify-content: space-between; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; } @media (max-width: 420px) { .pair { grid-template-columns: 1fr; } }
details { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 4px 18px; margin: 10px 0; }
details .frame { border: 0; padding: 0; } summary { cursor: pointer; padding: 8px 0; font-weight: 600; } summary small { font-weight: 400; color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; margin: 8px 0; padding: 0; list-style: none; }
.legend svg { width: 22px; height: 12px; display: inline-block; vertical-align: -1px; margin-right: 5px; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
svg.bar { width: 150px; } .grid { stroke: var(--grid); } .axis { stroke: var(--line); } .zero { stroke: var(--soft); }
.base { stroke: var(--soft); stroke-dasharray: 3 3; } .curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
.area { fill: var(--tint); } .range { stroke: var(--accent); stroke-width: 5; stroke-linecap: round; opacity: .4; } .point { fill: var(--accent); }
.range.bad { stroke: var(--warm); } .point.bad { fill: var(--warm); } .range.open { stroke: var(--soft); } .point.open { fill: var(--soft); }
.margin { fill: var(--grid); } .whisker { stroke: var(--warm); stroke-opacity: .55; } .bin { fill: var(--warm); } .top { fill: var(--card); stroke: var(--warm); stroke-width: 1.5; }
.review { fill: var(--plum); } .block { fill: var(--warm); } .yes { fill: var(--accent); opacity: .85; } .no { fill: var(--soft); opacity: .45; }
footer { grid-column: 1 / -1; margin-top: 44px; border-top: 1px solid var(--line); padding-top: 14px; color: var(--soft); font-size: 13.5px; }
footer p { max-width: 96ch; }
@media (max-width: 860px) { .page { grid-template-columns: minmax(0, 1fr); padding: 22px 16px 56px; } nav { position: static; margin-bottom: 22px; }
  nav ol { display: flex; flex-wrap: wrap; gap: 2px 4px; } nav a { margin: 0; background: var(--grid); } .points li { grid-template-columns: 1fr; gap: 2px; }
  .verdict { padding: 16px; } .frame { padding: 4px 12px 8px; } svg.bar { width: 96px; }
  tbody th, thead th:first-child { position: sticky; left: 0; background: var(--card); } tbody th { min-width: 84px; max-width: 44vw; overflow-wrap: break-word; } }
@media print { nav { display: none; } .page { display: block; } .card, .frame { break-inside: avoid; } }
`;

/** One self-contained page: no script, nothing from elsewhere, readable in light and dark, narrow and wide. */
export function renderPage(page: Page): string {
  const facts = page.facts.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`);
  const entries = [{ id: 'summary', title: 'In short' }, ...page.sections];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(page.title)}</title><style>${style}</style></head><body><a class="skip" href="#summary">To the summary</a><div class="page">
<header><h1>${escape(page.title)}</h1><p class="sub">${escape(page.subtitle)}</p><dl>${facts.join('')}</dl></header>
<nav aria-label="Contents"><ol>${entries.map(({ id, title }) => `<li><a href="#${id}">${escape(title)}</a></li>`).join('')}</ol></nav>
<main>${page.summary}
${page.sections.map(({ id, title, body }) => `<section aria-labelledby="${id}"><h2 id="${id}">${escape(title)}</h2>\n${body}</section>`).join('\n')}
</main><footer>${page.footer}</footer></div></body></html>
`;
}
