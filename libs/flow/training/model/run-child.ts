import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface ChildLimits {
  readonly seconds: number;
  /** Resident memory of the process and of all that it starts. */
  readonly memoryMb: number;
}

export interface ChildWork {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Its whole environment: nothing of the role's own reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its working directory, of this request alone. */
  readonly folder: string;
  readonly limits: ChildLimits;
  readonly signal: AbortSignal;
  /** A line of its standard output that says how far it is. */
  readonly onProgress: (step: string, done: number, total: number) => void;
}

export type ChildEnd =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly exit: string;
      readonly problem: ChildProblem | null;
      readonly lastLines: readonly string[];
    }
  | { readonly kind: 'over_limit'; readonly limit: 'time' | 'memory'; readonly lastLines: readonly string[] }
  | { readonly kind: 'aborted' };

/** What one of our own children says was wrong, `{"problem": {...}}` on a line. */
export interface ChildProblem {
  readonly code: string;
  readonly message: string;
}

/** How often its memory is read. */
const POLL_MS = 250;
const LAST_LINES = 12;
const LONGEST_LINE = 300;
const PID_FILE = 'child.pid';
/** What Linux calls nice 10: a tenth of the time that others get, while others want any. */
const NICE = constants.priority.PRIORITY_BELOW_NORMAL;

/**
 * Runs a program beside this process, in a process group of its own, under limits of time and memory, and ends the whole group when it is over.
 * It works on all processors, but after what serves beside it.
 * Lines `{"step": "...", "done": 1, "total": 9}` on its standard output are progress; all else, on both outputs, is its log.
 */
export async function runChild(work: ChildWork): Promise<ChildEnd> {
  const { folder, limits, signal } = work;
  if (signal.aborted) return { kind: 'aborted' };
  mkdirSync(folder, { recursive: true });
  endLeftover(folder);
  const [program, ...parameters] = work.command;
  const child = spawn(program, parameters, {
    cwd: folder,
    env: { ...work.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid;
  if (group !== undefined) {
    writeFileSync(path.join(folder, PID_FILE), `${group} ${startOf(group) ?? ''}`);
    lower(group);
  }
  const over: { why: 'time' | 'memory' | 'aborted' | null } = { why: null };
  let problem: ChildProblem | null = null;
  const lastLines: string[] = [];

  function end(why: 'time' | 'memory' | 'aborted'): void {
    over.why ??= why;
    if (group !== undefined) killGroup(group);
  }
  function note(line: string): void {
    if (line.trim() === '') return;
    lastLines.push(line.slice(0, LONGEST_LINE));
    if (lastLines.length > LAST_LINES) lastLines.shift();
  }

  const outputs = [
    linesOf(child.stdout, (line) => {
      const said = parseLine(line);
      if (said === null) note(line);
      else if ('problem' in said) ({ problem } = said);
      else work.onProgress(said.step, said.done, said.total);
    }),
    linesOf(child.stderr, note),
  ];
  const deadline = setTimeout(() => {
    end('time');
  }, limits.seconds * 1000);
  const poll = setInterval(() => {
    if (group !== undefined && residentMegabytes(group) > limits.memoryMb) end('memory');
  }, POLL_MS);
  const abort = (): void => {
    end('aborted');
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { code, killedBy } = await new Promise<{ code: number | null; killedBy: string | null }>((resolve) => {
      child.once('error', (error) => {
        // Not found, or not allowed: Node names it by its code.
        resolve({ code: null, killedBy: 'code' in error ? String(error.code) : 'it could not be started' });
      });
      child.once('exit', (exitCode, exitSignal) => {
        // What it started and did not wait for would hold its outputs open, and the machine.
        if (group !== undefined) killGroup(group);
        resolve({ code: exitCode, killedBy: exitSignal });
      });
    });
    await Promise.all(outputs);
    if (over.why === 'aborted') return { kind: 'aborted' };
    if (over.why !== null) return { kind: 'over_limit', limit: over.why, lastLines };
    if (code === 0) return { kind: 'done' };
    return { kind: 'failed', exit: String(code ?? killedBy), problem, lastLines };
  } finally {
    clearTimeout(deadline);
    clearInterval(poll);
    signal.removeEventListener('abort', abort);
    rmSync(path.join(folder, PID_FILE), { force: true });
  }
}

async function linesOf(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on('line', onLine);
  await new Promise<void>((resolve) => {
    lines.once('close', resolve);
  });
}

type Said =
  { readonly step: string; readonly done: number; readonly total: number } | { readonly problem: ChildProblem };

function parseLine(line: string): Said | null {
  if (!line.startsWith('{')) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if ('step' in value && typeof value.step === 'string') {
    const number = (key: 'done' | 'total') => {
      const found: unknown = key in value ? (value as Record<string, unknown>)[key] : 0;
      return typeof found === 'number' && Number.isFinite(found) ? found : 0;
    };
    return { step: value.step, done: number('done'), total: number('total') };
  }
  if ('problem' in value && typeof value.problem === 'object' && value.problem !== null) {
    const { code, message } = value.problem as Record<string, unknown>;
    if (typeof code === 'string' && typeof message === 'string') return { problem: { code, message } };
  }
  return null;
}

/** What it starts later, threads and programs, has its priority. */
function lower(pid: number): void {
  try {
    setPriority(pid, NICE);
    // A process group of its own is a session of its own, and Linux may share processors between sessions before it asks who is nice.
    writeFileSync(`/proc/${pid}/autogroup`, String(NICE));
  } catch {
    // It has ended already, or there are no such shares here.
  }
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/** A role that was killed leaves its child at work: it would take the memory of the next attempt. */
function endLeftover(folder: string): void {
  const file = path.join(folder, PID_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return;
  }
  const [pid = '', start = ''] = text.split(' ');
  const group = Number(pid);
  // The same number may be somebody else's by now; the same number with the same start cannot.
  if (Number.isInteger(group) && group > 1 && start !== '' && startOf(group) === start) killGroup(group);
  rmSync(file, { force: true });
}

/** Fields of /proc/<pid>/stat after the name, which may hold anything; null where the process or /proc is not there. */
function statOf(pid: number | string): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

const GROUP_FIELD = 2;
const START_FIELD = 19;
const PAGES_FIELD = 21;
const PAGE_BYTES = 4096;

function startOf(pid: number): string | null {
  return statOf(pid)?.[START_FIELD] ?? null;
}

/** Of all processes of the group; 0 where there is no /proc. */
function residentMegabytes(group: number): number {
  let pages = 0;
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = statOf(name);
      if (stat !== null && Number(stat[GROUP_FIELD]) === group) pages += Number(stat[PAGES_FIELD]);
    }
  } catch {
    return 0;
  }
  return (pages * PAGE_BYTES) / 2 ** 20;
}
