import { z } from 'zod';
import { environmentSchema } from './environment.js';

interface Variable {
  readonly name: string;
  readonly fallback: string | null;
  readonly description: string;
}

/** Every variable with its default, in the order of the schema. */
function variables(): readonly Variable[] {
  const { properties = {} } = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { description = '', default: fallback } = typeof property === 'object' ? property : {};
    return {
      name,
      fallback: fallback === undefined ? null : JSON.stringify(fallback).replace(/^"(.*)"$/, '$1'),
      description,
    };
  });
}

/** docs/generated/configuration.md */
export function configurationTable(): string {
  const rows = variables().map(
    ({ name, fallback, description }) =>
      `| \`${name}\` | ${fallback === null || fallback === '' ? '' : `\`${fallback}\``} | ${description} |`,
  );
  return [
    '# Configuration',
    '',
    'Generated from `libs/platform/config`. Every setting is an environment variable.',
    '',
    '| variable | default | what |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** .env.example */
export function exampleEnvironment(): string {
  const lines = variables().map(({ name, fallback, description }) => `# ${description}\n# ${name}=${fallback ?? ''}`);
  return `# Every setting of Tidegate with its default. Remove the second hash to set one.\n\n${lines.join('\n\n')}\n`;
}
