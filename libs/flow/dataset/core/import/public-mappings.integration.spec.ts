import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseInDomain, publicSources } from '../../../../model/training/starter/public-sources.js';
import { formatProblem } from '../read-yaml.js';
import { parseMapping, type ImportMapping } from './mapping.js';
import { readImport } from './read-import.js';

const mappings = 'samples/mappings';
const data = '../shared/data';

function mappingOf(name: string): ImportMapping {
  const file = join(mappings, `${name}.yaml`);
  const parsed = parseMapping(readFileSync(file, 'utf8'), file);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.value;
}

const names = readdirSync(mappings)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();

/** Texts, and per category how many are known and how many of them yes. */
type Counts = Record<string, number>;

function count(counts: Counts, category: string, isYes: boolean): void {
  counts[`${category} known`] = (counts[`${category} known`] ?? 0) + 1;
  if (isYes) counts[`${category} yes`] = (counts[`${category} yes`] ?? 0) + 1;
}

describe('mappings of public sources', () => {
  it('are there for every source of the starter model and for the in-domain set', () => {
    expect(names).toEqual([...publicSources.map(({ name }) => name), 'openai_moderation'].sort());
    for (const name of names) expect(mappingOf(name).name).toBe(name);
  });

  it.each(publicSources.map(({ name, licence }) => [name, licence]))(
    'of %s names the licence of the model card',
    (name, licence) => {
      expect(mappingOf(name).licence).toBe(licence);
    },
  );
});

if (!existsSync(data)) process.stdout.write(`skipped: ${data} is not there, so that no public source was imported\n`);

(existsSync(data) ? describe : describe.skip)('imported public sources', () => {
  const read = (name: string) => readImport(mappingOf(name), (file) => createReadStream(join(data, file)));

  it.each(publicSources.map(({ name }) => name))(
    'have of %s the rows and labels that the parser of the starter model finds',
    async (name) => {
      const source = publicSources.find((each) => each.name === name);
      const parsed = source?.parse(source.files.map((file) => readFileSync(join(data, file), 'utf8'))) ?? [];
      const expected: Counts = { texts: 0 };
      for (const { text, labels } of parsed) {
        // ANY is a column of that model, and no category; nothing is known where people are divided equally.
        const known = Object.entries(labels).filter(([category, label]) => category !== 'ANY' && label !== 0.5);
        if (text.trim() === '' || known.length === 0) continue;
        expected['texts'] = (expected['texts'] ?? 0) + 1;
        for (const [category, label] of known) count(expected, category, label > 0.5);
      }
      const { texts, problems } = await read(name);
      expect(problems).toEqual([]);
      const found: Counts = { texts: texts.length };
      for (const { labels } of texts)
        for (const [category, { value }] of Object.entries(labels)) count(found, category, value === 1);
      expect(found).toEqual(expected);
      expect(new Set(texts.map(({ key }) => key)).size).toBe(texts.length);
    },
  );

  it('have of openai_moderation what its codes say', async () => {
    const parsed = parseInDomain(readFileSync(join(data, 'openai_moderation/dev.jsonl'), 'utf8'));
    const expected: Counts = { texts: parsed.length };
    for (const { labels } of parsed)
      for (const [category, label] of Object.entries(labels)) count(expected, category, label === 1);
    const { texts, problems } = await read('openai_moderation');
    expect(problems).toEqual([]);
    const found: Counts = { texts: texts.length };
    for (const { labels } of texts)
      for (const [category, { value }] of Object.entries(labels)) count(found, category, value === 1);
    expect(found).toEqual(expected);
  });
});
