import { z } from 'zod';
import type { EvaluationView, ModelComparison, ModelLine } from '../api/index.js';
import { estimateSchema, noEstimate, readJsonReport } from '../json-report.js';

const figure = z.number().nullable().default(null);
const estimate = estimateSchema.default(noEstimate);
/** A curve has more points than a screen has pixels to draw them. */
const MOST_POINTS = 200;

const operatingSchema = z
  .object({ threshold: z.number(), precision: estimate, recall: estimate })
  .nullable()
  .default(null);

const identity = z.object({
  rocAuc: figure,
  final: figure,
  groups: z.array(
    z.object({
      group: z.string(),
      rows: z.number(),
      positives: z.number(),
      subgroup: figure,
      bpsn: figure,
      bnsp: figure,
    }),
  ),
});

/** Of the report of libs/model/evaluation (docs/evaluation.md), what is drawn; more fields may come. */
const evaluationSchema = z.object({
  format: z.literal(1),
  evaluationId: z.string(),
  datasetId: z.string(),
  split: z.string(),
  evaluatedAt: z.number(),
  rows: z.object({ evaluated: z.number() }),
  macro: z.object({ averagePrecision: estimate }),
  categories: z.array(
    z.object({
      category: z.string(),
      rows: z.number(),
      positives: z.number(),
      prevalence: figure,
      averagePrecision: estimate,
      rocAuc: estimate,
      calibration: z.object({
        ece: figure,
        topEce: figure,
        slope: estimate,
        bins: z
          .array(
            z.object({
              meanScore: z.number(),
              rate: z.number(),
              low: z.number(),
              high: z.number(),
              items: z.number(),
            }),
          )
          .default([]),
      }),
      review: operatingSchema,
      block: operatingSchema,
      curve: z.array(z.object({ threshold: z.number(), precision: z.number(), recall: z.number() })).default([]),
    }),
  ),
  slices: z
    .array(
      z.object({
        by: z.string(),
        value: z.string(),
        category: z.string(),
        rows: z.number(),
        positives: z.number(),
        averagePrecision: estimate,
        finding: z.enum(['WEAKER', 'NOT_WEAKER', 'TOO_FEW']).default('TOO_FEW'),
      }),
    )
    .default([]),
  suites: z
    .object({
      functionalities: z.array(
        z.object({
          suite: z.string(),
          functionality: z.string(),
          passed: z.object({ rows: z.number(), hits: z.number() }),
          blocked: z.number().default(0),
        }),
      ),
    })
    .nullable()
    .default(null),
  fairness: z
    .object({
      category: z.string(),
      templates: identity,
      data: identity.nullable().default(null),
      counterfactual: z.object({
        mean: figure,
        largest: z.object({ gap: z.number(), groups: z.array(z.string()) }).nullable().default(null),
      }),
    })
    .nullable()
    .default(null),
  contamination: z
    .object({ checked: z.number(), against: z.number(), hits: z.array(z.unknown()) })
    .nullable()
    .default(null),
  notes: z.array(z.object({ text: z.string() })).default([]),
});

/** Null: there is none, or this release cannot read it. */
export function readEvaluation(text: string): EvaluationView | null {
  const report = readJsonReport(evaluationSchema, text);
  if (report === null) return null;
  const { evaluationId, datasetId, split, evaluatedAt, rows, macro, categories, slices, suites, notes } = report;
  const { fairness, contamination } = report;
  return {
    ...{ evaluationId, datasetId, split, slices },
    evaluatedAt: new Date(evaluatedAt).toISOString(),
    rows: rows.evaluated,
    macro: macro.averagePrecision,
    categories: categories.map(({ calibration: { ece, topEce, slope, bins }, curve, ...rest }) => {
      return { ...rest, ece, topEce, slope, bins, curve: thinned(curve) };
    }),
    notes: notes.map((note) => note.text),
    suites: suites === null ? null : suitesOf(suites.functionalities),
    fairness: fairness === null ? null : fairnessOf(fairness),
    contamination:
      contamination === null
        ? null
        : { checked: contamination.checked, against: contamination.against, copies: contamination.hits.length },
  };
}

function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MOST_POINTS) return points;
  const step = (points.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}

type Report = z.infer<typeof evaluationSchema>;

function suitesOf(functionalities: NonNullable<Report['suites']>['functionalities']): EvaluationView['suites'] {
  const bySuite = new Map<string, NonNullable<EvaluationView['suites']>[number]['functionalities'][number][]>();
  for (const { suite, functionality, passed, blocked } of functionalities) {
    const one = { name: functionality, passed: passed.hits, cases: passed.rows, blocked };
    bySuite.set(suite, [...(bySuite.get(suite) ?? []), one]);
  }
  return [...bySuite].map(([name, own]) => ({
    name,
    passed: own.reduce((sum, { passed }) => sum + passed, 0),
    cases: own.reduce((sum, { cases }) => sum + cases, 0),
    functionalities: own,
  }));
}

function fairnessOf({
  category,
  templates,
  data,
  counterfactual,
}: NonNullable<Report['fairness']>): EvaluationView['fairness'] {
  const { mean, largest } = counterfactual;
  return {
    category,
    templates,
    data,
    swap: { mean, most: largest?.gap ?? null, groups: largest?.groups ?? [] },
  };
}

const difference = estimateSchema.extend({ champion: figure, challenger: figure });
const macroSchema = difference.nullable().default(null);
const measured = z.object({
  categories: z.array(z.object({ category: z.string(), averagePrecision: estimate })),
});

/** Of the comparison of libs/model/evaluation, what is shown. */
const comparisonSchema = z.object({
  format: z.literal(1),
  champion: z.object({ modelId: z.string() }),
  datasetId: z.string(),
  split: z.string(),
  outcome: z.enum(['BETTER', 'SAME', 'WORSE', 'UNDECIDED']),
  because: z.array(z.string()).default([]),
  categories: z.array(
    z.object({
      category: z.string(),
      positives: z.number(),
      averagePrecision: difference,
      gate: z.object({ finding: z.enum(['PASSES', 'FAILS', 'REPORTED']) }),
    }),
  ),
  macro: macroSchema,
  flips: z.array(z.unknown()).default([]),
  evaluations: z.object({ champion: measured, challenger: measured }),
});

/** The paired comparison of two models, seen from whichever of them was the champion then. Null as in `readEvaluation`. */
export function readComparison(text: string, models: readonly [ModelLine, ModelLine]): ModelComparison | null {
  const report = readJsonReport(comparisonSchema, text);
  if (report === null) return null;
  const { datasetId, split, outcome, because, categories, macro, flips, evaluations } = report;
  const [champion, challenger] = models[0].modelId === report.champion.modelId ? models : [models[1], models[0]];
  const intervalIn = (side: z.infer<typeof measured>, category: string, value: number | null) => {
    const found = side.categories.find((one) => one.category === category)?.averagePrecision;
    return { value, low: found?.low ?? null, high: found?.high ?? null };
  };
  return {
    ...{ champion, challenger, datasetId, split, isPaired: true, outcome, because },
    macro: macro === null ? null : { value: macro.value, low: macro.low, high: macro.high },
    figures: categories.map(({ category, positives, averagePrecision: ap, gate }) => ({
      category,
      positives,
      champion: intervalIn(evaluations.champion, category, ap.champion),
      challenger: intervalIn(evaluations.challenger, category, ap.challenger),
      difference: { value: ap.value, low: ap.low, high: ap.high },
      finding: gate.finding,
    })),
    flips: flips.length,
  };
}
