import { createDuplicateRegistry, textHashOf, type DatasetRow, type DuplicateRegistry } from '#model';
import { buildRows, type BuildInput, type BuiltRows, type LabelledItem } from './build-rows.js';
import { parseRecipe, type DatasetRecipe } from './dataset-recipe.js';

export const salt = 'salt';
export const day = 86_400_000;
export const now = Date.UTC(2026, 5, 1);

/** A recipe with these lines beside name and policy. */
export function recipeOf(...lines: readonly string[]): DatasetRecipe {
  const parsed = parseRecipe(['name: test', 'policy: default', ...lines].join('\n'), 'test.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.value;
}

/** Sentences that are no near-copies of each other. */
export function sentence(number: number): string {
  let state = number + 1;
  return Array.from({ length: 12 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state.toString(36);
  }).join(' ');
}

export function anItem(number: number, fields: Partial<LabelledItem> = {}): LabelledItem {
  return {
    key: `forum/p${number}/1`,
    platform: 'forum',
    kind: 'POST',
    text: sentence(number),
    textHash: null,
    language: 'en',
    author: null,
    labels: { H: { value: number % 2 === 0 ? 1 : 0, weight: 1 } },
    isSettled: true,
    expertSince: null,
    origin: 'DRAWN',
    inclusion: 0.1,
    labelledAt: now,
    ...fields,
  };
}

export function anImportedRow(name: string, number: number, fields: Partial<DatasetRow> = {}): DatasetRow {
  const text = fields.text ?? sentence(number + 100_000);
  const key = fields.key ?? `${name}/${number}/1`;
  return {
    key,
    text,
    textHash: textHashOf(text),
    language: 'en',
    platform: name,
    kind: 'POST',
    split: 'train',
    group: key,
    groupSize: 1,
    labels: { H: { value: 1, weight: 1 } },
    weight: 1,
    inclusion: null,
    origin: 'IMPORTED',
    isGold: false,
    source: name,
    author: null,
    labelledAt: null,
    ...fields,
  };
}

/** A registry that saw the items, then the imports, in this order. */
export function registryOf(items: readonly LabelledItem[], imports: BuildInput['imports'] = []): DuplicateRegistry {
  const registry = createDuplicateRegistry({ salt });
  for (const { key, text } of [...items, ...imports.flatMap(({ rows }) => rows)]) {
    if (text !== null) registry.add({ key, text });
  }
  return registry;
}

export function built(
  items: readonly LabelledItem[],
  recipe: DatasetRecipe = recipeOf(),
  rest: Partial<Pick<BuildInput, 'imports' | 'evaluation' | 'keepsErased' | 'registry'>> = {},
): BuiltRows {
  const { imports = [], evaluation = [], registry = registryOf(items, imports), keepsErased = false } = rest;
  return buildRows({ items, imports, evaluation, registry, keepsErased }, recipe);
}
