import type { DeploymentBundled, PredictionScored, VerdictOverridden, VerdictRequested } from '#platform/contracts';
import type { Message } from '#platform/stream';
import type { Overrides } from './verdict.step.js';
import { overrideKey } from './verdict-output.js';

export function bundleOf(channel: string, rest: Partial<DeploymentBundled> = {}): DeploymentBundled {
  return {
    deploymentId: `d-${channel}`,
    channel,
    modelId: 'm-1',
    modelSha256: 'ab'.repeat(32),
    calibrationId: 'c-1',
    thresholdSetId: `t-${channel}`,
    policyId: 'default',
    policyVersion: 3,
    calibrators: { H: { kind: 'IDENTITY', parameters: [], x: [], y: [] } },
    thresholds: { H: { review: 0.3, block: 0.8, provisional: true } },
    uncovered: 'ALLOW',
    uncoveredCategories: [],
    bundledAt: 1,
    ...rest,
  };
}

export function prediction(rest: Partial<PredictionScored> = {}): PredictionScored {
  return {
    contentId: 'c-1',
    revision: 1,
    platform: 'forum',
    kind: 'POST',
    language: 'en',
    languageConfidence: 0.9,
    authorHash: null,
    conversationHash: null,
    textHash: '00'.repeat(16),
    textLength: 12,
    duplicateKey: '0'.repeat(16),
    obfuscation: {
      zeroWidth: 0,
      bidi: 0,
      confusable: 0,
      mixedScript: 0,
      leet: 0,
      spacedLetters: 0,
      repeats: 0,
      encoded: 0,
    },
    scores: [{ modelId: 'm-1', tier: 'NGRAM', logits: { H: 2 } }],
    assignments: [],
    source: { topic: 'content.submitted', partition: 0, offset: 7 },
    submittedAt: 1000,
    scoredAt: 1500,
    ...rest,
  };
}

export function assignment(channel: string, probability: number): PredictionScored['assignments'][number] {
  return {
    channel,
    role: 'LIVE',
    mode: 'NORMAL',
    deploymentId: `d-${channel}`,
    modelId: 'm-1',
    calibrationId: 'c-1',
    probabilities: { H: probability },
    error: null,
  };
}

export function request(rest: Partial<VerdictRequested> = {}): VerdictRequested {
  return {
    requestId: 'r-1',
    contentId: 'c-1',
    revision: 1,
    platform: 'forum',
    channel: 'public',
    kind: 'OVERRIDE',
    causeId: 'appeal-1',
    supersedes: 'v-1',
    action: 'ALLOW',
    deploymentId: null,
    modelId: null,
    logits: {},
    textHash: '00'.repeat(16),
    reason: null,
    requestedBy: 'label',
    requestedAt: 2000,
    ...rest,
  };
}

export function messages<T>(topic: string, ...values: readonly T[]): readonly Message<T>[] {
  return values.map((value, index) => ({
    topic,
    partition: 2,
    offset: 40 + index,
    key: 'forum/c-1',
    value,
    headers: {},
    timestamp: 0,
  }));
}

export function overrides(...decided: readonly VerdictOverridden[]): Overrides {
  const table = new Map(decided.map((it) => [overrideKey(it, it.channel), it]));
  return {
    size: table.size,
    has: (key) => table.has(key),
    read: (keys) => Promise.resolve(keys.flatMap((key) => table.get(key) ?? [])),
  };
}

export function override(rest: Partial<VerdictOverridden> = {}): VerdictOverridden {
  return {
    contentId: 'c-1',
    revision: 1,
    platform: 'forum',
    channel: 'public',
    action: 'ALLOW',
    causeId: 'appeal-0',
    verdictId: 'v-0',
    overriddenAt: 1800,
    ...rest,
  };
}
