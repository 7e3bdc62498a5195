import { PassThrough } from 'node:stream';
import { createEventSink } from './event-sink.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('an event sink', () => {
  it('waits for a slow reader and goes on when he reads', async () => {
    const connection = new PassThrough({ highWaterMark: 4 });
    const sink = createEventSink(connection, 60_000);
    let isDone = false;
    const writing = sink.write('12345678').then(() => {
      isDone = true;
    });
    await turn();
    expect(isDone).toBe(false);
    expect(String(connection.read())).toBe('12345678');
    await writing;
    expect(isDone).toBe(true);
  });

  it('keeps the order of writes that wait', async () => {
    const connection = new PassThrough({ highWaterMark: 1 });
    const sink = createEventSink(connection, 60_000);
    const writes = [sink.write('a'), sink.write('b'), sink.write('c')];
    const read: string[] = [];
    connection.on('data', (chunk: Buffer) => read.push(chunk.toString()));
    await Promise.all(writes);
    expect(read.join('')).toBe('abc');
  });

  it('cuts off a reader that takes nothing', async () => {
    const connection = new PassThrough({ highWaterMark: 1 });
    const sink = createEventSink(connection, 5);
    await sink.write('a long event');
    expect(connection.destroyed).toBe(true);
    await sink.write('nothing happens');
  });
});
