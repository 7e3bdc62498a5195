import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { at } from './places.mjs';
import { say } from './say.mjs';

const path = at('.tidegate', 'setup.lock');

const ownerIsAlive = () => {
  let pid;
  try {
    pid = Number(readFileSync(path, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error.code === 'EPERM' ? pid : undefined;
  }
};

/** Lets one set-up of this checkout work at a time; the others wait and then find nothing left to do. */
export const withLock = async (work) => {
  mkdirSync(at('.tidegate'), { recursive: true });
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  let hasSaid = false;
  try {
    for (;;) {
      try {
        linkSync(mine, path);
        break;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
        const owner = ownerIsAlive();
        if (owner === undefined) {
          rmSync(path, { force: true });
          continue;
        }
        if (!hasSaid) say(`another set-up (process ${owner}) is at work here: waiting for it`);
        hasSaid = true;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    return await work();
  } finally {
    rmSync(mine, { force: true });
    if (ownerIsAlive() === process.pid) rmSync(path, { force: true });
  }
};
