export { measureAgreement, type Unit } from './agreement.js';
export { findLabelErrors } from './label-errors.js';
export { labelRole } from './label.module.js';
export { labelSalts } from './quality-draws.js';
export { resolveVotes, vanishedAnswer } from './resolve-votes.js';
export type { Vote } from './vote.js';
export {
  exchangeFormats,
  formatExchangeProblem,
  type AnswerRecord,
  type ExchangeFormat,
  type ExchangeProblem,
  type LabelRecord,
} from './exchange/answer-record.js';
export { contentsOf, fileHashOf, submissionsOf } from './exchange/import-events.js';
export { parseMapping, type Mapping } from './exchange/mapping.js';
export { readAnswers, type ReadAnswers } from './exchange/read-answers.js';
export { writeAnswers, writeLabels } from './exchange/write-records.js';
export { labelJobs } from './passes/label-jobs.module.js';
export { labelJobsOf } from './passes/role-jobs.module.js';
