import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/** The last lines of a log, read from its end. */
export const lastLines = (path: string, count: number): readonly string[] => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, 16_384));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    closeSync(file);
  }
};

/** Keeps one older log of each part; 20 MiB is some weeks of a quiet broker. */
export const rotateLog = (path: string, limit = 20 * 1024 * 1024): void => {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > limit) renameSync(path, `${path}.1`);
};

/** What a person can do about the usual causes of death, or `undefined`. */
export const hintFor = (lines: readonly string[]): { code: 'DISK_FULL' | 'PORT_TAKEN'; advice: string } | undefined => {
  const text = lines.join('\n');
  if (/No space left on device|NOT_ENOUGH_SPACE|ENOSPC/.test(text)) {
    return {
      code: 'DISK_FULL',
      advice: 'The disk is full: free some space, or set TIDEGATE_HOME to a folder on another disk, and start again.',
    };
  }
  if (/Address already in use|EADDRINUSE|Port already bound/.test(text)) {
    return {
      code: 'PORT_TAKEN',
      advice:
        'Its port was taken in the meantime: start again, or choose another port (EMBEDDED_KAFKA_PORT, EMBEDDED_REGISTRY_PORT, EMBEDDED_CLICKHOUSE_PORT).',
    };
  }
  return undefined;
};
