import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.js';
import { identify } from './processes.js';

describe('lockFolder', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tidegate-lock-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('lets one in, names it to the next, and lets that one in afterwards', () => {
    const lock = lockFolder(home);
    expect(() => lockFolder(home)).toThrow(`process ${process.pid}`);
    expect(() => lockFolder(home)).toThrow('TIDEGATE_HOME');
    lock.release();
    lockFolder(home).release();
    expect(readdirSync(join(home, 'run'))).toEqual([]);
  });

  it('takes over from an owner that is gone', () => {
    lockFolder(home).release();
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    writeFileSync(join(home, 'run', 'lock'), JSON.stringify({ pid: gone, started: 'then' }));
    lockFolder(home).release();
  });

  it('takes over when another program has the pid of the owner by now', () => {
    lockFolder(home).release();
    writeFileSync(join(home, 'run', 'lock'), JSON.stringify({ ...identify(process.pid), started: 'in another life' }));
    lockFolder(home).release();
  });

  it('takes over from a damaged file', () => {
    lockFolder(home).release();
    writeFileSync(join(home, 'run', 'lock'), '{');
    lockFolder(home).release();
  });
});
