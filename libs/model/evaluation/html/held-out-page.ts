import type { CategoriesReport } from '../evaluate-categories.js';
import { countNotes } from '../evaluate-dataset.js';
import { categorySections, intervalsFooter, notSaid, summaryOf } from './evaluation-page.js';
import { findingsOf } from './findings.js';
import { escape, renderPage, table } from './page.js';
import type { Section } from './page.js';

/** What a training says of rows that it held out. It names no time: the same training writes the same bytes. */
export interface HeldOutPage {
  readonly title: string;
  readonly subtitle: string;
  readonly facts: readonly (readonly [string, string])[];
  /** What a reader must know before believing a figure. */
  readonly notes: readonly string[];
  readonly report: CategoriesReport;
  readonly draws: number;
  /** Further tables, after what is known by category. */
  readonly tables: readonly HeldOutTable[];
}

export interface HeldOutTable {
  /** Letters only: its address on the page. */
  readonly id: string;
  readonly title: string;
  readonly words: string;
  /** The first column names, the others are numbers. */
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The quality that an artefact brings along, as a page for people. Counts, rates and scores; no text of the data. */
export function renderHeldOut({ title, subtitle, facts, notes, report, draws, tables }: HeldOutPage): string {
  const { categories } = report;
  const findings = findingsOf({ categories, slices: [], suites: null, fairness: null, contamination: null });
  return renderPage({
    title,
    subtitle,
    facts,
    summary: summaryOf(findings, [...notes, ...notSaid(countNotes(categories))]),
    sections: [...categorySections(report), ...tables.map(sectionOf)],
    footer: intervalsFooter(draws),
  });
}

function sectionOf({ id, title, words, headings, rows }: HeldOutTable): Section {
  const columns = headings.map((name, at) => ({ name, isNumber: at > 0 }));
  const cells = rows.map((row) => row.map(escape));
  return { id, title, body: `<p class="note">${escape(words)}</p>\n${table(title, columns, cells)}` };
}
