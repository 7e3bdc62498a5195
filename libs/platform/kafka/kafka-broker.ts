import type { Kafka } from 'kafkajs';
import { topicOf, type TopicName } from '#platform/contracts';
import { FatalError, partitionOfKey, type Broker } from '#platform/stream';
import { createClient } from './client.js';
import { consumeFlow } from './flow-consume.js';
import { readJournal } from './journal-read.js';
import { classifyKafka } from './kafka-errors.js';
import { openLogReader, type LogReader } from './log-reader.js';
import { namesOf, type Names } from './names.js';
import { settingsOf, type KafkaBrokerOptions, type KafkaSettings } from './options.js';
import { ownPartitions } from './partition-owner.js';
import { createPlainProducer } from './plain-producer.js';
import { takeOver } from './sole-writer.js';
import { followTable, tailTopics } from './tail.js';

/** The three topic classes on a Kafka cluster. Connections are opened when first needed. */
export function createKafkaBroker(options: KafkaBrokerOptions): Broker {
  const settings = settingsOf(options);
  const names = namesOf(settings.prefix);
  const kafka = createClient({ ...options, requestTimeoutMs: settings.requestTimeoutMs });
  const producer = createPlainProducer(kafka, names, settings.release);
  const partitionCounts = new Map<string, number>();

  const openReader = (): Promise<LogReader> => openReaderOf(kafka, names, settings);

  return {
    flow: {
      consume: (consume) => consumeFlow(kafka, settings, names, consume),
      own: (own) => ownPartitions(kafka, settings, names, own),
      publish: (records) => producer.send(records),
    },
    journal: {
      read: (read) => readJournal(kafka, settings, names, read),
      append: (records) => producer.send(records),
      tail: (tail) => tailTopics(openReader, tail),
    },
    table: {
      open: (open) => followTable(openReader, settings.logger, open),
      put: (records) => producer.send(records),
    },
    takeOver: (options) => takeOver(kafka, settings, names, options),
    async partitionFor(topic: TopicName, key: string) {
      if (!topicOf(topic).copartitioned) return 0;
      let count = partitionCounts.get(topic);
      if (count === undefined) {
        count = await countPartitions(openReader, topic);
        partitionCounts.set(topic, count);
      }
      return partitionOfKey(key, count);
    },
    close: () => producer.close(),
  };
}

function openReaderOf(kafka: Kafka, names: Names, settings: KafkaSettings): Promise<LogReader> {
  const { maxBytes, maxBytesPerPartition } = settings;
  return openLogReader({ kafka, names, maxBytes, maxBytesPerPartition });
}

async function countPartitions(openReader: () => Promise<LogReader>, topic: string): Promise<number> {
  let reader: LogReader | null = null;
  try {
    reader = await openReader();
    const { length } = await reader.partitionsOf([topic]);
    if (length === 0) throw new FatalError('configuration', `topic ${topic} does not exist`);
    return length;
  } catch (error) {
    throw classifyKafka(error, `cannot look up ${topic}`);
  } finally {
    await reader?.close();
  }
}
