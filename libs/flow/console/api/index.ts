/**
 * What the browser and the server of the console say to each other: types alone, so that neither carries code of the other.
 * Times are RFC 3339. Addresses stand at the functions of the web application's `api/`.
 */

export type ConsoleRole = 'reviewer' | 'expert' | 'policy' | 'ml' | 'analyst' | 'admin';

export type Permission =
  | 'watch_verdicts'
  | 'explain_verdicts'
  | 'see_live_quality'
  | 'read_dead_letters'
  /** Text of content, and bytes that may hold it. */
  | 'read_text';

export type SignInMethod = 'password' | 'openid';

export interface SignedOut {
  readonly signedIn: false;
  readonly method: SignInMethod;
}

export interface SignedIn {
  readonly signedIn: true;
  readonly method: SignInMethod;
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
  /** Empty until a one-time password was replaced. */
  readonly permissions: readonly Permission[];
  readonly mustChangePassword: boolean;
  /** Goes back in the header `x-tidegate-csrf` of every request that changes something. */
  readonly csrf: string;
  readonly channels: readonly string[];
}

export type SessionView = SignedOut | SignedIn;

export type Action = 'ALLOW' | 'REVIEW' | 'BLOCK';

/** A category that asked for something, or the most probable one where none did. */
export interface DecisiveCategory {
  readonly category: string;
  readonly probability: number;
  readonly action: Action;
  /** Of its action; null where it has none. */
  readonly threshold: number | null;
  readonly provisional: boolean;
}

/** One line of the live page. It carries no text. */
export interface LiveVerdict {
  readonly verdictId: string;
  readonly kind: 'ISSUED' | 'SUPERSEDED' | 'RETRACTED';
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
  readonly channel: string;
  readonly action: Action;
  readonly decidedBy: 'MODEL' | 'MODE' | 'UNCOVERED' | 'PERSON';
  readonly mode: 'NORMAL' | 'REVIEW_ALL' | 'ALLOW_ALL';
  readonly decisive: DecisiveCategory | null;
  /** Categories that asked for review or block. */
  readonly flagged: readonly string[];
  readonly issuedAt: string;
}

/** Data of the server-sent event `verdicts`. */
export interface LiveFrame {
  /** Oldest first. */
  readonly verdicts: readonly LiveVerdict[];
  /** Verdicts of all channels since the last frame, whatever the filter. */
  readonly seen: number;
  /** Verdicts that matched, or may have, and are not in this frame: more than a person can read came. */
  readonly skipped: number;
  /** Whether the topics are being read; `waiting`: the broker is away, the server tries again. */
  readonly state: 'following' | 'waiting';
}

export interface ExplainedCategory {
  readonly category: string;
  readonly probability: number;
  readonly action: Action;
  readonly reviewThreshold: number | null;
  readonly blockThreshold: number | null;
  readonly provisional: boolean;
  readonly logit: number | null;
  readonly calibrator: string | null;
}

/** One verdict back to what decided it. */
export interface Explanation {
  readonly verdictId: string;
  readonly kind: string;
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
  readonly channel: string;
  readonly action: Action;
  readonly role: string;
  readonly mode: string;
  readonly decidedBy: string;
  /** Strictest first, then by probability. */
  readonly categories: readonly ExplainedCategory[];
  readonly textHash: string;
  readonly causeId: string | null;
  readonly supersedes: string | null;
  readonly supersededBy: readonly string[];
  readonly reason: string | null;
  /** `topic/partition/offset` of what was decided. */
  readonly source: string;
  readonly submittedAt: string;
  readonly issuedAt: string;
  readonly deploymentId: string;
  readonly modelId: string;
  readonly calibrationId: string;
  readonly thresholdSetId: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly policyTitle: string;
  readonly policyOwner: string;
  readonly policyChangelog: string;
  /** Null when a person decided, or while the prediction is not in the warehouse. */
  readonly scoredAt: string | null;
  readonly language: string;
  readonly textLength: number;
  readonly modelError: string | null;
  /** Null while the bundle is not in the warehouse. */
  readonly bundledAt: string | null;
}

/** What people wrote, with mail addresses, numbers and handles masked. Null: erased, or older than 30 days. */
export interface ContentText {
  readonly text: string | null;
  /** UTF-16 code units of the whole; `text` may be its beginning. */
  readonly length: number;
  /** How many places are masked. */
  readonly masked: number;
}

export interface DeadLetterLine {
  /** `app/partition/offset` in the dead letters: names it on the command line. */
  readonly id: string;
  readonly stage: string;
  readonly reason: string;
  readonly detail: string;
  readonly sourceTopic: string;
  readonly sourcePartition: number;
  readonly sourceOffset: number;
  readonly key: string | null;
  readonly valueBytes: number | null;
  readonly rejectedAt: string;
}

export interface DeadLetterList {
  /** Newest first. */
  readonly letters: readonly DeadLetterLine[];
  /** There are older ones, too. */
  readonly more: boolean;
  readonly stages: readonly string[];
  /** What each reason means. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** The beginning of bytes, as far as a person reads them. */
export interface ShownBytes {
  readonly base64: string;
  readonly totalBytes: number;
}

export interface DeadLetterView extends DeadLetterLine {
  readonly release: string;
  readonly recordTimestamp: string;
  readonly reasonMeaning: string;
  readonly replayCommand: string;
  /**
   * `hidden`: the role may not read text. `absent`: the record had none. `erased`: removed after 30 days, or with its content.
   */
  readonly value: ShownBytes | 'hidden' | 'absent' | 'erased';
  readonly headers: readonly { readonly name: string; readonly value: ShownBytes }[];
}

/** RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}
