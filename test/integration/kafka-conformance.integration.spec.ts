import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { topicOf } from '#platform/contracts';
import { createKafkaBroker, createRegistrySerde, createTopics } from '#platform/kafka';
import { startStack, type RunningStack } from '#platform/stack';
import { createLogger } from '#platform/telemetry';
import { describeBroker } from '#platform/testing';

const PARTITIONS = 4;
const TOPICS = [
  'content.submitted',
  'content.accepted',
  'content.erased',
  'prediction.scored',
  'verdict.requested',
  'policy.requested',
  'deployment.changed',
];

let home: string;
let stack: RunningStack;
let clusters = 0;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-conformance-'));
  const ports = { kafka: 0, registry: 0 };
  stack = await startStack({ home, ports, parts: ['kafka', 'registry'] });
}, 120_000);

afterAll(async () => {
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
}, 60_000);

describeBroker(
  'Kafka',
  async () => {
    const prefix = `case${clusters++}`;
    const logger = createLogger({ stage: 'test', level: 'silent' });
    const connection = { brokers: [stack.kafkaBrokers], clientId: 'conformance', prefix, logger };
    const topics = TOPICS.map((name) => topicOf(name));
    await createTopics({ ...connection, topics, partitions: PARTITIONS, replicationFactor: 1 });
    const brokers: ReturnType<typeof createKafkaBroker>[] = [];
    return {
      partitions: PARTITIONS,
      connect: () => {
        const broker = createKafkaBroker({ ...connection, release: 'test', heartbeatMs: 200, sessionTimeoutMs: 6000 });
        brokers.push(broker);
        return Promise.resolve({ broker, serde: createRegistrySerde({ url: stack.registryUrl, prefix }) });
      },
      close: async () => {
        await Promise.all(brokers.map((broker) => broker.close()));
      },
    };
  },
  60_000,
);
