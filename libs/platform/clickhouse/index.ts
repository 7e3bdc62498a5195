export { createClickHouse, type ClickHouse } from './clickhouse.js';
export { migrate } from './migrate.js';
export type {
  AgreementResult,
  DatasetSummary,
  DeadLetterDetail,
  DeadLetterSummary,
  LabelerResult,
  Queries,
  VerdictExplanation,
} from './queries.js';
export { RowBinary } from './row-binary.js';
