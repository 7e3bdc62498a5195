import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

/** Closed list of what can be wrong with a file that several processes change. */
export class SharedFileError extends Error {
  override readonly name = 'SharedFileError';

  constructor(
    readonly code: 'busy' | 'bad_file',
    message: string,
  ) {
    super(message);
  }
}

/** A small JSON file that its owner alone may read, and that several processes read and change. */
export interface SharedFile<T> {
  /** @throws SharedFileError `bad_file` */
  read(): Promise<T>;
  /** What `decide` does to the value is what the file holds afterwards. @throws SharedFileError */
  change<R>(decide: (value: T) => R | Promise<R>): Promise<R>;
}

const LOCK_ATTEMPTS = 40;
const LOCK_PAUSE_MS = 50;

/**
 * @param what it is, for the message when it is damaged
 * @param empty what a missing file stands for
 */
export function createSharedFile<T>(options: {
  readonly file: string;
  readonly what: string;
  readonly schema: z.ZodType<T>;
  readonly empty: () => T;
}): SharedFile<T> {
  const { file, what, schema, empty } = options;

  async function read(): Promise<T> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (text === null) return empty();
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw new SharedFileError('bad_file', `${file}: is no ${what}; restore it, or move it away to begin anew`);
    }
  }

  return {
    read,
    // The next file is the lock of the change, and becomes the file: readers see the old or the new one, never a part.
    change: async (decide) => {
      await mkdir(path.dirname(file), { recursive: true });
      const next = `${file}.next`;
      const handle = await lock(next);
      let isDone = false;
      try {
        const value = await read();
        const result = await decide(value);
        await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`);
        await handle.sync();
        await rename(next, file);
        isDone = true;
        return result;
      } finally {
        await handle.close();
        if (!isDone) await rm(next, { force: true });
      }
    },
  };
}

async function lock(next: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(next, 'wx', 0o600);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      if (attempt === LOCK_ATTEMPTS) {
        throw new SharedFileError('busy', `${next}: another change is under way; if none is, remove this file`);
      }
      await sleep(LOCK_PAUSE_MS);
    }
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
