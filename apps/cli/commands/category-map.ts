import { UsageError } from '../usage-error.js';

/** `hateful=H,threat=V`: names of a file as categories. @throws UsageError */
export function categoryMapOf(value: string): Readonly<Record<string, string>> {
  const pairs = value.split(',').map((pair) => pair.split('='));
  const wrong = pairs.find((pair) => pair.length !== 2 || pair.includes(''));
  if (wrong !== undefined) throw new UsageError(`--map ${wrong.join('=')}: must be name=category`);
  return Object.fromEntries(pairs.map(([name = '', category = '']) => [name, category]));
}
