export {
  createSink,
  type RowStore,
  type SinkLimits,
  type SinkObserver,
  type SinkOptions,
  type SinkPoint,
} from './sink.js';
export { tableOf, tables, warehouseTopics } from './tables.js';
export { warehouseRole } from './warehouse.module.js';
