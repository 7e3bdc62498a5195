import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { topicOf } from '#platform/contracts';
import {
  FatalError,
  partitionOfKey,
  RetryableError,
  type OwnedWrites,
  type OwnOptions,
  type PartitionOwner,
  type WriteRecord,
} from '#platform/stream';
import { coPartitionAssigner, describeMember } from './co-partition-assigner.js';
import { createGroupConsumer, type GroupConsumer, type Joined } from './group-consumer.js';
import { classifyKafka, isFenced } from './kafka-errors.js';
import { openLogReader, type LogReader } from './log-reader.js';
import type { Names } from './names.js';
import type { KafkaSettings } from './options.js';
import { PartitionWriter } from './partition-writer.js';

/** Calls that share one transaction: what queued up while the one before was under way, up to this many. */
const MAX_GROUP = 1_000;
const FIRST_BACK_OFF_MS = 20;
const LAST_BACK_OFF_MS = 2_000;
const LOOK_AGAIN_MS = 20;

interface Call {
  readonly decide: (table: ReadonlyMap<string, Buffer>) => OwnedWrites<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly wasFenced: boolean;
}

interface Owned {
  readonly partition: number;
  readonly writer: PartitionWriter;
  queue: Call[];
  isLost: boolean;
  /** Settled when nothing is queued any more. */
  running: Promise<void> | null;
}

/** Shares the partitions of a table out over a group, and decides on requests for its own ones in shared transactions. */
export function ownPartitions(
  kafka: Kafka,
  settings: KafkaSettings,
  names: Names,
  options: OwnOptions,
): PartitionOwner {
  const { app, table } = options;
  const { logger, observe } = settings;
  let partitionCount = 0;
  let owned = new Map<number, Owned>();
  let memberId: string | null = null;
  /** Addresses by partition; null while they are being learned. */
  let addresses: ReadonlyMap<number, string> | null = null;
  let generation = 0;
  let isStopped = false;
  let reader: Promise<LogReader> | null = null;
  const closing = new Set<Promise<void>>();

  const consumer: GroupConsumer = createGroupConsumer({
    kafka,
    settings,
    names,
    app,
    topics: [table],
    assigner: coPartitionAssigner(() => ({ owned: [...owned.keys()], address: options.address })),
    gather: { bytes: 1, waitMs: settings.gatherMs },
    onJoined,
    onRebalancing: () => {
      generation++;
      addresses = null;
    },
    onStopped: async () => {
      isStopped = true;
      for (const partition of owned.values()) release(partition);
      owned = new Map();
      addresses = null;
      await Promise.all(closing);
      if (reader !== null) await (await reader).close();
    },
    onFatal: (error) => {
      for (const partition of owned.values()) refuse(partition, error);
      options.onFatal(error);
    },
  });

  function onJoined({ memberId: id, places }: Joined): void {
    generation++;
    addresses = null;
    // As for flows: a member that kept its id shared in every generation, so its producers are still the last ones.
    const isSameMember = id === memberId;
    memberId = id;
    const assigned = new Set(places.map(({ partition }) => partition));
    const next = new Map<number, Owned>();
    for (const [partition, before] of owned) {
      if (isSameMember && assigned.has(partition)) next.set(partition, before);
      else release(before);
    }
    for (const partition of assigned) if (!next.has(partition)) next.set(partition, ownedPartition(partition));
    owned = next;
    void learnAddresses(generation);
    for (const partition of owned.values()) run(partition);
  }

  function ownedPartition(partition: number): Owned {
    const { retentionMs } = topicOf(table);
    return {
      partition,
      writer: new PartitionWriter({
        kafka,
        settings,
        names,
        app,
        partition,
        tables: [
          {
            topic: table,
            retentionMs: retentionMs < 0 ? Infinity : retentionMs,
            maxKeys: Math.max(1, Math.floor(settings.maxTableKeys / Math.max(1, partitionCount))),
          },
        ],
      }),
      queue: [],
      isLost: false,
      running: null,
    };
  }

  function release(partition: Owned): void {
    partition.isLost = true;
    refuse(partition, lost(partition.partition));
    const closed = (partition.running ?? Promise.resolve()).then(() => partition.writer.abandon());
    closing.add(closed);
    void closed.finally(() => closing.delete(closed));
  }

  function refuse(partition: Owned, error: Error): void {
    const { queue } = partition;
    partition.queue = [];
    for (const call of queue) call.reject(error);
  }

  /** The group's coordinator knows everybody's word and share once all have joined. */
  async function learnAddresses(of: number): Promise<void> {
    while (of === generation && !isStopped) {
      try {
        const { state, members } = await consumer.describe();
        if (of !== generation) return;
        if (state === 'Stable' && members.some((member) => member.memberId === memberId)) {
          const found = new Map<number, string>();
          for (const member of members) {
            const { address, partitions } = describeMember(member, names.topic(table));
            if (address !== null) for (const partition of partitions) found.set(partition, address);
          }
          addresses = found;
          return;
        }
      } catch (error) {
        logger.debug({ event: 'group_not_described', app, error: error instanceof Error ? error.message : undefined });
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  function run(partition: Owned): void {
    if (partition.running !== null || partition.isLost) return;
    partition.running = work(partition)
      .catch((error: unknown) => {
        const classified = classifyKafka(error, `${app}: partition ${partition.partition}`);
        const fatal = classified instanceof FatalError ? classified : new FatalError('unknown', classified.message);
        refuse(partition, fatal);
        consumer.fail(fatal);
      })
      .finally(() => {
        partition.running = null;
        if (partition.queue.length > 0) run(partition);
      });
  }

  /** Opens the partition if need be, then commits group after group until nothing is queued. */
  async function work(partition: Owned): Promise<void> {
    for (let failures = 0; !partition.isLost;) {
      try {
        if (!partition.writer.isOpen) {
          // What was released here before must not fence what is opened here now.
          await Promise.all(closing);
          await partition.writer.open(await sharedReader(), () => stillOurs(partition));
        }
        failures = 0;
      } catch (error) {
        const classified = classifyKafka(error, `${app}: cannot open partition ${partition.partition}`);
        if (classified instanceof FatalError && !isFenced(error)) throw classified;
        logger.warn({ event: 'partition_not_open', app, partition: partition.partition, error: classified.message });
        await sleep(Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures++, 10)));
        continue;
      }
      if (partition.queue.length === 0) return;
      await commitGroup(partition, partition.queue.splice(0, MAX_GROUP));
    }
  }

  async function commitGroup(partition: Owned, calls: readonly Call[]): Promise<void> {
    const entries = partition.writer.entries.get(table);
    if (entries === undefined) throw new FatalError('bug', `${app}: ${table} was not restored`);
    const view = new Overlay(entries);
    const records: WriteRecord[] = [];
    const decided: { readonly call: Call; readonly result: unknown }[] = [];
    for (const call of calls) {
      try {
        const { records: written, result } = call.decide(view);
        for (const record of written) {
          records.push(record.partition === undefined ? { ...record, partition: partition.partition } : record);
          if (record.topic === table) view.write(record);
        }
        decided.push({ call, result });
      } catch (error) {
        call.reject(error instanceof Error ? error : new FatalError('unknown', `${app}: a decision threw no Error`));
      }
    }
    try {
      await partition.writer.commit({ records });
    } catch (error) {
      await partition.writer.abandon();
      const wasFenced = isFenced(error);
      if (wasFenced) observe.onFenced?.(app);
      const classified = wasFenced ? lost(partition.partition) : classifyKafka(error, `${app}: ${table}`);
      observe.onAbort?.(app, classified.code);
      logger.warn({ event: 'transaction_failed', app, partition: partition.partition, error: classified.message });
      // A predecessor's last request may come late and fence the owner that the group knows: nothing was committed, so decide again.
      const again: Call[] = [];
      for (const { call } of decided) {
        if (wasFenced && !partition.isLost && !call.wasFenced) again.push({ ...call, wasFenced });
        else call.reject(classified);
      }
      partition.queue.unshift(...again);
      if (classified instanceof FatalError) throw classified;
      return;
    }
    for (const { call, result } of decided) call.resolve(result);
  }

  function sharedReader(): Promise<LogReader> {
    const { maxBytes, maxBytesPerPartition } = settings;
    reader ??= openLogReader({ kafka, names, maxBytes, maxBytesPerPartition }).catch((error: unknown) => {
      reader = null;
      throw error;
    });
    return reader;
  }

  function stillOurs({ isLost, partition }: Owned): Promise<void> {
    return isLost ? Promise.reject(lost(partition)) : Promise.resolve();
  }

  function lost(partition: number): RetryableError {
    return new RetryableError('rebalance', `${app}: partition ${partition} of ${table} is not owned here`);
  }

  return {
    async start() {
      partitionCount = (await (await sharedReader()).partitionsOf([table])).length;
      if (partitionCount === 0) throw new FatalError('configuration', `topic ${table} does not exist`);
      await consumer.start();
    },
    stop: () => consumer.stop(),
    health: () => consumer.health(),
    ownerOf(partition) {
      if (addresses === null) return null;
      if (owned.has(partition)) return { self: true };
      const address = addresses.get(partition);
      return address === undefined ? null : { self: false, address };
    },
    partitionFor: (key) => partitionOfKey(key, partitionCount),
    async transact<R>(partition: number, decide: (table: ReadonlyMap<string, Buffer>) => OwnedWrites<R>): Promise<R> {
      const mine = owned.get(partition);
      if (mine === undefined || mine.isLost) throw lost(partition);
      return await new Promise<R>((resolve, reject) => {
        mine.queue.push({ decide, resolve: resolve as (result: unknown) => void, reject, wasFenced: false });
        run(mine);
      });
    },
  };
}

/** The table as it will be after the commit: decisions of one group see each other. */
class Overlay implements ReadonlyMap<string, Buffer> {
  private readonly changes = new Map<string, Buffer | null>();

  constructor(private readonly base: ReadonlyMap<string, Buffer>) {}

  write({ key, value }: WriteRecord): void {
    this.changes.set(key === null ? '' : key.toString(), value);
  }

  get size(): number {
    let size = this.base.size;
    for (const [key, value] of this.changes) {
      if (value === null) size -= this.base.has(key) ? 1 : 0;
      else size += this.base.has(key) ? 0 : 1;
    }
    return size;
  }

  get(key: string): Buffer | undefined {
    const change = this.changes.get(key);
    return change === undefined ? this.base.get(key) : (change ?? undefined);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  *entries(): MapIterator<[string, Buffer]> {
    for (const [key, value] of this.base) if (!this.changes.has(key)) yield [key, value];
    for (const [key, value] of this.changes) if (value !== null) yield [key, value];
  }

  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<Buffer> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, Buffer]> {
    return this.entries();
  }

  forEach(callback: (value: Buffer, key: string, map: ReadonlyMap<string, Buffer>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}
