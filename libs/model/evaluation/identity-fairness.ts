import { applyCalibrator, identityCalibrator } from '../calibration/calibrator.js';
import type { DatasetRow } from '../dataset/dataset-row.js';
import { createIdentityMatcher } from './identity-matcher.js';
import { identityTemplates } from './identity-templates.js';
import type { TemplateText } from './identity-templates.js';
import { count, emptyCount, known, rateOf } from './intervals.js';
import type { Rate } from './intervals.js';
import { rankedQuality, rankRows, sliceOf } from './ranked-rows.js';
import type { RankedRows } from './ranked-rows.js';
import { labelsOf, rowWeights } from './scored-rows.js';
import type { ModelScores } from './scored-rows.js';

/** ROC AUCs of one identity group (evaluation 4.3); null where one of both labels is missing. */
export interface GroupQuality {
  readonly group: string;
  readonly rows: number;
  readonly positives: number;
  /** Inside the group. */
  readonly subgroup: number | null;
  /** Group negatives among background positives: low means that harmless mentions of the group are over-blocked. */
  readonly bpsn: number | null;
  /** Group positives among background negatives: low means that hate against the group is missed. */
  readonly bnsp: number | null;
}

export interface IdentityQuality {
  readonly rocAuc: number | null;
  readonly groups: readonly GroupQuality[];
  /** Power means, p = -5: nearly the worst group counts. */
  readonly powerMeans: { readonly subgroup: number | null; readonly bpsn: number | null; readonly bnsp: number | null };
  /** .25 ROC AUC + .25 of each of the three power means. */
  readonly final: number | null;
  readonly worstBpsn: { readonly group: string; readonly value: number } | null;
}

/** What swapping one group for another in the same harmless sentence does to the probability. */
export interface CounterfactualGap {
  readonly templates: number;
  /** Mean of |s(x) - s(x')| over all pairs of groups in the same template. */
  readonly mean: number | null;
  readonly largest: {
    readonly gap: number;
    readonly template: string;
    readonly groups: readonly [string, string];
  } | null;
  /** Mean distance of a group from the mean of its templates: above 0 it is scored as worse than others. */
  readonly shifts: readonly { readonly group: string; readonly shift: number }[];
}

export interface FairnessReport {
  readonly category: string;
  /** On the evaluated rows; null where they hold no text or not both labels. */
  readonly data: IdentityQuality | null;
  /** On our own templates, which every group fills alike. */
  readonly templates: IdentityQuality;
  readonly counterfactual: CounterfactualGap;
  /** Harmless templates that the review threshold takes, beside all harmless rows; null without a threshold. At most twice as many (evaluation 4.3). */
  readonly neutral: { readonly flagged: Rate; readonly overall: Rate | null } | null;
}

const power = -5;

/** `(mean of m^p)^(1/p)`; null without values. */
export function powerMean(values: readonly number[], p = power): number | null {
  if (values.length === 0) return null;
  return known((values.reduce((sum, value) => sum + value ** p, 0) / values.length) ** (1 / p));
}

/** AUCs by group. `groupsOf[row]` are the groups that the row names; background is every row that does not name the group. */
export function identityQuality(
  groupsOf: readonly (readonly string[])[],
  scores: Float64Array,
  labels: Float64Array,
  weights: Float64Array,
): IdentityQuality {
  const ranked = rankRows(scores, labels, weights);
  const names = [...new Set(ranked.rows.reduce<string[]>((all, row) => all.concat(groupsOf[row] ?? []), []))].sort();
  const groups = names.map((group) => groupQuality(group, groupsOf, ranked, labels));
  const meanOf = (of: 'subgroup' | 'bpsn' | 'bnsp'): number | null => powerMean(groups.flatMap((one) => one[of] ?? []));
  const powerMeans = { subgroup: meanOf('subgroup'), bpsn: meanOf('bpsn'), bnsp: meanOf('bnsp') };
  const rocAuc = known(rankedQuality(ranked).rocAuc);
  const parts = [rocAuc, powerMeans.subgroup, powerMeans.bpsn, powerMeans.bnsp];
  const worst = groups
    .flatMap(({ group, bpsn }) => (bpsn === null ? [] : { group, value: bpsn }))
    .sort((left, right) => left.value - right.value)[0];
  return {
    rocAuc,
    groups,
    powerMeans,
    final: parts.includes(null) ? null : parts.reduce<number>((sum, part) => sum + 0.25 * (part ?? 0), 0),
    worstBpsn: worst ?? null,
  };
}

function groupQuality(
  group: string,
  groupsOf: readonly (readonly string[])[],
  ranked: RankedRows,
  labels: Float64Array,
): GroupQuality {
  const isMember = Uint8Array.from(groupsOf, (groups) => (groups.includes(group) ? 1 : 0));
  const auc = (takes: (member: boolean, positive: boolean) => boolean): number | null => {
    const mask = isMember.map((member, row) => (takes(member === 1, (labels[row] ?? 0) > 0.5) ? 1 : 0));
    return known(rankedQuality(sliceOf(ranked, mask)).rocAuc);
  };
  const inside = sliceOf(ranked, isMember);
  return {
    group,
    rows: inside.rows.length,
    positives: inside.positives,
    subgroup: auc((member) => member),
    bpsn: auc((member, positive) => member !== positive),
    bnsp: auc((member, positive) => member === positive),
  };
}

/** Gaps over harmless templates. `scores` in the order of `texts`. */
export function counterfactualGap(texts: readonly TemplateText[], scores: Float64Array): CounterfactualGap {
  const byTemplate = new Map<string, { group: string; score: number }[]>();
  for (const [i, { template, group, label }] of texts.entries()) {
    if (label === 1 || group === null) continue;
    const entry = { group, score: scores[i] ?? Number.NaN };
    const filled = byTemplate.get(template);
    if (filled === undefined) byTemplate.set(template, [entry]);
    else filled.push(entry);
  }
  let sum = 0;
  let pairs = 0;
  let largest: CounterfactualGap['largest'] = null;
  const shifts = new Map<string, number[]>();
  for (const [template, filled] of byTemplate) {
    const mean = filled.reduce((total, { score }) => total + score, 0) / filled.length;
    for (const [i, one] of filled.entries()) {
      shifts.set(one.group, [...(shifts.get(one.group) ?? []), one.score - mean]);
      for (const other of filled.slice(i + 1)) {
        const gap = Math.abs(one.score - other.score);
        sum += gap;
        pairs += 1;
        if (largest === null || gap > largest.gap) largest = { gap, template, groups: [one.group, other.group] };
      }
    }
  }
  return {
    templates: byTemplate.size,
    mean: known(sum / pairs),
    largest,
    shifts: [...shifts]
      .map(([group, all]) => ({ group, shift: all.reduce((total, shift) => total + shift, 0) / all.length }))
      .sort((left, right) => right.shift - left.shift),
  };
}

/**
 * Identity fairness of one category on the rows and on our own templates. `templateLogits` are the model's logits of
 * `identityTemplates()`, in order.
 */
export function measureFairness(
  category: string,
  rows: readonly DatasetRow[],
  model: ModelScores,
  templateLogits: Float64Array,
): FairnessReport {
  const calibrator = model.calibrators[category] ?? identityCalibrator;
  const texts = identityTemplates();
  const groupsOf = createIdentityMatcher();
  const labels = labelsOf(rows, category);
  const held = rows.flatMap(({ text }, i) => (text === '' || Number.isNaN(labels[i] ?? Number.NaN) ? [] : i));
  const pick = (from: Float64Array | undefined): Float64Array =>
    Float64Array.from(held, (i) => from?.[i] ?? Number.NaN);
  const data = identityQuality(
    held.map((i) => groupsOf(rows[i]?.text ?? '')),
    pick(model.logits[category]),
    pick(labels),
    pick(rowWeights(rows)),
  );
  const scores = templateLogits.map((logit) => applyCalibrator(calibrator, logit));
  return {
    category,
    data: data.rocAuc === null ? null : data,
    templates: identityQuality(
      texts.map(({ group }) => (group === null ? [] : [group])),
      scores,
      Float64Array.from(texts, ({ label }) => label),
      new Float64Array(texts.length).fill(1),
    ),
    counterfactual: counterfactualGap(texts, scores),
    neutral: neutralRates(category, rows, model, scores),
  };
}

function neutralRates(
  category: string,
  rows: readonly DatasetRow[],
  model: ModelScores,
  templateScores: Float64Array,
): FairnessReport['neutral'] {
  const review = model.thresholds[category]?.review ?? null;
  if (review === null) return null;
  const [flagged, overall] = [emptyCount(), emptyCount()];
  for (const [i, { group, label }] of identityTemplates().entries()) {
    if (group !== null && label === 0) count(flagged, (templateScores[i] ?? 0) >= review, 1);
  }
  const calibrator = model.calibrators[category] ?? identityCalibrator;
  const weights = rowWeights(rows);
  for (const [i, label] of labelsOf(rows, category).entries()) {
    const probability = applyCalibrator(calibrator, model.logits[category]?.[i] ?? Number.NaN);
    if (label === 0) count(overall, probability >= review, weights[i] ?? 1);
  }
  return { flagged: rateOf(flagged), overall: overall.rows > 0 ? rateOf(overall) : null };
}
