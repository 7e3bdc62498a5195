/** What the server says; the only import from outside of the web application, and of types alone. */
export type {
  Action,
  ContentText,
  DeadLetterList,
  DeadLetterView,
  ExplainedCategory,
  Explanation,
  LiveFrame,
  LiveVerdict,
  Permission,
  ProblemDocument,
  SessionView,
  ShownBytes,
  SignedIn,
} from '../../../../../libs/flow/console/api/index.js';
