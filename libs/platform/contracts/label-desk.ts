import { z } from 'zod';

/**
 * What the label role answers to other roles of the installation, over HTTP: the console in the name of a person. Calls are sealed
 * (`createCallSeal`). Any replica may be asked; one that is not the active one answers 503 `not_active`.
 */
export const labelDeskPaths = {
  lease: '/internal/v1/label/leases',
  answer: '/internal/v1/label/answers',
  release: '/internal/v1/label/releases',
  override: '/internal/v1/label/overrides',
  state: '/internal/v1/label/state',
} as const;

/** How calls to the label role are sealed: `createCallSeal`, in the header CALL_SEAL_HEADER. Nobody keeps a call for longer than this. */
export const labelDeskSeal = { purpose: 'label desk', longestAgeMs: 300_000 } as const;

const word = z.string().min(1).max(256);
const answer = z.enum(['YES', 'NO', 'UNSURE']);
const queue = z.enum(['STANDARD', 'EXPERT', 'LEGAL']);
const action = z.enum(['ALLOW', 'REVIEW', 'BLOCK']);

/** Who works. The console vouches for all of it. */
const person = {
  labelerId: word,
  role: z.enum(['REVIEWER', 'EXPERT']),
  /** Empty: every team's tasks. */
  teams: z.array(word).max(64),
  /** BCP-47, compared by the primary subtag; empty: reads every language. */
  languages: z.array(word).max(64),
  group: word.nullable(),
};

export const leaseRequestSchema = z.strictObject({
  ...person,
  queue,
  /** Categories that the person does not want to see for now: tasks that probably belong to one wait for somebody else. */
  avoid: z.array(word).max(64),
  /** Leases that this person holds and works on, so that a page that prefetches gets another item; others of the person end. */
  holding: z.array(z.string().max(4096)).max(4),
});
export type LeaseRequest = z.output<typeof leaseRequestSchema>;

const questionSchema = z.strictObject({
  key: word,
  wording: z.string(),
  help: z.string().nullable(),
  under: word.nullable(),
  examples: z.array(z.strictObject({ text: z.string(), answer: z.string(), why: z.string().nullable() })),
});

const contextSchema = z.strictObject({
  /** Negative: before the item. */
  position: z.int(),
  /** Masked. */
  text: z.string(),
  isSameAuthor: z.boolean(),
  submittedAt: z.int(),
});

export const leasedTaskSchema = z.strictObject({
  /** Sealed by the role; comes back with the answer. Survives a restart of the role. */
  lease: z.string(),
  leaseId: word,
  expiresAt: z.int(),
  taskId: word,
  queue,
  /** Why it is in an expert's hands: for STANDARD always null. */
  why: z.enum(['APPEAL', 'UNSURE', 'DISAGREEMENT', 'ESCALATED', 'OVERRIDE', 'AUDIT']).nullable(),
  platform: word,
  kind: z.string(),
  language: z.string(),
  /** Masked, at most 20,000 characters of it. Null: the text is gone; answer SKIPPED with GONE. */
  text: z.string().nullable(),
  textLength: z.int(),
  masked: z.int(),
  context: z.array(contextSchema),
  questions: z.array(questionSchema),
  /** How people answered before, by question; only for experts, after blind answers, and never for an audit. */
  votes: z.record(z.string(), z.record(answer, z.int())).nullable(),
  /** The verdict that is appealed. */
  verdict: z
    .strictObject({ verdictId: word, channel: word, action, flagged: z.array(word), appeal: z.string().nullable() })
    .nullable(),
});
export type LeasedTask = z.output<typeof leasedTaskSchema>;

export const progressSchema = z.strictObject({
  /** Tasks that this person answered since midnight UTC, and ever. */
  today: z.int(),
  total: z.int(),
  /** Tasks that this person may be given now, by queue. */
  waiting: z.strictObject({ standard: z.int(), expert: z.int(), legal: z.int() }),
  /** Items since midnight UTC that the person's own answers put into a category, by category of the policies in force. */
  exposures: z.record(z.string(), z.int()),
  standing: z.enum(['GOOD', 'WARN', 'STOP']),
});
export type LabelProgress = z.output<typeof progressSchema>;

export const leaseAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('task'), task: leasedTaskSchema, progress: progressSchema }),
  /** Nothing that this person may be given; `others` waits for other languages, teams, or people. */
  z.strictObject({ kind: z.literal('empty'), others: z.int(), progress: progressSchema }),
  /** The person's answers on gold are not good enough (labels 2.3): somebody has to talk with them first. */
  z.strictObject({ kind: z.literal('stopped'), questions: z.array(word), progress: progressSchema }),
]);
export type LeaseAnswer = z.output<typeof leaseAnswerSchema>;

export const answerRequestSchema = z.strictObject({
  lease: z.string().max(4096),
  /** 0, and one more for each correction of the same lease. */
  attempt: z.int().min(0).max(1000),
  outcome: z.enum(['ANSWERED', 'SKIPPED', 'ESCALATED']),
  answers: z.record(word, answer),
  reason: z.enum(['LANGUAGE', 'UPSETTING', 'UNREADABLE', 'GONE', 'MINOR', 'LEGAL', 'DOUBT', 'OTHER']).nullable(),
  /** Experts on appeals: what shall hold. */
  action: action.nullable(),
  durationMs: z.int().min(0).nullable(),
});
export type AnswerRequest = z.output<typeof answerRequestSchema>;

export const answerResultSchema = z.strictObject({
  submissionId: word,
  /** `late`: the lease had ended and the item was settled meanwhile; the answer is kept and changes nothing. */
  state: z.enum(['counted', 'repeated', 'late']),
  progress: progressSchema,
});
export type AnswerResult = z.output<typeof answerResultSchema>;

export const releaseRequestSchema = z.strictObject({ lease: z.string().max(4096) });

/** An expert decides about a verdict without a task. */
export const overrideRequestSchema = z.strictObject({
  ...person,
  verdictId: word,
  action,
  /** In a few words; never content. */
  reason: z.string().min(1).max(300),
});
export type OverrideRequest = z.output<typeof overrideRequestSchema>;

export const overrideResultSchema = z.strictObject({ requestId: word, overturns: z.boolean() });

export const stateRequestSchema = z.strictObject({ ...person });

/** Closed list of what the label role refuses. */
export const labelDeskProblems = {
  invalid_request: 400,
  unsealed: 401,
  not_yours: 403,
  no_such_verdict: 404,
  lease_unknown: 409,
  lease_expired: 410,
  not_active: 503,
  /** The broker or the warehouse is away for now; the same call may be made again. */
  unavailable: 503,
} as const;
export type LabelDeskProblem = keyof typeof labelDeskProblems;
export const labelDeskProblemSchema = z.object({ code: z.string(), detail: z.string() });
