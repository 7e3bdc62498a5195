export { metricsTable } from './reference.js';
export { createLogger, type Logger } from './logger.js';
export { metricDefinitions } from './metric-definitions.js';
export { createMetrics, type Metrics } from './metrics.js';
