import { readdirSync, readFileSync } from 'node:fs';
import { parsePolicy } from '#policy';
import { parseRecipe } from './dataset-recipe.js';

const recipes = 'libs/flow/dataset/recipes';

describe('shipped recipes', () => {
  it.each(readdirSync(recipes))('%s can be read, is named after its file, and is of a shipped policy', (file) => {
    const parsed = parseRecipe(readFileSync(`${recipes}/${file}`, 'utf8'), file);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { name, policy, expectations } = parsed.value;
    expect(`${name}.yaml`).toBe(file);
    const document = parsePolicy(readFileSync(`policies/${policy}.yaml`, 'utf8'), `${policy}.yaml`);
    expect(document.ok && document.policy.id).toBe(policy);
    // Whatever else a recipe asks for: contamination stops a build.
    expect(expectations).toContainEqual(expect.objectContaining({ name: 'contaminated = 0', severity: 'fail' }));
  });
});
