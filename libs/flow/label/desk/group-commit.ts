/** Makes values durable; resolves when this one is. */
export type Commit<T> = (value: T) => Promise<void>;

/**
 * Values that come while others are being written go together in the next write, in order: fifty people who answer at once wait for two
 * writes, not for fifty. A failed write fails all of its values, and only these.
 */
export function createGroupCommit<T>(write: (values: readonly T[]) => Promise<void>, mostTogether = 500): Commit<T> {
  interface Waiting {
    readonly value: T;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const together = waiting.slice(0, mostTogether);
      waiting = waiting.slice(mostTogether);
      try {
        await write(together.map(({ value }) => value));
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    isWriting = false;
  }

  return (value) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ value, resolve, reject });
      if (!isWriting) void writeAll();
    });
}
