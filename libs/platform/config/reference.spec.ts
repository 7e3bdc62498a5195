import { environmentSchema, parseEnvironment } from './environment.js';
import { configurationTable, exampleEnvironment } from './reference.js';

describe('the configuration reference', () => {
  const names = Object.keys(environmentSchema.shape);

  it('names every variable with a sentence', () => {
    const table = configurationTable();
    for (const name of names) expect(table).toMatch(new RegExp(`\\| \`${name}\` \\| .* \\| .{10,} \\|`));
  });

  it('gives an example that parses to the defaults', () => {
    const lines = exampleEnvironment().matchAll(/^# ([A-Z_]+)=(.*)$/gm);
    const source = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
    expect(Object.keys(source).sort()).toEqual([...names].sort());
    expect(parseEnvironment(source)).toEqual(parseEnvironment({}));
  });
});
