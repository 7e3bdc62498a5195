import { setTimeout as sleep } from 'node:timers/promises';
import { FatalError, type TableFollower, type TableOpenOptions, type TailOptions } from '#platform/stream';
import { classifyKafka } from './kafka-errors.js';
import type { Fetched, LogReader, Place, Position } from './log-reader.js';
import type { KafkaLogger } from './options.js';

const FETCH_WAIT_MS = 250;
const FIRST_BACK_OFF_MS = 50;
const LAST_BACK_OFF_MS = 5_000;
/** Passing trouble while a table is read for the first time; later it is followed for ever. */
const OPEN_ATTEMPTS = 20;

/** Positions by place, moved on by what was fetched. */
class Positions {
  private readonly offsets = new Map<string, number>();
  private readonly ends = new Map<string, number>();

  constructor(
    private readonly places: readonly Place[],
    offsets: readonly number[],
  ) {
    places.forEach((place, at) => this.offsets.set(id(place), offsets[at] ?? 0));
  }

  all(): readonly Position[] {
    return this.places.map((place) => ({ ...place, offset: this.of(place) }));
  }

  of(place: Place): number {
    return this.offsets.get(id(place)) ?? 0;
  }

  moved(fetched: Fetched): void {
    this.offsets.set(id(fetched), fetched.next);
    this.ends.set(id(fetched), fetched.end);
  }

  before(ends: readonly number[]): readonly Position[] {
    return this.all().filter(({ offset }, at) => offset < (ends[at] ?? 0));
  }

  lag(): number {
    return this.places.reduce((sum, place) => sum + Math.max(0, (this.ends.get(id(place)) ?? 0) - this.of(place)), 0);
  }
}

/** Reads without a group, so nothing is left behind on the cluster. The end is the last stable offset, which markers reach as well. */
export async function tailTopics(openReader: () => Promise<LogReader>, options: TailOptions): Promise<void> {
  const { signal, from } = options;
  const isOver = (): boolean => signal.aborted;
  let reader: LogReader | null = null;
  try {
    reader = await openReader();
    const places = await reader.partitionsOf(options.topics);
    const ends = await reader.ends(places);
    const positions = new Positions(places, await startsOf(reader, places, ends, from));
    options.onStart?.(
      Object.fromEntries(positions.all().map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset])),
    );
    for (let failures = 0; !isOver();) {
      const wanted = options.untilEnd ? positions.before(ends) : positions.all();
      if (wanted.length === 0) return;
      let found: readonly Fetched[];
      try {
        found = await reader.fetch(wanted, FETCH_WAIT_MS);
        failures = 0;
      } catch (error) {
        const classified = classifyKafka(error, `cannot read ${options.topics.join(', ')}`);
        if (classified instanceof FatalError) throw classified;
        await pause(failures++, signal);
        continue;
      }
      for (const fetched of found) {
        if (isOver()) return;
        if (fetched.records.length > 0) await options.onRecords(fetched.records);
        positions.moved(fetched);
      }
    }
  } catch (error) {
    throw classifyKafka(error, `cannot read ${options.topics.join(', ')}`);
  } finally {
    await reader?.close();
  }
}

async function startsOf(
  reader: LogReader,
  places: readonly Place[],
  ends: readonly number[],
  from: TailOptions['from'],
): Promise<readonly number[]> {
  if (from === 'beginning') return await reader.starts(places);
  if (from === 'end') return ends;
  return places.map((place, at) => from[id(place)] ?? ends[at] ?? 0);
}

/** Reads to the end of this moment, then follows in the background. */
export async function followTable(
  openReader: () => Promise<LogReader>,
  logger: KafkaLogger,
  options: TableOpenOptions,
): Promise<TableFollower> {
  const { topic } = options;
  const stop = new AbortController();
  let reader: LogReader | null = null;
  let places: readonly Place[] = [];
  let positions = new Positions([], []);

  async function step(wanted: readonly Position[]): Promise<void> {
    reader ??= await openReader();
    for (const fetched of await reader.fetch(wanted, FETCH_WAIT_MS)) {
      for (const record of fetched.records) options.onRecord(record);
      positions.moved(fetched);
    }
  }

  /** Once more while the trouble passes; `attempts` in a row at most. */
  async function patiently<T>(attempts: number, work: () => Promise<T>): Promise<T | null> {
    for (let failures = 0; !stop.signal.aborted; failures++) {
      try {
        return await work();
      } catch (error) {
        const classified = classifyKafka(error, `cannot read the table ${topic}`);
        if (classified instanceof FatalError || failures + 1 >= attempts) throw classified;
        logger.warn({ event: 'table_read_failed', topic, failures, error: classified.message });
        await pause(failures, stop.signal);
      }
    }
    return null;
  }

  async function follow(): Promise<void> {
    try {
      while (!stop.signal.aborted) await patiently(Infinity, () => step(positions.all()));
    } catch (error) {
      if (!stop.signal.aborted) options.onFatal(classifyKafka(error, `cannot follow the table ${topic}`));
    }
  }

  try {
    const ends =
      (await patiently(OPEN_ATTEMPTS, async () => {
        reader ??= await openReader();
        places = await reader.partitionsOf([topic]);
        if (places.length === 0) throw new FatalError('configuration', `topic ${topic} does not exist`);
        positions = new Positions(places, await reader.starts(places));
        return await reader.ends(places);
      })) ?? [];
    for (let wanted = positions.before(ends); wanted.length > 0; wanted = positions.before(ends)) {
      await patiently(OPEN_ATTEMPTS, () => step(wanted));
    }
  } catch (error) {
    await closeReader();
    throw error;
  }

  async function closeReader(): Promise<void> {
    await reader?.close();
  }

  const following = follow();
  return {
    lag: () => positions.lag(),
    async close() {
      stop.abort();
      await following;
      await closeReader();
    },
  };
}

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10)), undefined, { signal });
  } catch {
    // Aborted: the caller looks at the signal.
  }
}

function id({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}
