import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Written by a broker that stopped in order, removed when it starts. */
const CLEAN_STOP = '.kafka_cleanshutdown';
const METADATA = '__cluster_metadata-0';
/** Ten times what it takes on a slow machine. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 20;

export interface FenceOptions {
  readonly command: string;
  /** Of a controller alone, on the data of the broker. */
  readonly args: readonly string[];
  readonly data: string;
  /** Of the start that this is part of: when it breaks off, so does the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether a broker ran on this folder and did not stop in order. */
export const wasKilled = (data: string): boolean =>
  existsSync(join(data, METADATA)) && !existsSync(join(data, CLEAN_STOP));

/**
 * Lets the controller notice that a killed broker is gone, before the broker starts again. A broker that is its own controller otherwise begins with
 * metadata in which it still leads everything, loads its transactions, and when it registers anew, is without leaders for a moment: the coordinator then
 * takes the partitions of a transaction that it has to end for deleted ones, skips their markers and calls the transaction complete (seen with Kafka
 * 4.3.1: "these partitions are likely deleted already and hence can be skipped"). The next commit of that producer made the aborted records visible.
 *
 * The evidence is the record in the metadata log. What the controller prints is not: it says so before it has written it, and one that is
 * ended in that moment has not (2 of 30 restarts, and one of them doubled five events).
 */
export const fenceKilledBroker = async ({ command, args, data, signal }: FenceOptions): Promise<void> => {
  if (!wasKilled(data) || isFenced(data) === true) return;
  const child = spawn(command, args, { stdio: 'ignore' });
  const exit = once(child, 'exit');
  const deadline = performance.now() + PATIENCE_MS;
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const isWorthWaiting = () =>
    isRunning() && signal?.aborted !== true && performance.now() < deadline && isFenced(data) !== true;
  // It may end by itself: the start that follows says what is wrong.
  while (isWorthWaiting()) await Promise.race([exit, sleep(LOOK_MS)]);
  child.kill('SIGKILL');
  await exit;
};

/** Frame, key and any version of a BrokerRegistrationChangeRecord, up to the id of the one broker. */
const CHANGE = Buffer.from([0x01, 0x11]);
const BROKER = Buffer.from([0, 0, 0, 1]);
const EPOCH_BYTES = 8;

/** What the metadata log says last of the broker; null when it says nothing, because it never ran or the log begins later. */
export const isFenced = (data: string): boolean | null => {
  const folder = join(data, METADATA);
  const segments = readdirSync(folder).filter((name) => name.endsWith('.log'));
  for (const segment of segments.sort().toReversed()) {
    const last = lastChange(readFileSync(join(folder, segment)));
    if (last !== null) return last;
  }
  return null;
};

function lastChange(log: Buffer): boolean | null {
  for (let at = log.lastIndexOf(CHANGE); at >= 0; at = at === 0 ? -1 : log.lastIndexOf(CHANGE, at - 1)) {
    const broker = at + CHANGE.length + 1;
    if (!log.subarray(broker, broker + BROKER.length).equals(BROKER)) continue;
    const change = fencingOf(log, broker + BROKER.length + EPOCH_BYTES);
    if (change !== null) return change;
  }
  return null;
}

/** Tagged fields: tag 0 of one byte is 1 for "fence" and -1 for "unfence"; others are about folders and shutdowns. */
function fencingOf(log: Buffer, at: number): boolean | null {
  const [count, tag, size, value] = log.subarray(at, at + 4);
  if (count === 0 || tag !== 0 || size !== 1) return null;
  if (value === 0x01) return true;
  return value === 0xff ? false : null;
}
