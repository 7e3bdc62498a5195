import type { SamplingClosed } from '#platform/contracts';
import { hashFields, uniform } from '#policy';
import { teamOf } from './draw-content.js';
import type { DrawWindow } from './plan-board.js';
import type { CandidateRow } from './sampling-database.js';
import type { PlanStratum, SamplingPlan } from './sampling-plan.js';
import {
  mostUncertain,
  pickByDistance,
  pickByGradients,
  type SparseRow,
  type TrainingCandidate,
} from './train-only.js';

/** Picks of one stratum in one window: each costs a pass over five times as many candidates. */
const MOST_PICKS = 1000;

/**
 * How many contents of a stratum are picked for training when a window closes. A part of a label is one with that probability, by a hash:
 * windows of a minute would never bring any otherwise.
 */
export function trainOnlyPicks(window: DrawWindow, plan: SamplingPlan, stratum: PlanStratum): number {
  const labels = stratum.trainOnlyBudget;
  const part = uniform(`${plan.salt}|train-only`, `${window.from}|${stratum.languages.join(' ')}`);
  return Math.min(MOST_PICKS, Math.floor(labels + part));
}

/**
 * The train-only batch of one stratum (sampling 1.3): from the most uncertain contents that were not drawn, by their gradients (BADGE), and
 * where there are none, by distance (k-center). It has no probability and never enters an estimate. A function of its arguments.
 * @param features of each candidate's text, in their order: unit rows
 */
export function pickForTraining(
  window: DrawWindow,
  plan: SamplingPlan,
  candidates: readonly CandidateRow[],
  features: readonly SparseRow[],
  size: number,
): readonly SamplingClosed[] {
  const categories = [...new Set(candidates.flatMap(({ probabilities }) => Object.keys(probabilities)))].sort();
  const rows = candidates.map((row, at): TrainingCandidate & { readonly row: CandidateRow } => ({
    id: `${row.platform}/${row.content_id}/${row.revision}`,
    uncertainty: row.uncertainty,
    // No probability, no gradient: as sure as a no.
    probabilities: categories.map((category) => row.probabilities[category] ?? 0),
    features: features[at] ?? { ids: [], values: [] },
    row,
  }));
  const uncertain = mostUncertain(
    rows.filter(({ features: { ids } }) => ids.length > 0),
    size,
  );
  const byGradients = pickByGradients(uncertain, size, `${plan.salt}|badge|${window.from}`);
  const picked = byGradients.length > 0 ? byGradients : pickByDistance(uncertain, size);
  return picked.flatMap((at) => {
    const row = uncertain[at]?.row;
    return row === undefined ? [] : [trainOnlyEvent(window, plan, row)];
  });
}

function trainOnlyEvent({ from, to }: DrawWindow, plan: SamplingPlan, row: CandidateRow): SamplingClosed {
  const { platform, content_id: contentId, revision, language, kind } = row;
  return {
    drawId: hashFields('train-only', from, to, platform, contentId, revision),
    origin: 'TRAIN_ONLY',
    planId: plan.planId,
    platform,
    contentId,
    revision,
    channel: plan.channel,
    windowFrom: from,
    windowTo: to,
    probability: null,
    capProbability: null,
    value: row.uncertainty,
    team: teamOf(plan, { platform, contentId, revision, language }),
    kind,
    language,
    duplicateKey: row.duplicate_key,
    conversationHash: row.conversation_hash,
    closedAt: to,
  };
}
