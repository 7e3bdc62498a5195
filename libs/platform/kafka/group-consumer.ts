import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka, PartitionAssigner } from 'kafkajs';
import { FatalError, RetryableError, type Worker, type WorkerHealth } from '#platform/stream';
import { classifyKafka, isRebalance } from './kafka-errors.js';
import type { Place } from './log-reader.js';
import type { Names } from './names.js';
import type { KafkaSettings } from './options.js';

/** Handlers of all partitions run side by side; while one waits for its commit, others work. */
const HANDLERS = 64;
/** Longest wait of an idle fetch that does not gather. */
const IDLE_WAIT_MS = 250;
const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 5_000;

export interface Joined {
  readonly memberId: string;
  readonly places: readonly Place[];
}

export interface GroupConsumerOptions {
  readonly kafka: Kafka;
  readonly settings: KafkaSettings;
  readonly names: Names;
  readonly app: string;
  /** Without prefix. */
  readonly topics: readonly string[];
  readonly assigner: PartitionAssigner;
  /** A fetch waits until so much is there, or so long, milliseconds; 0: for the first record. */
  readonly gather: { readonly bytes: number; readonly waitMs: number };
  /** Called before anything of a new generation is fetched. */
  readonly onJoined: (joined: Joined) => void;
  /** Called when a generation has ended; nothing is assigned until {@link onJoined}. */
  readonly onRebalancing?: () => void;
  /** Without: nothing is fetched, the group only shares out partitions. */
  readonly onBatch?: (payload: EachBatchPayload) => Promise<void>;
  /** Called when nothing is fetched any more, before the connections close. */
  readonly onStopped: () => Promise<void>;
  readonly onFatal: (error: Error) => void;
}

export interface GroupConsumer extends Worker {
  seek(place: Place, offset: number): void;
  commit(place: Place, offset: number): Promise<void>;
  describe(): ReturnType<Consumer['describeGroup']>;
  /** A chunk was finished: for health and the watchdog. */
  progressed(place: Place, next: number): void;
  /** Whoever works sees to it that it is not taken for dead. */
  alive(): void;
  /** Stops for good; `onFatal` hears of the first error only. */
  fail(error: Error): void;
}

/** Thrown into the client, whose retries would otherwise try a fatal error five times more. */
class StopConsuming extends Error {
  readonly retriable = false;
}

interface Watched {
  readonly topic: string;
  readonly partition: number;
  next: number;
  end: number;
}

/**
 * A member of a consumer group that never commits by itself: the client's group membership and fetching, with the edges that
 * streaming 1 names taken off. Heartbeats go on while handlers work, a silent stop and a crash end in `onFatal`.
 */
export function createGroupConsumer(options: GroupConsumerOptions): GroupConsumer {
  const { settings, names, app, gather } = options;
  const { clock, logger } = settings;
  const groupId = names.group(app);
  const consumer = options.kafka.consumer({
    groupId,
    partitionAssigners: [options.assigner],
    sessionTimeout: settings.sessionTimeoutMs,
    rebalanceTimeout: Math.max(60_000, settings.sessionTimeoutMs),
    heartbeatInterval: settings.heartbeatMs,
    maxBytesPerPartition: settings.maxBytesPerPartition,
    maxBytes: settings.maxBytes,
    maxWaitTimeInMs: Math.min(gather.waitMs > 0 ? gather.waitMs : IDLE_WAIT_MS, settings.heartbeatMs),
    minBytes: gather.waitMs > 0 ? gather.bytes : 1,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 50, multiplier: 1.5, maxRetryTime: 1_000, retries: 8 },
  });

  let state: WorkerHealth['state'] = 'starting';
  let failed: Error | null = null;
  let watched = new Map<string, Watched>();
  let lastLoopAt = 0;
  let lastProgressAt = 0;
  let busy = 0;
  let heartbeat: (() => Promise<void>) | null = null;
  let rebalancingSince: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let settle: () => void = ignore;
  const joined = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const lagOf = ({ next, end }: Watched): number => Math.max(0, end - next);
  const isBehind = (): boolean => [...watched.values()].some((place) => lagOf(place) > 0);

  function signOfLife(): void {
    lastLoopAt = clock();
    if (!isBehind()) lastProgressAt = lastLoopAt;
  }

  function fail(error: Error): void {
    if (failed !== null || state === 'stopped') return;
    failed = error;
    state = 'failed';
    settle();
    if (timer !== null) clearInterval(timer);
    logger.error({ event: 'consumer_failed', app, error: error.message });
    options.onFatal(error);
  }

  function watch(): void {
    if (failed !== null || state === 'stopped') return;
    // A whole group of handlers may be at work for longer than the session: the group hears of it, a stuck event loop says nothing.
    if (busy > 0 && heartbeat !== null) heartbeat().catch(ignore);
    const now = clock();
    if (lastLoopAt > 0 && busy === 0 && now - lastLoopAt > settings.stallMs) {
      fail(new FatalError('stalled', `${app}: the consumer has not fetched for ${settings.stallMs} ms`));
    } else if (lastProgressAt > 0 && isBehind() && now - lastProgressAt > settings.stallMs) {
      const behind = [...watched.values()].filter((place) => lagOf(place) > 0);
      const places = behind.map(({ topic, partition, next }) => `${topic}/${partition} at ${next}`).join(', ');
      fail(new FatalError('stalled', `${app}: no progress for ${settings.stallMs} ms on ${places}`));
    }
  }

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const places = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic: names.plain(topic), partition })),
    );
    const before = watched;
    watched = new Map(
      places.map((place) => {
        const id = `${place.topic}/${place.partition}`;
        return [id, before.get(id) ?? { ...place, next: 0, end: 0 }];
      }),
    );
    signOfLife();
    lastProgressAt = lastLoopAt;
    if (options.onBatch === undefined) consumer.pause(options.topics.map((topic) => ({ topic: names.topic(topic) })));
    logger.info({ event: 'group_joined', app, memberId: payload.memberId, partitions: places.length });
    settings.observe.onRebalance?.(app, rebalancingSince === null ? 0 : (clock() - rebalancingSince) / 1_000);
    rebalancingSince = null;
    if (failed === null && state !== 'stopped') state = 'running';
    options.onJoined({ memberId: payload.memberId, places });
    settle();
  });
  consumer.on(consumer.events.REBALANCING, () => {
    rebalancingSince = clock();
    if (state === 'running') state = 'rebalancing';
    options.onRebalancing?.();
  });
  consumer.on(consumer.events.FETCH, signOfLife);
  consumer.on(consumer.events.HEARTBEAT, signOfLife);
  // Batches of nothing but markers and aborted records never reach the handler.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0) return;
    progressed({ topic: names.plain(payload.topic), partition: payload.partition }, Number(payload.lastOffset) + 1);
  });
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    const place = watched.get(`${names.plain(payload.topic)}/${payload.partition}`);
    if (place === undefined) return;
    place.end = Number(payload.highWatermark);
    if (place.next === 0) place.next = Number(payload.firstOffset);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    options.onRebalancing?.();
    if (payload.restart) {
      lastLoopAt = clock();
      if (state === 'running') state = 'rebalancing';
      logger.warn({ event: 'consumer_restarts', app, error: payload.error.message });
      return;
    }
    const error = classifyKafka(payload.error, `${app}: the consumer of ${options.topics.join(', ')} crashed`);
    if (error instanceof FatalError) {
      fail(error);
      return;
    }
    // The client takes some passing troubles for final, for example a coordinator that it cannot find while a broker restarts.
    if (state === 'running') state = 'rebalancing';
    logger.warn({ event: 'consumer_restarts', app, error: error.message });
    void again();
  });

  const isOver = (): boolean => failed !== null || state === 'stopped';

  async function run(): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: options.topics.map((topic) => names.topic(topic)), fromBeginning: true });
    if (isOver()) return;
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: HANDLERS,
      eachBatch,
    });
  }

  async function again(): Promise<void> {
    for (let wait = FIRST_RESTART_MS; ; wait = Math.min(LAST_RESTART_MS, wait * 2)) {
      await sleep(wait);
      if (isOver()) return;
      lastLoopAt = clock();
      try {
        await run();
        return;
      } catch (error) {
        const classified = classifyKafka(error, `${app}: cannot consume ${options.topics.join(', ')}`);
        if (classified instanceof FatalError) {
          fail(classified);
          return;
        }
      }
    }
  }

  function progressed({ topic, partition }: Place, next: number): void {
    lastProgressAt = clock();
    const place = watched.get(`${topic}/${partition}`);
    if (place !== undefined) place.next = next;
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    busy++;
    heartbeat = () => payload.heartbeat();
    try {
      await options.onBatch?.(payload);
    } catch (error) {
      if (isRebalance(error)) throw error;
      const classified = classifyKafka(error, `${app}: ${names.plain(payload.batch.topic)}/${payload.batch.partition}`);
      if (classified instanceof RetryableError) throw error;
      fail(classified);
      throw new StopConsuming(classified.message);
    } finally {
      busy--;
    }
  }

  return {
    async start() {
      try {
        timer = setInterval(watch, settings.heartbeatMs);
        await run();
        // After a first attempt that failed the client goes on by itself; whoever waits here wants a member.
        await joined;
        if (failed !== null) throw failed;
      } catch (error) {
        if (timer !== null) clearInterval(timer);
        const classified = classifyKafka(error, `${app}: cannot consume ${options.topics.join(', ')}`);
        state = 'failed';
        throw classified;
      }
    },
    async stop() {
      if (state === 'stopped') return;
      state = 'stopped';
      settle();
      if (timer !== null) clearInterval(timer);
      try {
        await consumer.stop();
        await options.onStopped();
      } finally {
        await consumer.disconnect();
      }
    },
    health: () => ({
      state,
      assigned: [...watched.values()].map((place) => ({
        topic: place.topic,
        partition: place.partition,
        lag: lagOf(place),
      })),
      lastLoopAt,
      lastCommitAt: lastProgressAt,
    }),
    seek: ({ topic, partition }, offset) => {
      consumer.seek({ topic: names.topic(topic), partition, offset: String(offset) });
    },
    commit: ({ topic, partition }, offset) =>
      consumer.commitOffsets([{ topic: names.topic(topic), partition, offset: String(offset) }]),
    describe: () => consumer.describeGroup(),
    progressed,
    alive: () => {
      lastProgressAt = clock();
    },
    fail,
  };
}

function ignore(): void {
  // The handler's own heartbeat meets the same error and acts on it.
}
