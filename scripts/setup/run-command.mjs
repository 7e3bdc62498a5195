import { spawn } from 'node:child_process';

/**
 * Runs a program to its end with its output kept back; rejects with the last lines of the output. `missing` is the message for a
 * program that is not installed.
 */
export const runCommand = (command, args, { missing, ...options } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => reject(error.code === 'ENOENT' && missing ? new Error(missing) : error));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const lines = output.trimEnd().split('\n');
      // Programs name the cause first or last, and their manual in between.
      const shown = lines.length <= 40 ? lines : [...lines.slice(0, 20), '...', ...lines.slice(-20)];
      const tail = shown.join('\n');
      reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? `exit code ${code}`}\n${tail}`));
    });
  });
