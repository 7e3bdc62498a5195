export { createKafkaBroker } from './kafka-broker.js';
export type { FaultPoint, KafkaBrokerOptions, KafkaConnection, KafkaLogger, KafkaObserver } from './options.js';
export { createRegistrySerde, type RegistrySerdeOptions } from './registry-serde.js';
export { createTopics, kafkaHealth, type CreatedTopics, type CreateTopicsOptions } from './topics.js';
