import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, StackError } from './errors.js';
import { hintFor, lastLines, rotateLog } from './log-tail.js';
import {
  commandLine,
  endProcess,
  identify,
  isAlive,
  readIdentity,
  sendSignal,
  waitUntilGone,
  type ProcessIdentity,
} from './processes.js';

export interface PartPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process; inherited when absent. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly pidFile: string;
  /** Asked every 50 ms until it says yes. */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs: number;
  readonly stopWithinMs: number;
  /** Before each launch, when nothing of the part runs. */
  readonly beforeStart?: (signal: AbortSignal | undefined) => Promise<void>;
}

export interface PartExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of the part's log. */
  readonly lastLines: readonly string[];
}

export interface PartProcess {
  readonly pid: number | undefined;
  /** Starts the process and waits until it is ready. */
  start(signal?: AbortSignal): Promise<void>;
  /** SIGTERM, then SIGKILL after the limit of the plan. Nothing happens when it is not running. */
  stop(): Promise<void>;
  /** Sends a signal on purpose: the end that it may cause is not reported. Waits for the end after SIGTERM and SIGKILL. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

// A parent that is killed takes its parts with it where the system can arrange that; elsewhere the next start ends them (endOrphan).
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => process.platform === 'linux' && existsSync(path));

/**
 * Ends what an earlier owner of the folder left running when it was killed. A process is ended only if the recorded start time and its
 * command line both say that it is ours.
 */
export const endOrphan = async (pidFile: string, home: string, limitMs: number): Promise<boolean> => {
  const orphan = readIdentity(pidFile);
  let isOurs = false;
  if (orphan !== undefined && isAlive(orphan)) {
    const line = commandLine(orphan.pid);
    isOurs = line.includes(home);
    if (isOurs) await endProcess(orphan, limitMs);
    // Without its memory, and still with its port: it ends by itself.
    else if (line === '') await waitUntilGone(orphan, limitMs);
  }
  rmSync(pidFile, { force: true });
  return isOurs;
};

const describeEnd = ({ code, signal }: Pick<PartExit, 'code' | 'signal'>): string =>
  signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`;

interface Launch {
  readonly identity: ProcessIdentity | undefined;
  readonly isOver: () => boolean;
  /** How it ended, or the error that kept it from starting. */
  readonly over: Promise<PartExit | { readonly problem: string }>;
  isReady: boolean;
  isEndExpected: boolean;
}

export const createPartProcess = (plan: PartPlan, onUnexpectedExit: (exit: PartExit) => void): PartProcess => {
  let current: Launch | undefined;

  const failure = (what: string): StackError => {
    const lines = lastLines(plan.logFile, 20);
    const hint = hintFor(lines);
    const advice = hint === undefined ? '' : ` ${hint.advice}`;
    return new StackError(
      hint?.code ?? 'START_FAILED',
      `The embedded ${plan.name} ${what}.${advice} Its log is ${plan.logFile}; its last lines:\n${lines.join('\n')}`,
    );
  };

  const launch = (): Launch => {
    mkdirSync(dirname(plan.logFile), { recursive: true });
    mkdirSync(dirname(plan.pidFile), { recursive: true });
    rotateLog(plan.logFile);
    const log = openSync(plan.logFile, 'a');
    const [command, args] =
      SETPRIV === undefined
        ? [plan.command, plan.args]
        : [SETPRIV, ['--pdeathsig', 'TERM', '--', plan.command, ...plan.args]];
    // Its own process group: Ctrl-C in the terminal reaches the roles first, and the broker stops after them.
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      detached: true,
      ...(plan.environment && { env: plan.environment }),
    });
    closeSync(log);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity !== undefined) writeFileSync(plan.pidFile, JSON.stringify(identity));
    let isOver = false;
    const over = new Promise<PartExit | { readonly problem: string }>((resolve) => {
      child.once('error', (error) => {
        isOver = true;
        resolve({ problem: messageOf(error) });
      });
      child.once('exit', (code, signal) => {
        isOver = true;
        resolve({ code, signal, lastLines: lastLines(plan.logFile, 20) });
      });
    });
    const started: Launch = { identity, isOver: () => isOver, over, isReady: false, isEndExpected: false };
    void over.then((end) => {
      if (current === started) rmSync(plan.pidFile, { force: true });
      if (started.isReady && !started.isEndExpected && !('problem' in end)) onUnexpectedExit(end);
    });
    return started;
  };

  const stop = async (): Promise<void> => {
    if (current?.identity === undefined || current.isOver()) return;
    current.isEndExpected = true;
    await endProcess(current.identity, plan.stopWithinMs);
    await current.over;
  };

  const waitUntilReady = async ({ isOver }: Launch, signal: AbortSignal | undefined): Promise<boolean> => {
    const until = performance.now() + plan.readyWithinMs;
    while (performance.now() < until && !isOver() && signal?.aborted !== true) {
      if (await plan.isReady()) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  };

  return {
    get pid() {
      return current === undefined || current.isOver() ? undefined : current.identity?.pid;
    },
    async start(signal) {
      if (current !== undefined && !current.isOver()) return;
      await plan.beforeStart?.(signal);
      const started = launch();
      current = started;
      started.isReady = await waitUntilReady(started, signal);
      if (started.isReady) return;
      if (started.isOver()) {
        const end = await started.over;
        throw failure('problem' in end ? `could not be started (${end.problem})` : describeEnd(end));
      }
      await stop();
      if (signal?.aborted === true) throw new StackError('ABORTED', 'The start was broken off.');
      throw failure(`was not ready within ${plan.readyWithinMs / 1_000} s`);
    },
    stop,
    async kill(signal) {
      if (current?.identity === undefined || current.isOver()) return;
      const isEnd = signal === 'SIGKILL' || signal === 'SIGTERM';
      if (isEnd) current.isEndExpected = true;
      sendSignal(current.identity.pid, signal);
      if (isEnd) await current.over;
    },
  };
};
