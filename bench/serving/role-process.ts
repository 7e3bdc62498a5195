import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '#platform/config';

export interface RoleProcess {
  readonly pid: number;
  /** SIGTERM, and SIGKILL for who does not listen. */
  end(): Promise<void>;
}

const STOP_LIMIT_MS = 40_000;
/** Of what it said, for the error. */
const LAST_LINES = 10;

/**
 * Starts an app as operators do and resolves when a line of its output says that it runs.
 * @throws Error with the last that it said
 */
export async function startApp(options: {
  readonly app: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
  /** Where the app itself logs when not to its output. */
  readonly ownLog: string | null;
  readonly isReady: (line: string) => boolean;
  /** Ended by itself after it ran. */
  readonly onExit: (error: Error) => void;
}): Promise<RoleProcess> {
  const { app, args = [], environment, log, ownLog, isReady, onExit } = options;
  const main = path.join(projectRoot, 'dist/apps', app, 'main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = fs.createWriteStream(log, { flags: 'a' });
  child.stderr.pipe(file, { end: false });
  const exit = once(child, 'exit');
  const said: string[] = [];
  const ended = (code: number | null, signal: string | null) =>
    new Error(`${app} ended with ${code ?? signal ?? 'nothing'}\n${[...said, ...fatalLines(ownLog)].join('\n')}`);
  let isEnding = false;
  child.once('exit', (code, signal) => {
    if (!isEnding) onExit(ended(code, signal));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(ended(code, signal));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      file.write(`${line}\n`);
      if (said.push(line) > LAST_LINES) said.shift();
      if (isReady(line)) resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    end: async () => {
      isEnding = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await exit;
      clearTimeout(timer);
    },
  };
}

/** pino's level of what stops a role. */
const FATAL = '"level":60';

function fatalLines(log: string | null): readonly string[] {
  if (log === null || !fs.existsSync(log)) return [];
  const lines = fs.readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => line.includes(FATAL)).slice(-1);
}
