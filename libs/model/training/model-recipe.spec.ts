import { defaultModelRecipe, ModelRecipeError, modelRecipeIdOf, parseModelRecipe } from './model-recipe.js';

function failure(text: string): ModelRecipeError | null {
  try {
    parseModelRecipe(text, 'r.yaml');
    return null;
  } catch (error) {
    if (error instanceof ModelRecipeError) return error;
    throw error;
  }
}

describe('model recipe', () => {
  it('needs nothing but a name', () => {
    expect(parseModelRecipe('name: ngrams\n', 'r.yaml')).toEqual(defaultModelRecipe('ngrams'));
  });

  it('has the same id however it is written, and another one when something that decides the model differs', () => {
    const id = (text: string): string => modelRecipeIdOf(parseModelRecipe(text, 'r.yaml'));
    const plain = id('name: a\nstrength: {grid: [4, 1], fits: 3}\n');
    expect(plain).toMatch(/^r-[0-9a-f]{16}$/);
    expect(id('# words\nstrength:\n  fits: 3\n  grid:\n    - 4.0\n    - 1\nname: a\nseed: 1\n')).toBe(plain);
    expect(id('name: other\nlimits: {minutes: 5}\nstrength: {grid: [4, 1], fits: 3}\n')).toBe(plain);
    expect(id('name: a\nstrength: {grid: [1, 4], fits: 3}\n')).not.toBe(plain);
  });

  it.each([
    ['trainer: builtin\n', 1, 'name', 'missing'],
    ['name: a\nstrengh: {grid: [1]}\n', 2, 'strengh', 'unknown field'],
    ['name: a\nstrength:\n  fits: 3\n  grid: [4, 0]\n', 4, 'strength.grid.1', 'above 0'],
    ['name: a\nfeaturiser:\n  buckets: 1000\n', 3, 'featuriser.buckets', 'power of two'],
    ['name: a\nparent: mine\n', 2, 'parent', 'id of a model'],
    ['name: a\n\ncascade: {band: [0.1, 0.9], rate: 0.1}\n', 3, 'cascade', 'needs an encoder'],
    ['name: a\nencoder: e5\ncascade: {band: [0.9, 0.1], rate: 0.1}\n', 3, 'cascade.band', 'lower end'],
    ['name: a\noutOfFold:\n  folds: 1\n', 3, 'outOfFold.folds', 'at least 2'],
  ])('names line and field: %j', (text, line, field, message) => {
    const error = failure(text);
    expect(error).toMatchObject({ file: 'r.yaml', line, field });
    expect(error?.message).toContain(message);
  });

  it('does not quote a document that is not YAML', () => {
    expect(failure('name: "secret\n')).toMatchObject({ line: expect.any(Number) as number, field: '' });
    expect(failure('name: "secret\n')?.message).not.toContain('secret');
  });
});
