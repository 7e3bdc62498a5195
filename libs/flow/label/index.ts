export { measureAgreement, type Unit } from './agreement.js';
export { findLabelErrors } from './label-errors.js';
export { resolveVotes, vanishedAnswer } from './resolve-votes.js';
export type { Vote } from './vote.js';
