import type { ContentSubmitted, DeploymentBundled, DeploymentChanged, Obfuscation, Tier } from '#platform/contracts';
import type { Message } from '#platform/stream';
import { planChannels, type ChannelPlan } from '#policy';
import type { TextFeatures } from './predict.js';
import type { Scorer } from './scorer.js';

export function content(text: string, rest: Partial<ContentSubmitted> = {}): ContentSubmitted {
  return {
    contentId: `c-${text}`,
    revision: 1,
    platform: 'forum',
    kind: 'POST',
    text,
    language: null,
    authorId: null,
    conversationId: null,
    metadata: {},
    submittedAt: 1000,
    ...rest,
  };
}

export function messages(...contents: readonly ContentSubmitted[]): readonly Message<ContentSubmitted>[] {
  return contents.map((value, index) => ({
    topic: 'content.submitted',
    partition: 3,
    offset: 70 + index,
    key: `${value.platform}/${value.contentId}`,
    value,
    headers: {},
    timestamp: 0,
  }));
}

/** The model of bundle `d-1` is `m-1`. */
export function bundle(deploymentId: string, rest: Partial<DeploymentBundled> = {}): DeploymentBundled {
  return {
    deploymentId,
    channel: 'public',
    modelId: deploymentId.replace('d-', 'm-'),
    modelSha256: 'ab'.repeat(32),
    calibrationId: `c-${deploymentId}`,
    thresholdSetId: 't-1',
    policyId: 'default',
    policyVersion: 1,
    calibrators: { H: { kind: 'IDENTITY', parameters: [], x: [], y: [] } },
    thresholds: { H: { review: 0.3, block: 0.8, provisional: true } },
    uncovered: 'ALLOW',
    uncoveredCategories: [],
    bundledAt: 0,
    ...rest,
  };
}

export function change(channel: string, live: string, rest: Partial<DeploymentChanged> = {}): DeploymentChanged {
  return {
    channel,
    sequence: 1,
    mode: 'NORMAL',
    live,
    previous: null,
    canary: null,
    shadows: [],
    reason: 'test',
    changedBy: 'deployment',
    changedAt: 0,
    ...rest,
  };
}

export function plan(...changes: readonly DeploymentChanged[]): ChannelPlan {
  const result = planChannels({
    channels: changes.map(({ channel }) => channel),
    changeOf: (channel) => changes.find((it) => it.channel === channel),
    bundleOf: bundle,
    salt: 'salt',
  });
  if (!result.ok) throw new Error('the plan has holes');
  return result.plan;
}

/** Gives each text its length as logit of H; `score`, and what a second tier says of the probe, may be replaced. */
export function scorer(
  modelId: string,
  score?: (
    texts: readonly string[],
    ids: readonly string[],
    alive?: () => Promise<void>,
  ) => Promise<readonly { readonly logits: Readonly<Record<string, number>>; readonly tier?: Tier }[]>,
  scoreEncoded: Scorer['scoreEncoded'] = () => Promise.resolve(null),
): Scorer & { readonly released: () => boolean } {
  let isReleased = false;
  return {
    modelId,
    categories: ['H'],
    score: async (identified, alive) => {
      const texts = identified.map(({ text }) => text);
      const ids = identified.map(({ id }) => id);
      const scored = await (score?.(texts, ids, alive) ??
        texts.map((text) => ({ logits: { H: text.length }, tier: undefined })));
      return scored.map(({ logits, tier = 'NGRAM' }) => ({ logits, counters, tier }));
    },
    scoreEncoded,
    close: () => {
      isReleased = true;
      return Promise.resolve();
    },
    released: () => isReleased,
  };
}

export const features: TextFeatures = {
  language: 'en',
  languageConfidence: 0.5,
  textHash: '00'.repeat(16),
  duplicateKey: '0'.repeat(16),
};

export const counters: Obfuscation = {
  zeroWidth: 0,
  bidi: 0,
  confusable: 0,
  mixedScript: 0,
  leet: 2,
  spacedLetters: 0,
  repeats: 0,
  encoded: 0,
};
