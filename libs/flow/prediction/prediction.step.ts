import {
  contentKey,
  revisionKey,
  validateContent,
  type ContentSubmitted,
  type Obfuscation,
  type PredictionScored,
} from '#platform/contracts';
import { emit, FatalError, reject, skip, type Message, type Outcome } from '#platform/stream';
import { assignChannels, type KeyedHash, type PlannedAssignment } from '#policy';
import type { ModelBoard, Snapshot } from './model-board.js';
import { predict, type TextFeatures } from './predict.js';
import { scoreEffective } from './score-texts.js';
import type { IdentifiedText, ModelOutcome, Scorer } from './scorer.js';

export interface PredictionDeps {
  readonly models: Pick<ModelBoard, 'acquire' | 'release'>;
  readonly describeText: (text: string) => TextFeatures;
  /** For a text that no model read: a model's reader counts on the way. */
  readonly countObfuscation: (text: string) => Obfuscation;
  readonly scoreShadow: (scorer: Scorer, texts: readonly IdentifiedText[]) => Promise<readonly ModelOutcome[]>;
  /** By `platform/contentId`. */
  readonly isErased: (key: string) => boolean;
  readonly keyedHash: KeyedHash;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export interface Predicted {
  readonly outcomes: readonly Outcome<PredictionScored>[];
  /** The last `scoredAt` of the partition, kept with its offset. */
  readonly carry: string;
}

export type PredictionStep = (
  batch: readonly Message<ContentSubmitted>[],
  context: { readonly carried: string | null; readonly alive: () => Promise<void> },
) => Promise<Predicted>;

/** So often a chunk that takes long says that it is alive: several times in the shortest session of a consumer (1 s). */
const PULSE_MS = 200;

/** A content on its way through one chunk. */
interface Candidate {
  /** In the batch. */
  readonly index: number;
  readonly content: ContentSubmitted;
  readonly authorHash: string | null;
  readonly conversationHash: string | null;
  readonly assignments: readonly PlannedAssignment[];
  readonly outcomes: Map<string, ModelOutcome>;
}

/**
 * Scores contents by every model that looks at them. A model that fails is no matter where a kill switch decides. Where the channel
 * runs by its policy, a text that its model cannot take is rejected, and a model that takes no text at all stops the role.
 */
export function createPredictionStep(deps: PredictionDeps): PredictionStep {
  const { models, describeText, isErased, keyedHash, clock } = deps;

  return async function predictContents(batch, { carried, alive }) {
    const snapshot = models.acquire();
    try {
      const outcomes = new Array<Outcome<PredictionScored>>(batch.length);
      const candidates = select(batch, snapshot, outcomes);
      await score(candidates, snapshot, pulse(alive));
      const scoredAt = Math.max(clock(), Number(carried ?? 0));
      for (const candidate of candidates) {
        const message = batch[candidate.index];
        if (message === undefined) throw new FatalError('bug', `no message ${candidate.index} of ${batch.length}`);
        const failure = unjudged(candidate);
        outcomes[candidate.index] =
          failure === undefined
            ? emit(
                predict({
                  content: candidate.content,
                  features: describeText(candidate.content.text),
                  obfuscation: countersOf(candidate) ?? deps.countObfuscation(candidate.content.text),
                  authorHash: candidate.authorHash,
                  conversationHash: candidate.conversationHash,
                  assignments: candidate.assignments,
                  outcomes: candidate.outcomes,
                  source: { topic: message.topic, partition: message.partition, offset: message.offset },
                  scoredAt,
                }),
              )
            : reject('invalid_field', `text: model ${failure.bundle.modelId} cannot score it`);
      }
      return { outcomes, carry: String(scoredAt) };
    } finally {
      models.release(snapshot);
    }
  };

  /** Fills in the outcomes of what is not scored, and returns the rest. */
  function select(
    batch: readonly Message<ContentSubmitted>[],
    { plan }: Snapshot,
    outcomes: Outcome<PredictionScored>[],
  ): readonly Candidate[] {
    const candidates: Candidate[] = [];
    batch.forEach(({ key, value: content }, index) => {
      const rejection = validateContent(content);
      if (rejection !== null) {
        outcomes[index] = reject(rejection.code, rejection.detail);
      } else if (key !== contentKey(content)) {
        outcomes[index] = reject('bad_key', 'key: must be platform/contentId of the value');
      } else if (isErased(key)) {
        outcomes[index] = skip('erased');
      } else {
        const { platform, contentId } = content;
        const authorHash = keyedHash(platform, content.authorId);
        const conversationHash = keyedHash(platform, content.conversationId);
        const assignments = assignChannels(plan, { platform, contentId, authorHash, conversationHash });
        candidates.push({ index, content, authorHash, conversationHash, assignments, outcomes: new Map() });
      }
    });
    return candidates;
  }

  /** Says so at most every {@link PULSE_MS}: an encoder is called far more often. */
  function pulse(alive: () => Promise<void>): () => Promise<void> {
    let last = clock();
    return async () => {
      const now = clock();
      if (now - last < PULSE_MS) return;
      last = now;
      await alive();
    };
  }

  async function score(
    candidates: readonly Candidate[],
    { scorers }: Snapshot,
    alive: () => Promise<void>,
  ): Promise<void> {
    for (const [modelId, scorer] of scorers) {
      const effective = candidates.filter((it) => uses(it, modelId, true));
      if (effective.length > 0) {
        const { outcomes, isBroken } = await scoreEffective(scorer, textsOf(effective), alive);
        note(effective, modelId, outcomes);
        if (isBroken && effective.some(({ assignments }) => assignments.some((it) => judges(it, modelId)))) {
          throw new FatalError(
            'configuration',
            `model ${modelId} scores no text any more; put its channels to REVIEW_ALL or another model live`,
          );
        }
      }
      const shadowed = candidates.filter((it) => !it.outcomes.has(modelId) && uses(it, modelId, false));
      if (shadowed.length > 0) note(shadowed, modelId, await deps.scoreShadow(scorer, textsOf(shadowed)));
    }
  }
}

function uses({ assignments }: Candidate, modelId: string, isEffective: boolean): boolean {
  return assignments.some((it) => it.bundle.modelId === modelId && (it.role !== 'SHADOW') === isEffective);
}

function textsOf(candidates: readonly Candidate[]): readonly IdentifiedText[] {
  return candidates.map(({ content }) => ({ id: revisionKey(content), text: content.text }));
}

function note(candidates: readonly Candidate[], modelId: string, outcomes: readonly ModelOutcome[]): void {
  outcomes.forEach((outcome, index) => candidates[index]?.outcomes.set(modelId, outcome));
}

function countersOf({ outcomes }: Candidate): Obfuscation | undefined {
  for (const outcome of outcomes.values()) if (outcome.ok) return outcome.counters;
  return undefined;
}

/** Whether this model decides in the channel: it is effective there, and no kill switch decides. */
function judges({ role, mode, bundle }: PlannedAssignment, modelId: string): boolean {
  return role !== 'SHADOW' && mode === 'NORMAL' && bundle.modelId === modelId;
}

/** The assignment that ought to judge by its model and cannot. */
function unjudged({ assignments, outcomes }: Candidate): PlannedAssignment | undefined {
  return assignments.find((it) => judges(it, it.bundle.modelId) && outcomes.get(it.bundle.modelId)?.ok !== true);
}
