import type { PolicyDocument } from './policy-document.js';
import { questionKey } from './policy-questions.js';
import type { Expression } from './rule-expression.js';

export type Rules = Pick<PolicyDocument, 'categories' | 'questions' | 'rules'>;

/** A rule with the keys of its facts, a sub-level standing for itself and the question that it belongs to. */
export type FactExpression =
  | { readonly kind: 'fact'; readonly key: string }
  | { readonly kind: 'not'; readonly part: FactExpression }
  | { readonly kind: 'at-least'; readonly count: number; readonly parts: readonly FactExpression[] };

/** One reason for a category. */
export interface CategoryRule {
  /** The category that the rule is written for: this one, or one that implies it. */
  readonly writtenFor: string;
  /** Position in `when` of that category. */
  readonly index: number;
  readonly expression: FactExpression;
}

/**
 * The rules of each category: its own, and those of every category that implies it, however many steps away. A category is yes
 * when one of them holds, no when none can, so neither the order of rules nor a circle of implications matters.
 */
export function rulesByCategory({ categories, questions, rules }: Rules): ReadonlyMap<string, readonly CategoryRule[]> {
  const asked = new Map(questions.map((question) => [question.id, question]));
  const keyOf = (id: string): string => questionKey(id, asked.get(id)?.version);
  const resolve = (expression: Expression): FactExpression => {
    switch (expression.kind) {
      case 'fact': {
        const { question } = expression;
        const own: FactExpression = { kind: 'fact', key: keyOf(question) };
        const under = asked.get(question)?.under;
        if (under === undefined) return own;
        return { kind: 'at-least', count: 2, parts: [{ kind: 'fact', key: keyOf(under) }, own] };
      }
      case 'not':
        return { kind: 'not', part: resolve(expression.part) };
      case 'at-least':
        return { kind: 'at-least', count: expression.count, parts: expression.parts.map(resolve) };
    }
  };
  const own = new Map(
    Object.entries(rules).map(([category, { when }]) => [
      category,
      when.map(({ expression }, index) => ({ writtenFor: category, index, expression: resolve(expression) })),
    ]),
  );
  return new Map(
    categories.map((category) => [
      category,
      [category, ...impliers(rules, category)].flatMap((source) => own.get(source) ?? []),
    ]),
  );
}

/** The other categories that imply this one, over any number of steps. */
export function impliers(rules: Rules['rules'], category: string): ReadonlySet<string> {
  const found = new Set([category]);
  const entries = Object.entries(rules);
  for (const target of found) {
    for (const [source, { implies }] of entries) {
      // A set that is iterated visits what is added meanwhile, once.
      if (implies.includes(target)) found.add(source);
    }
  }
  found.delete(category);
  return found;
}
