import { revisionKey, type ContentSubmitted } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import { assignChannels, calibrate, decideVerdict, type PlannedAssignment } from '#policy';
import { Problem } from '../http/problem.js';
import { moderationResult, type ModerationResult } from './category-map.js';
import type { ModelShelf, Serving } from './model-shelf.js';
import type { Logits } from './score-queue.js';

/** Judgements of contents for one channel, in order, and what judged them. */
export interface Moderated {
  readonly results: readonly ModerationResult[];
  /** Each once, in the order of first use; one unless a canary splits the contents of a call. */
  readonly deploymentIds: readonly string[];
  readonly modelIds: readonly string[];
}

/**
 * Judges contents as the stream would: the same assignment, models, rounding, calibrators and decision, so that an equal deploymentId
 * means an equal verdict (http, introduction); of a cascade, when the synchronous endpoint keeps the model's rate.
 */
export async function moderate(
  shelf: ModelShelf,
  channel: string,
  contents: readonly ContentSubmitted[],
): Promise<Moderated> {
  return shelf.use(async (serving) => {
    const assignments = contents.map((content) => effectiveOf(serving, channel, content));
    const logits = await scoreAll(serving, contents, assignments);
    const results = assignments.map((assignment, index) => judge(assignment, logits[index] ?? null));
    return {
      results,
      deploymentIds: [...new Set(assignments.map(({ bundle }) => bundle.deploymentId))],
      modelIds: [...new Set(assignments.map(({ bundle }) => bundle.modelId))],
    };
  });
}

function effectiveOf({ plan }: Serving, channel: string, content: ContentSubmitted): PlannedAssignment {
  const { platform, contentId } = content;
  // A synchronous call names no author and no conversation.
  const assignments = assignChannels(plan, { platform, contentId, authorHash: null, conversationHash: null });
  const effective = assignments.find((it) => it.channel === channel && it.role !== 'SHADOW');
  if (effective === undefined) {
    throw new Problem('forbidden', `The channel ${channel} of the key does not exist in this installation.`);
  }
  return effective;
}

/** Each text goes to the model of its assignment; null where a kill switch decides and the model could not score. */
async function scoreAll(
  { scorers }: Serving,
  contents: readonly ContentSubmitted[],
  assignments: readonly PlannedAssignment[],
): Promise<readonly (Logits | null)[]> {
  const scored = new Array<Logits | null>(contents.length).fill(null);
  const byModel = new Map<string, number[]>();
  assignments.forEach(({ bundle }, index) => {
    const indexes = byModel.get(bundle.modelId);
    if (indexes === undefined) byModel.set(bundle.modelId, [index]);
    else indexes.push(index);
  });
  await Promise.all(
    [...byModel].map(async ([modelId, indexes]) => {
      const isNeeded = indexes.some((index) => assignments[index]?.mode === 'NORMAL');
      const score = scorers.get(modelId);
      if (score === undefined) {
        if (isNeeded) throw new RetryableError('bundle_not_read', `model ${modelId} is not loaded`);
        return;
      }
      try {
        const asked = indexes.flatMap((index) => contents[index] ?? []);
        const logits = await score(
          asked.map(({ text }) => text),
          asked.map(revisionKey),
        );
        indexes.forEach((index, i) => {
          scored[index] = logits[i] ?? null;
        });
      } catch (error) {
        if (isNeeded) throw error;
      }
    }),
  );
  return scored;
}

function judge({ bundle, mode }: PlannedAssignment, logits: Logits | null): ModerationResult {
  const probabilities = logits === null ? {} : calibrate(bundle, logits);
  const { action, categories } = decideVerdict({ bundle, probabilities, mode, override: null });
  return moderationResult(probabilities, categories, action !== 'ALLOW');
}
