import { parsePolicy, questionsOf } from '#policy';
import type { AgreementReport, Estimate, LabelerReport } from '../api/index.js';
import { csvOf } from './csv.js';

/** Wording by `question@version`, over all versions of all policies: a question never changes under its version. */
export type Wordings = ReadonlyMap<string, string>;

export function wordingsOf(
  policies: readonly { readonly policy_id: string; readonly version: number; readonly document: string }[],
): Wordings {
  const wordings = new Map<string, string>();
  for (const { policy_id, version, document } of policies) {
    const parsed = parsePolicy(document, `${policy_id}@${version}`);
    // Of a later release: its questions are shown by their keys.
    if (!parsed.ok) continue;
    for (const { key, wording } of questionsOf(parsed.policy)) wordings.set(key, wording);
  }
  return wordings;
}

const interval = ({ value, low, high }: Estimate) => [value, low, high] as const;

export function agreementCsv({ rows }: AgreementReport): string {
  return csvOf(
    [
      ...['kind', 'subject', 'wording', 'alpha', 'alpha_low', 'alpha_high', 'band'],
      ...['positive_agreement', 'positive_low', 'positive_high', 'items', 'answers', 'vanished'],
    ],
    rows.map(({ kind, subject, wording, alpha, band, positive, items, answers, vanished }) => [
      ...[kind, subject, wording, ...interval(alpha), band],
      ...[...interval(positive), items, answers, vanished],
    ]),
  );
}

/** By id alone: a file travels further than a page. */
export function labelersCsv({ rows }: LabelerReport): string {
  return csvOf(
    [
      ...['labeler_id', 'answers', 'unsure', 'hits', 'misses', 'rejections', 'false_alarms', 'sensitivity'],
      ...['sensitivity_low', 'sensitivity_high', 'specificity', 'specificity_low', 'specificity_high', 'standing'],
      ...['agreement', 'consistency', 'median_ms', 'is_hurried', 'is_always_no', 'drift', 'audit_f1'],
    ],
    rows.map((row) => [
      ...[row.labelerId, row.answers, row.unsure, row.gold.hits, row.gold.misses, row.gold.rejections],
      ...[row.gold.falseAlarms, ...interval(row.sensitivity), ...interval(row.specificity), row.standing],
      ...[row.agreement, row.consistency, row.medianMs, row.isHurried, row.isAlwaysNo, row.drift, row.audit.f1],
    ]),
  );
}
