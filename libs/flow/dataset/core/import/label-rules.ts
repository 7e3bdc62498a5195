import type { RowLabel } from '#model';
import type { FileRecord } from './file-records.js';
import type { Condition, LabelRule, LabelValue } from './mapping.js';

/** Votes on one item by mark; `all` counts the people. */
export interface ItemVotes {
  readonly all: number;
  /** Votes that carry at least one of the marks. */
  readonly withAny: (marks: readonly string[]) => number;
}

/** A field whose value a rule cannot use. */
export class LabelRuleError extends Error {
  constructor(
    readonly field: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'LabelRuleError';
  }
}

export function holds(conditions: readonly Condition[], record: FileRecord): boolean {
  return conditions.every(({ field, is, not, startsWith, above }) => {
    // An empty cell is the empty text: a rule may ask for it.
    const value = (record.get(field) ?? '').trim();
    if (is !== null && !is.includes(value)) return false;
    if (not.includes(value)) return false;
    if (startsWith !== null && !value.startsWith(startsWith)) return false;
    return above === null || (value !== '' && Number(value) > above);
  });
}

/** Three-valued labels of a record; categories that are unknown are absent. Throws `LabelRuleError`. */
export function labelsOf(
  rules: readonly LabelRule[],
  record: FileRecord,
  votes: ItemVotes | null,
): Record<string, RowLabel> {
  const labels: Record<string, RowLabel> = {};
  for (const { when, set } of rules) {
    if (!holds(when, record)) continue;
    for (const [category, value] of Object.entries(set)) {
      const label = labelOf(value, record, votes);
      if (label === null) Reflect.deleteProperty(labels, category);
      else labels[category] = label;
    }
  }
  return labels;
}

function labelOf(value: LabelValue, record: FileRecord, votes: ItemVotes | null): RowLabel | null {
  switch (value.kind) {
    case 'known':
      return { value: value.value, weight: value.weight };
    case 'unknown':
      return null;
    case 'voted':
      return votes === null || votes.all === 0 ? null : soft(votes.withAny(value.marks) / votes.all, value.weight);
    case 'share': {
      const people = typeof value.of === 'number' ? value.of : numberOf(record, value.of);
      const said = value.fields.map((field) => numberOf(record, field));
      if (people === null || said.some((votesFor) => votesFor === null)) return null;
      const share = Math.max(...said.map((votesFor) => votesFor ?? 0)) / people;
      if (!(share >= 0 && share <= 1)) {
        throw new LabelRuleError(value.fields.join(', '), `is no share from 0 to 1 of ${String(value.of)}`);
      }
      return soft(share, value.weight);
    }
  }
}

/**
 * A share of people as a label: the side of most, weighted by how sure they are together (labels 2.1: 1[q > .5] by |2q - 1|). Where they are divided
 * equally nothing is known, and a metric must not count it as a no.
 */
function soft(share: number, factor: number): RowLabel | null {
  if (share === 0.5) return null;
  return { value: share > 0.5 ? 1 : 0, weight: Math.abs(2 * share - 1) * factor };
}

function numberOf(record: FileRecord, field: string): number | null {
  const text = record.get(field)?.trim() ?? '';
  if (text === '') return null;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new LabelRuleError(field, 'is no number');
  return value;
}
