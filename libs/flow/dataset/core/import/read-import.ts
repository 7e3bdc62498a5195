import { createLanguageIdentifier, maskPersonalData, textHashOf, type RowLabel } from '#model';
import type { DocumentProblem } from '../read-yaml.js';
import { createRecordReader, type FileFormat, type FileRecord } from './file-records.js';
import { holds, labelsOf, LabelRuleError, type ItemVotes } from './label-rules.js';
import { fieldsOf, type ImportMapping, type VoteFiles } from './mapping.js';

/** A text of an imported file and what its mapping makes of it. */
export interface ImportedText {
  readonly key: string;
  /** Masked. */
  readonly text: string;
  readonly textHash: string;
  readonly language: string;
  readonly author: string | null;
  readonly labels: Readonly<Record<string, RowLabel>>;
}

export type SkipReason =
  /** The mapping's `where`, or `when` of a text, does not hold. */
  | 'FILTERED'
  | 'EMPTY_TEXT'
  | 'NO_VOTES'
  /** No rule knows anything of it. */
  | 'NO_LABEL';

export interface ReadImport {
  /** In the order of the files. */
  readonly texts: readonly ImportedText[];
  readonly records: number;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** At most a hundred; with any of them nothing should be imported. Never what a field holds. */
  readonly problems: readonly DocumentProblem[];
}

/** Gives the bytes or characters of a file of the import, piece by piece. Throws with a message for people when there is none. */
export type OpenFile = (file: string) => AsyncIterable<string | Uint8Array>;

export interface ImportOptions {
  /** Keyed hash of an author; without it authors are dropped. */
  readonly hashAuthor?: (author: string) => string;
  /** Told now and then: records of a file so far. */
  readonly onProgress?: (file: string, records: number) => void;
}

const mostProblems = 100;

/** Reads the files of an import as a stream, and what its mapping makes of them. */
export async function readImport(
  mapping: ImportMapping,
  open: OpenFile,
  options: ImportOptions = {},
): Promise<ReadImport> {
  const texts: ImportedText[] = [];
  const skipped: Partial<Record<SkipReason, number>> = {};
  const problems: DocumentProblem[] = [];
  const complain = (problem: DocumentProblem): void => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  const skip = (reason: SkipReason): void => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const votes = mapping.votes === null ? null : await readVotes(mapping.votes, mapping.format, open, complain);
  const languageOf = await languageReader(mapping);
  let records = 0;
  for (const [at, file] of mapping.files.entries()) {
    for await (const record of recordsOf(file, mapping.format, fieldsOf(mapping), open, complain)) {
      records += 1;
      if (records % 10_000 === 0) options.onProgress?.(file, records);
      if (!holds(mapping.where, record)) {
        skip('FILTERED');
        continue;
      }
      const ballot = votes === null ? null : votes(record.get(mapping.votes?.of ?? ''));
      if (votes !== null && ballot === null) {
        skip('NO_VOTES');
        continue;
      }
      for (const rule of mapping.texts) {
        const raw = record.get(rule.field);
        if (!holds(rule.when, record)) skip('FILTERED');
        else if (raw === null || raw.trim() === '') skip('EMPTY_TEXT');
        else {
          const labels = readLabels(rule.labels, record, ballot, (field, message) => {
            complain({ file, line: record.line, field, message });
          });
          if (Object.keys(labels).length === 0) skip('NO_LABEL');
          else {
            const { text } = maskPersonalData(raw);
            const textHash = textHashOf(text);
            const author = mapping.author === null ? null : record.get(mapping.author);
            texts.push({
              key: keyOf(mapping, at, record.line, rule.field, textHash),
              text,
              textHash,
              language: languageOf(record, text),
              author: author === null ? null : (options.hashAuthor?.(author) ?? null),
              labels,
            });
          }
        }
      }
    }
  }
  return { texts, records, skipped, problems };
}

/** By place and text: a line that another version of the file has changed is another row, and the others keep their keys. */
function keyOf(
  { name, files, texts }: ImportMapping,
  file: number,
  line: number,
  field: string,
  textHash: string,
): string {
  const place = files.length > 1 ? `${file + 1}-${line}` : String(line);
  return `${name}/${place}${texts.length > 1 ? `.${field}` : ''}-${textHash.slice(0, 8)}/1`;
}

function readLabels(
  rules: ImportMapping['texts'][number]['labels'],
  record: FileRecord,
  votes: ItemVotes | null,
  complain: (field: string, message: string) => void,
): Record<string, RowLabel> {
  try {
    return labelsOf(rules, record, votes);
  } catch (error) {
    if (!(error instanceof LabelRuleError)) throw error;
    complain(error.field, error.message);
    return {};
  }
}

async function languageReader({ language }: ImportMapping): Promise<(record: FileRecord, text: string) => string> {
  if (typeof language !== 'string') return (record) => record.get(language.field) ?? 'und';
  if (language !== 'detect') return () => language;
  const identify = await createLanguageIdentifier();
  return (_, text) => identify(text).language;
}

async function* recordsOf(
  file: string,
  format: FileFormat,
  fields: readonly string[],
  open: OpenFile,
  complain: (problem: DocumentProblem) => void,
): AsyncGenerator<FileRecord, void, void> {
  const reader = createRecordReader(format, fields);
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of open(file)) {
    yield* reader.push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
  }
  yield* reader.push(decoder.decode());
  yield* reader.end();
  for (const { line, field, message } of reader.mistakes) complain({ file, line, field, message });
}

/** Votes by item, each as the set of its marks; null for an item that nobody voted on. */
async function readVotes(
  { file, vote, item, marks }: VoteFiles,
  format: FileFormat,
  open: OpenFile,
  complain: (problem: DocumentProblem) => void,
): Promise<(item: string | null) => ItemVotes | null> {
  const marksOf = new Map<string, Set<string>>();
  for await (const record of recordsOf(marks.file, format, [marks.vote, marks.field], open, complain)) {
    const [id, mark] = [record.get(marks.vote), record.get(marks.field)];
    if (id !== null && mark !== null) marksOf.set(id, (marksOf.get(id) ?? new Set()).add(mark));
  }
  const none: ReadonlySet<string> = new Set();
  const votesOf = new Map<string, ReadonlySet<string>[]>();
  for await (const record of recordsOf(file, format, [vote, item], open, complain)) {
    const [id, on] = [record.get(vote), record.get(item)];
    if (id === null || on === null) continue;
    const marked = marksOf.get(id) ?? none;
    const votes = votesOf.get(on);
    if (votes === undefined) votesOf.set(on, [marked]);
    else votes.push(marked);
  }
  return (on) => {
    const votes = votesOf.get(on ?? '');
    if (votes === undefined) return null;
    return {
      all: votes.length,
      withAny: (asked) => votes.filter((marked) => asked.some((mark) => marked.has(mark))).length,
    };
  };
}
