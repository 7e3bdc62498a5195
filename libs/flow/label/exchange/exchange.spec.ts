import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { codecOf } from '#platform/contracts';
import { projectRoot } from '#platform/config';
import type { Answer } from '../resolution/vote.js';
import { exchangeFormats, formatExchangeProblem, type AnswerRecord, type ExchangeFormat } from './answer-record.js';
import { csvLine, forSpreadsheet, fromSpreadsheet, parseCsv } from './csv.js';
import { contentsOf, fileHashOf, labelerIdOf, submissionsOf } from './import-events.js';
import { parseMapping, type Mapping } from './mapping.js';
import { readAnswers, type ReadAnswers } from './read-answers.js';
import { writeAnswers, writeLabels } from './write-records.js';

const samples = path.join(projectRoot, 'samples/labels');
const sample = (name: string): string => fs.readFileSync(path.join(samples, name), 'utf8');

function mappingOf(yaml: string): Mapping {
  const parsed = parseMapping(yaml, 'm.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatExchangeProblem).join('\n'));
  return parsed.mapping;
}

function read(
  text: string,
  format: ExchangeFormat,
  yaml: string | null = null,
  platform: string | null = null,
): ReadAnswers {
  const mapping = yaml === null ? null : mappingOf(yaml);
  return readAnswers(text, { file: 'votes', format, mapping, platform });
}

const problemsOf = (result: ReadAnswers): readonly string[] => result.problems.map(formatExchangeProblem);
const source = { fileHash: fileHashOf(Buffer.from('x')), writtenAt: 1_790_000_000_000, attempt: 0 };

describe('the samples', () => {
  it.each([
    ['answers.jsonl', 'jsonl', 'answers-jsonl.yaml', 5, 0, 3],
    ['votes.csv', 'csv', 'votes-csv.yaml', 4, 0, 2],
    ['label-studio.json', 'label-studio', 'label-studio.yaml', 3, 1, 2],
  ] as const)('%s is read without a mistake and becomes events', (file, format, yaml, answers, skipped, contents) => {
    const result = read(sample(file), format, sample(yaml));
    expect(problemsOf(result)).toEqual([]);
    expect(result.answers).toHaveLength(answers);
    expect(result.skipped).toBe(skipped);
    expect(contentsOf(result.answers, 5)).toHaveLength(contents);
    const codec = codecOf('label/submitted');
    for (const event of submissionsOf(result.answers, source)) expect(codec.decode(codec.encode(event))).toEqual(event);
  });

  it('say what was said', () => {
    const jsonl = read(sample('answers.jsonl'), 'jsonl', sample('answers-jsonl.yaml')).answers[3]?.record;
    expect(jsonl).toEqual({
      ...{ platform: 'harbour', contentId: 'note-2', revision: 1, labeler: 'harbour-desk-2', role: 'REVIEWER' },
      ...{ group: 'harbour-desk', answers: { 'insult@1': 'UNSURE', 'threat@1': 'NO' }, durationMs: 21_400 },
      ...{ submittedAt: Date.UTC(2026, 2, 2, 10, 3, 12), text: 'Only a fool would moor a boat like that.' },
    });
    const csv = read(sample('votes.csv'), 'csv', sample('votes-csv.yaml')).answers.map(({ record }) => record);
    expect(csv.map(({ contentId, labeler, answers }) => [contentId, labeler, answers])).toEqual([
      ['c-1', 'ana', { 'insult@1': 'YES' }],
      ['c-1', 'ben', { 'insult@1': 'NO', 'threat@1': 'NO' }],
      ['c-2', 'ana', { 'insult@1': 'NO' }],
      ['c-2', 'ben', { 'insult@1': 'UNSURE' }],
    ]);
    // A time without a zone is UTC, whoever imports it.
    expect(csv[0]?.submittedAt).toBe(Date.UTC(2025, 10, 20, 8, 30));
    expect(csv[2]?.text).toBe('The crane is broken again.\nSecond time this week.');
    const studio = read(sample('label-studio.json'), 'label-studio', sample('label-studio.yaml')).answers;
    expect(studio.map(({ record, line }) => [record.contentId, record.labeler, record.answers, line])).toEqual([
      ['quill-7', 'first@example.org', { 'insult@1': 'YES', 'threat@1': 'NO' }, 2],
      ['quill-7', 'second@example.org', { 'insult@1': 'YES', 'threat@1': 'YES' }, 2],
      ['quill-8', 'first@example.org', { 'insult@1': 'NO', 'threat@1': 'NO' }, 50],
    ]);
    expect(studio[0]?.record).toMatchObject({ durationMs: 5500, submittedAt: Date.UTC(2026, 0, 12, 14, 5, 0, 250) });
  });
});

const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
/** What may be the id of a content. */
const anyId = anyText.filter((id) => id.isWellFormed() && !/\p{Cc}/u.test(id));
const anyRecord = fc.record<AnswerRecord>({
  platform: fc.constantFrom('forum', 'chat-2'),
  contentId: fc.oneof(anyId, fc.constantFrom('=1+1', '@SUM(A1)', "'=x", '-2', '"a,b"', ' spaced ')),
  revision: fc.integer({ min: 1, max: 9 }),
  labeler: fc.integer({ min: 0, max: 99 }).map((n) => `u-${n}`),
  role: fc.constantFrom('REVIEWER', 'EXPERT'),
  group: fc.option(fc.constantFrom('crowd', 'night, shift', '=cmd')),
  answers: fc.dictionary(
    fc.constantFrom('attack@1', 'attack@2', 'threat@1'),
    fc.constantFrom<Answer>('YES', 'NO', 'UNSURE'),
    { minKeys: 1 },
  ),
  submittedAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  durationMs: fc.option(fc.nat(2_000_000_000)),
  text: fc.constant(null),
});
const itemOf = ({ platform, contentId, revision }: AnswerRecord): string =>
  JSON.stringify([platform, contentId, revision]);
const textsOf = fc.func(fc.option(anyText.filter((text) => text.isWellFormed())));
/** As export gives them: sorted by item, each person once, and an item with one text. */
const anyRecords = fc
  .tuple(fc.uniqueArray(anyRecord, { selector: (record) => JSON.stringify([itemOf(record), record.labeler]) }), textsOf)
  .map(([records, textOf]) =>
    records
      .map((record) => ({ ...record, text: textOf(itemOf(record)) }))
      .sort((a, b) => (itemOf(a) < itemOf(b) ? -1 : 1)),
  );

describe('what is exported', () => {
  it.each(exchangeFormats)('as %s is read back as it was', (format) => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const file = [...writeAnswers(records, format, ['attack@1', 'attack@2', 'threat@1'], true)].join('');
        const result = read(file, format);
        expect(problemsOf(result)).toEqual([]);
        expect(result.answers.map(({ record }) => record)).toEqual(records);
      }),
      { numRuns: 60 },
    );
  });

  it('has no text unless it is asked for', () => {
    const record = {
      platform: 'forum',
      contentId: 'c',
      revision: 1,
      labeler: 'u-1',
      role: 'REVIEWER',
      group: null,
    } as const;
    const secret = {
      ...record,
      answers: { 'a@1': 'YES' },
      submittedAt: 1,
      durationMs: null,
      text: 'secret words',
    } as const;
    for (const format of exchangeFormats) {
      expect([...writeAnswers([secret], format, ['a@1'], false)].join('')).not.toContain('secret');
      expect([...writeAnswers([secret], format, ['a@1'], true)].join('')).toContain('secret');
    }
    const label = {
      ...secret,
      policy: 'p@1',
      category: 'H',
      label: 'YES',
      weight: 1,
      decidedBy: [],
      settled: true,
    } as const;
    expect([...writeLabels([label], 'csv', false)].join('')).not.toContain('secret');
  });

  it('runs no formula in a spreadsheet, whatever the field, and loses none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('=1', '+1', '-1', '@x', '\t=1', "'=1", "''")), (field) => {
        expect(forSpreadsheet(field)).not.toMatch(/^[=+\-@\t\r]/);
        expect(fromSpreadsheet(forSpreadsheet(field))).toBe(field);
      }),
    );
  });
});

describe('CSV', () => {
  it('gives back every field, and the line of every record', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', '=', "'") });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = rows.map(csvLine).join('');
        const records = [...parseCsv(text)];
        expect(records.map(({ fields }) => fields.map(fromSpreadsheet))).toEqual(rows);
        expect(records.every(({ isSound }) => isSound)).toBe(true);
        let line = 1;
        for (const [index, record] of records.entries()) {
          expect(record.line).toBe(line);
          line += csvLine(rows[index] ?? []).split('\n').length - 1;
        }
      }),
    );
  });

  it('reads what other programs write: a mark at the beginning, carriage returns, no line feed at the end', () => {
    expect([...parseCsv('\uFEFFa,b\r\n1,\r\n\r\n"2 ""x""",3')].map(({ line, fields }) => [line, ...fields])).toEqual([
      [1, 'a', 'b'],
      [2, '1', ''],
      [4, '2 "x"', '3'],
    ]);
    expect([...parseCsv('a\n"b')].map(({ isSound }) => isSound)).toEqual([true, false]);
    expect([...parseCsv('"b"c')].map(({ isSound }) => isSound)).toEqual([false]);
  });
});

describe('a mistake', () => {
  const yaml =
    'platform: forum\ncontentId: { field: id }\nlabeler: { field: who }\nanswers:\n  a@1: { field: a, yes: 1, no: 0 }\n';

  it('is named with file, line and field, and hides no other', () => {
    const lines = [
      '{"id":"c1","who":"ana","a":1}',
      'not json',
      '[]',
      '{"id":"","who":"ana","a":1}',
      '{"id":"c1","who":"ana","a":7}',
      '{"id":"c1","a":1}',
      '{"id":{"x":1},"who":"ana","a":1}',
      '{"id":"c\\u0007","who":"ana","a":0}',
      '{"id":"c1","who":"ana"}',
    ];
    const result = read(lines.join('\n'), 'jsonl', yaml);
    expect(problemsOf(result)).toEqual([
      'votes:2: is not JSON',
      'votes:3: is not an object',
      'votes:4: id: must not be empty: it is the contentId',
      'votes:5: a: has a value that the mapping does not name; add it, or say otherwise: no',
      'votes:6: who: must not be empty: it is the labeler',
      'votes:7: id: must be a single value',
      'votes:8: contentId: has a control character',
      'votes:9: a: is not there; correct the mapping',
    ]);
    expect(result.answers).toHaveLength(1);
    expect(result.rows).toBe(9);
  });

  it('never quotes what a person wrote', () => {
    const result = read('{"id":"c1","who":"secret words","a":"secret words"}\nsecret words', 'jsonl', yaml);
    expect(problemsOf(result).join()).not.toContain('secret');
  });

  it('of a table is a column too many, one too few or a name twice', () => {
    expect(problemsOf(read('id,who,a\n1,2\n1,2,3,4\n"x,1,1', 'csv', yaml))).toEqual([
      'votes:2: has 2 fields where the first line names 3',
      'votes:3: has 4 fields where the first line names 3',
      'votes:4: has a quote that is not closed, or text behind one; double the quotes within a field',
    ]);
    expect(problemsOf(read('id,id,a\n1,2,1', 'csv', yaml))).toEqual([
      'votes:1: names the column id twice; the first line holds the names',
    ]);
  });

  it('of a Label Studio file is named with the line of its task', () => {
    const studio = mappingOf(sample('label-studio.yaml'));
    const of = (text: string) =>
      problemsOf(readAnswers(text, { file: 'f', format: 'label-studio', mapping: studio, platform: null }));
    expect(of('{"id": 1}')).toEqual(['f:1: is not a JSON array of tasks']);
    expect(of('[\n{"id": 1},\n 3,\n{"annotations": [4, {"result": 5}]}\n]')).toEqual([
      'f:2: annotations: must be a list; export as JSON with annotations',
      'f:3: is not an object',
      'f:4: annotations.0: must be an object',
      'f:4: annotations.1.result: must be a list of results',
    ]);
    expect(of('[{"data": {"text": "a ] b"}, "annotations": []}]')).toEqual([]);
    expect(of('[{"annotations": []}')).toEqual(['f:1: is not a JSON array of tasks']);
  });

  it('of a mapping is named with its line', () => {
    const parsed = parseMapping(
      'contentId: { field: id }\nlabelers: x\nanswers:\n  A: { field: a }\n  b@1: { fields: a }\n',
      'm.yaml',
    );
    expect(parsed.ok ? [] : parsed.problems.map(formatExchangeProblem)).toEqual(
      expect.arrayContaining([
        'm.yaml:2: labelers: unknown field; remove it or correct its name',
        'm.yaml:4: answers.A: a question is written as question@version, for example attack@1',
        'm.yaml:5: answers.b@1.fields: unknown field; remove it or correct its name',
      ]),
    );
    expect(parseMapping('a: [', 'm.yaml').ok).toBe(false);
  });

  it('is a platform that nobody names', () => {
    const without = yaml.replace('platform: forum\n', '');
    expect(problemsOf(read('{"id":"c1","who":"ana","a":1}', 'jsonl', without))).toEqual([
      'votes:1: platform: is not said; name it in the mapping, or with --platform',
    ]);
    expect(read('{"id":"c1","who":"ana","a":1}', 'jsonl', without, 'forum').answers).toHaveLength(1);
  });
});

describe('the events of a file', () => {
  const { answers } = read(sample('votes.csv'), 'csv', sample('votes-csv.yaml'));

  it('are the same when it is imported again, and corrections of these under another attempt', () => {
    const first = [...submissionsOf(answers, source)];
    expect([...submissionsOf(answers, source)]).toEqual(first);
    const second = [...submissionsOf(answers, { ...source, attempt: 1 })];
    expect(second.map(({ leaseId }) => leaseId)).toEqual(first.map(({ leaseId }) => leaseId));
    const ids = new Set([...first, ...second].map(({ submissionId }) => submissionId));
    expect(ids.size).toBe(2 * first.length);
    const other = [...submissionsOf(answers, { ...source, fileHash: 'another' })];
    expect(other.some(({ leaseId }) => first.some((event) => event.leaseId === leaseId))).toBe(false);
  });

  it('hold no names and no text', () => {
    const written = JSON.stringify([...submissionsOf(answers, source)]);
    for (const word of ['ana', 'ben', 'crane', 'captain']) expect(written).not.toContain(word);
    expect(labelerIdOf('u-3f9c2ab41d')).toBe('u-3f9c2ab41d');
    expect(labelerIdOf('U-Boat')).toMatch(/^u-[0-9a-f]{16}$/);
  });

  it('keep a second word of a person on the same question apart from the first', () => {
    const twice = 'id,who,a\nc1,ana,1\nc1,ana,0\n';
    const yaml =
      'platform: forum\ncontentId: { field: id }\nlabeler: { field: who }\nanswers:\n  a@1: { field: a, yes: 1, no: 0 }\n';
    const said = [...submissionsOf(read(twice, 'csv', yaml).answers, source)];
    expect(said.map((event) => [event.answers, event.ordinal])).toEqual([
      [{ 'a@1': 'YES' }, 0],
      [{ 'a@1': 'NO' }, 1],
    ]);
    expect(new Set(said.map(({ leaseId }) => leaseId)).size).toBe(2);
  });
});
