import { z } from 'zod';
import type { DatasetReport } from '../api/index.js';
import { readJsonReport } from '../json-report.js';

const count = z.number().default(0);
const counts = z.record(z.string(), z.number()).default({});
const figure = z.number().nullable().default(null);

/** Of the quality report of the dataset role, what people look at; more fields may come. */
const reportSchema = z.object({
  erased: count,
  gold: count,
  agreement: z
    .array(z.object({ question: z.string(), items: count, alpha: figure, low: figure, high: figure }))
    .default([]),
  suspected: z.object({ checked: count, flagged: count }).nullable().default(null),
  duplicates: z
    .object({
      ...{ groups: count, largest: count, merged: count },
      ...{ conflicts: count, quarantined: count, contaminated: count },
    })
    .nullable()
    .default(null),
  leakage: z.object({ authors: count, authorsAcross: count, share: count }).nullable().default(null),
  personalData: z.object({ rows: count, kinds: counts }).nullable().default(null),
  leftOut: counts,
  origins: counts,
});

/** Null: there is none, or this release cannot read it. */
export function readDatasetReport(text: string): DatasetReport | null {
  const report = readJsonReport(reportSchema, text);
  if (report === null) return null;
  return {
    ...report,
    agreement: report.agreement.map(({ question, items, alpha, low, high }) => {
      return { question, items, alpha: { value: alpha, low, high } };
    }),
  };
}
