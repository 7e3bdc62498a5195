import kafkajs from 'kafkajs';

/** Node finds only some of the named exports of this CommonJS package; they are taken from the whole. */
export const {
  AssignerProtocol,
  CompressionCodecs,
  CompressionTypes,
  Kafka,
  logLevel,
  PartitionAssigners,
  Partitioners,
} = kafkajs;
