export { measureAgreement, type Unit } from './quality/agreement.js';
export { labelRole } from './label.module.js';
export { labelSalts } from './quality/quality-draws.js';
export { resolveVotes, vanishedAnswer } from './resolution/resolve-votes.js';
export type { Vote } from './resolution/vote.js';
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
export { labelJobs } from './passes/label-jobs.job.js';
export { labelJobsOf } from './passes/role-jobs.job.js';
