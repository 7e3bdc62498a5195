import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SOURCE = path.join(import.meta.dirname, 'KafkaWitness.java');
const MOST_OUTPUT = 1_073_741_824;

/** A committed record as a client that is not ours sees it. */
export interface WitnessedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

interface RecordLine {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
}

/** Asks Apache Kafka's Java client, from the libraries of the embedded broker. */
export function createWitness(options: { readonly bootstrap: string; readonly libraries: string }) {
  async function ask<T>(...command: readonly string[]): Promise<readonly T[]> {
    const { stdout } = await run('java', ['-cp', `${options.libraries}/*`, SOURCE, ...command], {
      maxBuffer: MOST_OUTPUT,
    });
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as T);
  }
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));
  return {
    /** Everything that is committed in these topics now. */
    read: async (topics: readonly string[]): Promise<readonly WitnessedRecord[]> => {
      const lines = await ask<RecordLine>('read', options.bootstrap, ...topics);
      return lines.map((line) => ({ ...line, key: bytes(line.key), value: bytes(line.value) }));
    },
    /** Transactional ids whose transaction is open now. */
    openTransactions: async (): Promise<readonly string[]> => {
      const lines = await ask<{ transactionalId: string; state: string }>('transactions', options.bootstrap);
      return lines.map((line) => `${line.transactionalId} ${line.state}`);
    },
  };
}
