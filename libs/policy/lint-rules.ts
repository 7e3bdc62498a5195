import { impliers, rulesByCategory, type CategoryRule, type FactExpression } from './category-rules.js';
import { contains, decisiveTerms, FACTS_LIMIT, TERMS_LIMIT, type Term } from './decisive-terms.js';
import type { ParsedPolicy, PolicyField, PolicyProblem } from './policy-document.js';
import type { Expression } from './rule-expression.js';

/**
 * What is wrong with the rules, or may be an oversight. Whether a rule can decide is exact, up to 20 facts and 1,000 smallest sets
 * of deciding answers in one category; beyond that a warning says that it was not checked.
 */
export function lintRules({ policy, problemAt }: Extract<ParsedPolicy, { ok: true }>): readonly PolicyProblem[] {
  const { categories, questions, rules } = policy;
  const problems: PolicyProblem[] = [];
  const error = (field: PolicyField, message: string, at?: number): void =>
    void problems.push(problemAt(field, message, at));
  const warn = (field: PolicyField, message: string): void =>
    void problems.push({ ...problemAt(field, message), severity: 'warning' });
  if (questions.length === 0 && Object.keys(rules).length === 0) return problems;

  const asked = new Set(questions.map(({ id }) => id));
  const used = new Set<string>();
  const known = new Set(categories);
  for (const [category, { implies, when }] of Object.entries(rules)) {
    if (!known.has(category)) error(['rules', category], 'unknown category; add it to categories or remove its rules');
    implies.forEach((target, index) => {
      const field = ['rules', category, 'implies', index];
      if (!known.has(target)) error(field, `unknown category ${target}; add it to categories or correct its name`);
      else if (target === category || impliers(rules, category).has(target)) {
        error(field, `${category} and ${target} would imply each other; keep the direction that is meant`);
      }
    });
    when.forEach(({ expression }, index) => {
      for (const { question, at } of factsOf(expression)) {
        used.add(question);
        if (asked.has(question)) continue;
        error(['rules', category, 'when', index], `unknown fact ${question}; no question has this id`, at);
      }
    });
  }
  questions.forEach(({ id }, index) => {
    const belongsToUsed = questions.some(({ id: child, under }) => under === id && used.has(child));
    if (!used.has(id) && !belongsToUsed)
      warn(['questions', index, 'id'], `no rule uses ${id}; people answer it for nothing`);
  });
  const byCategory = rulesByCategory(policy);
  categories.forEach((category, index) => {
    const found = byCategory.get(category) ?? [];
    if (found.length === 0) {
      const field = Object.hasOwn(rules, category) ? ['rules', category] : ['categories', index];
      warn(field, `no rule derives ${category}; people cannot label it, so its thresholds stay provisional`);
    } else {
      problems.push(...lintReach(category, found, (field, message) => problemAt(field, message)));
    }
  });
  return problems;
}

function* factsOf(expression: Expression): Generator<Extract<Expression, { kind: 'fact' }>> {
  switch (expression.kind) {
    case 'fact':
      yield expression;
      return;
    case 'not':
      yield* factsOf(expression.part);
      return;
    case 'at-least':
      for (const part of expression.parts) yield* factsOf(part);
  }
}

/** Rules that never decide, and categories that are always yes. */
function lintReach(
  category: string,
  rules: readonly CategoryRule[],
  problemAt: (field: PolicyField, message: string) => PolicyProblem,
): readonly PolicyProblem[] {
  const keys = new Set(rules.flatMap(({ expression }) => [...keysOf(expression)]));
  const bits = new Map([...keys].sort().map((key, bit) => [key, bit]));
  const unchecked = (): PolicyProblem => {
    const limits = `${FACTS_LIMIT} facts and ${TERMS_LIMIT} ways are checked`;
    const message = `its ${bits.size} facts decide in too many ways (${limits}); nobody looked for rules that never decide`;
    return { ...problemAt(['rules', category], message), severity: 'warning' };
  };
  const ways = rules.map((rule) => ({ rule, terms: decisiveTerms(rule.expression, 'yes', bits) }));
  const negative = decisiveTerms(
    { kind: 'at-least', count: 1, parts: rules.map(({ expression }) => expression) },
    'no',
    bits,
  );
  const problems: PolicyProblem[] = [];
  const able: { readonly rule: CategoryRule; readonly terms: readonly Term[] }[] = [];
  for (const { rule, terms } of ways) {
    if (terms === null || negative === null) return [unchecked()];
    if (terms.length > 0) able.push({ rule, terms });
    if (rule.writtenFor !== category) continue;
    if (terms.length === 0) {
      problems.push(problemAt(fieldOf(rule), 'contradicts itself: no answers can make it hold; correct or remove it'));
    } else if (negative.length > 0 && terms.some(({ yes }) => yes === 0)) {
      // Mostly a forgotten question: "not sub-level" is true wherever its question is no.
      const message = `holds where every answer is no, so harmless texts would be ${category}; say what must be yes`;
      problems.push({ ...problemAt(fieldOf(rule), message), severity: 'warning' });
    }
  }
  if (negative?.length === 0) {
    problems.push(
      problemAt(['rules', category], `${category} could never be no, whatever is answered; correct its rules`),
    );
  }
  // From the last: of two equal rules the first one stays.
  for (const one of [...able].reverse()) {
    if (one.rule.writtenFor !== category) continue;
    const covering = able.filter(
      (it) => it !== one && it.terms.some((term) => one.terms.some((own) => contains(own, term))),
    );
    const others = covering.flatMap(({ terms }) => terms);
    if (!one.terms.every((term) => others.some((other) => contains(term, other)))) continue;
    able.splice(able.indexOf(one), 1);
    const by = covering.map(({ rule }) => fieldOf(rule).join('.')).join(', ');
    const message = `never decides: wherever it holds, so does ${by}; remove it or say more exactly what is meant`;
    problems.push({ ...problemAt(fieldOf(one.rule), message), severity: 'warning' });
  }
  return problems;
}

function fieldOf({ writtenFor, index }: CategoryRule): PolicyField {
  return ['rules', writtenFor, 'when', index];
}

function* keysOf(expression: FactExpression): Generator<string> {
  switch (expression.kind) {
    case 'fact':
      yield expression.key;
      return;
    case 'not':
      yield* keysOf(expression.part);
      return;
    case 'at-least':
      for (const part of expression.parts) yield* keysOf(part);
  }
}
