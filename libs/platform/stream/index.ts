export type * from './broker.js';
export { classify, FatalError, RetryableError } from './errors.js';
export { emit, reject, route, skip, type Emission, type Outcome, type Step } from './outcome.js';
export { partitionOfKey } from './partitioner.js';
export type * from './record.js';
export {
  createRunner,
  type BatchHandler,
  type HandlerResult,
  type PartitionContext,
  type RunnerObserver,
} from './runner.js';
export type * from './serde.js';
export { StreamServer } from './stream-server.js';
export { openTable, type TableView } from './table-view.js';
export { createWriter, writeThroughDoors, type Writer } from './writer.js';
