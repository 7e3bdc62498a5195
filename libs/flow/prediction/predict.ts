import type {
  Assignment,
  ContentSubmitted,
  ModelScore,
  Obfuscation,
  PredictionScored,
  Source,
} from '#platform/contracts';
import { calibrate, type PlannedAssignment } from '#policy';
import { failed } from './score-texts.js';
import type { ModelOutcome } from './scorer.js';

/** What later stages need to know of a text without seeing it. */
export interface TextFeatures {
  readonly language: string;
  readonly languageConfidence: number;
  readonly textHash: string;
  readonly duplicateKey: string;
}

export interface PredictionCase {
  readonly content: ContentSubmitted;
  readonly features: TextFeatures;
  readonly obfuscation: Obfuscation;
  readonly authorHash: string | null;
  readonly conversationHash: string | null;
  readonly assignments: readonly PlannedAssignment[];
  /** By modelId, for each model of the assignments; missing counts as not loaded. */
  readonly outcomes: ReadonlyMap<string, ModelOutcome>;
  readonly source: Source;
  readonly scoredAt: number;
}

/** The one record of a revision: what each model says, and what each channel's bundle makes of it. */
export function predict(it: PredictionCase): PredictionScored {
  const { content, features, outcomes } = it;
  const scores: ModelScore[] = [];
  const assignments: Assignment[] = [];
  for (const { channel, role, mode, bundle } of it.assignments) {
    const { deploymentId, modelId, calibrationId } = bundle;
    const outcome = outcomes.get(modelId) ?? failed('not_loaded');
    const same = assignments.find((other) => other.calibrationId === calibrationId && other.modelId === modelId);
    if (outcome.ok && !scores.some((score) => score.modelId === modelId)) {
      scores.push({ modelId, tier: outcome.tier, logits: outcome.logits });
    }
    assignments.push({
      channel,
      role,
      mode,
      deploymentId,
      modelId,
      calibrationId,
      probabilities: same?.probabilities ?? (outcome.ok ? calibrate(bundle, outcome.logits) : {}),
      error: outcome.ok ? null : outcome.error,
    });
  }
  return {
    contentId: content.contentId,
    revision: content.revision,
    platform: content.platform,
    kind: content.kind,
    language: features.language,
    languageConfidence: features.languageConfidence,
    authorHash: it.authorHash,
    conversationHash: it.conversationHash,
    textHash: features.textHash,
    textLength: content.text.length,
    duplicateKey: features.duplicateKey,
    obfuscation: it.obfuscation,
    scores,
    assignments,
    source: it.source,
    submittedAt: content.submittedAt,
    scoredAt: it.scoredAt,
  };
}
