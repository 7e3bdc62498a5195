import { openEncoder } from './encoder.js';
import type { Encoder } from './encoder.js';

/** Where the encoder lies, and how it runs. */
export interface EncoderPlace {
  readonly folder: string;
  readonly threads: number;
}

interface Shared {
  readonly opened: Promise<Encoder>;
  users: number;
}

/** One process holds an encoder once, however many models and roles in it use it: it takes about 100 MB. */
const held = new Map<string, Shared>();

/** The encoder in a folder; `close` gives it back, and the last one that does releases it. */
export async function shareEncoder({ folder, threads }: EncoderPlace): Promise<Encoder> {
  const key = `${threads} ${folder}`;
  const shared: Shared = held.get(key) ?? { opened: openEncoder(folder, { threads }), users: 0 };
  held.set(key, shared);
  shared.users++;
  let isGiven = false;
  const giveBack = async (): Promise<void> => {
    if (isGiven) return;
    isGiven = true;
    shared.users--;
    if (shared.users > 0) return;
    held.delete(key);
    await (await shared.opened).close();
  };
  try {
    return { ...(await shared.opened), close: giveBack };
  } catch (error) {
    // Whoever asks next looks again: the files may be on their way to the disk.
    if (held.get(key) === shared) held.delete(key);
    throw error;
  }
}
