import type { FactExpression } from './category-rules.js';

/** Answers that decide: the bits of the facts that are yes and of those that are no. */
export interface Term {
  readonly yes: number;
  readonly no: number;
}

/** So many facts fit into the bits of a term. */
export const FACTS_LIMIT = 20;
/** So many terms are compared in well under a second; a rule that a person can follow has a dozen. */
export const TERMS_LIMIT = 1000;

/**
 * Every smallest set of answers that gives the expression the wanted value in three-valued logic: it has the value exactly when the
 * answers of one of these terms are known. No terms: it never has it. Null: there are too many to say.
 * @param bits position of each fact, by key
 */
export function decisiveTerms(
  expression: FactExpression,
  wanted: 'yes' | 'no',
  bits: ReadonlyMap<string, number>,
): readonly Term[] | null {
  switch (expression.kind) {
    case 'fact': {
      const bit = bits.get(expression.key);
      if (bit === undefined || bit >= FACTS_LIMIT) return null;
      return [wanted === 'yes' ? { yes: 1 << bit, no: 0 } : { yes: 0, no: 1 << bit }];
    }
    case 'not':
      return decisiveTerms(expression.part, wanted === 'yes' ? 'no' : 'yes', bits);
    case 'at-least': {
      const { parts, count } = expression;
      // Not at least n of m: at least m - n + 1 are no.
      return atLeast(parts, wanted, wanted === 'yes' ? count : parts.length - count + 1, bits);
    }
  }
}

function atLeast(
  parts: readonly FactExpression[],
  wanted: 'yes' | 'no',
  count: number,
  bits: ReadonlyMap<string, number>,
): readonly Term[] | null {
  // reached[n]: the answers that give n of the parts so far the value.
  let reached: (readonly Term[])[] = [[{ yes: 0, no: 0 }]];
  for (const [index, part] of parts.entries()) {
    const terms = decisiveTerms(part, wanted, bits);
    if (terms === null) return null;
    const next: (readonly Term[])[] = [];
    // Fewer than these cannot come to the count with the parts that are left.
    const fewest = Math.max(0, count - (parts.length - index - 1));
    for (let n = 0; n <= Math.min(count, reached.length); n++) {
      if (n < fewest) {
        next.push([]);
        continue;
      }
      const one = product(reached[n - 1] ?? [], terms);
      const joined = one === null ? null : smallest([...(reached[n] ?? []), ...one]);
      if (joined === null) return null;
      next.push(joined);
    }
    reached = next;
  }
  return reached[count] ?? [];
}

/** The answers of one term and of another together, where they do not contradict each other. */
function product(left: readonly Term[], right: readonly Term[]): readonly Term[] | null {
  if (left.length * right.length > TERMS_LIMIT * 10) return null;
  const terms: Term[] = [];
  for (const a of left) {
    for (const b of right) {
      const term = { yes: a.yes | b.yes, no: a.no | b.no };
      if ((term.yes & term.no) === 0) terms.push(term);
    }
  }
  return terms;
}

/** Without the terms that contain another one. */
function smallest(terms: readonly Term[]): readonly Term[] | null {
  const sorted = [...terms].sort((a, b) => size(a) - size(b));
  const kept: Term[] = [];
  for (const term of sorted) {
    if (kept.some((other) => contains(term, other))) continue;
    if (kept.length === TERMS_LIMIT) return null;
    kept.push(term);
  }
  return kept;
}

/** Whether the answers of `term` include all of `other`. */
export function contains(term: Term, other: Term): boolean {
  return (term.yes & other.yes) === other.yes && (term.no & other.no) === other.no;
}

function size({ yes, no }: Term): number {
  let count = 0;
  // The two share no bit: a term that contradicts itself is not made.
  for (let bits = yes | no; bits !== 0; bits &= bits - 1) count++;
  return count;
}
