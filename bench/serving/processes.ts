import fs from 'node:fs';
import os from 'node:os';

/** Linux counts processor time in ticks of 10 ms on every common platform. */
const TICK_SECONDS = 0.01;

/** Seconds of processor time that the process and its threads have used. */
export function cpuSeconds(pid: number): number {
  // The name in brackets may hold spaces.
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/\(.*\)/s, '()')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_SECONDS;
}

/** Processes by name. */
export type Pids = Readonly<Record<string, number>>;

export function cpuOf(pids: Pids): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)]));
}

/** Microseconds per event, by process. */
export function cpuPerEvent(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  events: number,
): Readonly<Record<string, number>> {
  const each = Object.entries(after).map(([name, cpu]) => {
    const micros = (1e6 * (cpu - (before[name] ?? 0))) / events;
    return [name, Math.round(10 * micros) / 10] as const;
  });
  return Object.fromEntries(each);
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  /** Processes that wanted a core when the benchmark began: above about 0.5 something else ran. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGib: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    loadBefore: Math.round(100 * (os.loadavg()[0] ?? 0)) / 100,
  };
}
