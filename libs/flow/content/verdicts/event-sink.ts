import type { Writable } from 'node:stream';
import type { EventSink } from './verdict-stream.js';

/**
 * Writes to a connection and waits while its reader is slow. A reader that takes nothing for `stalledMs` is cut off; after that, and
 * after the reader left, writes do nothing.
 */
export function createEventSink(raw: Writable, stalledMs: number): EventSink {
  let room: Promise<void> | null = null;

  function waitForRoom(): Promise<void> {
    return new Promise((resolve) => {
      const stalled = setTimeout(() => {
        raw.destroy();
      }, stalledMs);
      const done = () => {
        clearTimeout(stalled);
        raw.off('drain', done);
        raw.off('close', done);
        room = null;
        resolve();
      };
      raw.once('drain', done);
      raw.once('close', done);
    });
  }

  return {
    write: async (bytes) => {
      await room;
      if (raw.destroyed || raw.writableEnded) return;
      if (!raw.write(bytes)) {
        room ??= waitForRoom();
        await room;
      }
    },
  };
}
