import { describeBroker } from '../conformance/broker-conformance.js';
import { createMemoryBroker, createMemoryLog } from './memory-broker.js';
import { createStaticSerde } from './static-serde.js';

describeBroker(
  'in memory',
  () => {
    const log = createMemoryLog({ partitions: 4 });
    const brokers: ReturnType<typeof createMemoryBroker>[] = [];
    return Promise.resolve({
      partitions: 4,
      connect: () => {
        const broker = createMemoryBroker(log);
        brokers.push(broker);
        return Promise.resolve({ broker, serde: createStaticSerde() });
      },
      close: async () => {
        await Promise.all(brokers.map((broker) => broker.close()));
      },
    });
  },
  5000,
);
