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
  /** Data sets, models, and how good they are; never text of rows. */
  | 'see_training'
  | 'answer_questions'
  /** Answers that settle: the expert and legal queues. */
  | 'settle_questions'
  | 'override_verdicts'
  | 'see_quality'
  /** Names of people beside what is known of their work. */
  | 'see_names'
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
  /** Languages that the person reads, and teams whose tasks it gets; empty: all. */
  readonly languages: readonly string[];
  readonly teams: readonly string[];
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

export type LabelQueue = 'STANDARD' | 'EXPERT' | 'LEGAL';

export type Answer = 'YES' | 'NO' | 'UNSURE';

export type TaskOutcome = 'ANSWERED' | 'SKIPPED' | 'ESCALATED';

export type TaskReason = 'LANGUAGE' | 'UPSETTING' | 'UNREADABLE' | 'GONE' | 'MINOR' | 'LEGAL' | 'DOUBT' | 'OTHER';

/** A question of the policies in force. */
export interface Question {
  /** `question@version`. */
  readonly key: string;
  readonly wording: string;
  readonly help: string | null;
  /** Key of the question that it is a sub-level of: asked after a yes there, and no where that one is no. */
  readonly under: string | null;
  readonly examples: readonly { readonly text: string; readonly answer: string; readonly why: string | null }[];
}

/** One item to answer questions about. Nothing in it says what a model thinks. */
export interface LabelTask {
  /** Goes back with the answer. */
  readonly lease: string;
  readonly leaseId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly taskId: string;
  readonly queue: LabelQueue;
  readonly why: 'APPEAL' | 'UNSURE' | 'DISAGREEMENT' | 'ESCALATED' | 'OVERRIDE' | 'AUDIT' | null;
  readonly platform: string;
  readonly kind: string;
  readonly language: string;
  /** Masked, and at most its beginning. Null: it is gone. */
  readonly text: string | null;
  readonly textLength: number;
  readonly masked: number;
  readonly context: readonly {
    /** Negative: before the item. */
    readonly position: number;
    readonly text: string;
    readonly isSameAuthor: boolean;
    readonly submittedAt: number;
  }[];
  readonly questions: readonly Question[];
  /** How people answered before, by question; null for who must not be led by it. */
  readonly votes: Readonly<Record<string, Readonly<Partial<Record<Answer, number>>>>> | null;
  readonly verdict: {
    readonly verdictId: string;
    readonly channel: string;
    readonly action: Action;
    readonly flagged: readonly string[];
    readonly appeal: string | null;
  } | null;
}

export interface LabelProgress {
  /** Since midnight UTC, and ever. */
  readonly today: number;
  readonly total: number;
  readonly waiting: { readonly standard: number; readonly expert: number; readonly legal: number };
  /** Items since midnight UTC that the person's own answers put into a category. */
  readonly exposures: Readonly<Record<string, number>>;
  readonly standing: 'GOOD' | 'WARN' | 'STOP';
}

export interface LeaseAsked {
  readonly queue: LabelQueue;
  /** Leases that this page still works on. */
  readonly holding: readonly string[];
}

export type LeaseAnswer =
  | { readonly kind: 'task'; readonly task: LabelTask; readonly progress: LabelProgress }
  /** `others` wait for other languages, teams or people; `avoided`: categories that the person has had enough of today. */
  | {
      readonly kind: 'empty';
      readonly others: number;
      readonly avoided: readonly string[];
      readonly progress: LabelProgress;
    }
  | { readonly kind: 'stopped'; readonly questions: readonly string[]; readonly progress: LabelProgress };

export interface AnswerGiven {
  readonly lease: string;
  /** 0, and one more for each correction. */
  readonly attempt: number;
  readonly outcome: TaskOutcome;
  readonly answers: Readonly<Record<string, Answer>>;
  readonly reason: TaskReason | null;
  /** Of an expert on an appeal: what shall hold. */
  readonly action: Action | null;
  readonly durationMs: number | null;
}

export interface AnswerKept {
  readonly submissionId: string;
  /** `late`: the item was settled meanwhile; the answer is kept and changes nothing. */
  readonly state: 'counted' | 'repeated' | 'late';
  readonly progress: LabelProgress;
}

/** How somebody wants to work; kept for the person, on the server. */
export interface Preferences {
  /** Text is blurred until it is asked for, and grey always. */
  readonly isBlurred: boolean;
  readonly isGrey: boolean;
  /** Keys answer without a click. */
  readonly hasSingleKeys: boolean;
  /** 0: no reminder. */
  readonly breakMinutes: number;
  readonly breakItems: number;
  /** Most items a day by category; 0: none. A category that is not there has no limit. */
  readonly limits: Readonly<Record<string, number>>;
}

export interface OverrideKept {
  readonly requestId: string;
  /** False: the verdict said so already; it is kept all the same, and holds across later re-scores. */
  readonly overturns: boolean;
}

/** Null: there is nothing to say yet. */
export interface Estimate {
  readonly value: number | null;
  /** 95 % interval. */
  readonly low: number | null;
  readonly high: number | null;
}

export type Band = 'GOOD' | 'TENTATIVE' | 'POOR';

export interface AgreementRow {
  readonly kind: 'QUESTION' | 'CLAUSE' | 'CATEGORY';
  /** `question@version`, or `policyId@version/category`, or that and the number of the rule. */
  readonly subject: string;
  /** What people are asked, or the rule as it is written. */
  readonly wording: string | null;
  readonly category: string;
  /** Krippendorff's alpha: 1 agreement, 0 chance. */
  readonly alpha: Estimate;
  readonly band: Band | null;
  /** Of pairs with a yes: alpha hides it where yes is rare. */
  readonly positive: Estimate;
  readonly items: number;
  readonly answers: number;
  /** The answer that was explained away: such facts do not train. */
  readonly vanished: 'YES' | 'NO' | null;
}

export interface AgreementReport {
  readonly rows: readonly AgreementRow[];
  /** Null: never. */
  readonly measuredAt: string | null;
}

export interface LabelerRow {
  readonly labelerId: string;
  /** Of local users, for who may see names. */
  readonly name: string | null;
  /** Empty: all questions together. */
  readonly question: string;
  readonly wording: string | null;
  readonly answers: number;
  readonly unsure: number;
  readonly gold: {
    readonly hits: number;
    readonly misses: number;
    readonly rejections: number;
    readonly falseAlarms: number;
  };
  readonly sensitivity: Estimate;
  readonly specificity: Estimate;
  readonly standing: 'GOOD' | 'WARN' | 'STOP';
  /** Share of answers that agree with what the item was resolved to. */
  readonly agreement: number | null;
  readonly compared: number;
  /** Share of repeated items with the same answer. */
  readonly consistency: number | null;
  readonly repeats: number;
  readonly medianMs: number | null;
  readonly limitMs: number | null;
  readonly isHurried: boolean;
  readonly noRun: number;
  readonly isAlwaysNo: boolean;
  readonly drift: 'RISEN' | 'FALLEN' | null;
  readonly audit: {
    readonly items: number;
    readonly answered: number;
    readonly precision: number | null;
    readonly recall: number | null;
    readonly f1: number | null;
  };
}

export interface LabelerReport {
  readonly rows: readonly LabelerRow[];
  readonly measuredAt: string | null;
}

export interface ItemName {
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
}

export interface DisagreementCluster {
  readonly question: string;
  readonly wording: string | null;
  readonly division: 'TWO_READINGS' | 'WAVERING' | 'SPLIT';
  readonly examples: number;
  readonly yes: number;
  readonly no: number;
  /** People who keep to a side. */
  readonly yesPeople: number;
  readonly noPeople: number;
  /** Most contested first; a part of them. */
  readonly items: readonly ItemName[];
}

export interface DisagreementReport {
  readonly clusters: readonly DisagreementCluster[];
  readonly measuredAt: string | null;
}

export interface LabelErrorReport {
  readonly audits: readonly {
    readonly policy: string;
    readonly flagged: number;
    readonly drawn: number;
    readonly audited: number;
    readonly wrong: number;
    readonly share: number | null;
    readonly decision: 'REVIEW_QUEUE' | 'RELABEL_ALL';
  }[];
  readonly items: readonly (ItemName & {
    readonly policy: string;
    readonly score: number;
    readonly flags: readonly {
      readonly category: string;
      readonly kind: 'MISS' | 'FALSE_LABEL';
      readonly probability: number;
    }[];
    readonly audit: 'NOT_DRAWN' | 'OPEN' | 'RIGHT' | 'WRONG';
  })[];
  readonly measuredAt: string | null;
}

/** One item with everything that was said about it. */
export interface LabelledItem extends ItemName {
  readonly answers: readonly {
    readonly question: string;
    readonly wording: string | null;
    readonly fact: 'YES' | 'NO' | 'UNKNOWN' | null;
    readonly probability: number | null;
    readonly given: readonly {
      readonly labelerId: string;
      readonly name: string | null;
      readonly role: 'REVIEWER' | 'EXPERT';
      readonly answer: Answer;
      readonly purpose: 'FRESH' | 'GOLD' | 'REPEAT';
      readonly at: string;
    }[];
  }[];
  readonly labels: readonly {
    readonly policy: string;
    readonly category: string;
    readonly label: 'YES' | 'NO' | 'UNKNOWN';
    readonly decidedBy: readonly string[];
    readonly isSettled: boolean;
  }[];
  readonly verdicts: readonly { readonly verdictId: string; readonly channel: string; readonly action: Action }[];
}

export type Metric = 'precision' | 'recall' | 'prevalence';

export interface QualityPoint {
  readonly from: string;
  readonly to: string;
  /** `pending`: a part of the queue was drawn from and has no label yet. */
  readonly status: 'ok' | 'insufficient_labels' | 'pending';
  readonly estimate: Estimate;
  /** Labels that the figure rests on, and as many of equal weight as they are worth. */
  readonly n: number;
  readonly effective: number;
  readonly contents: number;
  readonly labels: number;
}

/** One line of a chart. */
export interface QualitySeries {
  readonly category: string;
  /** Empty: everything. */
  readonly slice: string;
  /** Oldest first. */
  readonly points: readonly QualityPoint[];
}

export interface LiveQuality {
  readonly series: readonly QualitySeries[];
  readonly categories: readonly string[];
  readonly computedAt: string | null;
}

/** How far a build or a training is. */
export interface WorkProgress {
  readonly requestId: string;
  /** From 1: a role that was killed begins another one. */
  readonly attempt: number;
  readonly state: 'STARTED' | 'RUNNING' | 'COMPLETED' | 'FAILED';
  readonly step: string;
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
  /** Of what failed: why, and what to do about it. */
  readonly detail: string | null;
  /** The data set or artefact, once it is known. */
  readonly subjectId: string | null;
  readonly at: string;
}

export interface DatasetLine {
  readonly datasetId: string;
  /** Of its recipe, or of the import. */
  readonly name: string;
  readonly kind: 'BUILT' | 'IMPORTED';
  /** `policyId@version`; null for imports. */
  readonly policy: string | null;
  readonly rows: number;
  readonly splits: Readonly<Record<string, number>>;
  readonly licences: readonly string[];
  readonly previousId: string | null;
  readonly recipeId: string;
  readonly digest: string;
  /** Demands of the recipe, and how many of them were not met. */
  readonly expected: number;
  readonly failed: number;
  readonly publishedAt: string;
}

export interface DatasetList {
  /** By name; of each the newest version first. */
  readonly recipes: readonly { readonly name: string; readonly versions: readonly DatasetLine[] }[];
  readonly builds: readonly WorkProgress[];
}

export interface LabelCounts {
  readonly positives: number;
  readonly negatives: number;
  readonly unknown: number;
}

export interface DatasetView extends Omit<DatasetLine, 'expected' | 'failed'> {
  readonly requestId: string | null;
  /** Labels before this offset of label.resolved. */
  readonly labelsUntil: number | null;
  readonly sources: readonly string[];
  readonly rule: string;
  /** JSON. */
  readonly recipe: string;
  readonly categories: readonly (LabelCounts & { readonly category: string })[];
  /** Most rows first. */
  readonly languages: readonly { readonly name: string; readonly rows: number }[];
  readonly expectations: readonly { readonly name: string; readonly passed: boolean; readonly detail: string }[];
  /** Null while it is not in the warehouse. */
  readonly report: DatasetReport | null;
  /** Markdown; empty while it is not in the warehouse. */
  readonly card: string;
}

/** What of the quality report people look at. Null: it was not looked for. */
export interface DatasetReport {
  readonly erased: number;
  readonly gold: number;
  readonly agreement: readonly {
    readonly question: string;
    readonly items: number;
    readonly alpha: Estimate;
  }[];
  readonly suspected: { readonly checked: number; readonly flagged: number } | null;
  readonly duplicates: {
    readonly groups: number;
    readonly largest: number;
    readonly merged: number;
    readonly conflicts: number;
    readonly quarantined: number;
    readonly contaminated: number;
  } | null;
  readonly leakage: {
    readonly authors: number;
    readonly authorsAcross: number;
    readonly share: number;
  } | null;
  readonly personalData: { readonly rows: number; readonly kinds: Readonly<Record<string, number>> } | null;
  readonly leftOut: Readonly<Record<string, number>>;
  readonly origins: Readonly<Record<string, number>>;
}

export interface DatasetRowLine {
  readonly key: string;
  readonly language: string;
  readonly split: string;
  readonly labels: readonly { readonly category: string; readonly value: 'YES' | 'NO'; readonly weight: number }[];
  readonly origin: string;
  readonly isGold: boolean;
  readonly source: string;
  readonly groupSize: number;
  readonly isErased: boolean;
}

export interface DatasetRows {
  readonly rows: readonly DatasetRowLine[];
  readonly more: boolean;
}

export type RowChangeKind = 'ADDED' | 'REMOVED' | 'RELABELLED';

export interface CountChange {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** What came, went or got other labels between two data sets. */
export interface DatasetDiff {
  readonly before: DatasetLine;
  readonly after: DatasetLine;
  readonly changes: readonly { readonly change: RowChangeKind; readonly reason: string; readonly rows: number }[];
  readonly sources: readonly (Readonly<Record<RowChangeKind, number>> & { readonly name: string })[];
  readonly languages: readonly CountChange[];
  readonly categories: readonly {
    readonly category: string;
    readonly before: LabelCounts;
    readonly after: LabelCounts;
  }[];
  /** The first of them. */
  readonly rows: readonly {
    readonly change: RowChangeKind;
    readonly reason: string;
    readonly key: string;
    readonly language: string;
    readonly source: string;
    /** Categories whose label differs; null: not known. */
    readonly labels: readonly {
      readonly category: string;
      readonly before: 'YES' | 'NO' | null;
      readonly after: 'YES' | 'NO' | null;
    }[];
  }[];
}

export interface ModelFigure {
  readonly category: string;
  readonly rows: number;
  readonly positives: number;
  readonly averagePrecision: Estimate;
  readonly rocAuc: number | null;
}

export interface ModelLine {
  readonly artefactId: string;
  readonly kind: 'MODEL' | 'CALIBRATION';
  readonly modelId: string;
  readonly name: string;
  readonly family: string;
  readonly datasetId: string | null;
  readonly recipeId: string;
  readonly parentModelId: string | null;
  readonly channel: string | null;
  readonly policy: string | null;
  readonly figures: readonly ModelFigure[];
  /** Targets of the policy that cannot be promised yet. */
  readonly unmet: number;
  readonly bytes: number;
  readonly release: string;
  readonly completedAt: string;
}

export interface ModelList {
  /** Newest first. */
  readonly models: readonly ModelLine[];
  readonly trainings: readonly WorkProgress[];
}

export interface ModelView extends ModelLine {
  readonly thresholds: readonly {
    readonly category: string;
    readonly review: number | null;
    readonly block: number | null;
    readonly provisional: boolean;
  }[];
  readonly unmetTargets: readonly {
    readonly category: string;
    readonly action: string;
    readonly target: number;
    readonly why: string;
    readonly fallback: string;
  }[];
  /** From its parent back to the first. */
  readonly ancestors: readonly ModelLine[];
  /** Models that started from it, and calibrations of it. */
  readonly children: readonly ModelLine[];
  readonly calibrations: readonly ModelLine[];
  /** Latest first. */
  readonly evaluations: readonly {
    readonly evaluationId: string;
    readonly datasetId: string;
    readonly split: string;
    /** Null: of this model alone. */
    readonly comparedWith: string | null;
    readonly at: string;
  }[];
}

export interface ReliabilityBin {
  readonly meanScore: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly items: number;
}

export interface OperatingPoint {
  readonly threshold: number;
  readonly precision: Estimate;
  readonly recall: Estimate;
}

/** What of an evaluation report is drawn. */
export interface EvaluationView {
  readonly evaluationId: string;
  readonly datasetId: string;
  readonly split: string;
  readonly evaluatedAt: string;
  readonly rows: number;
  readonly macro: Estimate;
  readonly categories: readonly {
    readonly category: string;
    readonly rows: number;
    readonly positives: number;
    readonly prevalence: number | null;
    readonly averagePrecision: Estimate;
    readonly rocAuc: Estimate;
    readonly ece: number | null;
    readonly topEce: number | null;
    readonly slope: Estimate;
    /** From the strictest threshold on. */
    readonly curve: readonly { readonly precision: number; readonly recall: number; readonly threshold: number }[];
    readonly bins: readonly ReliabilityBin[];
    readonly review: OperatingPoint | null;
    readonly block: OperatingPoint | null;
  }[];
  readonly slices: readonly {
    readonly by: string;
    readonly value: string;
    readonly category: string;
    readonly rows: number;
    readonly positives: number;
    readonly averagePrecision: Estimate;
    /** Against all other rows, at the review threshold. */
    readonly finding: 'WEAKER' | 'NOT_WEAKER' | 'TOO_FEW';
  }[];
  /** What a reader must know before believing a figure. */
  readonly notes: readonly string[];
  /** Cases of functional suites that passed; null: not run. */
  readonly suites:
    | readonly {
        readonly name: string;
        readonly passed: number;
        readonly cases: number;
        readonly functionalities: readonly {
          readonly name: string;
          readonly passed: number;
          readonly cases: number;
          /** Cases that it blocks although they should not even be reviewed. */
          readonly blocked: number;
        }[];
      }[]
    | null;
  /** Null: the model has no category that it could be measured on. */
  readonly fairness: FairnessView | null;
  /** Rows that are near-copies of training rows; null: not checked. */
  readonly contamination: { readonly checked: number; readonly against: number; readonly copies: number } | null;
}

/** How a category treats mentions of identity groups. */
export interface FairnessView {
  readonly category: string;
  /** On templates that every group fills alike. */
  readonly templates: IdentityView;
  /** On the rows; null: they name too few groups. */
  readonly data: IdentityView | null;
  /** How far a probability moves when one group is swapped for another in the same harmless sentence. */
  readonly swap: { readonly mean: number | null; readonly most: number | null; readonly groups: readonly string[] };
}

export interface IdentityView {
  readonly final: number | null;
  readonly rocAuc: number | null;
  readonly groups: readonly {
    readonly group: string;
    readonly rows: number;
    readonly positives: number;
    readonly subgroup: number | null;
    /** Harmless mentions of the group against hate elsewhere: low is over-blocking. */
    readonly bpsn: number | null;
    /** Hate against the group against harmless rows elsewhere: low is missed hate. */
    readonly bnsp: number | null;
  }[];
}

/** Challenger less champion. */
export interface ComparedFigure {
  readonly category: string;
  readonly positives: number;
  readonly champion: Estimate;
  readonly challenger: Estimate;
  /** Null where they were not measured on the same draws. */
  readonly difference: Estimate | null;
  readonly finding: 'PASSES' | 'FAILS' | 'REPORTED' | null;
}

export interface ModelComparison {
  readonly champion: ModelLine;
  readonly challenger: ModelLine;
  /** Where both were measured; null: nowhere. */
  readonly datasetId: string | null;
  readonly split: string;
  /** On the same rows with the same draws, so that differences have intervals. */
  readonly isPaired: boolean;
  readonly outcome: 'BETTER' | 'SAME' | 'WORSE' | 'UNDECIDED' | null;
  readonly because: readonly string[];
  readonly macro: Estimate | null;
  readonly figures: readonly ComparedFigure[];
  /** Rows that the models decide differently. */
  readonly flips: number | null;
}

/** RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}
