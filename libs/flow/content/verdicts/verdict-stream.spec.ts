import type { VerdictIssued } from '#platform/contracts';
import { createMemoryBroker, createMemoryLog, createStaticSerde, issuedVerdict } from '#platform/testing';
import { parsePosition, type StreamPosition } from './stream-position.js';
import { streamVerdicts } from './verdict-stream.js';

const serde = createStaticSerde();

function verdict(contentId: string, platform = 'forum'): VerdictIssued {
  return issuedVerdict({ verdictId: contentId, contentId, platform });
}

/** The fields of server-sent events, as a client reads them. */
function framesOf(text: string): readonly Readonly<Record<string, string>>[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) =>
      Object.fromEntries(frame.split('\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string])),
    );
}

function setUp() {
  const broker = createMemoryBroker(createMemoryLog({ partitions: 2 }));
  const publish = (...verdicts: readonly { readonly partition: number; readonly value: VerdictIssued }[]) =>
    broker.flow.publish(
      verdicts.map(({ partition, value }) => ({
        topic: 'verdict.public',
        partition,
        key: `${value.platform}/${value.contentId}`,
        value: serde.encode('verdict.public', value),
        headers: {},
      })),
    );
  const open = (from: StreamPosition | null) => {
    const stop = new AbortController();
    let text = '';
    let arrived: () => void = () => undefined;
    const stream = streamVerdicts({
      journal: broker.journal,
      serde,
      channel: 'public',
      platform: 'forum',
      from,
      sink: {
        write: (bytes) => {
          text += bytes;
          arrived();
          return Promise.resolve();
        },
      },
      signal: stop.signal,
    });
    const verdicts = () => framesOf(text).filter(({ event }) => event === 'verdict');
    return {
      stream,
      frames: () => framesOf(text),
      ids: () => verdicts().map(({ data = '{}' }) => (JSON.parse(data) as VerdictIssued).contentId),
      until: async (count: number) => {
        while (verdicts().length < count) {
          await new Promise<void>((resolve) => {
            arrived = resolve;
          });
        }
      },
      close: async () => {
        stop.abort();
        await stream.ended;
      },
    };
  };
  return { broker, publish, open };
}

const START = new Map([
  [0, 0],
  [1, 0],
]);

describe('the stream of verdicts', () => {
  it('shows the verdicts of one platform only', async () => {
    const { publish, open } = setUp();
    await publish(
      { partition: 0, value: verdict('a') },
      { partition: 0, value: verdict('secret', 'other') },
      { partition: 1, value: verdict('b') },
    );
    const reader = open(START);
    await reader.until(2);
    expect([...reader.ids()].sort()).toEqual(['a', 'b']);
    expect(JSON.stringify(reader.frames())).not.toContain('secret');
    await reader.close();
  });

  it('goes on right behind any event after a break, without loss or repetition', async () => {
    const { publish, open } = setUp();
    const all = ['a', 'b', 'c', 'd', 'e', 'f'];
    await publish(...all.map((id, index) => ({ partition: index % 2, value: verdict(id) })));
    const whole = open(START);
    await whole.until(all.length);
    await whole.close();
    const events = whole.frames();
    for (const [at, { id = '' }] of events.entries()) {
      const rest = all.length - at - 1;
      if (rest === 0) continue;
      const resumed = open(parsePosition('public', id));
      await resumed.until(rest);
      expect([...whole.ids().slice(0, at + 1), ...resumed.ids()].sort()).toEqual(all);
      await resumed.close();
    }
  });

  it('begins now without a position', async () => {
    const { publish, open } = setUp();
    await publish({ partition: 0, value: verdict('before') });
    const reader = open(null);
    await new Promise((resolve) => setImmediate(resolve));
    await publish({ partition: 0, value: verdict('after') });
    await reader.until(1);
    expect(reader.ids()).toEqual(['after']);
    await reader.close();
  });

  it('moves the id past verdicts of others with a heartbeat, which is no event', async () => {
    const { publish, open } = setUp();
    await publish({ partition: 0, value: verdict('x', 'other') }, { partition: 1, value: verdict('a') });
    const reader = open(START);
    await reader.until(1);
    await reader.stream.heartbeat();
    const last = reader.frames().at(-1);
    expect([last?.['id'], last?.['event']]).toEqual(['public~0-1.1-1', undefined]);
    await reader.close();
  });
});
