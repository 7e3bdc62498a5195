import fs from 'node:fs';
import path from 'node:path';
import { parseExternalTrainers } from './external-trainers.js';
import { parseRoleRecipe } from './role-recipe.js';

const recipes = path.join(import.meta.dirname, '../recipes');

describe('recipe, as the role reads it', () => {
  it.each(fs.readdirSync(recipes))('reads the shipped %s, which has the name of its file', (file) => {
    const recipe = parseRoleRecipe(fs.readFileSync(path.join(recipes, file), 'utf8'), file);
    expect(`${recipe.name}.yaml`).toBe(file);
  });

  it('leaves what it does not know to an external trainer, and refuses it for the built-in one', () => {
    const recipe = (trainer: string): string => `name: wide\ntrainer: ${trainer}\nlayers: [64]\n`;
    expect(parseRoleRecipe(recipe('torch'), 'recipe')).toMatchObject({ name: 'wide', trainer: 'torch', parent: null });
    expect(() => parseRoleRecipe(recipe('builtin'), 'recipe')).toThrow('recipe line 3, field "layers": unknown field');
  });

  it.each(['builtin', 'torch'])(
    'of trainer %s has an id of what decides the model, whatever the order and the name',
    (trainer) => {
      const id = (text: string): string => parseRoleRecipe(`trainer: ${trainer}\n${text}`, 'recipe').recipeId;
      expect(id('name: a\nparent: starter # ours\n')).toBe(id('parent: starter\nname: b\nlimits: { minutes: 3 }'));
      expect(id('name: a\nparent: starter')).not.toBe(id('name: a'));
    },
  );

  it.each([
    ['name: a\nparent: mine\n', 'recipe line 2, field "parent": must be none, starter, live or the id of a model'],
    [
      'name: a\ntrainer: torch\nparent: mine\n',
      'recipe, field "parent": must be none, starter, live or the id of a model',
    ],
    ['name: a\nlimits: { hours: 2 }\n', 'recipe line 2, field "limits.hours"'],
    ['trainer: builtin', 'recipe line 1, field "name"'],
    ['name: [', 'recipe line 1: is not YAML'],
  ])('says where %j is wrong', (text, problem) => {
    expect(() => parseRoleRecipe(text, 'recipe')).toThrow(problem);
  });
});

describe('external trainers', () => {
  it('are commands by name', () => {
    const trainers = parseExternalTrainers(
      'numpy:\n  command: [python3, train.py]\n  environment: { OMP_NUM_THREADS: "2" }\n  minutes: 10\n',
      'trainers.yaml',
    );
    expect(trainers.get('numpy')).toEqual({
      command: ['python3', 'train.py'],
      environment: { OMP_NUM_THREADS: '2' },
      minutes: 10,
      memoryMb: null,
    });
  });

  it.each([
    ['builtin: { command: [x] }', 'trainers.yaml: builtin'],
    ['a: { command: [] }', 'trainers.yaml: a.command'],
    ['a: { command: [x], shell: true }', 'trainers.yaml: a'],
  ])('refuse %s', (text, problem) => {
    expect(() => parseExternalTrainers(text, 'trainers.yaml')).toThrow(problem);
  });
});
