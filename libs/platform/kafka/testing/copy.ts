import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Chunk, ChunkWrites } from '#platform/stream';
import type { FaultPoint, KafkaBrokerOptions } from '../index.js';

export const APP = 'copier';
export const IN = 'content.submitted';
export const OUT = 'prediction.scored';

export interface CopyOrders {
  readonly broker: Omit<KafkaBrokerOptions, 'release' | 'logger'>;
  readonly point: FaultPoint | null;
  readonly occurrence: number;
  readonly fault: 'kill' | 'wait';
  readonly maxChunk: number;
}

/** One output per input, on the same partition, with where it came from. The carried text counts. */
export function copyChunk(chunk: Chunk): ChunkWrites {
  return {
    records: chunk.records.map(({ key, value, offset }) => ({
      topic: OUT,
      partition: chunk.partition,
      key,
      value,
      headers: { 'tidegate-source': `${chunk.topic}/${chunk.partition}/${offset}` },
    })),
    carry: String(Number(chunk.carried ?? 0) + chunk.records.length),
  };
}

export interface CopyProcess {
  readonly child: ChildProcess;
  /** Resolves at the next line that says so. */
  said(what: string): Promise<void>;
  ended(): Promise<void>;
}

export function startCopyProcess(orders: CopyOrders): CopyProcess {
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      '--conditions=source',
      '--import',
      new URL('run-typescript.mjs', import.meta.url).href,
      fileURLToPath(new URL('copy-process.ts', import.meta.url)),
      JSON.stringify(orders),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit').then(() => undefined);
  const heard: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { said } = JSON.parse(line) as { readonly said: string };
    heard.push(said);
    waiting.get(said)?.();
  });
  return {
    child,
    said: (what) =>
      new Promise((resolve) => {
        if (heard.includes(what)) resolve();
        else waiting.set(what, resolve);
      }),
    ended: () => ended,
  };
}
