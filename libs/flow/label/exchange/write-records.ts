import type { AnswerRecord, ExchangeFormat, LabelRecord } from './answer-record.js';
import { csvLine } from './csv.js';

/** Parts of a file that holds answers. @param questions every question@version that occurs, for the columns of a table */
export function* writeAnswers(
  records: readonly AnswerRecord[],
  format: ExchangeFormat,
  questions: readonly string[],
  withText: boolean,
): Generator<string, void, void> {
  switch (format) {
    case 'jsonl':
      for (const { text, ...record } of records) {
        yield `${JSON.stringify({ ...record, submittedAt: timeOf(record.submittedAt), ...(withText ? { text } : {}) })}\n`;
      }
      return;
    case 'csv':
      yield csvLine([...ANSWER_COLUMNS, ...(withText ? ['text'] : []), ...questions]);
      for (const record of records) {
        yield csvLine([
          ...[record.platform, record.contentId, String(record.revision), record.labeler, record.role],
          ...[record.group ?? '', timeOf(record.submittedAt) ?? '', String(record.durationMs ?? '')],
          ...(withText ? [record.text ?? ''] : []),
          ...questions.map((question) => record.answers[question] ?? ''),
        ]);
      }
      return;
    case 'label-studio':
      yield* writeTasks(records, withText);
  }
}

const ANSWER_COLUMNS = [
  ...['platform', 'contentId', 'revision', 'labeler', 'role', 'group', 'submittedAt', 'durationMs'],
];

/** Items as tasks and answers as annotations, one `choices` result for each question. Answers to one item have to stand together. */
function* writeTasks(records: readonly AnswerRecord[], withText: boolean): Generator<string, void, void> {
  let id = 0;
  let annotations: object[] = [];
  yield '[';
  for (const [index, record] of records.entries()) {
    annotations.push(annotationOf(record));
    const next = records[index + 1];
    if (next !== undefined && keyOf(next) === keyOf(record)) continue;
    const { platform, contentId, revision, text } = record;
    const data = { platform, contentId, revision, ...(withText ? { text } : {}) };
    yield `${id === 0 ? '' : ','}\n${JSON.stringify({ id: id + 1, data, annotations })}`;
    id += 1;
    annotations = [];
  }
  yield '\n]\n';
}

function keyOf({ platform, contentId, revision }: AnswerRecord): string {
  return JSON.stringify([platform, contentId, revision]);
}

function annotationOf({ labeler, role, group, answers, submittedAt, durationMs }: AnswerRecord): object {
  return {
    completed_by: { email: labeler },
    was_cancelled: false,
    ground_truth: role === 'EXPERT',
    created_at: timeOf(submittedAt),
    lead_time: durationMs === null ? null : durationMs / 1000,
    role,
    group,
    result: Object.entries(answers).map(([question, answer]) => ({
      from_name: question,
      to_name: 'text',
      type: 'choices',
      value: { choices: [answer] },
    })),
  };
}

/** Parts of a file that holds labels; a label has no place among annotations, so Label Studio gets none. */
export function* writeLabels(
  records: readonly LabelRecord[],
  format: 'jsonl' | 'csv',
  withText: boolean,
): Generator<string, void, void> {
  if (format === 'csv') {
    const columns = [
      'platform',
      'contentId',
      'revision',
      'policy',
      'category',
      'label',
      'weight',
      'decidedBy',
      'settled',
    ];
    yield csvLine([...columns, ...(withText ? ['text'] : [])]);
  }
  for (const { text, ...record } of records) {
    if (format === 'jsonl') {
      yield `${JSON.stringify({ ...record, ...(withText ? { text } : {}) })}\n`;
      continue;
    }
    yield csvLine([
      ...[record.platform, record.contentId, String(record.revision), record.policy, record.category],
      ...[record.label, String(record.weight), record.decidedBy.join(' '), String(record.settled)],
      ...(withText ? [text ?? ''] : []),
    ]);
  }
}

function timeOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
