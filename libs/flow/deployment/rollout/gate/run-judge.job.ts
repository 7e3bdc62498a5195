import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface JudgeLimits {
  readonly seconds: number;
  /** Resident memory of the process. */
  readonly memoryMb: number;
}

export type JudgeEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'over_limit'; readonly limit: 'time' | 'memory' }
  | { readonly kind: 'crashed'; readonly exit: string; readonly lastWords: string }
  | { readonly kind: 'aborted' };

const POLL_MS = 250;
const MOST_WORDS = 2000;

/** The child lies beside this file, as .ts from source and as .js when built. */
const program = fileURLToPath(new URL(`./gate-candidate.main${path.extname(import.meta.url)}`, import.meta.url));

/** Judges in a process of its own, which may hang, swell or crash without taking the role along. */
export function runJudge(
  taskFile: string,
  limits: JudgeLimits,
  signal: AbortSignal,
  command: readonly string[] = [program],
): Promise<JudgeEnd> {
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  const child = spawn(process.execPath, [`--max-old-space-size=${limits.memoryMb}`, ...command, taskFile], {
    cwd: path.dirname(taskFile),
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lastWords = '';
  let why: 'time' | 'memory' | 'aborted' | null = null;
  const stop = (reason: 'time' | 'memory' | 'aborted'): void => {
    why ??= reason;
    child.kill('SIGKILL');
  };
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (part: string) => (lastWords = (lastWords + part).slice(-MOST_WORDS)));
  const deadline = setTimeout(() => {
    stop('time');
  }, limits.seconds * 1000);
  const poll = setInterval(() => {
    if (residentMegabytes(child.pid) > limits.memoryMb) stop('memory');
  }, POLL_MS);
  const abort = (): void => {
    stop('aborted');
  };
  signal.addEventListener('abort', abort, { once: true });
  return new Promise<JudgeEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      if (why === 'aborted') resolve({ kind: 'aborted' });
      else if (why !== null) resolve({ kind: 'over_limit', limit: why });
      else if (code === 0) resolve({ kind: 'done' });
      else resolve({ kind: 'crashed', exit: String(code ?? killedBy), lastWords });
    });
  }).finally(() => {
    clearTimeout(deadline);
    clearInterval(poll);
    signal.removeEventListener('abort', abort);
  });
}

/** 0 where there is no /proc, or no process any more. */
function residentMegabytes(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? 0 : Number(kilobytes) / 1024;
  } catch {
    return 0;
  }
}
