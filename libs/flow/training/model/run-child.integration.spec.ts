import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runChild, type ChildWork } from './run-child.js';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-child-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

function run(script: string, more: Partial<ChildWork> = {}) {
  return runChild({
    command: [process.execPath, '-e', script],
    environment: { ONLY: 'this' },
    folder,
    limits: { seconds: 30, memoryMb: 1024 },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  });
}

const isAlive = (pid: number): boolean => fs.existsSync(`/proc/${pid}`) && !stateOf(pid).startsWith('Z');
const stateOf = (pid: number): string => /\) (\S)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('child process', () => {
  it('sees nothing of the environment of the role', async () => {
    const ended = await run('console.log(Object.keys(process.env).join()); process.exit(3)');
    expect(ended).toMatchObject({ kind: 'failed', exit: '3', lastLines: ['ONLY'] });
  });

  it('gives way to what serves beside it, and so does what it starts', async () => {
    expect(os.getPriority()).toBeLessThan(10);
    const ended = await run(`
      const { execFileSync } = require('node:child_process');
      while (require('node:os').getPriority() === 0);
      console.log(require('node:os').getPriority());
      console.log(execFileSync('/bin/sh', ['-c', 'nice']).toString().trim());
      process.exit(3)`);
    expect(ended).toMatchObject({ kind: 'failed', lastLines: ['10', '10'] });
  });

  it('tells its progress and its problem, and its log is what remains', async () => {
    const steps: unknown[] = [];
    const script = `
      console.log('hello'); console.log('{"step":"fit","done":1,"total":3}'); console.log('{broken');
      console.log('{"problem":{"code":"labels_insufficient","message":"label more"}}'); process.exit(1)`;
    const ended = await run(script, { onProgress: (...step) => steps.push(step) });
    expect(steps).toEqual([['fit', 1, 3]]);
    expect(ended).toEqual({
      kind: 'failed',
      exit: '1',
      problem: { code: 'labels_insufficient', message: 'label more' },
      lastLines: ['hello', '{broken'],
    });
  });

  it('that is done has ended with all that it started', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      require('node:fs').writeFileSync('other', String(other.pid)); process.exit(0)`;
    expect(await run(script)).toEqual({ kind: 'done' });
    await gone(Number(fs.readFileSync(path.join(folder, 'other'), 'utf8')));
  });

  it('is ended when it takes too long', async () => {
    const ended = await run('setInterval(() => {}, 1000)', { limits: { seconds: 0.3, memoryMb: 1024 } });
    expect(ended).toMatchObject({ kind: 'over_limit', limit: 'time' });
  });

  it('is ended when it and what it started take too much memory', async () => {
    const script = `
      require('node:child_process').spawn(process.execPath,
        ['-e', 'globalThis.x = Buffer.alloc(300e6, 1); setInterval(() => {}, 1000)'], { stdio: 'inherit' })`;
    const ended = await run(script, { limits: { seconds: 30, memoryMb: 250 } });
    expect(ended).toMatchObject({ kind: 'over_limit', limit: 'memory' });
  });

  it('is ended when the role stops', async () => {
    const stop = new AbortController();
    const ended = await run(`console.log('{"step":"x"}'); setInterval(() => {}, 1000)`, {
      signal: stop.signal,
      onProgress: () => {
        stop.abort();
      },
    });
    expect(ended).toEqual({ kind: 'aborted' });
  });

  it('says so when there is no such program', async () => {
    const ended = await run('', { command: ['/nowhere/trainer'] });
    expect(ended).toMatchObject({ kind: 'failed', exit: 'ENOENT' });
  });

  it('that a killed role left at work is ended before the next one begins', async () => {
    const source = JSON.stringify(path.join(import.meta.dirname, 'run-child.ts'));
    const script = `
      const { runChild } = await import(${source});
      await runChild({ command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'], environment: {}, folder: ${JSON.stringify(folder)},
        limits: { seconds: 60, memoryMb: 1024 }, signal: new AbortController().signal, onProgress: () => {} , x:
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300) })`;
    const role = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(role.signal).toBe('SIGKILL');
    const left = Number(fs.readFileSync(path.join(folder, 'child.pid'), 'utf8').split(' ')[0]);
    expect(isAlive(left)).toBe(true);
    expect(await run('')).toEqual({ kind: 'done' });
    await gone(left);
  });
});
