import { deadLetterApps, rejectReasons, topicOf, type DeadLetter } from '#platform/contracts';
import type { Connections } from '#platform/role';
import { writeThroughDoors } from '#platform/stream';
import { UsageError } from './usage-error.js';

/** A dead letter and where it stands. */
export interface FoundLetter {
  /** `app/partition/offset`: names it on the command line. */
  readonly id: string;
  readonly letter: DeadLetter;
}

export interface LetterFilter {
  readonly app?: string;
  readonly reason?: string;
  readonly id?: string;
}

/** @throws UsageError when the filter names an app or a reason that there is not */
export function checkFilter({ app, reason }: LetterFilter): void {
  if (app !== undefined && !deadLetterApps.includes(app)) {
    throw new UsageError(`--app ${app}: must be one of ${deadLetterApps.join(', ')}`);
  }
  const reasons: readonly string[] = Object.keys(rejectReasons);
  if (reason !== undefined && !reasons.includes(reason)) {
    throw new UsageError(`--reason ${reason}: must be one of ${reasons.join(', ')}`);
  }
}

/** Everything in the dead letters now that the filter lets through, oldest first within a partition. */
export async function readDeadLetters(connections: Connections, filter: LetterFilter): Promise<readonly FoundLetter[]> {
  checkFilter(filter);
  const app = filter.app ?? filter.id?.split('/')[0];
  const topics = deadLetterApps
    .filter((known) => app === undefined || known === app)
    .map((known) => `dead-letter.${known}` as const);
  const found: FoundLetter[] = [];
  await connections.broker.journal.tail({
    topics,
    from: 'beginning',
    untilEnd: true,
    signal: new AbortController().signal,
    onRecords: async (records) => {
      for (const record of records) {
        const topic = record.topic as (typeof topics)[number];
        const [decoded] = await connections.serde.decode(topic, [record]);
        if (decoded?.ok !== true) continue;
        const id = `${topic.slice('dead-letter.'.length)}/${record.partition}/${record.offset}`;
        const isWanted =
          (filter.id === undefined || filter.id === id) &&
          (filter.reason === undefined || filter.reason === decoded.value.reason);
        if (isWanted) found.push({ id, letter: decoded.value });
      }
    },
  });
  return found;
}

/** Sends the original bytes, key and headers to the topic and partition that they came from. */
export async function replay(connections: Connections, letters: readonly FoundLetter[]): Promise<void> {
  const { prefix } = connections.config.kafka;
  await writeThroughDoors(
    connections.broker,
    letters.map(({ id, letter }) => {
      const topic = topicOf(unprefixed(letter.source.topic, prefix)).name;
      const headers = Object.fromEntries(letter.headers.map(({ key, value }) => [key, value]));
      const { partition } = letter.source;
      return { topic, partition, key: letter.key, value: letter.value, headers: { ...headers, 'tidegate-replay': id } };
    }),
  );
}

function unprefixed(topic: string, prefix: string): string {
  return prefix !== '' && topic.startsWith(`${prefix}.`) ? topic.slice(prefix.length + 1) : topic;
}
