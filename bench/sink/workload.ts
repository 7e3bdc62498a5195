import { createHash } from 'node:crypto';
import type { ContentSubmitted, PredictionScored, TopicName, VerdictIssued } from '#platform/contracts';
import type { Serde, StoredRecord } from '#platform/stream';

const CATEGORIES = ['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'];
const WORDS = 'the harbour opens at six and nobody in town brought enough rope for another boat this week'.split(' ');
const PLATFORMS = ['forum', 'chat', 'shop'];
const CHANNELS = ['public', 'internal'] as const;
const BEGIN = Date.UTC(2026, 10, 23, 6);

/** One content and what became of it: four events. */
export interface Case {
  readonly content: ContentSubmitted;
  readonly prediction: PredictionScored;
  readonly verdicts: readonly VerdictIssued[];
}

/** Made-up contents of some 90 characters, two channels, eight categories: the same ones for the same seed. */
export function createCases(count: number, partitions: number, seed = 7): readonly Case[] {
  const random = generator(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  let snowflake = 1_780_000_000_000_000;
  let now = BEGIN;
  return Array.from({ length: count }, (_, index) => {
    snowflake += 1 + Math.floor(random() * 4000);
    now += Math.floor(random() * 4);
    const platform = PLATFORMS[Math.floor(random() * PLATFORMS.length)] ?? 'forum';
    const contentId = `p-${snowflake}`;
    const length = 4 + Math.floor(random() * 24);
    const text = Array.from({ length }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
    const textHash = hash(text);
    const revision = random() < 0.05 ? 2 : 1;
    const mood = 1.2 * gauss();
    const logits = Object.fromEntries(
      CATEGORIES.map((category, rank) => [category, Math.round((-4.5 - 0.2 * rank + mood + gauss()) * 4096) / 4096]),
    );
    const common = { contentId, revision, platform, submittedAt: now };
    const source = { partition: index % partitions, offset: Math.floor(index / partitions) };
    const probabilities = (slope: number) =>
      Object.fromEntries(Object.entries(logits).map(([category, logit]) => [category, sigmoid(slope * logit + 0.1)]));
    const byChannel = { public: probabilities(1), internal: probabilities(0.9) };
    return {
      content: {
        ...common,
        kind: 'COMMENT',
        text,
        language: null,
        authorId: `author-${Math.floor(random() * 50_000)}`,
        conversationId: null,
        metadata: {},
      },
      prediction: {
        ...common,
        kind: 'COMMENT',
        language: 'en',
        languageConfidence: Math.fround(random()),
        authorHash: hash(`author ${Math.floor(random() * 50_000)}`),
        conversationHash: null,
        textHash,
        textLength: text.length,
        duplicateKey: textHash.slice(0, 16),
        obfuscation: {
          zeroWidth: 0,
          bidi: 0,
          confusable: 0,
          mixedScript: 0,
          leet: random() < 0.02 ? 1 : 0,
          spacedLetters: 0,
          repeats: random() < 0.05 ? 1 : 0,
          encoded: 0,
        },
        scores: [{ modelId: 'm-74c1ac7633f31043fdc8560033', tier: 'NGRAM', logits }],
        assignments: CHANNELS.map((channel) => ({
          channel,
          role: 'LIVE',
          mode: 'NORMAL',
          deploymentId: idOf('d', channel),
          modelId: 'm-74c1ac7633f31043fdc8560033',
          calibrationId: idOf('c', channel),
          probabilities: byChannel[channel],
          error: null,
        })),
        source: { topic: 'content.submitted', ...source },
        scoredAt: now + 20 + Math.floor(random() * 30),
      },
      verdicts: CHANNELS.map((channel) => verdictOf(channel, common, byChannel[channel], textHash, source, now + 60)),
    };
  });
}

function verdictOf(
  channel: 'public' | 'internal',
  common: Pick<VerdictIssued, 'contentId' | 'revision' | 'platform' | 'submittedAt'>,
  probabilities: Readonly<Record<string, number>>,
  textHash: string,
  source: { readonly partition: number; readonly offset: number },
  issuedAt: number,
): VerdictIssued {
  const [review, block] = channel === 'public' ? [0.4, 0.9] : [0.25, 0.75];
  const entries = Object.entries(probabilities).map(([category, probability], rank) => {
    const thresholds = { reviewThreshold: review + rank / 100, blockThreshold: block + rank / 200 };
    const action =
      probability >= thresholds.blockThreshold
        ? 'BLOCK'
        : probability >= thresholds.reviewThreshold
          ? 'REVIEW'
          : 'ALLOW';
    return [category, { probability, action, ...thresholds, provisional: true }] as const;
  });
  const actions = new Set(entries.map(([, { action }]) => action));
  return {
    verdictId: hash(`${common.platform} ${common.contentId} ${channel}`),
    kind: 'ISSUED',
    ...common,
    channel,
    action: actions.has('BLOCK') ? 'BLOCK' : actions.has('REVIEW') ? 'REVIEW' : 'ALLOW',
    categories: Object.fromEntries(entries),
    deploymentId: idOf('d', channel),
    modelId: 'm-74c1ac7633f31043fdc8560033',
    calibrationId: idOf('c', channel),
    thresholdSetId: idOf('t', channel),
    policyId: 'house-rules',
    policyVersion: 3,
    role: 'LIVE',
    mode: 'NORMAL',
    decidedBy: 'MODEL',
    textHash,
    causeId: null,
    supersedes: null,
    reason: null,
    source: { topic: 'prediction.scored', ...source },
    issuedAt,
  };
}

/** The records of one topic and partition, in order. */
export interface Log {
  readonly topic: TopicName;
  readonly partition: number;
  readonly length: number;
  /** Fresh objects over the bytes of the log, as a fetch makes them. */
  readonly read: (from: number, to: number) => readonly StoredRecord[];
}

/**
 * In one buffer: as objects, the records of all logs would make each collection of garbage during a run mark hundreds of megabytes, which no
 * sink keeps.
 */
function packed(topic: TopicName, partition: number, records: readonly StoredRecord[]): Log {
  const fields = records.flatMap(({ key, value }) => [key ?? Buffer.alloc(0), value ?? Buffer.alloc(0)]);
  const bytes = Buffer.concat(fields);
  const ends = new Float64Array(fields.length);
  let end = 0;
  fields.forEach((field, index) => {
    end += field.length;
    ends[index] = end;
  });
  const timestamps = Float64Array.from(records, ({ timestamp }) => timestamp);
  const fieldAt = (index: number) => bytes.subarray(ends[index - 1] ?? 0, ends[index]);
  return {
    topic,
    partition,
    length: records.length,
    read: (from, to) =>
      Array.from(timestamps.subarray(from, to), (timestamp, index) => {
        const offset = from + index;
        return {
          topic,
          partition,
          offset,
          key: fieldAt(2 * offset),
          value: fieldAt(2 * offset + 1),
          headers: {},
          timestamp,
        };
      }),
  };
}

/** Encodes the events of all cases as the stages do, on four topics. */
export function createLogs(cases: readonly Case[], partitions: number, serde: Serde): readonly Log[] {
  const logs = new Map<string, StoredRecord[]>();
  const append = (topic: TopicName, partition: number, key: string, value: Buffer, timestamp: number) => {
    const id = `${topic}/${partition}`;
    let records = logs.get(id);
    if (records === undefined) logs.set(id, (records = []));
    records.push({ topic, partition, offset: records.length, key: Buffer.from(key), value, headers: {}, timestamp });
  };
  cases.forEach(({ content, prediction, verdicts }, index) => {
    const partition = index % partitions;
    const key = `${content.platform}/${content.contentId}`;
    append('content.submitted', partition, key, serde.encode('content.submitted', content), content.submittedAt);
    append('prediction.scored', partition, key, serde.encode('prediction.scored', prediction), prediction.scoredAt);
    for (const verdict of verdicts) {
      const topic = `verdict.${verdict.channel}` as const;
      append(topic, partition, key, serde.encode(topic, verdict), verdict.issuedAt);
    }
  });
  return [...logs.values()].flatMap((records) => {
    const [first] = records;
    return first === undefined ? [] : [packed(first.topic as TopicName, first.partition, records)];
  });
}

function idOf(prefix: string, channel: string): string {
  return `${prefix}-${hash(`${prefix} ${channel}`).slice(0, 26)}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function sigmoid(logit: number): number {
  return Math.fround(1 / (1 + Math.exp(-logit)));
}

/** Numerical Recipes' linear congruential generator: enough for made-up rows. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
