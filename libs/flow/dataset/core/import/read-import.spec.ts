import fc from 'fast-check';
import { createDuplicateRegistry, digestRows } from '#model';
import { formatProblem } from '../read-yaml.js';
import { createRecordReader, type FileFormat } from './file-records.js';
import { importManifest, importRows } from './import-rows.js';
import { mappingIdOf, parseMapping, type ImportMapping } from './mapping.js';
import { readImport, type ReadImport } from './read-import.js';

const head = `name: test
title: Test
licence: CC0-1.0
origin: somebody/somewhere
about: What it means.
language: en
`;
const simple = `${head}files: [a.csv]
format: { type: csv }
texts:
  - field: text
    labels:
      - set: { H: { share: hate, of: people } }
`;

function mappingOf(text: string): ImportMapping {
  const parsed = parseMapping(text, 'm.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.value;
}

function problems(text: string): readonly string[] {
  const parsed = parseMapping(text, 'm.yaml');
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  await Promise.resolve();
  yield* parts;
}

function read(mapping: string, files: Readonly<Record<string, string>>, options = {}): Promise<ReadImport> {
  return readImport(mappingOf(mapping), (file) => chunks(files[file] ?? ''), options);
}

describe('mapping', () => {
  it('names line and field of all mistakes at once', () => {
    expect(
      problems(`${head}files: [../secret.csv]
format: { type: xml }
pair: true
texts:
  - field: text
    labels:
      - set: { H: maybe, 9: yes, V: { voted: Threat } }
`),
    ).toEqual([
      'm.yaml:7: files.0: must lie in the folder that is imported',
      expect.stringContaining('m.yaml:8: format.type: '),
      'm.yaml:13: texts.0.labels.0.set.9: a category is a letter and up to 31 letters, digits, - or _',
      'm.yaml:13: texts.0.labels.0.set.H: is yes, no, unknown, {value, weight}, {share, of} or {voted}',
      'm.yaml:9: pair: unknown field; remove it or correct its name',
    ]);
    expect(problems(simple.replace('{ share: hate, of: people }', '{ voted: Threat }'))).toEqual([
      'm.yaml:12: texts.0.labels.0.set.H: needs the files of votes: say them in votes',
    ]);
    expect(problems('name: a')).not.toEqual([]);
  });

  it('has an id of what it says, not of how it is written', () => {
    const id = mappingIdOf(mappingOf(simple));
    expect(id).toMatch(/^r-[0-9a-f]{16}$/);
    expect(mappingIdOf(mappingOf(`# comment\n${simple}kind: POST\n`))).toBe(id);
    expect(mappingIdOf(mappingOf(simple.replace('hate', 'spite')))).not.toBe(id);
  });
});

describe('imported labels', () => {
  it('are three-valued: shares of people become a side and how sure they are, and nothing where they are divided equally', async () => {
    const { texts } = await read(simple, { 'a.csv': 'text,hate,people\na,3,3\nb,2,3\nc,1,3\nd,0,3\ne,1,2\nf,,3\n' });
    expect(texts.map(({ text, labels }) => [text, labels['H']?.value, labels['H']?.weight.toFixed(2)])).toEqual([
      ['a', 1, '1.00'],
      ['b', 1, '0.33'],
      ['c', 0, '0.33'],
      ['d', 0, '1.00'],
    ]);
  });

  it('follow the last rule that holds, and rules may ask for values, beginnings and numbers', async () => {
    const mapping = `${head}files: [a.jsonl]
format: { type: jsonl }
where: { lang: { not: [de, fr] } }
texts:
  - field: body.text
    labels:
      - set: { H: no, V: no }
      - when: { kind: [hate, abuse] }
        set: { H: yes, HR: { value: yes, weight: 0.5 } }
      - when: { detail: { startsWith: '1.' } }
        set: { V: yes }
      - when: { votes: { above: 2 } }
        set: { H: unknown }
`;
    const lines = [
      { body: { text: 'a' }, kind: 'none' },
      { body: { text: 'b' }, kind: 'hate', detail: '1. threat' },
      { body: { text: 'c' }, kind: 'abuse', votes: 3 },
      { body: { text: 'd' }, lang: 'de' },
    ];
    const { texts, skipped, records } = await read(mapping, {
      'a.jsonl': lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    const [yes, no] = [
      { value: 1, weight: 1 },
      { value: 0, weight: 1 },
    ];
    expect(texts.map(({ labels }) => labels)).toEqual([
      { H: no, V: no },
      { H: yes, V: yes, HR: { value: 1, weight: 0.5 } },
      { V: no, HR: { value: 1, weight: 0.5 } },
    ]);
    expect(skipped).toEqual({ FILTERED: 1 });
    expect(records).toBe(4);
  });

  it('count votes of a file of their own by their marks', async () => {
    const mapping = `${head}files: [comments.csv]
format: { type: csv }
votes: { file: votes.csv, vote: id, item: comment, of: id, marks: { file: marks.csv, vote: vote, field: type } }
texts:
  - field: text
    labels: [{ set: { H: { voted: hate }, V: { voted: [threat, hate] } } }]
`;
    const { texts, skipped } = await read(mapping, {
      'comments.csv': 'id,text\n1,a\n2,b\n3,c\n',
      'votes.csv': 'id,comment\n10,1\n11,1\n12,1\n13,2\n',
      'marks.csv': 'vote,type\n10,hate\n10,hate\n11,threat\n13,other\n',
    });
    expect(texts.map(({ labels }) => [labels['H']?.value, labels['V']?.value])).toEqual([
      [0, 1],
      [0, 0],
    ]);
    expect(skipped).toEqual({ NO_VOTES: 1 });
  });

  it('of several texts of a record have a row each', async () => {
    const mapping = `${head}files: [a.tsv]
format: { type: tsv, columns: [bad, good] }
texts:
  - { field: bad, labels: [{ set: { HR: yes } }] }
  - { field: good, labels: [{ set: { HR: no } }] }
`;
    const { texts, skipped } = await read(mapping, { 'a.tsv': 'he said "no\tfine\nx\t\n' });
    expect(texts.map(({ text, labels }) => [text, labels['HR']?.value])).toEqual([
      ['he said "no', 1],
      ['fine', 0],
      ['x', 1],
    ]);
    expect(texts[0]?.key).toMatch(/^test\/1\.bad-[0-9a-f]{8}\/1$/);
    expect(skipped).toEqual({ EMPTY_TEXT: 1 });
  });
});

describe('imported texts', () => {
  it('are masked, and authors are hashed or dropped', async () => {
    const mapping = `${simple}author: { field: who }\n`;
    const file = { 'a.csv': 'text,hate,people,who\nmail anna@example.org,0,3,anna\n' };
    const { texts } = await read(mapping, file, { hashAuthor: (author: string) => `hash of ${author.length}` });
    expect(texts[0]).toMatchObject({ text: 'mail [MAIL]', author: 'hash of 4' });
    expect((await read(mapping, file)).texts[0]?.author).toBeNull();
  });

  it('keep their keys when other lines of the file change', async () => {
    const keys = async (file: string) => (await read(simple, { 'a.csv': file })).texts.map(({ key }) => key);
    const [before, after] = [
      await keys('text,hate,people\na,3,3\nb,2,3\n'),
      await keys('text,hate,people\nchanged,3,3\nb,2,3\n'),
    ];
    expect(after[1]).toBe(before[1]);
    expect(after[0]).not.toBe(before[0]);
  });

  it('have the language that is found, when asked', async () => {
    const file =
      'text,hate,people\nDas ist ein Satz auf Deutsch und er ist nicht sehr lang,0,3\nThis is a sentence that was written in English,0,3\n';
    const { texts } = await read(simple.replace('language: en', 'language: detect'), { 'a.csv': file });
    expect(texts.map(({ language }) => language)).toEqual(['de', 'en']);
  });
});

describe('mistakes in files', () => {
  it('are named with file, line and field, never with what the field holds', async () => {
    const { problems: found } = await read(simple, {
      'a.csv': 'text,hate,people\nsecret,many,3\n"two\nlines",5,3\nsecret,1\n',
    });
    expect(found.map(formatProblem)).toEqual([
      'a.csv:2: hate: is no number',
      'a.csv:3: hate: is no share from 0 to 1 of people',
      'a.csv:5: has 2 fields, 3 are expected',
    ]);
    expect(JSON.stringify(found)).not.toMatch(/secret|many/);
  });

  it('are columns that are missing, quotes that never end, lines that are no JSON', async () => {
    expect((await read(simple, { 'a.csv': 'text,hate\na,1\n' })).problems.map(formatProblem)).toEqual([
      'a.csv:1: people: is no column of the file',
    ]);
    expect((await read(simple, { 'a.csv': 'text,hate,people\n"a,1,3\n' })).problems.map(formatProblem)).toEqual([
      'a.csv:2: a quoted field never ends',
    ]);
    const json = simple.replace('a.csv', 'a.jsonl').replace('type: csv', 'type: jsonl');
    expect(
      (await read(json, { 'a.jsonl': '{"text":"a","hate":1,"people":1}\n[]\nno\n' })).problems.map(formatProblem),
    ).toEqual(['a.jsonl:2: is no JSON object; each line is one', 'a.jsonl:3: is no JSON object; each line is one']);
  });
});

describe('records of a file', () => {
  const csv: FileFormat = { type: 'csv', columns: ['a', 'b'], isQuoted: true };
  const all = (format: FileFormat, parts: readonly string[]): (string | null)[][] => {
    const reader = createRecordReader(format, []);
    return [...parts.flatMap((part) => reader.push(part)), ...reader.end()].map(({ line, get }) => [
      String(line),
      get('a'),
      get('b'),
    ]);
  };

  it('are the same wherever the file is cut into pieces', () => {
    const field = fc.string({
      unit: fc.constantFrom('x', ',', '"', '\n', '\r', ' ', '\u{1f600}'),
      minLength: 1,
      maxLength: 6,
    });
    const record = fc.tuple(field, field);
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.array(fc.nat(80), { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        (records, cuts, end) => {
          const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
          const file = records.map(([a, b]) => `${quote(a)},${quote(b)}${end}`).join('');
          const places = [...new Set(cuts.map((cut) => Math.min(cut, file.length)))].sort((a, b) => a - b);
          const parts = [0, ...places].map((from, at) => file.slice(from, places[at] ?? file.length));
          expect(all(csv, parts).map(([, a, b]) => [a, b])).toEqual(records);
          expect(all(csv, parts)).toEqual(all(csv, [file]));
        },
      ),
    );
  });

  it('that never end are not gathered in memory', () => {
    for (const type of ['csv', 'jsonl'] as const) {
      const reader = createRecordReader({ ...csv, type }, []);
      for (let i = 0; i < 10; i++) expect(reader.push(`${i === 0 ? '"' : ''}${'x'.repeat(1_000_000)}`)).toEqual([]);
      expect(reader.mistakes).toHaveLength(1);
      expect(reader.end()).toEqual([]);
    }
  });

  it('begin after a byte order mark, skip empty lines and need no line break at the end', () => {
    expect(all({ ...csv, columns: null }, ['\uFEFFa,b\r\n\r\n1,2\r\n\n3,4'])).toEqual([
      ['3', '1', '2'],
      ['5', '3', '4'],
    ]);
  });

  it('are cut by bytes in the middle of a character without harm', async () => {
    const bytes = new TextEncoder().encode('text,hate,people\n\u{1f600}\u4e2d,0,3\n');
    const pieces = Array.from(bytes, (_, i) => bytes.slice(i, i + 1));
    const { texts } = await readImport(mappingOf(simple), () => chunks(...pieces));
    expect(texts[0]?.text).toBe('\u{1f600}\u4e2d');
  });
});

describe('imported data set', () => {
  const file = {
    'a.csv': `text,hate,people\n${Array.from({ length: 30 }, (_, i) => `text number ${String(i % 20).repeat(9)} of them,${i % 4},3`).join('\n')}\n`,
  };

  it('has every row, in the order of keys, with the group and split of the registry', async () => {
    const { texts } = await read(simple, file);
    const registry = createDuplicateRegistry({ salt: 'salt' });
    const rows = importRows(texts, mappingOf(simple), registry);
    expect(rows).toHaveLength(texts.length);
    expect(rows.map(({ key }) => key)).toEqual(rows.map(({ key }) => key).sort());
    for (const row of rows) {
      expect(row).toMatchObject({
        origin: 'IMPORTED',
        inclusion: null,
        source: 'test',
        platform: 'test',
        labelledAt: null,
      });
      expect(row.split).toBe(registry.splitOf(row.key));
      expect(row.groupSize).toBe(registry.sizeOf(row.key));
    }
  });

  it('has an id that the same file and mapping give again', async () => {
    const make = async (mapping: string) => {
      const { texts } = await read(mapping, file);
      const rows = importRows(texts, mappingOf(mapping), createDuplicateRegistry({ salt: 'salt' }));
      return { rows, manifest: importManifest(mappingOf(mapping), rows, 'salt-id') };
    };
    const { rows, manifest } = await make(simple);
    expect(manifest).toMatchObject({
      kind: 'IMPORTED',
      name: 'test',
      licences: ['CC0-1.0'],
      rule: 'mapping',
      rows: rows.length,
      digest: digestRows(rows),
    });
    expect((await make(simple)).manifest).toEqual(manifest);
    expect((await make(simple.replace('What it means.', 'Another.'))).manifest.datasetId).not.toBe(manifest.datasetId);
  });
});
