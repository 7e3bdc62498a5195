import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultModelRecipe, modelRecipeIdOf, parseModelRecipe } from './model-recipe.js';

const folder = join(import.meta.dirname, '../../../samples/recipes');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

describe('the sample recipes', () => {
  it.each(files)('%s is valid and bears the name of its file', (file) => {
    const { name } = parseModelRecipe(readFileSync(join(folder, file), 'utf8'), file);
    expect(`${name}.yaml`).toBe(file);
  });

  it('show the defaults as they are', () => {
    const shown = parseModelRecipe(readFileSync(join(folder, 'ngrams.yaml'), 'utf8'), 'ngrams.yaml');
    expect({ ...shown, featuriser: undefined }).toEqual({ ...defaultModelRecipe('ngrams'), featuriser: undefined });
    expect(modelRecipeIdOf(shown)).toMatch(/^r-/);
  });
});
