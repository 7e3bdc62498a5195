import type { GateCheck } from './gate-check.js';

const abbreviations = /\b(?:bpsn|roc auc|psi)\b/g;

/** The name of a measure in words. */
export function measureText(measure: string): string {
  return measure.replaceAll('-', ' ').replace(abbreviations, (one) => one.toUpperCase());
}

/** Measure, category and subject of a row. */
export function aboutOf({ measure, category, subject }: GateCheck): string {
  return [measureText(measure), category, subject].filter((one) => one !== null).join(', ');
}

/** What a row is about, as the beginning of a sentence. */
export function subjectOf({ check, measure, on, category, subject }: GateCheck): string {
  const about = [category, subject].filter((one) => one !== null).join(', ');
  return `${upperFirst(check.replaceAll('-', ' '))}, ${measureText(measure)}${about === '' ? '' : ` of ${about}`} (${on.toLowerCase()})`;
}

export function upperFirst(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A check that an override covers, with its category. */
export function coverText({ check, category }: { readonly check: string; readonly category: string | null }): string {
  return category === null ? check : `${check} of ${category}`;
}

/** The day of a moment, in UTC. */
export function dayOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'never' : date.toISOString().slice(0, 10);
}
