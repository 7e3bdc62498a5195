import { topicOf, type TopicClass } from '#platform/contracts';
import type { Broker } from './broker.js';
import type { Emission } from './outcome.js';
import type { WriteRecord } from './record.js';
import type { Serde } from './serde.js';

/** Writes outside of a flow's transaction: journals, tables, and flows as a platform writes them. */
export interface Writer {
  /** Resolves when all are durable (acks=all). Repetition is harmless where ids are derived from content. */
  write(emissions: readonly Emission[]): Promise<void>;
}

export function createWriter(options: {
  readonly broker: Broker;
  readonly serde: Serde;
  readonly stage: string;
  readonly release: string;
}): Writer {
  const { broker, serde } = options;
  const headers = { 'tidegate-stage': options.stage, 'tidegate-release': options.release };
  return {
    async write(emissions) {
      const records = emissions.map(({ topic, key, value }) => ({
        topic,
        key,
        value: value === null ? null : serde.encode(topic, value),
        headers,
      }));
      await writeThroughDoors(broker, records);
    },
  };
}

/** Writes each record by the class of its topic; resolves when all are durable. */
export async function writeThroughDoors(broker: Broker, records: readonly WriteRecord[]): Promise<void> {
  const of = (topicClass: TopicClass) => records.filter((record) => topicOf(record.topic).class === topicClass);
  const [flow, journal, table] = [of('flow'), of('journal'), of('table')];
  if (flow.length > 0) await broker.flow.publish(flow);
  if (journal.length > 0) await broker.journal.append(journal);
  if (table.length > 0) await broker.table.put(table);
}
