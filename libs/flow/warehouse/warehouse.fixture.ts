import { createHash } from 'node:crypto';
import type { ContentSubmitted, PredictionScored, TopicName, VerdictIssued } from '#platform/contracts';
import type { StoredRecord } from '#platform/stream';

/** 2026-11-23 10:00 UTC. */
export const NOON = Date.UTC(2026, 10, 23, 10);

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

export function storedRecord(topic: TopicName, overrides: Partial<StoredRecord> = {}): StoredRecord {
  return {
    topic,
    partition: 0,
    offset: 0,
    key: Buffer.from('forum/c1'),
    value: Buffer.from('framed'),
    headers: {},
    timestamp: NOON,
    ...overrides,
  };
}

export function content(overrides: Partial<ContentSubmitted> = {}): ContentSubmitted {
  return {
    contentId: 'c1',
    revision: 1,
    platform: 'forum',
    kind: 'COMMENT',
    text: 'See you at the harbour at six.',
    language: null,
    authorId: 'a1',
    conversationId: null,
    metadata: { board: 'harbour' },
    submittedAt: NOON,
    ...overrides,
  };
}

export function prediction(overrides: Partial<PredictionScored> = {}): PredictionScored {
  const contentId = overrides.contentId ?? 'c1';
  const probabilities = { H: 0.125, S: 0.5 };
  return {
    contentId,
    revision: 1,
    platform: 'forum',
    kind: 'COMMENT',
    language: 'en',
    languageConfidence: 0.75,
    authorHash: hash('a1'),
    conversationHash: null,
    textHash: hash(contentId),
    textLength: 30,
    duplicateKey: hash(contentId).slice(0, 16),
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
    scores: [{ modelId: 'm-1', tier: 'NGRAM', logits: { H: -2, S: 0 } }],
    assignments: (['public', 'internal'] as const).map((channel) => ({
      channel,
      role: 'LIVE',
      mode: 'NORMAL',
      deploymentId: `d-${channel}`,
      modelId: 'm-1',
      calibrationId: 'c-1',
      probabilities,
      error: null,
    })),
    source: { topic: 'content.submitted', partition: 0, offset: 0 },
    submittedAt: NOON,
    scoredAt: NOON + 20,
    ...overrides,
  };
}

export function verdict(overrides: Partial<VerdictIssued> = {}): VerdictIssued {
  const contentId = overrides.contentId ?? 'c1';
  const channel = overrides.channel ?? 'public';
  return {
    verdictId: hash(`${contentId} ${channel} ${overrides.kind ?? 'ISSUED'}`),
    kind: 'ISSUED',
    contentId,
    revision: 1,
    platform: 'forum',
    channel,
    action: 'REVIEW',
    categories: {
      H: { probability: 0.125, action: 'ALLOW', reviewThreshold: 0.4, blockThreshold: 0.9, provisional: true },
      S: { probability: 0.5, action: 'REVIEW', reviewThreshold: 0.4, blockThreshold: null, provisional: true },
    },
    deploymentId: `d-${channel}`,
    modelId: 'm-1',
    calibrationId: 'c-1',
    thresholdSetId: 't-1',
    policyId: 'house-rules',
    policyVersion: 3,
    role: 'LIVE',
    mode: 'NORMAL',
    decidedBy: 'MODEL',
    textHash: hash(contentId),
    causeId: null,
    supersedes: null,
    reason: null,
    source: { topic: 'prediction.scored', partition: 0, offset: 0 },
    submittedAt: NOON,
    issuedAt: NOON + 40,
    ...overrides,
  };
}
