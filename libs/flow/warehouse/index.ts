export { createSink, type SinkLimits } from './sink.js';
export { tableOf, tables } from './tables.js';
export { warehouseRole } from './warehouse.module.js';
