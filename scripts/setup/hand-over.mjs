import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { childEnvironment, nodeBinary } from './places.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
/** One Ctrl-C arrives up to three times: from the terminal, from npm and from its shell. A person's second one comes later. */
const SAME_MOMENT_MS = 500;

/**
 * Runs Node in the foreground and resolves with its exit code. It gets a process group of its own and each signal once, from here, so
 * that one Ctrl-C is one stop.
 */
export const handOver = (args, { cwd } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(nodeBinary(), args, {
      stdio: 'inherit',
      detached: true,
      env: childEnvironment(),
      ...(cwd && { cwd }),
    });
    const last = new Map();
    const forward = (signal) => {
      const now = performance.now();
      if (now - (last.get(signal) ?? -Infinity) < SAME_MOMENT_MS) return;
      last.set(signal, now);
      child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    // npm ends on a signal without passing it on through its shell: then this process is left with another parent.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (!process.env.npm_lifecycle_event || process.ppid === parent) return;
      clearInterval(watch);
      forward('SIGTERM');
    }, 250);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of SIGNALS) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
