import { isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { hexOf } from './canonical-hash.js';
import { gateChecks } from './gate-check.js';

/** Margins that cannot be read; the message says where and what to do. */
export class GateSettingsError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly field: string,
    detail: string,
  ) {
    super(field === '' ? `${file} line ${line}: ${detail}` : `${file} line ${line}, field "${field}": ${detail}`);
    this.name = 'GateSettingsError';
  }
}

const share = z.number().min(0, 'must be at least 0').max(1, 'must be at most 1');
const amount = z.number().min(0, 'must be at least 0');
const count = z.int('must be a whole number').min(0, 'must be at least 0');
const category = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, 'a category is a letter and up to 31 letters, digits, - or _');
/** Which end of a figure is held against the limit. */
const judgedBy = z.enum(['figure', 'low', 'high']);

/** Most flips for each item of the window; null: no such limit. */
const flipShare = share.nullable();
/** Most flips for each decision of the champion that is not ALLOW; null: no such limit. */
const flipsByFlagged = amount.nullable();
const budgetSchema = z.strictObject({ share: flipShare.optional(), relative: flipsByFlagged.optional() });

const settingsSchema = z.strictObject({
  quality: z
    .strictObject({
      /** `better`: the macro difference may not reach below 0; `same`: not below -sameMacro. */
      aim: z.enum(['same', 'better']).default('same'),
      /** A category with so many positives is gated at `margin`; with fewer it is only reported, beside `fewMargin`. */
      enoughPositives: z.int().min(30, 'must be at least 30: fewer say nothing').default(100),
      margin: share.default(0.02),
      fewMargin: share.default(0.05),
      sameMacro: share.default(0.01),
      /** Least figures of a set that must be gated: a set on which nothing can be judged proves nothing. */
      leastJudged: z.strictObject({ gold: count.default(1), audit: count.default(0) }).prefault({}),
    })
    .prefault({}),
  /** The fresh audit slice beside the frozen gold set: without it the gate stays shut. */
  auditRequired: z.boolean().default(true),
  operatingPoint: z
    .strictObject({
      /** Recall is only reported where a category has fewer. */
      leastPositives: z.int().min(1).default(30),
      precision: z.strictObject({ judgedBy: judgedBy.default('low'), slack: share.default(0) }).prefault({}),
      recall: z.strictObject({ judgedBy: judgedBy.default('figure'), slack: share.default(0) }).prefault({}),
      flagRate: z
        .strictObject({
          /** Largest relative change, up or down. */
          change: amount.default(0.2),
          /** Changes that people approved, by category. */
          approved: z.record(category, amount).default({}),
          /** Fewer decisions of either model, the larger one, are too few for a ratio. */
          leastFlagged: count.default(30),
        })
        .prefault({}),
    })
    .prefault({}),
  calibration: z
    .strictObject({
      leastPositives: z.int().min(1).default(30),
      /** Error in the top 5 % of scores: at most this, or at most `topErrorLoss` above the champion's. */
      topError: share.default(0.05),
      topErrorLoss: share.default(0.01),
      /** A breach that honest probabilities would show as often by chance, on so few rows, is only reported. */
      beyondChance: z.boolean().default(true),
      /** `interval`: fails only where the whole interval lies outside. */
      slope: z
        .strictObject({
          low: amount.default(0.8),
          high: amount.default(1.25),
          judgedBy: z.enum(['figure', 'interval']).default('figure'),
        })
        .refine(({ low, high }) => low < high, { error: 'must be below high', path: ['low'] })
        .prefault({}),
    })
    .prefault({}),
  slices: z.strictObject({ loss: share.default(0.05), level: share.default(0.05) }).prefault({}),
  fairness: z
    .strictObject({
      bpsnLoss: share.default(0.02),
      leastBpsn: share.default(0.7),
      /** Harmless mentions of a group are taken at most so many times as often as all that is harmless. */
      neutralRatio: amount.default(2),
      /** Functionalities of suites whose cases are such mentions. */
      neutralFunctionalities: z
        .array(z.string().min(1, 'must not be empty'))
        .readonly()
        .default(['ident_neutral_nh', 'ident_pos_nh', 'identity-neutral', 'identity-positive']),
    })
    .prefault({}),
  functional: z.strictObject({ loss: share.default(0.05), leastAuc: share.default(0.65) }).prefault({}),
  robustness: z
    .strictObject({
      /** Share of transferred attacks that succeed: above the champion's, at all, and of one family that keeps the meaning. */
      rise: share.default(0.02),
      most: share.default(0.15),
      mostOfFamily: share.default(0.5),
      /** Rise of the false positive rate on harmless texts in many scripts. */
      harmlessRise: share.default(0.005),
    })
    .prefault({}),
  serving: z
    .strictObject({
      /** 99th percentile of the latency, challenger by champion. */
      p99Ratio: amount.default(1.25),
      bytes: z
        .int()
        .min(1)
        .default(512 * 1024 * 1024),
      parityDifference: amount.default(1e-4),
      parityTexts: count.default(1000),
    })
    .prefault({}),
  flips: z
    .strictObject({
      /** Of each category and direction. */
      category: z.strictObject({ share: flipShare.default(0.02), relative: flipsByFlagged.default(0.5) }).prefault({}),
      /** Of the verdict, by direction. */
      verdict: z.strictObject({ share: flipShare.default(0.05), relative: flipsByFlagged.default(null) }).prefault({}),
      /** Budgets of single categories, by direction; what they leave out is as above. */
      categories: z
        .record(category, z.strictObject({ stricter: budgetSchema.default({}), gentler: budgetSchema.default({}) }))
        .default({}),
      /** Fewer decisions of the champion are too few for a relative limit. */
      leastFlagged: count.default(30),
      /** Least items of a window that says anything. */
      leastItems: z.int().min(1).default(1000),
      /** Share of the items that the challenger could not judge. */
      failed: share.default(0),
    })
    .prefault({}),
  /** Checks that may not have been run. */
  mayBeMissing: z.array(z.enum(gateChecks)).readonly().default(['robustness']),
  /** So many rejections in a row open an incident. */
  rejections: z.int().min(1, 'must be at least 1').default(3),
  override: z.strictObject({ mostDays: z.number().gt(0, 'must be above 0').lte(366).default(14) }).prefault({}),
});

/** Margins of the gate; the defaults are those of evaluation 4.2 to 4.4 and of redteam 6.5. */
export type GateSettings = z.infer<typeof settingsSchema>;
export type FlipBudget = z.infer<typeof budgetSchema>;

/**
 * Reads margins from YAML. `file` is only named in problems. Throws `GateSettingsError` with line and field of the first problem; what
 * is left out has its default.
 */
export function parseGateSettings(text: string, file: string): GateSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    throw new GateSettingsError(file, lineAt(mistake.pos[0]), '', `is not YAML (${mistake.code})`);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    throw new GateSettingsError(file, 1, '', 'has too many aliases; write the values out');
  }
  const parsed = settingsSchema.safeParse(value ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? String(part) : part));
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = unknown === undefined ? path : [...path, unknown];
  throw new GateSettingsError(file, lineAt(offsetOf(document, field)), field.join('.'), explain(issue));
}

export function defaultGateSettings(): GateSettings {
  return settingsSchema.parse({});
}

/** `gs-` and 16 hex digits: margins that say the same have the same id, however they are written. */
export function gateSettingsIdOf(settings: GateSettings): string {
  return `gs-${hexOf(settings)}`;
}

function explain(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'is wrong';
  if (issue.code === 'unrecognized_keys') return 'unknown field; remove it or correct its name';
  if (issue.code === 'invalid_type' && issue.input === undefined) return `missing, must be ${issue.expected}`;
  return issue.message;
}

/** Where the deepest part of the field stands that exists. */
function offsetOf(document: Document.Parsed, field: readonly (string | number)[]): number {
  for (let depth = field.length; depth > 0; depth -= 1) {
    const parent = document.getIn(field.slice(0, depth - 1), true);
    if (typeof parent === 'object' && parent !== null && 'items' in parent && Array.isArray(parent.items)) {
      for (const item of parent.items as readonly unknown[]) {
        if (isPair(item) && isScalar(item.key) && item.key.value === field[depth - 1]) return item.key.range?.[0] ?? 0;
      }
    }
    const node = document.getIn(field.slice(0, depth), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range[0] ?? 0;
}
