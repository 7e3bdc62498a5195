import type { LabelerRole } from '#platform/contracts';
import type { LabelItem } from '../resolution/label-item.js';
import type { Answer } from '../resolution/vote.js';

/** What one person answered to one item, as files hold it. */
export interface AnswerRecord extends LabelItem {
  /** `u-...`, or whatever a file names people by. */
  readonly labeler: string;
  readonly role: LabelerRole;
  readonly group: string | null;
  /** By question@version. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Milliseconds since 1970; null: the file does not say. */
  readonly submittedAt: number | null;
  readonly durationMs: number | null;
  readonly text: string | null;
}

/** A category of an item under one policy version, for export. */
export interface LabelRecord extends LabelItem {
  readonly policy: string;
  readonly category: string;
  readonly label: 'YES' | 'NO' | 'UNKNOWN';
  readonly weight: number;
  readonly decidedBy: readonly string[];
  readonly settled: boolean;
  readonly text: string | null;
}

export type ExchangeFormat = 'jsonl' | 'csv' | 'label-studio';

export const exchangeFormats: readonly ExchangeFormat[] = ['jsonl', 'csv', 'label-studio'];

/** How answers are kept: the question and the version of its wording. */
export const questionKeyPattern = /^[a-z][a-z0-9-]{0,63}@[1-9][0-9]{0,8}$/;

/** One mistake in a file. */
export interface ExchangeProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

export function formatExchangeProblem({ file, line, field, message }: ExchangeProblem): string {
  return field === '' ? `${file}:${line}: ${message}` : `${file}:${line}: ${field}: ${message}`;
}
