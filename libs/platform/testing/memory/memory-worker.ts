import { classify, FatalError, type Worker, type WorkerHealth } from '#platform/stream';
import type { MemoryLog } from './log.js';

/** Reads one partition of a topic; resolves to false when nothing was there to do. */
export type Turn = (topic: string, partition: number) => Promise<boolean>;

/** A member of a group whose partitions run beside each other, one turn at a time each. */
export function createMemoryWorker(options: {
  readonly log: MemoryLog;
  readonly group: string;
  readonly topics: readonly string[];
  readonly turn: Turn;
  readonly clock: () => number;
  readonly onAssigned?: (partitions: readonly { readonly topic: string; readonly partition: number }[]) => void;
  readonly onFatal: (error: Error) => void;
}): Worker & { readonly member: symbol } {
  const { log, group, topics } = options;
  const member = Symbol(group);
  const stopping = new AbortController();
  const partitions = Array.from({ length: Math.max(...topics.map((topic) => log.partitionsOf(topic))) }, (_, p) => p);
  let state: WorkerHealth['state'] = 'starting';
  let loops: Promise<void>[] = [];
  let lastLoopAt = 0;
  let lastCommitAt = 0;

  async function run(partition: number): Promise<void> {
    let isOwner = false;
    while (!stopping.signal.aborted) {
      lastLoopAt = options.clock();
      const change = log.changed(stopping.signal);
      if (log.owner(group, partition) !== member) {
        isOwner = false;
        await change;
        continue;
      }
      const mine = topics.filter((topic) => partition < log.partitionsOf(topic));
      if (!isOwner) options.onAssigned?.(mine.map((topic) => ({ topic, partition })));
      isOwner = true;
      let hasWorked = false;
      for (const topic of mine) {
        const worked = await options.turn(topic, partition).catch((error: unknown) => {
          const classified = classify(error);
          if (classified instanceof FatalError) throw classified;
          // A chunk that could not be finished now is taken again from its committed offset.
          return false;
        });
        if (!worked) continue;
        hasWorked = true;
        lastCommitAt = options.clock();
      }
      if (!hasWorked) await change;
    }
  }

  function fail(error: unknown): void {
    const classified = classify(error);
    if (!(classified instanceof FatalError)) return;
    state = 'failed';
    stopping.abort();
    log.leave(group, member);
    options.onFatal(classified);
  }

  return {
    member,
    start: () => {
      log.join(group, member);
      state = 'running';
      loops = partitions.map((partition) => run(partition).catch(fail));
      return Promise.resolve();
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
      if (state !== 'failed') {
        log.leave(group, member);
        state = 'stopped';
      }
    },
    health: () => ({
      state,
      assigned: topics.flatMap((topic) =>
        partitions
          .filter((partition) => partition < log.partitionsOf(topic) && log.owner(group, partition) === member)
          .map((partition) => ({
            topic,
            partition,
            lag: log.end(topic, partition) - log.position(group, topic, partition).offset,
          })),
      ),
      lastLoopAt,
      lastCommitAt,
    }),
  };
}
