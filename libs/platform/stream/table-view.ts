import type { EventOf, TopicName } from '#platform/contracts';
import type { Broker } from './broker.js';
import { FatalError } from './errors.js';
import type { Serde } from './serde.js';
import type { StoredRecord } from './record.js';

/** The latest value per key of a table, followed. */
export interface TableView<T> {
  get(key: string): T | undefined;
  values(): IterableIterator<T>;
  readonly size: number;
  lag(): number;
  close(): Promise<void>;
}

/**
 * Reads a table to its end, then follows it. `onChange` is called after the first read for each later change, in order.
 * A record of an internal table that cannot be decoded is fatal: a role must not run on a part of its configuration.
 */
export async function openTable<N extends TopicName>(options: {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly topic: N;
  readonly onFatal: (error: Error) => void;
  readonly onChange?: (key: string, value: EventOf<N> | undefined) => void;
}): Promise<TableView<EventOf<N>>> {
  const { broker, serde, topic } = options;
  const values = new Map<string, EventOf<N>>();
  let isRestored = false;
  let queue = Promise.resolve();

  async function apply(record: StoredRecord): Promise<void> {
    const key = record.key?.toString('utf8') ?? '';
    if (record.value === null) {
      values.delete(key);
    } else {
      const [decoded] = await serde.decode(topic, [record]);
      if (!decoded?.ok) {
        throw new FatalError(
          'configuration',
          `${topic}/${record.partition}/${record.offset} cannot be read: ${decoded?.reason ?? 'nothing'}`,
        );
      }
      values.set(key, decoded.value);
    }
    if (isRestored) options.onChange?.(key, values.get(key));
  }

  const follower = await broker.table.open({
    topic,
    onRecord: (record) => {
      queue = queue.then(() => apply(record));
      queue.catch((error: unknown) => {
        options.onFatal(error instanceof Error ? error : new FatalError('unknown', `${topic} cannot be followed`));
      });
    },
    onFatal: options.onFatal,
  });
  await queue;
  isRestored = true;
  return {
    get: (key) => values.get(key),
    values: () => values.values(),
    get size() {
      return values.size;
    },
    lag: () => follower.lag(),
    close: () => follower.close(),
  };
}
