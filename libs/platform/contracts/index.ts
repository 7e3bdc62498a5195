export { codecFor, codecOf, resolverFor, type Codec, type Resolution } from './codec.js';
export type * from './generated/events.js';
export { schemas, type SchemaName } from './generated/schemas.js';
export { topicDefinitions } from './generated/topics.js';
export { rejectReasons, type Rejection, type RejectReason } from './reject-reason.js';
export type { TopicClass, TopicDefinition } from './topic-definition.js';
export { allTopics, contentKey, revisionKey, topicOf, type EventOf, type Topic, type TopicName } from './topics.js';
export { contentLimits, validateContent, validateContentKey } from './validate-content.js';
export { frame, HEADER_BYTES, schemaIdOf, unframe } from './wire.js';
