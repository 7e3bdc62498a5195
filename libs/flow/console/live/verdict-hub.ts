import type { TopicName } from '#platform/contracts';
import type { JournalDoor, Serde, StoredRecord } from '#platform/stream';
import type { LiveFrame, LiveVerdict } from '../api/index.js';
import { createRecent } from './recent.js';
import { liveVerdictOf, passesFilter, type VerdictFilter } from './verdict-filter.js';

/**
 * Verdicts of all channels, read once for everybody who watches. Nothing is read while nobody does. A watcher asks when it has room,
 * so a slow one costs nothing; what it did not see it is told the number of.
 */
export interface VerdictHub {
  watch(filter: VerdictFilter, resumeAt: string | null): Watcher;
  /** Ends the reading. */
  close(): Promise<void>;
}

export interface Watcher {
  /** What came since the last call, at most so many verdicts, and where to resume behind it. */
  take(limit: number): { readonly frame: LiveFrame; readonly position: string };
  leave(): void;
}

export interface VerdictHubOptions {
  readonly journal: Pick<JournalDoor, 'tail'>;
  readonly serde: Pick<Serde, 'prepare' | 'decode'>;
  readonly channels: readonly string[];
  /** Names this run of the process: positions of another mean nothing here. */
  readonly run: string;
  /** Verdicts in memory. */
  readonly capacity: number;
  /** Records per partition that were there before the first watcher came. */
  readonly backfill: number;
  /** Reading goes on for so long after the last watcher left. */
  readonly graceMs: number;
  readonly retryMs: number;
  readonly onFailure: (error: unknown) => void;
}

export function createVerdictHub(options: VerdictHubOptions): VerdictHub {
  const { journal, serde, channels, run, graceMs } = options;
  const topics = channels.map((channel) => `verdict.${channel}` as const satisfies TopicName);
  const recent = createRecent<Kept>(options.capacity);
  /** Verdicts that came while somebody watched, not those of before. */
  let arrived = 0;
  /** Ends of the moment at which the reading began, by place. */
  let ends: Readonly<Record<string, number>> = {};
  const watchers = new Set<symbol>();
  let reading: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;
  let grace: NodeJS.Timeout | undefined;
  let state: LiveFrame['state'] = 'waiting';

  async function receive(records: readonly StoredRecord[]): Promise<void> {
    for (const topic of topics) {
      const own = records.filter((record) => record.topic === topic);
      if (own.length === 0) continue;
      const decoded = await serde.decode(topic, own);
      own.forEach(({ partition, offset }, index) => {
        const isOld = offset < (ends[`${topic}/${partition}`] ?? 0);
        if (!isOld) arrived++;
        const result = decoded[index];
        if (result?.ok === true) recent.push({ verdict: liveVerdictOf(result.value), isOld, number: recent.next() });
      });
    }
  }

  /** Where to begin: a little before the end, so that the page is not empty on a quiet day. */
  async function beginnings(signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
    const onStart = (positions: Readonly<Record<string, number>>) => {
      ends = positions;
    };
    await journal.tail({ topics, from: 'end', untilEnd: true, signal, onStart, onRecords: () => undefined });
    return Object.fromEntries(
      Object.entries(ends).map(([place, offset]) => [place, Math.max(0, offset - options.backfill)]),
    );
  }

  async function read(signal: AbortSignal): Promise<void> {
    let shouldBackfill = true;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        await serde.prepare(topics);
        const from = shouldBackfill ? await beginnings(signal) : ('end' as const);
        // A log that was cut back since then refuses the beginning: the next attempt starts at its end.
        shouldBackfill = false;
        state = 'following';
        await journal.tail({ topics, from, untilEnd: false, signal, onRecords: receive });
      } catch (error) {
        if (isOver()) return;
        state = 'waiting';
        options.onFailure(error);
        await pause(options.retryMs, signal);
      }
    }
  }

  function start(): void {
    clearTimeout(grace);
    if (reading !== null) return;
    const stop = new AbortController();
    reading = { stop, ended: read(stop.signal) };
  }

  async function stopReading(): Promise<void> {
    clearTimeout(grace);
    const stopping = reading;
    reading = null;
    state = 'waiting';
    stopping?.stop.abort();
    await stopping?.ended;
  }

  return {
    watch: (filter, resumeAt) => {
      const id = Symbol('watcher');
      watchers.add(id);
      start();
      const resumed = positionIn(run, resumeAt);
      let cursor = resumed ?? 0;
      // What came before is shown for company; only what comes from now on can be missed.
      const begun = resumed ?? recent.next();
      let known = arrived;
      return {
        take: (limit) => {
          const { items, lost } = recent.since(cursor);
          cursor = recent.next();
          const matching = items.filter(({ verdict }) => passesFilter(verdict, filter));
          // What was there before is read partition by partition.
          if (matching.some(({ isOld }) => isOld)) matching.sort(byTime);
          const left = matching.slice(0, -limit).filter(({ isOld, number }) => !isOld && number >= begun).length;
          const seen = arrived - known;
          known = arrived;
          return {
            frame: {
              verdicts: matching.slice(-limit).map(({ verdict }) => verdict),
              seen,
              skipped: left + (seen === 0 ? 0 : lost),
              state,
            },
            position: `${run}-${cursor}`,
          };
        },
        leave: () => {
          watchers.delete(id);
          if (watchers.size > 0) return;
          clearTimeout(grace);
          grace = setTimeout(() => void stopReading(), graceMs);
          grace.unref();
        },
      };
    },
    close: stopReading,
  };
}

interface Kept {
  readonly verdict: LiveVerdict;
  /** It was there before the first watcher came. */
  readonly isOld: boolean;
  readonly number: number;
}

function byTime(a: Kept, b: Kept): number {
  return a.verdict.issuedAt < b.verdict.issuedAt ? -1 : a.verdict.issuedAt > b.verdict.issuedAt ? 1 : 0;
}

function positionIn(run: string, position: string | null): number | null {
  if (position?.startsWith(`${run}-`) !== true) return null;
  const number = Number(position.slice(run.length + 1));
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
