import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '#platform/config';

/** One role as operators run it: a process of its own, killed and started again by tests. */
export interface RoleProcess {
  readonly app: string;
  /** Resolves when the role has said that it runs. @throws Error with the end of its log when it ended before */
  start(extra?: Readonly<Record<string, string>>): Promise<void>;
  /** Sends the signal; after SIGKILL and SIGTERM waits for the end and answers its exit code, null for a signal. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Resolves when the process ended by itself, as it does at a planted fault. */
  died(): Promise<void>;
  isRunning(): boolean;
}

/** Of what a role said, for the error. */
const LAST_LINES = 5;

interface LogLine {
  readonly event?: string;
}

export function createRoleProcess(options: {
  readonly app: string;
  readonly logs: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Tells two processes of one role apart in the logs. */
  readonly name?: string;
}): RoleProcess {
  const { app, environment } = options;
  const log = path.join(options.logs, `${options.name ?? app}.log`);
  let child: ChildProcess | null = null;

  function running(): ChildProcess {
    if (child === null) throw new Error(`${app} is not running`);
    return child;
  }

  return {
    app,
    isRunning: () => child !== null,
    start: async (extra = {}) => {
      if (child !== null) throw new Error(`${app} is running`);
      const main = path.join(projectRoot, 'dist/apps', app, 'main.js');
      const started = spawn(process.execPath, [main], {
        env: { PATH: process.env['PATH'], ...environment, ...extra },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      started.once('exit', () => {
        if (child === started) child = null;
      });
      const file = fs.createWriteStream(log, { flags: 'a' });
      started.stderr.pipe(file, { end: false });
      const said: string[] = [];
      await new Promise<void>((resolve, reject) => {
        started.once('error', reject);
        started.once('close', (code, signal) => {
          const end = `${app} ended with ${code ?? signal ?? 'nothing'} before it ran`;
          reject(new Error([end, ...said.slice(-LAST_LINES)].join('\n')));
        });
        createInterface({ input: started.stdout }).on('line', (line) => {
          file.write(`${line}\n`);
          said.push(line);
          if ((parse(line).event ?? '') === 'role_started') resolve();
        });
      });
    },
    end: async (signal) => {
      const ending = running();
      const exit = once(ending, 'exit') as Promise<[number | null]>;
      ending.kill(signal);
      const [code] = await exit;
      return code;
    },
    signal: (signal) => {
      running().kill(signal);
    },
    died: async () => {
      if (child !== null) await once(child, 'exit');
    },
  };
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}
