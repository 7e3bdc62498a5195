import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError, systemCode } from './errors.js';
import { identify, isAlive, readIdentity } from './processes.js';

export interface FolderLock {
  release(): void;
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Takes `<home>/run/lock` for this process. The file appears whole (written aside, then linked), names its owner by pid and start time,
 * and therefore outlives a kill -9 of the owner without refusing anybody: a lock whose owner is gone is taken over.
 *
 * @throws StackError ALREADY_RUNNING while the owner lives, this very process included.
 */
export const lockFolder = (home: string): FolderLock => {
  const run = join(home, 'run');
  mkdirSync(run, { recursive: true });
  const path = join(run, 'lock');
  const mine = join(run, `lock-${randomUUID()}`);
  const content = JSON.stringify({ ...identify(process.pid), nonce: randomUUID() });
  writeFileSync(mine, content);
  try {
    // More than a few rounds would mean that others take and leave the lock as fast as we look.
    for (let round = 0; round < 20; round++) {
      if (tryLink(mine, path)) {
        return {
          release() {
            if (readText(path) === content) rmSync(path, { force: true });
          },
        };
      }
      const found = readText(path);
      if (found === undefined) continue;
      const owner = readIdentity(path);
      if (owner !== undefined && isAlive(owner)) {
        throw new StackError(
          'ALREADY_RUNNING',
          `Tidegate already runs on the folder ${home} (process ${owner.pid}). Stop it first (Ctrl-C in its terminal, or kill ${owner.pid}), or set TIDEGATE_HOME to another folder.`,
        );
      }
      const aside = join(run, `lock-stale-${randomUUID()}`);
      try {
        renameSync(path, aside);
      } catch (error) {
        if (systemCode(error) === 'ENOENT') continue;
        throw error;
      }
      // Between the look and the rename another process may have taken over: then its lock goes back.
      if (readText(aside) !== found) tryLink(aside, path);
      rmSync(aside, { force: true });
    }
    throw new StackError(
      'ALREADY_RUNNING',
      `Could not take the lock ${path}: other processes keep taking it. Try again.`,
    );
  } finally {
    rmSync(mine, { force: true });
  }
};
