import fs from 'node:fs';
import path from 'node:path';
import { parseBudgets } from './sampling-budgets.js';

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseBudgets(text, 'budgets.yaml');
  return parsed.ok ? [] : parsed.problems;
};

it.each(['budgets.yaml', 'demo-budgets.yaml'])('reads the shipped %s', (name) => {
  const text = fs.readFileSync(path.join(import.meta.dirname, name), 'utf8');
  const parsed = parseBudgets(text, name);
  expect(parsed.ok ? [] : parsed.problems).toEqual([]);
  expect(parsed.ok && parsed.budgets).toMatchObject({
    budgets: [{ team: 'everybody', languages: [] }],
    target: 500,
    categories: { S3: { target: 500, nearest: 'S' } },
  });
});

it('gives a category its own target, or that of all', () => {
  const parsed = parseBudgets(
    'budgets: [{team: a, labelsPerDay: 5}]\ntarget: 50\ncategories: {H: {target: 7}, V: {nearest: H}}',
    'b',
  );
  expect(parsed.ok && parsed.budgets.categories).toEqual({
    H: { target: 7, nearest: null },
    V: { target: 50, nearest: 'H' },
  });
});

it('names file, line and column of everything that is wrong', () => {
  const text = `budgets:
  - team: everybody
    labelsPerDay: 0
  - team: lisbon
    languages: [pt, PT]
    labelsPerDay: 10
    perHour: 3
categories:
  H: { target: -1 }
`;
  expect(problemsOf(text)).toEqual([
    'budgets.yaml:3:19: budgets.0.labelsPerDay: must be above 0: remove a team that does not label',
    'budgets.yaml:5:21: budgets.1.languages.1: must be a tag like en or pt-BR, or und',
    'budgets.yaml:4:5: budgets.1: does not know perHour',
    'budgets.yaml:9:16: categories.H.target: must be above 0',
  ]);
});

it('refuses a language that two groups of lines name, because it would be drawn twice', () => {
  expect(
    problemsOf(
      'budgets:\n  - {team: a, languages: [en, pt], labelsPerDay: 1}\n  - {team: b, languages: [pt], labelsPerDay: 1}',
    ),
  ).toEqual([
    "budgets.yaml:3:26: budgets.1.languages: 'pt' stands in 'en pt' and in 'pt': give both lines the same languages, or each language its own line",
  ]);
  expect(
    problemsOf(
      'budgets:\n  - {team: a, languages: [en, pt], labelsPerDay: 1}\n  - {team: b, languages: [pt, en], labelsPerDay: 1}',
    ),
  ).toEqual([]);
});

it('refuses a category that stands in for itself, an empty list, and what is no YAML', () => {
  expect(problemsOf('budgets: [{team: a, labelsPerDay: 1}]\ncategories: {H: {nearest: H}}')).toEqual([
    'budgets.yaml:2:27: categories.H.nearest: names the category itself: name one that people label already',
  ]);
  expect(problemsOf('budgets: []')).toEqual([
    'budgets.yaml:1:10: budgets: is empty: say how many labels a team gives a day',
  ]);
  expect(problemsOf('budgets: [')[0]).toMatch(/^budgets\.yaml:1:11: not YAML/);
});
