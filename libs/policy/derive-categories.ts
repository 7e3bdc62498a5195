import { rulesByCategory, type CategoryRule, type FactExpression, type Rules } from './category-rules.js';

/** What is known of the answer to a question. */
export type Fact = 'yes' | 'no' | 'unknown';

export interface DerivedCategory {
  readonly value: Fact;
  /**
   * Keys (`question@version`) of the facts that decided it, in order: alone they decide it, whatever the others are. Empty while
   * it is unknown. Of several reasons the one with the greatest weight is given, then the one with the fewest facts.
   */
  readonly decidedBy: readonly string[];
  /** The least weight of the facts that decided it (labels 2.1), in [0, 1]; 0 while it is unknown. */
  readonly weight: number;
  /** Keys of the unknown facts that can still decide it, in order. Empty when it is decided, or when the policy has no rule for it. */
  readonly open: readonly string[];
}

/**
 * The categories of one content, by the policy's rules, in Kleene's three-valued logic: a category may be decided although facts
 * are unknown, and learning one never changes what is decided. Total: a fact that is not given is unknown, one that the policy does
 * not ask for is ignored, and a category without rules is unknown.
 * @param facts by `question@version`
 * @param weights how certain a fact is, |2q - 1|, by `question@version`; 1 where none is given
 */
export function deriveCategories(
  policy: Rules,
  facts: Readonly<Record<string, Fact>>,
  weights: Readonly<Record<string, number>> = {},
): Readonly<Record<string, DerivedCategory>> {
  const judge = (expression: FactExpression): DerivedCategory => {
    switch (expression.kind) {
      case 'fact': {
        const { key } = expression;
        const value = facts[key] ?? 'unknown';
        if (value === 'unknown') return { value, decidedBy: [], weight: 0, open: [key] };
        return { value, decidedBy: [key], weight: weights[key] ?? 1, open: [] };
      }
      case 'not': {
        const part = judge(expression.part);
        return { ...part, value: OPPOSITE[part.value] };
      }
      case 'at-least':
        return count(expression.parts.map(judge), expression.count);
    }
  };
  const categories: Record<string, DerivedCategory> = {};
  for (const [category, rules] of compiled(policy)) {
    categories[category] =
      rules.length === 0
        ? UNDERIVED
        : count(
            rules.map((rule) => judge(rule.expression)),
            1,
          );
  }
  return categories;
}

const OPPOSITE: Readonly<Record<Fact, Fact>> = { yes: 'no', no: 'yes', unknown: 'unknown' };
const UNDERIVED: DerivedCategory = { value: 'unknown', decidedBy: [], weight: 0, open: [] };

/** At least so many of the parts: yes when enough are yes, no when too many are no, else unknown. */
function count(parts: readonly DerivedCategory[], needed: number): DerivedCategory {
  const yes = parts.filter(({ value }) => value === 'yes');
  if (yes.length >= needed) return together('yes', yes, needed);
  const no = parts.filter(({ value }) => value === 'no');
  const toFail = parts.length - needed + 1;
  if (no.length >= toFail) return together('no', no, toFail);
  return { value: 'unknown', decidedBy: [], weight: 0, open: union(parts.map(({ open }) => open)) };
}

/** Decided by the strongest of the parts that agree, as many as are needed. */
function together(value: Fact, agreeing: readonly DerivedCategory[], needed: number): DerivedCategory {
  const chosen = agreeing.length === needed ? agreeing : [...agreeing].sort(compareReasons).slice(0, needed);
  const weight = Math.min(...chosen.map((part) => part.weight));
  return { value, decidedBy: union(chosen.map(({ decidedBy }) => decidedBy)), weight, open: [] };
}

/** A total order on reasons, so that the one that is given does not depend on the order of the rules. */
function compareReasons(left: DerivedCategory, right: DerivedCategory): number {
  if (left.weight !== right.weight) return right.weight - left.weight;
  if (left.decidedBy.length !== right.decidedBy.length) return left.decidedBy.length - right.decidedBy.length;
  const [a, b] = [left.decidedBy.join(), right.decidedBy.join()];
  return a < b ? -1 : Number(a > b);
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only;
  return [...new Set(lists.flat())].sort();
}

/** Rules are resolved once for each policy: a nightly pass derives the categories of a million contents. */
const resolved = new WeakMap<Rules, ReadonlyMap<string, readonly CategoryRule[]>>();

function compiled(policy: Rules): ReadonlyMap<string, readonly CategoryRule[]> {
  const known = resolved.get(policy);
  if (known !== undefined) return known;
  const rules = rulesByCategory(policy);
  resolved.set(policy, rules);
  return rules;
}
