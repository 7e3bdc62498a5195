import { revisionKey } from '#platform/contracts';
import type { PolicyDocument } from '#policy';
import { drawLabelerAudit, judgeLabelerAudit, type AuditPair, type AuditResult } from '../quality/labeler-audit.js';
import type { LabelItem } from '../resolution/label-item.js';
import { factsOf } from './agreement-table.js';
import { valuesOf, type Categories } from './expert-items.js';
import type { Steps } from '../steps.js';
import type { Answers } from './said.js';

/** What one person answered to one item, beside what a model had said of it. */
export interface AuditedAnswer {
  readonly labeler: string;
  readonly item: LabelItem;
  readonly answers: Answers;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface AuditRow {
  readonly labeler: string;
  readonly category: string;
  readonly item: LabelItem;
  /** Whether the answers of the person put it into the category. */
  readonly labelled: boolean;
  readonly probability: number;
  /** What experts make of it; null: nobody looked, or it is undecided. */
  readonly auditor: boolean | null;
}

/** The 10 + 10 audit of every person and category (sampling 0). @param period another one draws other items */
export function* drawAudits(
  answers: readonly AuditedAnswer[],
  document: PolicyDocument,
  expertOf: (item: string) => Categories | undefined,
  { period, salt }: { readonly period: string; readonly salt: string },
): Steps<readonly AuditRow[]> {
  const byLabeler = new Map<string, { readonly answer: AuditedAnswer; readonly categories: Categories }[]>();
  for (const answer of answers) {
    const entry = { answer, categories: valuesOf(document, factsOf(answer.answers)) };
    const known = byLabeler.get(answer.labeler);
    if (known === undefined) byLabeler.set(answer.labeler, [entry]);
    else known.push(entry);
    yield;
  }
  const rows: AuditRow[] = [];
  for (const [labeler, own] of byLabeler) {
    for (const category of document.categories) {
      const candidates = new Map(
        own.flatMap(({ answer: { item, probabilities }, categories }) => {
          const probability = probabilities[category];
          if (probability === undefined) return [];
          const key = revisionKey(item);
          return [[key, { item: key, labelled: categories[category] === 'yes', probability, of: item }]] as const;
        }),
      );
      for (const key of drawLabelerAudit([...candidates.values()], { labeler, category, period, salt })) {
        const candidate = candidates.get(key);
        if (candidate === undefined) continue;
        const { of: item, labelled, probability } = candidate;
        const value = expertOf(key)?.[category];
        const auditor = value === undefined || value === 'unknown' ? null : value === 'yes';
        rows.push({ labeler, category, item, labelled, probability, auditor });
      }
      yield;
    }
  }
  return rows;
}

/** Each person against the experts, over all categories together. */
export function judgeAudits(rows: readonly AuditRow[]): ReadonlyMap<string, AuditResult & { readonly drawn: number }> {
  const byLabeler = new Map<string, { drawn: number; readonly pairs: AuditPair[] }>();
  for (const { labeler, labelled, auditor } of rows) {
    const own = byLabeler.get(labeler) ?? { drawn: 0, pairs: [] };
    own.drawn += 1;
    if (auditor !== null) own.pairs.push({ labeler: labelled, auditor });
    byLabeler.set(labeler, own);
  }
  return new Map(
    [...byLabeler].map(([labeler, { drawn, pairs }]) => [labeler, { drawn, ...judgeLabelerAudit(pairs) }]),
  );
}
