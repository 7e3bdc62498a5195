import type { Assignment, PredictionScored, SamplingDrawn } from '#platform/contracts';
import { emit, skip, type Message, type Outcome } from '#platform/stream';
import { drawContent, type Draw } from './draw-content.js';
import { windowAt, type DrawWindow, type PlanBoard } from './plan-board.js';
import { saltIdOf } from './plan-record.js';
import type { SamplingPlan } from './sampling-plan.js';

export interface SamplingDeps {
  readonly plans: PlanBoard;
  /** Reference channel: its effective assignment gives the scores (design 3). */
  readonly channel: string;
  /** Length of a window of `scoredAt`, milliseconds. */
  readonly windowMs: number;
  readonly bootstrap: { readonly rate: number; readonly salt: string };
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export type SamplingStep = (batch: readonly Message<PredictionScored>[]) => Promise<readonly Outcome<SamplingDrawn>[]>;

/**
 * Draws contents for people (sampling 1). A function of the prediction, the plan of its window and the salt: a replay draws the same.
 * Skipped: `not_drawn`; `no_channel`, when the prediction does not judge the reference channel; `no_team`, when no team reads the language.
 */
export function createSamplingStep(deps: SamplingDeps): SamplingStep {
  const { plans, channel, windowMs, bootstrap, clock } = deps;
  const bootstrapSaltId = saltIdOf(bootstrap.salt);

  return async function drawContents(batch) {
    const drawnAt = clock();
    const planOf = new Map<number, SamplingPlan | null>();
    for (const { value } of batch) {
      const window = windowAt(value.scoredAt, windowMs);
      if (!planOf.has(window.from)) planOf.set(window.from, await plans.planOf(window));
    }
    return batch.map((message) => {
      const { value: prediction } = message;
      const assignment = effectiveAssignment(prediction, channel);
      if (assignment === undefined) return skip('no_channel');
      const window = windowAt(prediction.scoredAt, windowMs);
      const plan = planOf.get(window.from) ?? null;
      const { platform, contentId, revision, language, kind } = prediction;
      const scores = assignment.probabilities;
      const draw = drawContent({ plan, bootstrap }, { platform, contentId, revision, language, kind, scores });
      if (draw === null) return skip('no_team');
      if (!draw.drawn) return skip('not_drawn');
      return emit(
        drawnEvent(message, assignment, draw, {
          ...window,
          saltId: plan === null ? bootstrapSaltId : saltIdOf(plan.salt),
          drawnAt,
        }),
      );
    });
  };
}

function effectiveAssignment({ assignments }: PredictionScored, channel: string): Assignment | undefined {
  return assignments.find((assignment) => assignment.channel === channel && assignment.role !== 'SHADOW');
}

function drawnEvent(
  { topic, partition, offset, value }: Message<PredictionScored>,
  { channel, probabilities, deploymentId, modelId, calibrationId }: Assignment,
  { drawId, planId, team, u, probability, parts }: Draw,
  { from: windowFrom, to: windowTo, saltId, drawnAt }: DrawWindow & Pick<SamplingDrawn, 'saltId' | 'drawnAt'>,
): SamplingDrawn {
  const { platform, contentId, revision, kind, language, textHash, duplicateKey, conversationHash, scoredAt } = value;
  return {
    drawId,
    planId,
    saltId,
    platform,
    contentId,
    revision,
    channel,
    windowFrom,
    windowTo,
    team,
    u,
    probability,
    parts,
    scores: probabilities,
    deploymentId,
    modelId,
    calibrationId,
    kind,
    language,
    textHash,
    duplicateKey,
    conversationHash,
    source: { topic, partition, offset },
    scoredAt,
    drawnAt,
  };
}
