import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Process ids are used again by the system, so a pid alone proves nothing. A process is known by its pid together with the moment it
 * started (and, on Linux, the boot that it started in).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

const onProc = existsSync('/proc/self/stat');

const readOrUndefined = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const ps = (pid: number, columns: string): string | undefined => {
  try {
    const line = execFileSync('ps', ['-o', columns, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return line.trim() || undefined;
  } catch {
    return undefined;
  }
};

/**
 * `undefined` when there is no such process. A zombie counts as gone, since it holds no file, port or memory, but not while threads of it
 * are still to end: they do.
 */
export const identify = (pid: number): ProcessIdentity | undefined => {
  if (!onProc) {
    const line = ps(pid, 'stat=,lstart=');
    return line === undefined || line.startsWith('Z') ? undefined : { pid, started: line.replace(/^\S+\s+/, '') };
  }
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, threads, ticks] = [fields?.[0], Number(fields?.[17]), fields?.[19]];
  if (ticks === undefined || state === 'X' || (state === 'Z' && threads <= 1)) return undefined;
  const boot = readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return { pid, started: `${boot}/${ticks}` };
};

export const isAlive = (identity: ProcessIdentity): boolean => identify(identity.pid)?.started === identity.started;

/** The whole command line, or an empty string when the process is gone. */
export const commandLine = (pid: number): string =>
  (onProc ? readOrUndefined(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') : ps(pid, 'command=')) ?? '';

/** Reads an identity that was written as JSON; `undefined` for a missing or damaged file. */
export const readIdentity = (path: string): ProcessIdentity | undefined => {
  const text = readOrUndefined(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return undefined;
    const { pid, started } = value;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
};

/** Sends a signal; `false` when the process is already gone. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
};

/** Resolves once the process is gone, `false` if it is still there after the limit. */
export const waitUntilGone = async (identity: ProcessIdentity, limitMs: number): Promise<boolean> => {
  const until = performance.now() + limitMs;
  while (isAlive(identity)) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
};

/** Asks a process to end, and ends it when it has not done so within the limit. */
export const endProcess = async (identity: ProcessIdentity, limitMs: number): Promise<void> => {
  if (!isAlive(identity)) return;
  sendSignal(identity.pid, 'SIGTERM');
  // A stopped process (SIGSTOP) cannot react to anything else.
  sendSignal(identity.pid, 'SIGCONT');
  if (await waitUntilGone(identity, limitMs)) return;
  if (isAlive(identity)) sendSignal(identity.pid, 'SIGKILL');
  await waitUntilGone(identity, 5_000);
};
