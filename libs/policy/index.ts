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
export { deriveCategories, type DerivedCategory, type Fact } from './derive-categories.js';
export {
  createCascadeDraw,
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
export {
  questionsOf,
  unionOfQuestions,
  type Answer,
  type BorderExample,
  type PolicyQuestion,
} from './policy-questions.js';
