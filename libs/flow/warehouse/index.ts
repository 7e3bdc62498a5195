export { driftJobs } from './drift/drift.job.js';
export { createSink, type SinkLimits } from './sink.js';
export { tableOf, tables } from './tables.js';
export { warehouseDriftJobs, warehouseRole } from './warehouse.module.js';
