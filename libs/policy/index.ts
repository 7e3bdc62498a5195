export {
  assignChannels,
  planChannels,
  type AssignmentFacts,
  type ChannelPlan,
  type PlannedAssignment,
  type PlanResult,
} from './assign-channels.js';
export { calibrate } from './calibrate.js';
export { compareActions, decideVerdict, type Decision, type VerdictCase } from './decide-verdict.js';
export {
  createKeyedHash,
  deriveSalt,
  hashFields,
  hashJson,
  hashText,
  uniform,
  verdictIdOf,
  type KeyedHash,
} from './hashes.js';
export { lintPolicy } from './lint-policy.js';
export {
  formatPolicyProblem,
  parsePolicy,
  type ParsedPolicy,
  type PolicyDocument,
  type PolicyProblem,
  type PolicyTarget,
} from './policy-document.js';
