import { Problem } from '../http/problem.js';

/** Next offset to read, by partition of the topic of one channel. */
export type StreamPosition = ReadonlyMap<number, number>;

const FORMAT = /^[a-z][a-z0-9-]{0,31}~(\d{1,4}-\d{1,15}(\.\d{1,4}-\d{1,15})*)?$/;

/**
 * Id of a server-sent event: channel and next offset of every partition, for example `public~0-17.3-4`. A browser sends the last
 * one back as Last-Event-ID, so the stream goes on exactly where it broke off, at whichever replica.
 */
export function formatPosition(channel: string, position: StreamPosition): string {
  const parts = [...position].sort(([a], [b]) => a - b).map(([partition, next]) => `${partition}-${next}`);
  return `${channel}~${parts.join('.')}`;
}

/** @throws Problem `invalid_request` when the id is not one of this channel's */
export function parsePosition(channel: string, id: string): StreamPosition {
  if (!FORMAT.test(id) || !id.startsWith(`${channel}~`)) {
    const detail = `Must be the id of an event of the channel ${channel}.`;
    throw new Problem('invalid_request', `Last-Event-ID: ${detail}`, {
      errors: [{ pointer: '/Last-Event-ID', detail }],
    });
  }
  const parts = id.slice(channel.length + 1);
  if (parts === '') return new Map();
  return new Map(
    parts.split('.').map((part) => {
      const [partition, next] = part.split('-');
      return [Number(partition), Number(next)];
    }),
  );
}
