import { topicOf, type TopicName } from '#platform/contracts';
import {
  FatalError,
  partitionOfKey,
  RetryableError,
  type Broker,
  type FlowConsumeOptions,
  type JournalReadOptions,
  type OwnOptions,
  type PartitionOwner,
  type TableOpenOptions,
  type TailOptions,
  type Worker,
  type WriteRecord,
} from '#platform/stream';
import { MemoryLog } from './log.js';
import { createMemoryWorker } from './memory-worker.js';

const JOURNAL_BATCH = 1000;

/** What several in-memory brokers share, as several Kafka clients share a cluster. */
export function createMemoryLog(
  options: { readonly partitions?: number; readonly clock?: () => number } = {},
): MemoryLog {
  return new MemoryLog(options.partitions ?? 4, options.clock ?? Date.now, (topic) => topicOf(topic).copartitioned);
}

/** The in-memory broker: the semantics of the Kafka adapter, proven by the same conformance suite, without I/O. */
export function createMemoryBroker(log: MemoryLog = createMemoryLog(), clock: () => number = Date.now): Broker {
  const closing = new AbortController();

  function placed(records: readonly WriteRecord[]): readonly (WriteRecord & { readonly partition: number })[] {
    return records.map((record) => {
      const partition = record.partition ?? partitionOfKey(record.key ?? '', log.partitionsOf(record.topic));
      return { ...record, partition };
    });
  }

  function write(records: readonly WriteRecord[]): Promise<void> {
    log.append(placed(records));
    return Promise.resolve();
  }

  function consume(options: FlowConsumeOptions): Worker {
    const { app, maxChunk, process, onFatal } = options;
    const worker = createMemoryWorker({
      log,
      group: app,
      topics: options.topics,
      clock,
      onFatal,
      turn: async (topic, partition) => {
        const { offset, carried } = log.position(app, topic, partition);
        const records = log.read(topic, partition, offset, maxChunk);
        if (records.length === 0) return false;
        const writes = await process({
          topic,
          partition,
          records,
          carried,
          tables: new Map(options.tables.map((table) => [table, log.table(table, partition)])),
          heartbeat: () => Promise.resolve(),
        });
        if (log.owner(app, partition) !== worker.member) return true;
        log.append(placed(writes.records), () => {
          log.commit(app, topic, partition, { offset: offset + records.length, carried: writes.carry });
        });
        return true;
      },
    });
    return worker;
  }

  function read(options: JournalReadOptions): Worker {
    const { app, topics, process, onFatal, onAssigned } = options;
    const handedOver = new Map<string, number>();
    const place = (topic: string, partition: number) => `${topic}/${partition}`;
    const worker = createMemoryWorker({
      log,
      group: app,
      topics,
      clock,
      onFatal,
      onAssigned: (partitions) => {
        for (const { topic, partition } of partitions) {
          handedOver.set(place(topic, partition), log.position(app, topic, partition).offset);
        }
        onAssigned?.(partitions);
      },
      turn: async (topic, partition) => {
        const from = handedOver.get(place(topic, partition)) ?? 0;
        const records = log.read(topic, partition, from, JOURNAL_BATCH);
        if (records.length === 0) return false;
        const commit = (nextOffset: number) => {
          if (log.owner(app, partition) === worker.member) {
            log.commit(app, topic, partition, { offset: nextOffset, carried: null });
          }
          return Promise.resolve();
        };
        const next = from + records.length;
        const durable = await process({
          topic,
          partition,
          records,
          highWatermark: log.end(topic, partition),
          heartbeat: () => Promise.resolve(),
          commit,
        });
        handedOver.set(place(topic, partition), next);
        if (durable === 'all') await commit(next);
        return true;
      },
    });
    return worker;
  }

  async function tail(options: TailOptions): Promise<void> {
    const { from, onRecords, untilEnd, signal } = options;
    const places = options.topics.flatMap((topic) =>
      Array.from({ length: log.partitionsOf(topic) }, (_, partition) => ({
        topic,
        partition,
        end: log.end(topic, partition),
      })),
    );
    const next = new Map(
      places.map((place) => {
        const { topic, partition, end } = place;
        const named = typeof from === 'object' ? from[`${topic}/${partition}`] : undefined;
        return [place, from === 'beginning' ? 0 : (named ?? end)];
      }),
    );
    options.onStart?.(
      Object.fromEntries([...next].map(([{ topic, partition }, offset]) => [`${topic}/${partition}`, offset])),
    );
    const stop = AbortSignal.any([signal, closing.signal]);
    while (!stop.aborted) {
      const change = log.changed(stop);
      for (const place of places) {
        const offset = next.get(place) ?? 0;
        const records = log.read(place.topic, place.partition, offset, JOURNAL_BATCH);
        if (records.length === 0) continue;
        await onRecords(records);
        next.set(place, offset + records.length);
      }
      if (untilEnd && places.every((place) => (next.get(place) ?? 0) >= place.end)) return;
      const isBehind = places.some((place) => (next.get(place) ?? 0) < log.end(place.topic, place.partition));
      if (!isBehind) await change;
    }
  }

  async function open({ topic, onRecord, onFatal }: TableOpenOptions) {
    let next = 0;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, closing.signal]);
    const catchUp = () => {
      for (const record of log.read(topic, 0, next, Number.MAX_SAFE_INTEGER)) {
        onRecord(record);
        next++;
      }
    };
    catchUp();
    const following = (async () => {
      while (!signal.aborted) {
        const change = log.changed(signal);
        catchUp();
        await change;
      }
    })().catch((error: unknown) => {
      onFatal(classifyAsError(error));
    });
    await Promise.resolve();
    return {
      lag: () => log.end(topic, 0) - next,
      close: async () => {
        stop.abort();
        await following;
      },
    };
  }

  function own(options: OwnOptions): PartitionOwner {
    const { app, table, onFatal } = options;
    const worker = createMemoryWorker({
      log,
      group: app,
      topics: [table],
      clock,
      onFatal,
      turn: () => Promise.resolve(false),
    });
    addresses.set(worker.member, options.address);
    return {
      ...worker,
      partitionFor: (key) => partitionOfKey(key, log.flowPartitions),
      ownerOf: (partition) => {
        const owner = log.owner(app, partition);
        if (owner === undefined) return null;
        return owner === worker.member ? { self: true } : { self: false, address: addresses.get(owner) ?? '' };
      },
      // Decides and writes in one turn of the event loop: nothing can come between.
      transact: (partition, decide) => {
        if (log.owner(app, partition) !== worker.member) {
          return Promise.reject(new RetryableError('rebalance', `partition ${partition} belongs to another member`));
        }
        const { records, result } = decide(log.table(table, partition));
        log.append(placed(records.map((record) => ({ ...record, partition }))));
        return Promise.resolve(result);
      },
    };
  }

  return {
    flow: { consume, own, publish: write },
    journal: { read, append: write, tail },
    table: { open, put: write },
    takeOver: ({ app }) => {
      const term = log.beginTerm(app);
      return Promise.resolve({
        write: (records) => {
          if (log.termOf(app) !== term) return Promise.reject(new FatalError('fenced', `${app}: somebody else writes`));
          return write(records);
        },
        close: () => Promise.resolve(),
      });
    },
    partitionFor: (topic: TopicName, key: string) => Promise.resolve(partitionOfKey(key, log.partitionsOf(topic))),
    close: () => {
      closing.abort();
      return Promise.resolve();
    },
  };
}

const addresses = new WeakMap<symbol, string>();

function classifyAsError(error: unknown): Error {
  return error instanceof Error ? error : new Error('a value that is not an Error was thrown');
}
