export { CALL_SEAL_HEADER, createCallSeal, type CallSeal } from './call-seal.js';
export { codecFor, codecOf, resolverFor, type Codec, type Resolution } from './codec.js';
export type * from './generated/events.js';
export { schemas, type SchemaName } from './generated/schemas.js';
export { topicDefinitions } from './generated/topics.js';
export {
  answerRequestSchema,
  answerResultSchema,
  labelDeskPaths,
  labelDeskProblems,
  labelDeskProblemSchema,
  labelDeskSeal,
  leaseAnswerSchema,
  leaseRequestSchema,
  overrideRequestSchema,
  overrideResultSchema,
  progressSchema,
  releaseRequestSchema,
  stateRequestSchema,
  type AnswerRequest,
  type AnswerResult,
  type LabelDeskProblem,
  type LabelProgress,
  type LeaseAnswer,
  type LeasedTask,
  type LeaseRequest,
  type OverrideRequest,
} from './label-desk.js';
export { rejectReasons, type Rejection, type RejectReason } from './reject-reason.js';
export type { TopicClass, TopicDefinition } from './topic-definition.js';
export {
  allTopics,
  contentKey,
  deadLetterApps,
  revisionKey,
  topicOf,
  type EventOf,
  type Topic,
  type TopicName,
} from './topics.js';
export { contentLimits, validateContent, validateContentKey } from './validate-content.js';
export { frame, HEADER_BYTES, schemaIdOf, unframe } from './wire.js';
