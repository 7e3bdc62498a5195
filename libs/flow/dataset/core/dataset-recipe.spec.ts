import { canonicalRecipe, parseRecipe, recipeIdOf, type DatasetRecipe } from './dataset-recipe.js';
import { formatProblem } from './read-yaml.js';

function read(text: string): DatasetRecipe {
  const parsed = parseRecipe(text, 'r.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.value;
}

function problems(text: string): readonly string[] {
  const parsed = parseRecipe(text, 'r.yaml');
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe('recipe', () => {
  it('needs a name and a policy, and has a default for all else', () => {
    expect(read('name: small\npolicy: default\n')).toEqual({
      name: 'small',
      policy: 'default',
      labels: {
        origins: ['DRAWN', 'TRAIN_ONLY', 'REPORTED', 'APPEALED', 'RED_TEAM', 'OTHER'],
        settledOnly: true,
        maxAge: null,
        minWeight: 0,
      },
      sources: [],
      languages: null,
      evaluation: [],
      goldFrozenAt: null,
      validation: { fresh: null, atLeast: 0 },
      expectations: [],
      schedule: { every: null, newLabels: null, onPolicyChange: false },
    });
  });

  it('reads ages, days, shares and what must hold', () => {
    const recipe = read(`name: a
policy: p
labels: {maxAge: 2w, minWeight: 0.5, origins: [DRAWN]}
languages: [en, de]
goldFrozenAt: 2026-01-31
validation: {fresh: 12h, atLeast: 5}
expectations:
  fail: [contaminated = 0]
  warn: ['leakage <= 5 %', 'positives.*.train >= 30']
schedule: {every: 1d, newLabels: 100, onPolicyChange: true}
`);
    expect(recipe.labels.maxAge).toBe(14 * 86_400_000);
    expect(recipe.goldFrozenAt).toBe(Date.UTC(2026, 0, 31));
    expect(recipe.languages).toEqual(['en', 'de']);
    expect(recipe.expectations).toEqual([
      { name: 'contaminated = 0', measure: 'contaminated', of: [], operator: '=', bound: 0, severity: 'fail' },
      { name: 'leakage <= 5 %', measure: 'leakage', of: [], operator: '<=', bound: 0.05, severity: 'warn' },
      {
        name: 'positives.*.train >= 30',
        measure: 'positives',
        of: ['*', 'train'],
        operator: '>=',
        bound: 30,
        severity: 'warn',
      },
    ]);
    expect(recipe.schedule).toEqual({ every: 86_400_000, newLabels: 100, onPolicyChange: true });
  });

  it('names line and field of all mistakes at once', () => {
    expect(
      problems(`name: Big
policy: default
labels:
  maxAge: soon
  origin: [DRAWN]
languages: [english]
sources: [a, b, a]
evaluation: [b]
expectations:
  fail:
    - rows >= 10
    - beauty >= 3
  warn: [positives >= 3]
`),
    ).toEqual([
      'r.yaml:1: name: a data set is named by a-z, then up to 63 of a-z, 0-9, _ and hyphen',
      'r.yaml:4: labels.maxAge: is written as 30m, 12h, 90d, 2w, or never',
      'r.yaml:5: labels.origin: unknown field; remove it or correct its name',
      'r.yaml:6: languages.0: a language is two or three letters',
      expect.stringContaining("r.yaml:12: expectations.fail.1: 'beauty' is not measured; there are rows, "),
      expect.stringContaining("r.yaml:13: expectations.warn.0: 'positives' is not measured"),
    ]);
    expect(problems('name: a\npolicy: p\nsources: [a, b, a]\nevaluation: [b]\n')).toEqual([
      "r.yaml:3: sources.1: 'b' must stay out: it is an evaluation set",
      "r.yaml:3: sources.2: 'a' stands twice",
    ]);
    expect(problems('name: [')).toEqual([expect.stringContaining('r.yaml:1: not YAML')]);
    expect(problems('')).toEqual([expect.stringContaining('r.yaml:1: ')]);
  });
});

describe('id of a recipe', () => {
  const text = 'name: a\npolicy: p\nlanguages: [en]\n';

  it('does not depend on how it is written, nor on when it is built', () => {
    const id = recipeIdOf(read(text));
    expect(id).toMatch(/^r-[0-9a-f]{16}$/);
    expect(recipeIdOf(read('# another\nlanguages:\n  - en\npolicy: p\nname: a\nlabels: {settledOnly: true}\n'))).toBe(
      id,
    );
    expect(recipeIdOf(read(`${text}schedule: {every: 1d}\n`))).toBe(id);
    expect(canonicalRecipe(read(text))).not.toHaveProperty('schedule');
  });

  it('depends on everything else', () => {
    const ids = [
      'sources: [s]',
      'labels: {minWeight: .1}',
      'goldFrozenAt: 2026-01-01',
      'expectations: {warn: [gold > 3]}',
    ].map((line) => recipeIdOf(read(`${text}${line}\n`)));
    expect(new Set([recipeIdOf(read(text)), ...ids]).size).toBe(5);
  });
});
