import type { Installation } from './installation.js';
import { requireExact } from './oracle.js';
import { cpuOf, cpuPerEvent } from './processes.js';
import type { Settings } from './settings.js';
import { drainBacklog, observePace } from './window.js';

export interface CpuResult {
  /** Events/s of the steady half. */
  readonly rate: number;
  readonly seconds: number;
  /** Microseconds of processor time per event, by process: at the pace, and while a backlog is worked off in large chunks. */
  readonly paced: Readonly<Record<string, number>>;
  readonly backlog: Readonly<Record<string, number>>;
}

/** What an event costs each role, each in a process of its own. */
export async function measureCpu(installation: Installation, settings: Settings, rate: number): Promise<CpuResult> {
  const { options, print } = settings;
  print(`CPU by role: warm-up, then a backlog of ${options.backlog} contents`);
  await drainBacklog(installation, settings, options.backlog);
  const before = cpuOf(installation.pids);
  await drainBacklog(installation, settings, options.backlog);
  const backlog = cpuPerEvent(before, cpuOf(installation.pids), options.backlog);
  print(`CPU by role: ${rate} events/s for ${options.seconds} s`);
  const { cpu: paced, seconds } = await observePace(installation, settings, rate);
  await requireExact(installation, settings);
  return { rate, seconds: Math.round(seconds), paced, backlog };
}
