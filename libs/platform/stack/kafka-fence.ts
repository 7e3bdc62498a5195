import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Written by a broker that stopped in order, removed when it starts. */
const CLEAN_STOP = '.kafka_cleanshutdown';
const METADATA = '__cluster_metadata-0';
const FENCED = /Fencing broker 1\b/;
/** Twenty times what it takes on a slow machine. */
const PATIENCE_MS = 30_000;

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
 */
export const fenceKilledBroker = async ({ command, args, data, signal }: FenceOptions): Promise<void> => {
  if (!wasKilled(data)) return;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exit = once(child, 'exit');
  const end = () => child.kill('SIGKILL');
  const timer = setTimeout(end, PATIENCE_MS);
  signal?.addEventListener('abort', end);
  if (signal?.aborted === true) end();
  try {
    // Ends with the process, too: the start that follows says what is wrong.
    for await (const line of createInterface({ input: child.stdout })) if (FENCED.test(line)) break;
  } finally {
    child.stdout.resume();
    child.kill('SIGTERM');
    await exit;
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
};
