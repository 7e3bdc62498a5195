import fs from 'node:fs';
import path from 'node:path';
import { parseRecipe } from './core/dataset-recipe.js';
import { parseMapping } from './core/import/mapping.js';
import { readImport } from './core/import/read-import.js';
import { formatProblem } from './core/read-yaml.js';

const guide = fs.readFileSync(path.join(import.meta.dirname, '../../../docs/datasets.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, body]) => body ?? '');

describe('docs/datasets.md', () => {
  const [recipe = '', mapping = ''] = blocks('yaml');

  it('has a recipe that is one', () => {
    const parsed = parseRecipe(recipe, 'recipe');
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
    expect(parsed).toMatchObject({ value: { name: 'house', schedule: { newLabels: 1000, onPolicyChange: true } } });
  });

  it('has a mapping that makes of its file what it says', async () => {
    const parsed = parseMapping(mapping, 'mapping');
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    const [file = ''] = blocks('csv');
    async function* open(): AsyncGenerator<string, void, void> {
      yield await Promise.resolve(file);
    }
    const { texts, problems, skipped } = await readImport(parsed.value, open);
    expect(problems).toEqual([]);
    expect(texts.map(({ labels }) => labels['H']?.value)).toEqual([1, 0, 0]);
    expect(skipped).toEqual({ FILTERED: 1 });
  });
});
