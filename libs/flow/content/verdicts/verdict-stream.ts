import type { EventOf } from '#platform/contracts';
import type { JournalDoor, Serde, StoredRecord, TailOptions } from '#platform/stream';
import { formatPosition, type StreamPosition } from './stream-position.js';
import { viewOf } from './verdict-view.js';

/** Where the bytes go. `write` resolves when the reader has room for more: a slow reader slows its own tail down, nobody else's. */
export interface EventSink {
  write(bytes: string): Promise<void>;
}

export interface VerdictStreamOptions {
  readonly journal: Pick<JournalDoor, 'tail'>;
  readonly serde: Pick<Serde, 'decode'>;
  readonly channel: string;
  /** Only verdicts of this platform leave. */
  readonly platform: string;
  /** Null: from now on. */
  readonly from: StreamPosition | null;
  readonly sink: EventSink;
  readonly signal: AbortSignal;
}

/** Text that goes out between verdicts: a comment keeps proxies from closing, and the id moves past verdicts of others. */
export interface VerdictStream {
  /** Ends when the signal aborts. */
  readonly ended: Promise<void>;
  heartbeat(): Promise<void>;
}

/** Sends the verdicts of one channel and platform as server-sent events, in order per partition. */
export function streamVerdicts(options: VerdictStreamOptions): VerdictStream {
  const { channel, platform, serde, sink } = options;
  const topic = `verdict.${channel}` as const;
  const next = new Map<number, number>(options.from ?? []);

  const position = () => `id: ${formatPosition(channel, next)}\n`;

  async function send(records: readonly StoredRecord[]): Promise<void> {
    const decoded = await serde.decode(topic, records);
    let frames = '';
    records.forEach((record, index) => {
      next.set(record.partition, record.offset + 1);
      const result = decoded[index];
      if (result?.ok === true && result.value.platform === platform) frames += frameOf(result.value);
    });
    if (frames !== '') await sink.write(frames);
  }

  function frameOf(verdict: EventOf<`verdict.${string}`>): string {
    return `${position()}event: verdict\ndata: ${JSON.stringify(viewOf(verdict))}\n\n`;
  }

  const tail: TailOptions = {
    topics: [topic],
    from:
      options.from === null
        ? 'end'
        : Object.fromEntries([...options.from].map(([partition, offset]) => [`${topic}/${partition}`, offset])),
    untilEnd: false,
    signal: options.signal,
    onStart: (positions) => {
      for (const [place, offset] of Object.entries(positions)) next.set(Number(place.slice(topic.length + 1)), offset);
    },
    onRecords: send,
  };
  const ended = options.journal.tail(tail);
  return {
    ended,
    heartbeat: () => sink.write(`${position()}: heartbeat\n\n`),
  };
}
