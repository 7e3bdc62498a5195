import fs from 'node:fs';

/** How much of the processors a host took away from this machine; on anything but Linux nothing is known and nothing counts as taken. */
export interface StolenTime {
  /** Share of all processor time between two readings of `performance.now()`, 0 to 1. */
  share(from: number, to: number): number;
  stop(): void;
}

const EVERY_MS = 20;
/** Of the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
const STEAL = 7;

interface Reading {
  readonly at: number;
  readonly stolen: number;
  readonly total: number;
}

export function watchStolenTime(): StolenTime {
  const readings: Reading[] = [read()];
  const timer = setInterval(() => void readings.push(read()), EVERY_MS);
  return {
    share: (from, to) => {
      const first = readings.findLast(({ at }) => at <= from) ?? readings[0];
      const last = readings.find(({ at }) => at >= to) ?? readings.at(-1);
      if (first === undefined || last === undefined || last.total === first.total) return 0;
      return (last.stolen - first.stolen) / (last.total - first.total);
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

function read(): Reading {
  const at = performance.now();
  if (!fs.existsSync('/proc/stat')) return { at, stolen: 0, total: 0 };
  const [line = ''] = fs.readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { at, stolen: ticks[STEAL] ?? 0, total: ticks.reduce((sum, it) => sum + it, 0) };
}
