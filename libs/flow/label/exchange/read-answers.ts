import { validateContent, type LabelerRole } from '#platform/contracts';
import type { Answer } from '../resolution/vote.js';
import { questionKeyPattern, type AnswerRecord, type ExchangeFormat, type ExchangeProblem } from './answer-record.js';
import { isObject, readRows, type FileRow } from './file-rows.js';
import type { AnswerRule, Mapping, Source } from './mapping.js';

/** An answer and the place of its first row among the rows of the file, from 0. */
export interface ReadAnswer {
  readonly record: AnswerRecord;
  readonly row: number;
  readonly line: number;
}

export interface ReadAnswers {
  readonly answers: readonly ReadAnswer[];
  readonly problems: readonly ExchangeProblem[];
  readonly rows: number;
  /** Annotations that somebody cancelled, and rows that answer nothing. */
  readonly skipped: number;
}

export interface ReadOptions {
  readonly file: string;
  readonly format: ExchangeFormat;
  /** Null: the file is one that `tidegate label export` wrote. */
  readonly mapping: Mapping | null;
  /** Of rows that name none. */
  readonly platform: string | null;
}

/** A mistake in one field of a row. */
class FieldError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What people answered, from a file. Rows of one person about one item are one answer as long as they say different questions; a second
 * word on the same question is another answer, which comes later and does not count in the resolution.
 */
export function readAnswers(text: string, { file, format, mapping, platform }: ReadOptions): ReadAnswers {
  const answers: ReadAnswer[] = [];
  const problems: ExchangeProblem[] = [];
  const latest = new Map<string, number>();
  let rows = 0;
  let skipped = 0;
  for (const result of readRows(text, { file, format, isOurs: mapping === null })) {
    const row = rows++;
    if (result.ok === 'skipped') {
      skipped++;
      continue;
    }
    if (!result.ok) {
      problems.push(result.problem);
      continue;
    }
    const { line } = result.row;
    try {
      const record =
        mapping === null ? ownRecord(result.row, format, platform) : mappedRecord(result.row, mapping, platform);
      if (Object.keys(record.answers).length === 0) {
        skipped++;
        continue;
      }
      checkContent(record);
      const key = JSON.stringify([record.platform, record.contentId, record.revision, record.labeler]);
      const place = latest.get(key);
      const before = place === undefined ? undefined : answers[place];
      if (place !== undefined && before !== undefined && areApart(before.record, record)) {
        const both = { ...before.record.answers, ...record.answers };
        answers[place] = { ...before, record: { ...before.record, answers: both } };
      } else {
        latest.set(key, answers.length);
        answers.push({ record, row, line });
      }
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      problems.push({ file, line, field: error.field, message: error.message });
    }
  }
  return { answers, problems, rows, skipped };
}

/** What holds of every content holds of these: a platform could publish them. */
function checkContent({ platform, contentId, revision, text }: AnswerRecord): void {
  const rejection = validateContent({
    ...{ platform, contentId, revision, kind: 'OTHER', text: text ?? '', language: null, authorId: null },
    ...{ conversationId: null, metadata: {}, submittedAt: 1 },
  });
  if (rejection === null) return;
  const [field = '', ...rest] = rejection.detail.split(': ');
  throw new FieldError(field, rest.join(': '));
}

function areApart(left: AnswerRecord, right: AnswerRecord): boolean {
  return Object.keys(right.answers).every((question) => !(question in left.answers));
}

function mappedRecord(row: FileRow, mapping: Mapping, platform: string | null): AnswerRecord {
  const answers: Record<string, Answer> = {};
  for (const [question, rule] of Object.entries(mapping.answers)) {
    const answer = answerOf(row, rule);
    if (answer !== null) answers[question] = answer;
  }
  return {
    platform: mapping.platform === null ? platformOf(platform) : word(row, 'platform', mapping.platform, 128),
    contentId: word(row, 'contentId', mapping.contentId, 512),
    revision: mapping.revision === null ? 1 : whole(row, 'revision', mapping.revision, 1),
    labeler: word(row, 'labeler', mapping.labeler, 256),
    role: mapping.role === null ? 'REVIEWER' : roleOf(word(row, 'role', mapping.role, 16)),
    group: mapping.group === null ? null : wordOrNull(row, mapping.group),
    answers,
    submittedAt: mapping.submittedAt === null ? null : timeOf(row, mapping.submittedAt),
    durationMs: mapping.durationMs === null ? null : durationOf(row, mapping.durationMs),
    text: mapping.text === null ? null : textOf(valueOf(row, mapping.text)),
  };
}

/** As `tidegate label export` writes it. */
function ownRecord(row: FileRow, format: ExchangeFormat, platform: string | null): AnswerRecord {
  const under = format === 'label-studio' ? 'data.' : '';
  const at = (name: string): Source => ({ field: `${under}${name}` });
  const by = (name: string): Source => ({ field: format === 'label-studio' ? `annotation.${name}` : name });
  const own: Omit<Mapping, 'answers'> = {
    platform: platform !== null && valueOf(row, at('platform')) === null ? platform : at('platform'),
    contentId: at('contentId'),
    revision: valueOf(row, at('revision')) === null ? null : at('revision'),
    labeler: format === 'label-studio' ? { field: 'annotation.completed_by.email' } : by('labeler'),
    role: valueOf(row, by('role')) === null ? null : by('role'),
    group: by('group'),
    submittedAt: format === 'label-studio' ? { field: 'annotation.created_at' } : by('submittedAt'),
    durationMs: format === 'label-studio' ? { field: 'annotation.lead_time', times: 1000 } : by('durationMs'),
    text: at('text'),
  };
  return { ...mappedRecord(row, { ...own, answers: {} }, platform), answers: ownAnswers(row, format) };
}

function ownAnswers(row: FileRow, format: ExchangeFormat): Readonly<Record<string, Answer>> {
  const answers: Record<string, Answer> = {};
  const given = format === 'csv' ? null : row.field(format === 'jsonl' ? 'answers' : 'choices');
  if (format !== 'csv' && !isObject(given)) throw new FieldError('answers', 'must be an object by question@version');
  const questions = isObject(given) ? Object.keys(given) : row.names.filter((name) => name.includes('@'));
  for (const question of questions) {
    const value = isObject(given) ? given[question] : row.field(question);
    const answer = valuesIn(value).join().toUpperCase();
    if (answer === '' && format === 'csv') continue;
    if (!questionKeyPattern.test(question)) {
      throw new FieldError(question.slice(0, 64), 'is no question@version, for example attack@1');
    }
    if (answer !== 'YES' && answer !== 'NO' && answer !== 'UNSURE') {
      throw new FieldError(question, 'must be YES, NO or UNSURE');
    }
    answers[question] = answer;
  }
  return answers;
}

function answerOf(row: FileRow, rule: AnswerRule): Answer | null {
  if (rule.when !== null && !valuesIn(row.field(rule.when.field)).includes(rule.when.is)) return null;
  const value = row.field(rule.field);
  // A control that nobody touched has no choices, and no entry.
  if (value === undefined && !rule.field.startsWith('choices.')) {
    throw new FieldError(rule.field, 'is not there; correct the mapping');
  }
  const said = valuesIn(value);
  if (said.some((one) => rule.yes.includes(one))) return 'YES';
  if (said.some((one) => rule.unsure.includes(one))) return 'UNSURE';
  if (said.some((one) => rule.no.includes(one))) return 'NO';
  switch (rule.otherwise) {
    case 'no':
      return 'NO';
    case 'unsure':
      return 'UNSURE';
    case 'ignore':
      return null;
    case 'refuse':
      throw new FieldError(rule.field, 'has a value that the mapping does not name; add it, or say otherwise: no');
  }
}

function valuesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly unknown[]).map(wordOf) : [wordOf(value)];
}

/** What stands in one field; empty for what is not there, and for what is no single value. */
function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Null for what is not there, null or empty. */
function valueOf(row: FileRow, source: Source): string | number | null {
  if (typeof source !== 'object') return source;
  const value = row.field(source.field);
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'object') throw new FieldError(source.field, 'must be a single value');
  const text = source.values?.[wordOf(value)] ?? wordOf(value);
  if (source.times === undefined) return text;
  const number = Number(text);
  if (!Number.isFinite(number)) throw new FieldError(source.field, 'must be a number');
  return number * source.times;
}

function nameOf(source: Source, name: string): string {
  return typeof source === 'object' ? source.field : name;
}

function word(row: FileRow, name: string, source: Source, most: number): string {
  const value = valueOf(row, source);
  if (value === null) throw new FieldError(nameOf(source, name), `must not be empty: it is the ${name}`);
  const text = String(value);
  if (text.length > most) throw new FieldError(nameOf(source, name), `must have at most ${most} characters`);
  return text;
}

function wordOrNull(row: FileRow, source: Source): string | null {
  const value = valueOf(row, source);
  return value === null ? null : String(value).slice(0, 128);
}

function whole(row: FileRow, name: string, source: Source, least: number): number {
  const number = Number(valueOf(row, source));
  if (!Number.isSafeInteger(number) || number < least || number > 2_147_483_647) {
    throw new FieldError(nameOf(source, name), `must be a whole number from ${least}`);
  }
  return number;
}

function platformOf(platform: string | null): string {
  if (platform === null) throw new FieldError('platform', 'is not said; name it in the mapping, or with --platform');
  return platform;
}

function roleOf(text: string): LabelerRole {
  const role = text.toUpperCase();
  if (role !== 'REVIEWER' && role !== 'EXPERT') throw new FieldError('role', 'must be REVIEWER or EXPERT');
  return role;
}

/** 2262: what the warehouse can hold. */
const LAST_MS = 9_223_372_036_854;

function timeOf(row: FileRow, source: Source): number | null {
  const value = valueOf(row, source);
  if (value === null) return null;
  const text = String(value);
  // Without a zone a time is UTC, not the zone of whoever imports.
  const isBare = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text);
  const time = /^\d+(\.\d+)?$/.test(text)
    ? Math.round(Number(text))
    : Date.parse(isBare ? `${text.replace(' ', 'T')}Z` : text);
  if (!Number.isSafeInteger(time) || time < 0 || time > LAST_MS) {
    throw new FieldError(
      nameOf(source, 'submittedAt'),
      'must be a time like 2026-11-01T12:00:00Z, or milliseconds since 1970',
    );
  }
  return time;
}

function durationOf(row: FileRow, source: Source): number | null {
  const value = valueOf(row, source);
  if (value === null) return null;
  const duration = Math.round(Number(value));
  if (!Number.isSafeInteger(duration) || duration < 0) {
    throw new FieldError(nameOf(source, 'durationMs'), 'must be a number of milliseconds from 0');
  }
  return Math.min(duration, 2_147_483_647);
}

function textOf(value: string | number | null): string | null {
  return value === null ? null : String(value);
}
