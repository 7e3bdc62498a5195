import { isUtf8 } from 'node:buffer';
import { topicOf, type DeadLetter, type RejectReason, type Topic } from '#platform/contracts';
import type { Chunk, ChunkWrites } from './broker.js';
import { classify, FatalError } from './errors.js';
import type { Emission, Outcome } from './outcome.js';
import type { Message, StoredRecord, WriteRecord } from './record.js';
import type { Decoded, Serde } from './serde.js';

/** What a handler may know about the partition it works on. */
export interface PartitionContext {
  readonly partition: number;
  readonly carried: string | null;
  /** Committed bytes of the co-partitioned tables, by topic and key. */
  readonly tables: Chunk['tables'];
  /**
   * For a handler that works on a chunk for seconds: the group hears of it, and nobody takes it for stuck. Rejects when the partition is
   * to be given away; the handler lets that through.
   */
  readonly alive: () => Promise<void>;
}

/** Outcomes, one per message, and what to keep with the offset for the next chunk of this topic and partition. */
export interface HandlerResult {
  readonly outcomes: readonly Outcome<Emission>[];
  readonly carry?: string;
}

export type BatchHandler = (batch: readonly Message<unknown>[], context: PartitionContext) => Promise<HandlerResult>;

/** What the runner reports; all steps are measured here, none measures itself. */
export interface RunnerObserver {
  onOutcomes(topic: string, outcome: 'emit' | 'skip' | 'reject', reason: string, count: number): void;
  onChunk(topic: string, records: number, seconds: number, newestTimestamp: number): void;
  onRetry(code: string): void;
}

export interface RunnerOptions {
  readonly app: string;
  readonly release: string;
  readonly serde: Serde;
  readonly clock: () => number;
  readonly handlers: ReadonlyMap<string, BatchHandler>;
  readonly observer: RunnerObserver;
  /** Waits before a retry; the argument counts from 1. */
  readonly backOff: (attempt: number) => Promise<void>;
  /** Where a rejected share of an internal topic means a broken producer or a broken release, not broken messages. */
  readonly rejectShare: { readonly share: number; readonly least: number };
}

const NO_KEY = Buffer.alloc(0);

/**
 * Makes the writes of one chunk: decode, decide all, encode all. Pure but for the handler: the broker adapter writes and commits.
 * Retries the handler in place while its error is retryable (streaming 3).
 */
export function createRunner(options: RunnerOptions): (chunk: Chunk) => Promise<ChunkWrites> {
  const { app, release, serde, clock, observer } = options;
  const deadLetterTopic = topicOf(`dead-letter.${app}`);

  async function retrying<T>(chunk: Chunk, attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count++) {
      try {
        return await attempt();
      } catch (error) {
        const classified = classify(error);
        if (classified instanceof FatalError) throw classified;
        if (classified.code === 'rebalance') throw classified;
        observer.onRetry(classified.code);
        await options.backOff(count);
        await chunk.heartbeat();
      }
    }
  }

  function deadLetter(record: StoredRecord, reason: RejectReason, detail: string): WriteRecord {
    const value: DeadLetter = {
      stage: app,
      release,
      reason,
      detail,
      source: { topic: record.topic, partition: record.partition, offset: record.offset },
      key: record.key,
      value: record.value,
      headers: Object.entries(record.headers).map(([key, header]) => ({ key, value: header })),
      recordTimestamp: record.timestamp,
      rejectedAt: clock(),
    };
    const base = {
      topic: deadLetterTopic.name,
      key: record.key ?? NO_KEY,
      value: serde.encode(deadLetterTopic.name as `dead-letter.${string}`, value),
      headers: headersFor(record),
    };
    return deadLetterTopic.copartitioned ? { ...base, partition: record.partition } : base;
  }

  function headersFor(record: StoredRecord): WriteRecord['headers'] {
    const source = `${record.topic}/${record.partition}/${record.offset}`;
    const trace = record.headers['traceparent'];
    return trace === undefined
      ? { 'tidegate-source': source, 'tidegate-stage': app, 'tidegate-release': release }
      : { traceparent: trace, 'tidegate-source': source, 'tidegate-stage': app, 'tidegate-release': release };
  }

  function write(emission: Emission, record: StoredRecord, partition: number): WriteRecord {
    const { name: topic, copartitioned } = topicOf(emission.topic);
    const { key } = emission;
    const value = emission.value === null ? null : serde.encode(emission.topic, emission.value);
    const headers = headersFor(record);
    return copartitioned ? { topic, partition, key, value, headers } : { topic, key, value, headers };
  }

  return async (chunk) => {
    const handler = options.handlers.get(chunk.topic);
    if (handler === undefined) throw new FatalError('bug', `${app} has no handler for ${chunk.topic}`);
    const topic = topicOf(chunk.topic);
    const started = performance.now();
    const decoded = await retrying(chunk, () => serde.decode(topic.name, chunk.records));
    const messages: Message<unknown>[] = [];
    const positions: number[] = [];
    const outcomes: Outcome<Emission>[] = new Array<Outcome<Emission>>(chunk.records.length);
    decoded.forEach((decodedRecord, index) => {
      const record = at(chunk.records, index);
      const result = topic.outsidersWrite ? withReadableKey(record, decodedRecord) : decodedRecord;
      if (!result.ok) {
        outcomes[index] = { kind: 'reject', reason: result.reason, detail: result.detail };
        return;
      }
      positions.push(index);
      messages.push({
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        key: record.key?.toString('utf8') ?? '',
        value: result.value,
        headers: record.headers,
        timestamp: record.timestamp,
      });
    });
    let carry = chunk.carried;
    if (messages.length > 0) {
      const { partition, carried, tables } = chunk;
      const context = { partition, carried, tables, alive: () => chunk.heartbeat() };
      const result = await retrying(chunk, () => handler(messages, context));
      if (result.outcomes.length !== messages.length) {
        throw new FatalError(
          'outcome_count',
          `${app}: ${chunk.topic} gave ${messages.length} messages and got ${result.outcomes.length} outcomes`,
        );
      }
      result.outcomes.forEach((outcome, index) => {
        outcomes[at(positions, index)] = outcome;
      });
      carry = result.carry ?? carry;
    }
    const records: WriteRecord[] = [];
    let emitted = 0;
    const skipped = new Map<string, number>();
    const rejected = new Map<RejectReason, number>();
    outcomes.forEach((outcome, index) => {
      const record = at(chunk.records, index);
      switch (outcome.kind) {
        case 'emit':
          for (const emission of outcome.values) records.push(write(emission, record, chunk.partition));
          emitted++;
          break;
        case 'skip':
          count(skipped, outcome.reason);
          break;
        case 'reject':
          records.push(deadLetter(record, outcome.reason, outcome.detail));
          count(rejected, outcome.reason);
          break;
      }
    });
    refuseBrokenProducer(topic, sum(rejected.values()), chunk);
    if (emitted > 0) observer.onOutcomes(chunk.topic, 'emit', '', emitted);
    for (const [reason, n] of skipped) observer.onOutcomes(chunk.topic, 'skip', reason, n);
    for (const [reason, n] of rejected) observer.onOutcomes(chunk.topic, 'reject', reason, n);
    const newest = chunk.records.at(-1)?.timestamp ?? clock();
    observer.onChunk(chunk.topic, chunk.records.length, (performance.now() - started) / 1000, newest);
    return { records, carry };
  };

  function refuseBrokenProducer(topic: Topic, rejected: number, chunk: Chunk): void {
    const { share, least } = options.rejectShare;
    if (topic.outsidersWrite || rejected < least || rejected <= share * chunk.records.length) return;
    throw new FatalError(
      'reject_share',
      `${app}: ${rejected} of ${chunk.records.length} records of ${chunk.topic}/${chunk.partition} were rejected; ` +
        'an internal topic is written by a broken release, nothing was written',
    );
  }
}

/** Text that is not UTF-8 would be read as other text, and two keys as one. */
function withReadableKey<T>(record: StoredRecord, decoded: Decoded<T>): Decoded<T> {
  if (!decoded.ok || record.key === null || isUtf8(record.key)) return decoded;
  return { ok: false, reason: 'bad_key', detail: 'key: is not UTF-8' };
}

function count<R>(counts: Map<R, number>, reason: R): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new FatalError('bug', `index ${index} of ${values.length}`);
  return value;
}
