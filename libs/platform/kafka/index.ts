export { createKafkaBroker } from './kafka-broker.js';
export type { FaultPoint, KafkaBrokerOptions, KafkaConnection, KafkaLogger, KafkaObserver } from './options.js';
export { createRegistrySerde } from './registry-serde.js';
export { createTopics, kafkaHealth } from './topics.js';
