import type { DeadLetter, TopicName } from '#platform/contracts';
import { topicOf } from '#platform/contracts';
import {
  classify,
  FatalError,
  RetryableError,
  type Broker,
  type Decoded,
  type JournalBatch,
  type Serde,
  type StoredRecord,
  type Worker,
  type WorkerHealth,
  type WriteRecord,
} from '#platform/stream';
import { createBatches, type Batch, type BatchLimits } from './batches.js';
import { judgeRecord, OWN_DEAD_LETTERS, type Judgement } from './judge-record.js';
import type { RowBuffer } from './row-writer.js';
import type { Table } from './table.js';
import { tableOf } from './tables.js';
import { watermarkOf, watermarkTable, type Progress, type Watermark } from './watermark.js';

/** What the sink needs of ClickHouse. */
export interface RowStore {
  /** Resolves when the rows are durable and readable. @throws RetryableError or FatalError */
  insertRows(
    table: string,
    rows: Buffer,
    options: { readonly columns: readonly string[]; readonly token: string },
  ): Promise<void>;
}

/** What the sink reports. */
export interface SinkObserver {
  onOutcomes(topic: string, outcome: 'emit' | 'skip' | 'reject', reason: string, count: number): void;
  /** @param newest timestamp of the newest record, milliseconds */
  onInsert(topic: string, table: string, rows: number, seconds: number, newest: number): void;
  onRetry(code: string): void;
  onProgress(topic: string, partition: number, lag: number): void;
}

export interface SinkOptions {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly store: RowStore;
  readonly createBuffer: () => RowBuffer;
  /** Every topic that is kept, dead letters included. */
  readonly topics: readonly TopicName[];
  readonly release: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Waits before a retry; counts from 1. */
  readonly backOff: (attempt: number) => Promise<void>;
  readonly limits: SinkLimits;
  readonly observer: SinkObserver;
  readonly onFatal: (error: Error) => void;
  /** For fault tests: called at named points, around the insert and the commit. */
  readonly onPoint?: (point: SinkPoint) => Promise<void> | void;
}

export type SinkPoint = 'before_insert' | 'after_insert' | 'after_commit';

export interface SinkLimits extends BatchLimits {
  /** Inserts that run at once. */
  readonly maxInserts: number;
  /** Between two watermarks, milliseconds. */
  readonly watermarkMs: number;
  /** A stop gives up on what waits after so long; Kafka keeps it. */
  readonly drainMs: number;
}

const APP = 'warehouse';
/**
 * Records that are decoded before they are written: events that live through a collection of young objects are copied, and 1,000 at a
 * time cost twice the CPU a row.
 */
const SLICE = 200;
/** How often what waits is looked at: a fifth of the shortest sensible age of a batch. */
const TICK_MS = 100;
/** A producer that is this wrong is a broken release, not broken messages (streaming 3). */
const REJECT_SHARE = { share: 0.5, least: 20 };

/** Mutable twin of {@link Progress}. */
interface Place {
  readonly topic: string;
  readonly partition: number;
  nextOffset: number | null;
  endOffset: number;
  newest: number;
  assignedAt: number;
  /** Next offset that was not taken into a batch yet. */
  takenUntil: number;
  /** Commits through the newest hand-over; an older one is void after a rebalance. */
  commit: JournalBatch['commit'];
  /** What was last said of it. */
  published: Watermark | null;
}

/**
 * Brings every event into ClickHouse, at least once into tables that fold repetitions (streaming 4): decode, collect rows per partition,
 * insert, acknowledgement, commit, watermark. What ClickHouse does not take now stays in Kafka; memory is bounded.
 */
export function createSink(options: SinkOptions): Worker {
  const { broker, serde, store, limits, observer, clock } = options;
  const batches = createBatches(limits, options.createBuffer);
  const places = new Map<string, Place>();
  let isStopping = false;
  let failure: Error | null = null;
  let inserts = 0;
  let timer: NodeJS.Timeout | null = null;
  let lastWatermarkAt = 0;
  let watermarking: Promise<void> | null = null;
  let changed = deferred();

  const worker = broker.journal.read({
    app: APP,
    topics: options.topics,
    process: take,
    onAssigned: (assigned) => {
      for (const { topic, partition } of assigned) {
        batches.forget(topic, partition);
        places.set(idOf(topic, partition), newPlace(topic, partition));
      }
      wake();
    },
    onFatal: options.onFatal,
  });

  function newPlace(topic: string, partition: number): Place {
    return {
      topic,
      partition,
      nextOffset: null,
      endOffset: 0,
      newest: 0,
      assignedAt: clock(),
      takenUntil: 0,
      commit: () => Promise.resolve(),
      published: null,
    };
  }

  function placeOf(topic: string, partition: number): Place {
    const known = places.get(idOf(topic, partition));
    if (known !== undefined) return known;
    const place = newPlace(topic, partition);
    places.set(idOf(topic, partition), place);
    return place;
  }

  /** Wakes whoever waits for room. */
  function wake(): void {
    const before = changed;
    changed = deferred();
    before.resolve();
  }

  function fail(error: unknown): void {
    if (failure !== null) return;
    failure = classify(error);
    isStopping = true;
    wake();
    options.onFatal(failure);
  }

  async function take(handed: JournalBatch): Promise<'later'> {
    const place = placeOf(handed.topic, handed.partition);
    const { name } = topicOf(handed.topic);
    const table = tableOf(name);
    place.commit = (nextOffset) => handed.commit(nextOffset);
    place.endOffset = handed.highWatermark;
    for (let from = 0; from < handed.records.length; from += SLICE) {
      await waitForRoom(place, handed);
      if (!isOurs(place)) return 'later';
      // What was taken before a retry of the hand-over is not taken twice.
      const records = handed.records.slice(from, from + SLICE).filter(({ offset }) => offset >= place.takenUntil);
      if (records.length === 0 || copyRows(place, table, records)) continue;
      const decoded = await serde.decode(name, records);
      if (!isOurs(place)) return 'later';
      judgeRows(place, table, records, decoded);
    }
    pump();
    return 'later';
  }

  /** A partition that was assigned anew meanwhile is delivered again; one that stops is left to the next owner. */
  function isOurs(place: Place): boolean {
    return !isStopping && places.get(idOf(place.topic, place.partition)) === place;
  }

  function openBatch({ topic, partition }: Place, records: readonly StoredRecord[]): Batch {
    return batches.open(topic, partition, at(records, 0).offset, clock());
  }

  /** Takes the rows of all records straight from their bytes. False: none was taken, and they have to be decoded. */
  function copyRows(place: Place, table: Table<unknown>, records: readonly StoredRecord[]): boolean {
    const { copy } = table;
    if (copy === null) return false;
    const { name } = topicOf(place.topic);
    const batch = openBatch(place, records);
    const start = batch.buffer.length;
    for (const record of records) {
      const bodyAt = serde.ownBodyAt(name, record);
      if (bodyAt !== null && copy(batch.buffer, record, bodyAt)) continue;
      batch.buffer.rewind(start);
      batches.discard(batch);
      return false;
    }
    advance(place, batch, records, records.length);
    observer.onOutcomes(place.topic, 'emit', '', records.length);
    return true;
  }

  function judgeRows(
    place: Place,
    table: Table<unknown>,
    records: readonly StoredRecord[],
    decoded: readonly Decoded<unknown>[],
  ): void {
    const batch = openBatch(place, records);
    const counts = new Map<string, number>();
    const letters: WriteRecord[] = [];
    const start = batch.buffer.length;
    let rows = 0;
    records.forEach((record, index) => {
      const judgement = judgeRecord(table, batch.buffer, record, at(decoded, index));
      count(counts, judgement);
      if (judgement.kind === 'row') rows++;
      if (judgement.kind === 'reject') letters.push(deadLetter(record, judgement));
    });
    if (isBroken(place.topic, letters.length, records.length)) {
      batch.buffer.rewind(start);
      throw new FatalError(
        'reject_share',
        `${APP}: ${letters.length} of ${records.length} records of ${place.topic}/${place.partition} were rejected; ` +
          'an internal topic is written by a broken release',
      );
    }
    advance(place, batch, records, rows);
    if (letters.length > 0) batch.letters.push(...letters);
    for (const [label, n] of counts) {
      const [outcome = '', reason = ''] = label.split('\n');
      observer.onOutcomes(place.topic, outcome as 'emit' | 'skip' | 'reject', reason, n);
    }
  }

  function advance(place: Place, batch: Batch, records: readonly StoredRecord[], rows: number): void {
    const last = at(records, records.length - 1);
    batch.rows += rows;
    batch.nextOffset = last.offset + 1;
    batch.newest = last.timestamp;
    place.takenUntil = batch.nextOffset;
  }

  async function waitForRoom(place: Place, handed: JournalBatch): Promise<void> {
    while (!isStopping && !batches.hasRoom(place.topic, place.partition)) {
      pump();
      const change = changed.promise;
      await Promise.race([change, pause(TICK_MS)]);
      await handed.heartbeat();
    }
  }

  function deadLetter(record: StoredRecord, judgement: Extract<Judgement, { kind: 'reject' }>): WriteRecord {
    const value: DeadLetter = {
      stage: APP,
      release: options.release,
      reason: judgement.reason,
      detail: judgement.detail,
      source: { topic: record.topic, partition: record.partition, offset: record.offset },
      key: record.key,
      value: record.value,
      headers: Object.entries(record.headers).map(([key, header]) => ({ key, value: header })),
      recordTimestamp: record.timestamp,
      rejectedAt: clock(),
    };
    return {
      topic: OWN_DEAD_LETTERS,
      key: record.key ?? Buffer.alloc(0),
      value: serde.encode('dead-letter.warehouse', value),
      headers: {
        'tidegate-source': `${record.topic}/${record.partition}/${record.offset}`,
        'tidegate-stage': APP,
        'tidegate-release': options.release,
      },
    };
  }

  /** Starts the inserts that are due, as many as may run at once. */
  function pump(drain = isStopping): void {
    while (failure === null && inserts < limits.maxInserts) {
      const batch = batches.next(clock(), drain);
      if (batch === null) return;
      inserts++;
      void write(batch)
        .catch(fail)
        .finally(() => {
          inserts--;
          batches.finish(batch);
          wake();
          pump();
        });
    }
  }

  async function write(batch: Batch): Promise<void> {
    const { topic, partition, firstOffset, nextOffset } = batch;
    const table = tableOf(topicOf(topic).name);
    if (batch.letters.length > 0 && !(await inPlace(batch, () => broker.journal.append(batch.letters)))) return;
    if (batch.rows > 0) {
      await options.onPoint?.('before_insert');
      const started = performance.now();
      const token = `${topic}-${partition}-${firstOffset}-${nextOffset - 1}`;
      const isInserted = await inPlace(batch, () =>
        store.insertRows(table.name, batch.buffer.take(), { columns: table.columnNames, token }),
      );
      if (!isInserted) return;
      observer.onInsert(topic, table.name, batch.rows, (performance.now() - started) / 1000, batch.newest);
      await options.onPoint?.('after_insert');
    }
    if (!batches.isWanted(batch)) return;
    const place = placeOf(topic, partition);
    if (!(await inPlace(batch, () => place.commit(nextOffset))) || !batches.isWanted(batch)) return;
    place.nextOffset = nextOffset;
    place.newest = Math.max(place.newest, batch.newest);
    await options.onPoint?.('after_commit');
  }

  /** Tries one step until it works, as long as its batch is wanted (streaming 3); false when it did not happen. */
  async function inPlace(batch: Batch, step: () => Promise<void>): Promise<boolean> {
    for (let attempt = 1; batches.isWanted(batch); attempt++) {
      try {
        await step();
        return true;
      } catch (error) {
        const classified = classify(error);
        if (!(classified instanceof RetryableError)) throw classified;
        observer.onRetry(classified.code);
        if (hasGivenUp()) return false;
        await options.backOff(attempt);
      }
    }
    return false;
  }

  let drainUntil = Infinity;
  function hasGivenUp(): boolean {
    return failure !== null || clock() >= drainUntil;
  }

  function tick(): void {
    pump();
    if (watermarking !== null || clock() - lastWatermarkAt < limits.watermarkMs) return;
    watermarking = publishWatermarks()
      .catch((error: unknown) => {
        const classified = classify(error);
        if (classified instanceof RetryableError) observer.onRetry(classified.code);
        else fail(classified);
      })
      .finally(() => {
        watermarking = null;
      });
  }

  async function publishWatermarks(): Promise<void> {
    const now = clock();
    lastWatermarkAt = now;
    const health = worker.health();
    const news: { readonly place: Place; readonly mark: Watermark }[] = [];
    for (const place of places.values()) {
      const { topic, partition } = place;
      const progress: Progress = { ...place, isDurable: batches.isDurable(topic, partition) };
      const mark = watermarkOf(progress, health);
      if (mark === null) continue;
      observer.onProgress(topic, partition, mark.endOffset - mark.nextOffset);
      if (isNews(mark, place.published)) news.push({ place, mark });
    }
    if (news.length === 0) return;
    const buffer = options.createBuffer();
    for (const { mark } of news) watermarkTable.write(buffer, mark, now);
    await store.insertRows(watermarkTable.name, buffer.take(), {
      columns: watermarkTable.columns,
      token: `watermark-${now}`,
    });
    for (const { place, mark } of news) place.published = mark;
  }

  /** Inserts and commits what waits, as long as ClickHouse takes it. */
  async function drain(): Promise<void> {
    drainUntil = clock() + limits.drainMs;
    while (!batches.isEmpty() && !hasGivenUp()) {
      pump(true);
      await Promise.race([changed.promise, pause(TICK_MS)]);
    }
    await watermarking;
    if (!hasGivenUp()) await publishWatermarks().catch(() => undefined);
  }

  return {
    async start() {
      await worker.start();
      timer = setInterval(tick, TICK_MS);
    },
    async stop() {
      isStopping = true;
      wake();
      if (timer !== null) clearInterval(timer);
      if (failure === null) await drain();
      await worker.stop();
    },
    health(): WorkerHealth {
      const health = worker.health();
      return failure === null ? health : { ...health, state: 'failed' };
    },
  };
}

/** Idle partitions only get older: that is told every five seconds. */
const IDLE_NEWS_MS = 5000;

function isNews(mark: Watermark, published: Watermark | null): boolean {
  return (
    mark.nextOffset !== published?.nextOffset ||
    mark.endOffset !== published.endOffset ||
    mark.completeUntil - published.completeUntil >= IDLE_NEWS_MS
  );
}

function isBroken(topic: string, rejected: number, records: number): boolean {
  return !topicOf(topic).outsidersWrite && rejected >= REJECT_SHARE.least && rejected > REJECT_SHARE.share * records;
}

function count(counts: Map<string, number>, judgement: Judgement): void {
  const label = judgement.kind === 'row' ? 'emit\n' : `${judgement.kind}\n${judgement.reason}`;
  counts.set(label, (counts.get(label) ?? 0) + 1);
}

function idOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new FatalError('bug', `index ${index} of ${values.length}`);
  return value;
}
