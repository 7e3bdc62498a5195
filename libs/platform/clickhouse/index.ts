export { createClickHouse, type ClickHouse, type ClickHouseOptions, type InsertOptions } from './clickhouse.js';
export { migrate, readMigrations, type Migration } from './migrate.js';
export type {
  ContentVerdict,
  DeadLetterDetail,
  DeadLetterSummary,
  ExplainedCategory,
  VerdictExplanation,
} from './queries.js';
export { RowBinary } from './row-binary.js';
