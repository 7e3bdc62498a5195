// Generated from avro/ by `npm run generate`. Do not edit.

/** The claim on one revision that the gateway accepted: the memory of its idempotency. Key platform/contentId/revision. */
export interface ContentAccepted {
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** The platform that published the content. */
  readonly platform: string;
  /** SHA-256 of the text, first 32 hex digits. */
  readonly textHash: string;
  /** When the claim was committed. */
  readonly acceptedAt: number;
}

/** A content is erased: everything that holds its text removes it. Key platform/contentId. */
export interface ContentErased {
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** The platform that published the content. */
  readonly platform: string;
  /** Caller that asked, by the name of its key. */
  readonly requestedBy: null | string;
  /** When the erasure was accepted. */
  readonly erasedAt: number;
}

/** A report of a reader, an appeal of an author, or scores suggested by a client. */
export type ReportKind = 'REPORT' | 'APPEAL' | 'SUGGESTION';

/** Somebody reported a content, appealed a verdict or suggested scores. Self-selected: never part of an estimate. Key platform/contentId. */
export interface ContentReported {
  /** Hash of who, what and when: repeated delivery is harmless. */
  readonly reportId: string;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** The platform that published the content. */
  readonly platform: string;
  /** What was said. */
  readonly kind: ReportKind;
  /** Channel of the verdict that is appealed. */
  readonly channel: null | string;
  /** Verdict that is appealed. */
  readonly verdictId: null | string;
  /** Category that the report names. */
  readonly category: null | string;
  /** Suggested scores by category, empty otherwise. */
  readonly scores: Readonly<Record<string, number>>;
  /** Keyed hash of who said it. */
  readonly reporterHash: null | string;
  /** Free text of the reporter, at most 1,000 characters. Never logged. */
  readonly reason: null | string;
  /** When it was received. */
  readonly reportedAt: number;
}

/** What the text is on its platform. */
export type ContentKind = 'POST' | 'COMMENT' | 'MESSAGE' | 'PROFILE' | 'PROMPT' | 'COMPLETION' | 'OTHER';

/** One revision of one text that a platform published. Public: platforms write it. The record key is platform/contentId. */
export interface ContentSubmitted {
  /** Id of the content on its platform, at most 256 characters. */
  readonly contentId: string;
  /** Revision of the content, from 1, raised by the platform on each edit. */
  readonly revision: number;
  /** The platform that published the content, the first part of the key. */
  readonly platform: string;
  /** What the text is. */
  readonly kind: ContentKind;
  /** The text, UTF-8, at most 32,768 characters. Never logged. */
  readonly text: string;
  /** BCP-47 tag that the platform knows or assumes; the prediction detects its own. */
  readonly language: null | string;
  /** Pseudonymous id of the author on the platform; leaves this topic only as a keyed hash. */
  readonly authorId: null | string;
  /** Thread, room or chat that the content belongs to. */
  readonly conversationId: null | string;
  /** Further facts about the content, at most 32 entries. */
  readonly metadata: Readonly<Record<string, string>>;
  /** When the platform submitted it. */
  readonly submittedAt: number;
}

/** STARTED: an attempt began. RUNNING: a step of it. COMPLETED and FAILED end the request. */
export type WorkState = 'STARTED' | 'RUNNING' | 'COMPLETED' | 'FAILED';

/** How far the work on one request is.  Key requestId. */
export interface DatasetProgressed {
  /** The request. */
  readonly requestId: string;
  /** Counts the starts of the work, from 1: a role that was killed begins another one. */
  readonly attempt: number;
  /** Counts what an attempt says, from 0; of a request the highest attempt and sequence hold. */
  readonly sequence: number;
  /** Where it stands. */
  readonly state: WorkState;
  /** What is being done, in a few words; never content. */
  readonly step: string;
  /** Parts of the step that are done. */
  readonly done: number;
  /** Parts that it has; 0: not known. */
  readonly total: number;
  /** FAILED: why, and what to do about it. Names field, file and line; never content. */
  readonly detail: null | string;
  /** The data set, once it is known. */
  readonly subjectId: null | string;
  /** When it was said. */
  readonly at: number;
}

/** BUILT: from labels of this installation and the imports that its recipe names. IMPORTED: from a labelled file. */
export type DatasetKind = 'BUILT' | 'IMPORTED';

/** Known and unknown labels of one category. */
export interface CategoryCounts {
  /** Rows with yes. */
  readonly positives: number;
  /** Rows with no. */
  readonly negatives: number;
  /** Rows without. */
  readonly unknown: number;
}

/** What the recipe demands of the rows. */
export interface ExpectationResult {
  /** The demand, as the recipe writes it. */
  readonly name: string;
  /** Whether it holds; one that may fail a build always does. */
  readonly passed: boolean;
  /** What was found. */
  readonly detail: string;
}

/** A frozen training set, whose rows are in ClickHouse. Key datasetId. */
export interface DatasetPublished {
  /** ds- and the hash of cut, policy, rule, recipe, salt and digest. */
  readonly datasetId: string;
  /** Name of its recipe, or of the import. */
  readonly name: string;
  /** Where its rows come from. */
  readonly kind: DatasetKind;
  /** The request that it answers; null for imports. */
  readonly requestId: null | string;
  /** Policy whose categories the labels are of; null for imports. */
  readonly policyId: null | string;
  /** Its version. */
  readonly policyVersion: null | number;
  /** Cut: labels of label.resolved before this offset; null for imports. */
  readonly labelsUntil: null | number;
  /** Data sets that were imported and whose rows it takes. */
  readonly sources: readonly (string)[];
  /** How answers became labels; for imports the mapping. */
  readonly rule: string;
  /** r- and the hash of the recipe. */
  readonly recipeId: string;
  /** The recipe as JSON; of an import the mapping. */
  readonly recipe: string;
  /** Hash of the salt by which groups get their split: tells whether two data sets may be compared. */
  readonly saltId: string;
  /** Number of rows. */
  readonly rows: number;
  /** SHA-256 over the rows in their order. */
  readonly digest: string;
  /** Rows by split: train, validation, test, none. */
  readonly splits: Readonly<Record<string, number>>;
  /** By category. */
  readonly categories: Readonly<Record<string, CategoryCounts>>;
  /** Rows by language. */
  readonly languages: Readonly<Record<string, number>>;
  /** Licences of its sources, SPDX where there is one. */
  readonly licences: readonly (string)[];
  /** Demands of the recipe. */
  readonly expectations: readonly (ExpectationResult)[];
  /** Data set of the same recipe before it. */
  readonly previousId: null | string;
  /** When it was published. */
  readonly publishedAt: number;
}

/** PERSON: somebody asked. SCHEDULE: its time had come. LABELS: enough new labels. POLICY: a new version of the policy. DRIFT: an alert. */
export type WorkCause = 'PERSON' | 'SCHEDULE' | 'LABELS' | 'POLICY' | 'DRIFT' | 'OTHER';

/** A wish for a data set. Key requestId. */
export interface DatasetRequested {
  /** Hash of cause, causeId and recipe: the same wish again is the same request. */
  readonly requestId: string;
  /** Name of a recipe that the role has, or the whole recipe as YAML. */
  readonly recipe: string;
  /** Version of the recipe's policy; null: the one that is in force. */
  readonly policyVersion: null | number;
  /** Offset in label.resolved up to which labels count (exclusive); null: all that the warehouse shows. */
  readonly labelsUntil: null | number;
  /** Why. */
  readonly cause: WorkCause;
  /** What caused it: a policy version, an alert, a window of the schedule. */
  readonly causeId: null | string;
  /** Role, or person by id. */
  readonly requestedBy: string;
  /** When. */
  readonly requestedAt: number;
}

/** Where in Kafka the record stands that caused this one. */
export interface Source {
  /** Topic, without the configured prefix. */
  readonly topic: string;
  /** Partition. */
  readonly partition: number;
  /** Offset. */
  readonly offset: number;
}

/** One header. */
export interface Header {
  /** Name. */
  readonly key: string;
  /** Value. */
  readonly value: Buffer;
}

/** A record that could not be processed, as it was, and why. The key is that of the original. */
export interface DeadLetter {
  /** App that rejected it. */
  readonly stage: string;
  /** Release of the app. */
  readonly release: string;
  /** Code of the rejection, from a closed list. */
  readonly reason: string;
  /** What is wrong, with the field; never content. */
  readonly detail: string;
  /** The record that was rejected. */
  readonly source: Source;
  /** Original key. */
  readonly key: null | Buffer;
  /** Original bytes. */
  readonly value: null | Buffer;
  /** Original headers. */
  readonly headers: readonly (Header)[];
  /** Timestamp of the original record, milliseconds. */
  readonly recordTimestamp: number;
  /** When it was rejected. */
  readonly rejectedAt: number;
}

/** Family of the map. */
export type CalibratorKind = 'PLATT' | 'BETA' | 'ISOTONIC' | 'IDENTITY';

/** Monotone map from a logit to a probability. */
export interface Calibrator {
  /** Family. */
  readonly kind: CalibratorKind;
  /** PLATT: A, B; BETA: a, b, c; otherwise empty. */
  readonly parameters: readonly (number)[];
  /** ISOTONIC: knots, logits ascending. */
  readonly x: readonly (number)[];
  /** ISOTONIC: probabilities at the knots. */
  readonly y: readonly (number)[];
}

/** Where review and block begin. */
export interface Thresholds {
  /** Review from this probability on; null: never. */
  readonly review: null | number;
  /** Block from this probability on; null: never. */
  readonly block: null | number;
  /** True while declared by the policy and not solved from labels. */
  readonly provisional: boolean;
}

/** What a category does that the model does not cover. */
export type UncoveredAction = 'ALLOW' | 'REVIEW';

/** Everything that decides in one channel, immutable. Key deploymentId. */
export interface DeploymentBundled {
  /** d- and the hash of all parts. */
  readonly deploymentId: string;
  /** The channel. */
  readonly channel: string;
  /** The model. */
  readonly modelId: string;
  /** SHA-256 of the model's file. */
  readonly modelSha256: string;
  /** Hash of the calibrators. */
  readonly calibrationId: string;
  /** Hash of the thresholds. */
  readonly thresholdSetId: string;
  /** The policy. */
  readonly policyId: string;
  /** Its version. */
  readonly policyVersion: number;
  /** By category that the model covers. */
  readonly calibrators: Readonly<Record<string, Calibrator>>;
  /** By category. */
  readonly thresholds: Readonly<Record<string, Thresholds>>;
  /** For uncovered categories. */
  readonly uncovered: UncoveredAction;
  /** Categories of the policy that the model does not cover. */
  readonly uncoveredCategories: readonly (string)[];
  /** When it was bundled. */
  readonly bundledAt: number;
}

/** How the channel runs: by its policy, or by the kill switch. */
export type Mode = 'NORMAL' | 'REVIEW_ALL' | 'ALLOW_ALL';

/** A bundle that judges a share of the traffic. */
export interface Canary {
  /** The bundle. */
  readonly deploymentId: string;
  /** Share of authors or conversations, 0 to 1. */
  readonly share: number;
}

/** What runs in one channel from now on. Key channel. */
export interface DeploymentChanged {
  /** The channel. */
  readonly channel: string;
  /** Counts the changes of the channel, from 1. */
  readonly sequence: number;
  /** How the channel runs. */
  readonly mode: Mode;
  /** deploymentId of the live bundle. */
  readonly live: string;
  /** deploymentId that was live before. */
  readonly previous: null | string;
  /** The canary, if one runs. */
  readonly canary: null | Canary;
  /** deploymentIds that score beside the live one without effect. */
  readonly shadows: readonly (string)[];
  /** Why it changed. */
  readonly reason: string;
  /** Role or person (by role) that changed it. */
  readonly changedBy: string;
  /** When. */
  readonly changedAt: number;
}

/** GATING: the gate is at work, or its turn has not come. SHADOW: scores beside the live bundle, without effect. CANARY: judges a share. LIVE: judges everything. REJECTED: the gate stays shut. ROLLED_BACK: the champion judges again. CANCELLED: given up. REFUSED: the artefact is broken. All but the first four end it. */
export type RolloutState = 'GATING' | 'REJECTED' | 'SHADOW' | 'CANARY' | 'LIVE' | 'ROLLED_BACK' | 'CANCELLED' | 'REFUSED';

/** A person opens the gate in spite of what it may find. */
export interface RolloutOverride {
  /** Checks that it covers: a name of the gate's table, or name/category. */
  readonly checks: readonly (string)[];
  /** From then on it opens nothing. */
  readonly expiresAt: number;
  /** Why: that of the request. */
  readonly reason: string;
  /** Person (by role) whose it is. */
  readonly by: string;
}

/** What the gate found. */
export interface GateOutcome {
  /** The report: gate_reports. */
  readonly reportId: string;
  /** Whether it opened. */
  readonly passed: boolean;
  /** Checks that kept it shut. */
  readonly failed: readonly (string)[];
  /** Checks that an override opened. */
  readonly overridden: readonly (string)[];
}

/** What one guard saw of the canary (evaluation 4.5). */
export interface GuardFigure {
  /** Its name. */
  readonly guard: string;
  /** What it makes of its figure; NOT_ARMED: too little was seen. */
  readonly finding: string;
  /** Candidate against champion; null: nothing was seen. */
  readonly figure: null | number;
  /** Lower end of the always-valid interval. */
  readonly low: null | number;
  /** Upper end. */
  readonly high: null | number;
  /** What is still taken for equal. */
  readonly margin: null | number;
}

/** Where a roll-out stands: one event for each of its steps. Key rolloutId; its highest sequence holds. */
export interface DeploymentProgressed {
  /** ro- and the hash of channel, model, calibration and request. */
  readonly rolloutId: string;
  /** The channel. */
  readonly channel: string;
  /** The request that asked for it. */
  readonly requestId: string;
  /** The candidate. */
  readonly modelId: string;
  /** Calibration (c-) by which the model is judged; null: its own. */
  readonly artefactId: null | string;
  /** deploymentId of the bundle that it is compared with, and that comes back at a roll-back. */
  readonly champion: null | string;
  /** deploymentId of the candidate's bundle; null: it could not be bundled. */
  readonly candidate: null | string;
  /** When it was asked for: roll-outs of a channel go in this order. */
  readonly requestedAt: number;
  /** Counts the steps of the roll-out, from 1. */
  readonly sequence: number;
  /** Where it stands. */
  readonly state: RolloutState;
  /** Step of the canary, from 1; 0: none. */
  readonly step: number;
  /** Share of authors or conversations that the candidate judges, 0 to 1. */
  readonly share: number;
  /** When this state, or this step of the canary, began. */
  readonly since: number;
  /** As it was asked for. */
  readonly override: null | RolloutOverride;
  /** Once it is known. */
  readonly gate: null | GateOutcome;
  /** At the moment of this step. */
  readonly guards: readonly (GuardFigure)[];
  /** Why, in a few words. */
  readonly reason: string;
  /** Role or person (by role) that caused it. */
  readonly by: string;
  /** requestId of the request that caused it; null: it went on by itself. */
  readonly causeId: null | string;
  /** When. */
  readonly at: number;
}

/** Bundle this model and put it live at once; change the mode; bring this model live through gate, shadow and canary; take the canary, or else what is live, back; give a roll-out up. */
export type DeploymentRequestKind = 'GO_LIVE' | 'SET_MODE' | 'ROLL_OUT' | 'ROLL_BACK' | 'CANCEL';

/** A person opens the gate in spite of what it may find. The reason is that of the request. */
export interface GateOverride {
  /** Checks that it covers: a name of the gate's table, or name/category. */
  readonly checks: readonly (string)[];
  /** From then on it opens nothing. */
  readonly expiresAt: number;
}

/** Somebody asks for a change of what runs in a channel. Key requestId. */
export interface DeploymentRequested {
  /** Hash of what is asked. */
  readonly requestId: string;
  /** The channel. */
  readonly channel: string;
  /** What is asked. */
  readonly kind: DeploymentRequestKind;
  /** Model to put live, for GO_LIVE and ROLL_OUT. For ROLL_BACK and CANCEL: only if it is this one; null: whichever it is. */
  readonly modelId: null | string;
  /** For GO_LIVE and ROLL_OUT in place of a model: calibration (c-) of the live model of the channel, whose calibrators and thresholds go live. */
  readonly artefactId: null | string;
  /** Mode to set, for SET_MODE. */
  readonly mode: null | Mode;
  /** Override of gate checks, for ROLL_OUT. */
  readonly override: null | GateOverride;
  /** Why. */
  readonly reason: string;
  /** Role or person (by role) that asks. */
  readonly requestedBy: string;
  /** When it was asked. */
  readonly requestedAt: number;
}

/** TRAFFIC: scores, mixes or flag rates of contents, without labels. PERFORMANCE: figures that labels give. */
export type DriftKind = 'TRAFFIC' | 'PERFORMANCE' | 'OTHER';

/** PAGE: somebody should look now. TICKET: it can wait for the morning. */
export type DriftLevel = 'PAGE' | 'TICKET';

/** RETRAIN: labels moved. RECALIBRATE: scores moved and labels did not. LOOK_AT_POLICY: labels moved and the policy's version too. BENIGN: contents differ, figures do not. */
export type DriftSuggestion = 'RETRAIN' | 'RECALIBRATE' | 'LOOK_AT_POLICY' | 'BENIGN';

/** Which statistic is beyond its limit. FLAG_RATE: its confidence sequence crossed. LABELS: a labelled figure moved. TARGET: it is below the target of the policy. */
export type DriftSign = 'PSI' | 'JENSEN_SHANNON' | 'KOLMOGOROV_SMIRNOV' | 'WASSERSTEIN' | 'FLAG_RATE' | 'LABELS' | 'TARGET' | 'OTHER';

/** MOVED: beyond chance, and by a size that matters. */
export type DriftMovement = 'MOVED' | 'STABLE' | 'UNKNOWN';

/** One thing that stands out. */
export interface DriftFinding {
  /** logit; language, platform, kind, length or obfuscation, whose mix moved; flag_rate; precision, recall or prevalence. */
  readonly feature: string;
  /** The category; null for the mix of a feature. */
  readonly category: null | string;
  /** all, language, platform or kind. */
  readonly sliceBy: string;
  /** Which of them; empty for all. */
  readonly sliceValue: string;
  /** The model whose scores moved; null where it does not depend on one. */
  readonly modelId: null | string;
  /** What is beyond its limit. */
  readonly signs: readonly (DriftSign)[];
  /** What this finding suggests. */
  readonly suggestion: DriftSuggestion;
  /** Precision, recall and prevalence as calibrated scores estimate them. */
  readonly labelFree: DriftMovement;
  /** The same from labels with known inclusion probabilities. */
  readonly labelled: DriftMovement;
  /** The figure in the reference: mean logit, flag rate, or the named metric; null for a mix. */
  readonly before: null | number;
  /** The same in the window. */
  readonly after: null | number;
  /** Target of the policy that it misses. */
  readonly target: null | number;
  /** Population stability index. */
  readonly psi: null | number;
  /** Jensen-Shannon distance, to the base 2. */
  readonly jensenShannon: null | number;
  /** Kolmogorov-Smirnov D over bins of a quarter logit. */
  readonly kolmogorovSmirnov: null | number;
  /** Wasserstein-1 distance in standard deviations of the reference. */
  readonly wasserstein: null | number;
  /** Adjusted for all comparisons of the window (Benjamini-Hochberg). */
  readonly pValue: null | number;
  /** Contents of the reference; of labelled figures labels. */
  readonly referenceContents: number;
  /** Contents of the window; of labelled figures labels. */
  readonly contents: number;
}

/** The world has moved in one channel: what stands out in one window, how far, and what that suggests. One per channel, kind and window that opens an alert. Carries no text. Key alertId. */
export interface DriftAlerted {
  /** Hash of channel, kind and window, 32 hex digits: a repeated run writes the same id. */
  readonly alertId: string;
  /** What was looked at. */
  readonly kind: DriftKind;
  /** How urgent it is. */
  readonly level: DriftLevel;
  /** What to do: the strongest suggestion of its findings. */
  readonly suggestion: DriftSuggestion;
  /** The channel. */
  readonly channel: string;
  /** Window of scoredAt that opened the alert. */
  readonly windowFrom: number;
  /** Its end. */
  readonly windowTo: number;
  /** What stands out, the farthest first; at most 50. */
  readonly findings: readonly (DriftFinding)[];
  /** How many there are, also those that are left out. */
  readonly findingCount: number;
  /** When the alert was written. */
  readonly alertedAt: number;
}

/** DRAWN: by chance, with a known probability. All others chose themselves or were chosen without chance, and are never part of an estimate. OTHER: an expert looks at what others settled, for an audit, or decided about a verdict without a task. */
export type LabelOrigin = 'DRAWN' | 'TRAIN_ONLY' | 'REPORTED' | 'APPEALED' | 'IMPORTED' | 'RED_TEAM' | 'OTHER';

/** STANDARD: two blind answers, a third on disagreement. EXPERT: one answer of an expert. LEGAL: as EXPERT, for what the law may ask to be reported, such as minors. */
export type TaskQueue = 'STANDARD' | 'EXPERT' | 'LEGAL';

/** An open task: one revision about which people shall answer questions. Written again when it changes queue; a tombstone closes it. Carries no text. Key taskId. */
export interface LabelRequested {
  /** Hash of origin and causeId: repeated delivery is harmless. */
  readonly taskId: string;
  /** Why people are asked. */
  readonly origin: LabelOrigin;
  /** The draw, report, appeal, finding or import behind it. */
  readonly causeId: string;
  /** The platform that published the content. */
  readonly platform: string;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** Who is asked. */
  readonly queue: TaskQueue;
  /** Reference channel of a draw, or the channel of the appealed verdict. */
  readonly channel: null | string;
  /** Verdict that is appealed. */
  readonly verdictId: null | string;
  /** Sampling window of a draw; null otherwise. */
  readonly windowFrom: null | number;
  /** Its end. */
  readonly windowTo: null | number;
  /** Final inclusion probability of a draw; null: it has none. */
  readonly probability: null | number;
  /** What a label is worth, for the order of TRAIN_ONLY; null otherwise. */
  readonly value: null | number;
  /** Who shall be asked; null: anybody who reads the language. */
  readonly team: null | string;
  /** What the text is. */
  readonly kind: ContentKind;
  /** Detected language, BCP-47, or 'und'. */
  readonly language: string;
  /** Key of near-duplicates, 16 hex digits; null: not known. */
  readonly duplicateKey: null | string;
  /** Keyed hash of the conversation, for the context beside the item. */
  readonly conversationHash: null | string;
  /** When the task was opened. */
  readonly requestedAt: number;
}

/** RESOLVED: facts from answers. DERIVED: categories from facts. */
export type ResolutionKind = 'RESOLVED' | 'DERIVED';

/** Three-valued; UNKNOWN is masked in every loss and metric. */
export type FactValue = 'YES' | 'NO' | 'UNKNOWN';

/** One question of fact. */
export interface ResolvedFact {
  /** Yes from .8, no to .2, else unknown. */
  readonly fact: FactValue;
  /** Probability of yes; null: nobody said yes or no. */
  readonly probability: null | number;
  /** People who said yes or no, experts included. */
  readonly votes: number;
  /** People who were unsure. */
  readonly unsure: number;
  /** Whether an expert settled it. */
  readonly isExpert: boolean;
  /** False where one answer explains all others away, so that the probability says nothing. */
  readonly isTrainable: boolean;
}

/** One category. */
export interface DerivedLabel {
  /** Three-valued. */
  readonly value: FactValue;
  /** The least |2q - 1| over the facts that decided it; 0 while it is unknown. */
  readonly weight: number;
  /** Questions (question@version) that decided it. */
  readonly decidedBy: readonly (string)[];
}

/** What is known of one revision once people have answered. RESOLVED holds facts; DERIVED holds what one policy makes of them. Key platform/contentId/revision. */
export interface LabelResolved {
  /** Hash of kind, item, facts or categories, rule and policy: repeated delivery is harmless. */
  readonly resolvedId: string;
  /** Which of both. */
  readonly kind: ResolutionKind;
  /** The platform that published the content. */
  readonly platform: string;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** Fact by question@version; empty for DERIVED. */
  readonly facts: Readonly<Record<string, ResolvedFact>>;
  /** Name and version of the rule that resolved the answers. */
  readonly rule: string;
  /** Exact pass over all answers that changed it; null: resolved as the answers came. */
  readonly passId: null | string;
  /** The RESOLVED that a DERIVED follows from; null for RESOLVED. */
  readonly fromResolvedId: null | string;
  /** Policy of a DERIVED; null for RESOLVED. */
  readonly policyId: null | string;
  /** Its version. */
  readonly policyVersion: null | number;
  /** Label by category; empty for RESOLVED. */
  readonly categories: Readonly<Record<string, DerivedLabel>>;
  /** False while somebody is still to be asked. */
  readonly isSettled: boolean;
  /** When it was resolved. */
  readonly resolvedAt: number;
}

/** In which role the person answered. */
export type LabelerRole = 'REVIEWER' | 'EXPERT';

/** FRESH: an open task. GOLD: an item whose answer is known. REPEAT: an item that this person answered before. */
export type TaskPurpose = 'FRESH' | 'GOLD' | 'REPEAT';

/** ANSWERED; SKIPPED: somebody else shall; ESCALATED: an expert or the legal queue shall. */
export type TaskOutcome = 'ANSWERED' | 'SKIPPED' | 'ESCALATED';

/** What a person says to a question of fact. */
export type Answer = 'YES' | 'NO' | 'UNSURE';

/** LANGUAGE: cannot read it. UPSETTING: does not want to. UNREADABLE: no sense in it. GONE: there is no text any more. MINOR: a child may be in danger. LEGAL: the law may ask for a report. DOUBT: an expert should look. */
export type TaskReason = 'LANGUAGE' | 'UPSETTING' | 'UNREADABLE' | 'GONE' | 'MINOR' | 'LEGAL' | 'DOUBT' | 'OTHER';

/** What the platform should do, from gentle to strict. */
export type Action = 'ALLOW' | 'REVIEW' | 'BLOCK';

/** What an expert decides about a verdict. */
export interface VerdictDecision {
  /** Channel of the verdict. */
  readonly channel: string;
  /** Verdict that was looked at. */
  readonly verdictId: string;
  /** What shall hold from now on. */
  readonly action: Action;
  /** Whether it differs from what the verdict said: then verdict.requested asks for a superseding one. */
  readonly overturns: boolean;
}

/** What one person answered to one task. Several submissions of one lease are corrections: the highest attempt counts. Carries no text. Key taskId. */
export interface LabelSubmitted {
  /** Hash of leaseId and attempt: repeated delivery is harmless. */
  readonly submissionId: string;
  /** The lease under which the person saw the item; two answers for one lease count once. */
  readonly leaseId: string;
  /** 0, and one more for each correction of the same lease. */
  readonly attempt: number;
  /** The task. */
  readonly taskId: string;
  /** Why people were asked. */
  readonly origin: LabelOrigin;
  /** The platform that published the content. */
  readonly platform: string;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** The person, by a hash of the name, 'u-...'. */
  readonly labelerId: string;
  /** The answer of an EXPERT settles. */
  readonly labelerRole: LabelerRole;
  /** Group of raters, such as a language or a team, so that disagreement between groups can be seen. */
  readonly raterGroup: null | string;
  /** Why this person saw the item now. */
  readonly purpose: TaskPurpose;
  /** How many tasks the person had been given before. */
  readonly ordinal: number;
  /** What the person did. */
  readonly outcome: TaskOutcome;
  /** Answer by question@version; empty unless ANSWERED. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Why it was skipped or escalated. */
  readonly reason: null | TaskReason;
  /** Decision on an appeal, or an override; null otherwise. */
  readonly decision: null | VerdictDecision;
  /** policyId@version of the policies whose questions were asked. */
  readonly policies: readonly (string)[];
  /** SHA-256 of the text that was shown, first 32 hex digits; null for imports without text. */
  readonly textHash: null | string;
  /** Sampling window of a draw; null otherwise. */
  readonly windowFrom: null | number;
  /** When the item was handed out; null for imports. */
  readonly leasedAt: null | number;
  /** Milliseconds from the item on the screen to the answer, as the browser measured; null: not known. */
  readonly durationMs: null | number;
  /** When the answer was received; for imports, when it was given, if the file says so. */
  readonly submittedAt: number;
}

/** What a category does that no model covers. */
export type Uncovered = 'ALLOW' | 'REVIEW';

/** Service levels of one category and the thresholds that hold until they can be solved. */
export interface CategoryTarget {
  /** Block only where the precision is at least this. */
  readonly blockPrecision: null | number;
  /** Send to review so that the recall is at least this. */
  readonly reviewRecall: null | number;
  /** Declared block threshold until there are labels enough. */
  readonly provisionalBlock: null | number;
  /** Declared review threshold until there are labels enough. */
  readonly provisionalReview: null | number;
}

/** What the policy asks for in one channel. */
export interface ChannelPolicy {
  /** For categories without a model. */
  readonly uncovered: Uncovered;
  /** By category. */
  readonly targets: Readonly<Record<string, CategoryTarget>>;
}

/** One immutable version of a policy. Key policyId@version. */
export interface PolicyPublished {
  /** The policy. */
  readonly policyId: string;
  /** Version, from 1. */
  readonly version: number;
  /** Name for people. */
  readonly title: string;
  /** Who answers for it. */
  readonly owner: string;
  /** What changed in this version. */
  readonly changelog: string;
  /** Categories that the policy knows, in order. */
  readonly categories: readonly (string)[];
  /** By channel. */
  readonly channels: Readonly<Record<string, ChannelPolicy>>;
  /** The policy as it was written, YAML. */
  readonly document: string;
  /** SHA-256 of the document, first 32 hex digits. */
  readonly documentHash: string;
  /** When it was published. */
  readonly publishedAt: number;
}

/** Somebody asks the policy role to publish a policy document. Key requestId. */
export interface PolicyRequested {
  /** Hash of the document. */
  readonly requestId: string;
  /** The policy document, YAML. */
  readonly document: string;
  /** Role or person (by role) that asks. */
  readonly requestedBy: string;
  /** When it was asked. */
  readonly requestedAt: number;
}

/** How often the normaliser had to undo a disguise. */
export interface Obfuscation {
  /** Default-ignorable characters dropped. */
  readonly zeroWidth: number;
  /** Bidirectional controls resolved. */
  readonly bidi: number;
  /** Characters replaced by their look-alike. */
  readonly confusable: number;
  /** Tokens that mix scripts. */
  readonly mixedScript: number;
  /** Digits and symbols read as letters. */
  readonly leet: number;
  /** Runs of spaced single letters joined. */
  readonly spacedLetters: number;
  /** Runs of repeated characters squeezed. */
  readonly repeats: number;
  /** Encoded parts decoded. */
  readonly encoded: number;
}

/** Which tier of the cascade scored. */
export type Tier = 'NGRAM' | 'ENCODER';

/** The raw output of one model. */
export interface ModelScore {
  /** The model. */
  readonly modelId: string;
  /** Tier that scored. */
  readonly tier: Tier;
  /** Logit by category, rounded to a multiple of 2^-12. */
  readonly logits: Readonly<Record<string, number>>;
}

/** Which part the bundle plays in its channel. LIVE and CANARY are effective, SHADOW never becomes a verdict. */
export type Role = 'LIVE' | 'CANARY' | 'SHADOW';

/** Which bundle judges this content in one channel, and the calibrated probabilities. */
export interface Assignment {
  /** The channel. */
  readonly channel: string;
  /** Part of the bundle in its channel. */
  readonly role: Role;
  /** How the channel ran. */
  readonly mode: Mode;
  /** The bundle. */
  readonly deploymentId: string;
  /** Its model, in scores; the scores may be missing when it failed. */
  readonly modelId: string;
  /** Its calibration. */
  readonly calibrationId: string;
  /** Calibrated probability by category; empty when the model failed. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Code of the failure when the model did not score. */
  readonly error: null | string;
}

/** What the models say of one revision of one content: one record per revision. Carries no text. Key platform/contentId. */
export interface PredictionScored {
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** The platform that published the content. */
  readonly platform: string;
  /** What the text is. */
  readonly kind: ContentKind;
  /** Detected language, BCP-47, or 'und'. */
  readonly language: string;
  /** Confidence of the detection, 0 to 1. */
  readonly languageConfidence: number;
  /** HMAC-SHA-256 of platform and authorId under the installation's secret, first 32 hex digits. */
  readonly authorHash: null | string;
  /** HMAC-SHA-256 of platform and conversationId under the installation's secret, first 32 hex digits. */
  readonly conversationHash: null | string;
  /** SHA-256 of the text, first 32 hex digits. */
  readonly textHash: string;
  /** Length of the text in UTF-16 code units. */
  readonly textLength: number;
  /** Near-duplicate key: equal for texts that differ in little, 16 hex digits. */
  readonly duplicateKey: string;
  /** Obfuscation counters. */
  readonly obfuscation: Obfuscation;
  /** One entry per model that ran. */
  readonly scores: readonly (ModelScore)[];
  /** Exactly one effective assignment per channel, and any number of SHADOW ones. */
  readonly assignments: readonly (Assignment)[];
  /** The content.submitted record that was scored. */
  readonly source: Source;
  /** When the platform submitted the content. */
  readonly submittedAt: number;
  /** When it was scored; never decreases within a partition. */
  readonly scoredAt: number;
}

/** DRAWN: by chance, with a probability. TRAIN_ONLY: chosen for training, never part of an estimate. */
export type DrawOrigin = 'DRAWN' | 'TRAIN_ONLY';

/** A draw of a closed window that people shall see, with its final inclusion probability after the cap, or a content picked for training alone. Carries no text. Key drawId. */
export interface SamplingClosed {
  /** The draw; of a train-only pick the hash of window and revision. */
  readonly drawId: string;
  /** How it was chosen. */
  readonly origin: DrawOrigin;
  /** The plan; null: bootstrap. */
  readonly planId: null | string;
  /** The platform that published the content. */
  readonly platform: string;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** Reference channel of the plan. */
  readonly channel: string;
  /** Window of scoredAt. */
  readonly windowFrom: number;
  /** Its end. */
  readonly windowTo: number;
  /** Final inclusion probability: of the draw times of the cap; null for TRAIN_ONLY. */
  readonly probability: null | number;
  /** Probability with which the cap kept it; 1 when nothing was cut; null for TRAIN_ONLY. */
  readonly capProbability: null | number;
  /** What a label is worth, for the order of TRAIN_ONLY; null for DRAWN, which is served by hash. */
  readonly value: null | number;
  /** Who shall be asked. */
  readonly team: null | string;
  /** What the text is. */
  readonly kind: ContentKind;
  /** Detected language, BCP-47, or 'und'. */
  readonly language: string;
  /** Key of near-duplicates, 16 hex digits. */
  readonly duplicateKey: string;
  /** Keyed hash of the conversation, for the context beside the item. */
  readonly conversationHash: null | string;
  /** When the window was closed. */
  readonly closedAt: number;
}

/** What the probability is made of, before the cut at 1. */
export interface InclusionParts {
  /** Every content has it. */
  readonly uniform: number;
  /** For scores at or above a threshold, over all categories. */
  readonly threshold: number;
  /** For uncertain scores, over all categories. */
  readonly uncertainty: number;
  /** Contained in the two before; above 1 where language, kind and platform are rare. */
  readonly metadataFactor: number;
}

/** A content that was drawn for people, with the probability that it had. Contents that were not drawn leave no record: the plan and the hash say so. Carries no text. Key platform/contentId. */
export interface SamplingDrawn {
  /** SHA-256 of plan and revision, first 32 hex digits. */
  readonly drawId: string;
  /** The plan; null: the uniform bootstrap draw while there was none. */
  readonly planId: null | string;
  /** Hash of the secret salt of the draw, first 16 hex digits. */
  readonly saltId: string;
  /** The platform that published the content. */
  readonly platform: string;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** Reference channel of the plan. */
  readonly channel: string;
  /** Window of scoredAt in which the draw is closed. */
  readonly windowFrom: number;
  /** Its end. */
  readonly windowTo: number;
  /** Who shall be asked; null under the bootstrap, which knows no teams. */
  readonly team: null | string;
  /** The content's random number in [0, 1): the top 53 bits of SHA-256(salt | platform/contentId/revision). */
  readonly u: number;
  /** Inclusion probability of the draw, in (0, 1]; drawn because u is below it. */
  readonly probability: number;
  /** By arm. */
  readonly parts: InclusionParts;
  /** Calibrated probabilities of the reference channel by category, as they were when it was drawn; empty when the model failed. */
  readonly scores: Readonly<Record<string, number>>;
  /** Bundle that gave the scores. */
  readonly deploymentId: string;
  /** Its model. */
  readonly modelId: string;
  /** Its calibration. */
  readonly calibrationId: string;
  /** What the text is. */
  readonly kind: ContentKind;
  /** Detected language, BCP-47, or 'und'. */
  readonly language: string;
  /** SHA-256 of the text, first 32 hex digits. */
  readonly textHash: string;
  /** Key of near-duplicates, 16 hex digits. */
  readonly duplicateKey: string;
  /** Keyed hash of the conversation, for the context beside the item. */
  readonly conversationHash: null | string;
  /** The record of prediction.scored. */
  readonly source: Source;
  /** When it was scored; decides the plan. */
  readonly scoredAt: number;
  /** When it was drawn. */
  readonly drawnAt: number;
}

/** A team and its part of the stratum's labels. */
export interface TeamShare {
  /** The team. */
  readonly team: string;
  /** The parts add up to 1. */
  readonly share: number;
}

/** What one category adds to the probability. */
export interface PlanCategory {
  /** The category. */
  readonly category: string;
  /** Category whose score is used: itself, or its nearest one while it has no trained head; null: its budget is drawn uniformly. */
  readonly scoredBy: null | string;
  /** Score from which the threshold arm draws; null: the category never acts in the channel. */
  readonly threshold: null | number;
  /** Part of the budget above the uniform share; the parts add up to 1. */
  readonly share: number;
  /** Sum of the metadata factors over observed contents at or above the threshold (A_c). */
  readonly above: number;
  /** Sum of metadata factor times sqrt(s(1-s)) over the observed contents (G_c). */
  readonly uncertainty: number;
  /** Probability that a content at or above the threshold gains, before metadata factor and multiplier. */
  readonly thresholdWeight: number;
  /** Probability that a content gains for each unit of sqrt(s(1-s)), before metadata factor and multiplier. */
  readonly uncertaintyWeight: number;
}

/** Contents that share language, kind and platform. */
export interface PlanBucket {
  /** In the observed window. */
  readonly contents: number;
  /** Metadata factor (m of sampling 1.2), 0.2 to 5. */
  readonly factor: number;
}

/** Contents in some languages: a population with a budget of its own. */
export interface PlanStratum {
  /** Detected languages; empty: all that no other stratum names. */
  readonly languages: readonly (string)[];
  /** Who is asked. */
  readonly teams: readonly (TeamShare)[];
  /** Labels with a probability that the window should bring (B). */
  readonly budget: number;
  /** Labels without a probability that the window should bring. */
  readonly trainOnlyBudget: number;
  /** Contents in the observed window (N). */
  readonly contents: number;
  /** Probability that every content has at least; no weight exceeds its inverse. */
  readonly uniformRate: number;
  /** Of the parts above the uniform rate, so that clipping at 1 loses no labels. */
  readonly multiplier: number;
  /** In the order of their names. */
  readonly categories: readonly (PlanCategory)[];
  /** By `language/kind/platform`. */
  readonly buckets: Readonly<Record<string, PlanBucket>>;
  /** Metadata factor of contents whose bucket is not listed. */
  readonly otherFactor: number;
}

/** How contents are drawn for people in one window of scoredAt: immutable and whole, so that every draw can be replayed. A plan that was appended after `windowFrom` is void. Key planId. */
export interface SamplingPlanned {
  /** `plan-` and the hash of all that decides. */
  readonly planId: string;
  /** Hash of the secret salt of the draw, first 16 hex digits: says which salt, not what it is. */
  readonly saltId: string;
  /** Channel whose effective assignment gives scores and thresholds. */
  readonly channel: string;
  /** First scoredAt that the plan draws. */
  readonly windowFrom: number;
  /** First scoredAt that it no longer draws. */
  readonly windowTo: number;
  /** Begin of the closed window whose contents the numbers come from. */
  readonly observedFrom: number;
  /** Its end, at or before `windowFrom`. */
  readonly observedTo: number;
  /** Part of the budget that is drawn uniformly (r of sampling 1.2). */
  readonly uniformShare: number;
  /** Part of a category's budget for contents at or above its threshold (a of sampling 1.2). */
  readonly thresholdShare: number;
  /** One for each group of languages that has a budget of its own. */
  readonly strata: readonly (PlanStratum)[];
  /** When it was computed. */
  readonly plannedAt: number;
}

/** MODEL: a trained model with its calibrators and thresholds. CALIBRATION: other calibrators and thresholds for a model that there is. */
export type ArtefactKind = 'MODEL' | 'CALIBRATION';

/** A target of the policy that the labels do not let it promise. */
export interface UnmetTarget {
  /** The category. */
  readonly category: string;
  /** REVIEW or BLOCK. */
  readonly action: string;
  /** The target. */
  readonly target: number;
  /** Why it cannot be met yet. */
  readonly why: string;
  /** What the category does instead. */
  readonly fallback: string;
}

/** Quality of one category on held-out rows. */
export interface CategoryFigures {
  /** Rows with a known label. */
  readonly rows: number;
  /** Of them yes. */
  readonly positives: number;
  /** Area under the precision-recall curve; null without positives. */
  readonly averagePrecision: null | number;
  /** 95 % bootstrap interval. */
  readonly low: null | number;
  /** 95 % bootstrap interval. */
  readonly high: null | number;
  /** Area under the ROC curve. */
  readonly rocAuc: null | number;
}

/** A trained model, whose files are in the artefact store, or a calibration, all of which is here. Key artefactId. */
export interface TrainingCompleted {
  /** m- or c- and the hash of all that decides a probability. */
  readonly artefactId: string;
  /** What it is. */
  readonly kind: ArtefactKind;
  /** The request that it answers; of several with the same outcome the first. */
  readonly requestId: string;
  /** The model; of a MODEL the artefactId. */
  readonly modelId: string;
  /** SHA-256 of its file. */
  readonly modelSha256: string;
  /** Name of the recipe. */
  readonly name: string;
  /** Family of the model: HASHED_LINEAR, STACKED_ENCODER, EXTERNAL. */
  readonly family: string;
  /** Data set that it learned from; null for a calibration. */
  readonly datasetId: null | string;
  /** r- and the hash of the recipe. */
  readonly recipeId: string;
  /** Model that it started from. */
  readonly parentModelId: null | string;
  /** Of a calibration the channel. */
  readonly channel: null | string;
  /** Policy whose targets the thresholds meet; null: targets of the recipe. */
  readonly policyId: null | string;
  /** Its version. */
  readonly policyVersion: null | number;
  /** Categories that it covers, in the order of its outputs. */
  readonly categories: readonly (string)[];
  /** By category. */
  readonly calibrators: Readonly<Record<string, Calibrator>>;
  /** By category. */
  readonly thresholds: Readonly<Record<string, Thresholds>>;
  /** Targets that cannot be met yet. */
  readonly unmetTargets: readonly (UnmetTarget)[];
  /** By category. */
  readonly metrics: Readonly<Record<string, CategoryFigures>>;
  /** Size of its files; 0 of a calibration. */
  readonly bytes: number;
  /** Release of the product that trained it. */
  readonly release: string;
  /** When it was completed. */
  readonly completedAt: number;
}

/** How far the work on one request is.  Key requestId. */
export interface TrainingProgressed {
  /** The request. */
  readonly requestId: string;
  /** Counts the starts of the work, from 1: a role that was killed begins another one. */
  readonly attempt: number;
  /** Counts what an attempt says, from 0; of a request the highest attempt and sequence hold. */
  readonly sequence: number;
  /** Where it stands. */
  readonly state: WorkState;
  /** What is being done, in a few words; never content. */
  readonly step: string;
  /** Parts of the step that are done. */
  readonly done: number;
  /** Parts that it has; 0: not known. */
  readonly total: number;
  /** FAILED: why, and what to do about it. Names field, file and line; never content. */
  readonly detail: null | string;
  /** The artefact, once it is known. */
  readonly subjectId: null | string;
  /** When it was said. */
  readonly at: number;
}

/** A wish for a model, or for another calibration of a model. Key requestId. */
export interface TrainingRequested {
  /** Hash of cause, causeId, data set, recipe and parent: the same wish again is the same request. */
  readonly requestId: string;
  /** What is wanted. */
  readonly kind: ArtefactKind;
  /** Data set to train on; null for a calibration, which takes the labels of the live sample. */
  readonly datasetId: null | string;
  /** Name of a recipe that the role has, or the whole recipe as YAML. */
  readonly recipe: string;
  /** MODEL: model to start from. CALIBRATION: model to calibrate; null: the live one of the channel. */
  readonly parentModelId: null | string;
  /** CALIBRATION: channel whose policy and labels count. */
  readonly channel: null | string;
  /** Why. */
  readonly cause: WorkCause;
  /** What caused it: a data set, a policy version, an alert, a window of the schedule. */
  readonly causeId: null | string;
  /** Role, or person by id. */
  readonly requestedBy: string;
  /** When. */
  readonly requestedAt: number;
}

/** First verdict; a verdict that replaces the one named in supersedes; withdrawal of the one named in supersedes. */
export type VerdictKind = 'ISSUED' | 'SUPERSEDED' | 'RETRACTED';

/** What one category contributed. */
export interface CategoryVerdict {
  /** Calibrated probability. */
  readonly probability: number;
  /** Action that this category asks for. */
  readonly action: Action;
  /** Review from this probability on; null: never. */
  readonly reviewThreshold: null | number;
  /** Block from this probability on; null: never. */
  readonly blockThreshold: null | number;
  /** True while the thresholds are declared by the policy and not yet solved from labels. */
  readonly provisional: boolean;
}

/** The thresholds; the kill switch; the rule for uncovered categories; a person. */
export type Decider = 'MODEL' | 'MODE' | 'UNCOVERED' | 'PERSON';

/** What a channel's policy makes of a prediction. Public: the channel's consumers read it. Key platform/contentId. */
export interface VerdictIssued {
  /** SHA-256 over platform, contentId, revision, textHash, channel, deploymentId, mode, kind and causeId; first 32 hex digits. */
  readonly verdictId: string;
  /** Kind of verdict. */
  readonly kind: VerdictKind;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** The platform that published the content. */
  readonly platform: string;
  /** The channel. */
  readonly channel: string;
  /** The strictest action over the categories. */
  readonly action: Action;
  /** By category; empty when no model decided. */
  readonly categories: Readonly<Record<string, CategoryVerdict>>;
  /** Bundle that decided; empty for a human override. */
  readonly deploymentId: string;
  /** Model of the bundle. */
  readonly modelId: string;
  /** Calibration of the bundle. */
  readonly calibrationId: string;
  /** Thresholds of the bundle. */
  readonly thresholdSetId: string;
  /** Policy of the bundle. */
  readonly policyId: string;
  /** Version of the policy. */
  readonly policyVersion: number;
  /** LIVE or CANARY. */
  readonly role: Role;
  /** How the channel ran. */
  readonly mode: Mode;
  /** What settled the action. */
  readonly decidedBy: Decider;
  /** SHA-256 of the text, first 32 hex digits. */
  readonly textHash: string;
  /** What asked for this verdict, when it was not the content itself. */
  readonly causeId: null | string;
  /** verdictId that this record replaces or withdraws. */
  readonly supersedes: null | string;
  /** Why, in a few words; never content. */
  readonly reason: null | string;
  /** The prediction.scored or verdict.requested record that was decided. */
  readonly source: Source;
  /** When the platform submitted the content, or when the request was made. */
  readonly submittedAt: number;
  /** When the verdict was decided. */
  readonly issuedAt: number;
}

/** A human decision that outlives re-scores, until it is withdrawn (tombstone). Key platform/contentId/revision/channel. */
export interface VerdictOverridden {
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** The platform that published the content. */
  readonly platform: string;
  /** The channel. */
  readonly channel: string;
  /** The person's decision. */
  readonly action: Action;
  /** Request behind it. */
  readonly causeId: string;
  /** Verdict that carried it. */
  readonly verdictId: string;
  /** When it was decided. */
  readonly overriddenAt: number;
}

/** A person decides; a person takes a decision back; a bundle decides anew; the verdict is withdrawn. */
export type RequestKind = 'OVERRIDE' | 'WITHDRAW_OVERRIDE' | 'RESCORE' | 'RETRACT';

/** Somebody asks for another verdict on a revision: an overturned appeal, a human override, a policy reversal or a re-score after a roll-back. Key platform/contentId. */
export interface VerdictRequested {
  /** Hash of what is asked: repetition is harmless. */
  readonly requestId: string;
  /** Id of the content on its platform. */
  readonly contentId: string;
  /** Revision of the content. */
  readonly revision: number;
  /** The platform that published the content. */
  readonly platform: string;
  /** Channel of the verdict. */
  readonly channel: string;
  /** What is asked. */
  readonly kind: RequestKind;
  /** Id of the appeal, policy version, deployment or operator's command behind it. */
  readonly causeId: string;
  /** verdictId that the answer replaces or retracts. */
  readonly supersedes: null | string;
  /** The person's decision, for OVERRIDE. */
  readonly action: null | Action;
  /** Bundle that decides, for RESCORE and WITHDRAW_OVERRIDE. */
  readonly deploymentId: null | string;
  /** Model of the logits, for RESCORE and WITHDRAW_OVERRIDE. */
  readonly modelId: null | string;
  /** Logit by category for RESCORE and WITHDRAW_OVERRIDE, empty otherwise. */
  readonly logits: Readonly<Record<string, number>>;
  /** SHA-256 of the text, first 32 hex digits. */
  readonly textHash: string;
  /** Why, in a few words; never content. */
  readonly reason: null | string;
  /** Role or person (by role) that asks. */
  readonly requestedBy: string;
  /** When it was asked. */
  readonly requestedAt: number;
}

/** The event of each schema of avro/. */
export interface EventBySchema {
  readonly 'content/accepted': ContentAccepted;
  readonly 'content/erased': ContentErased;
  readonly 'content/reported': ContentReported;
  readonly 'content/submitted': ContentSubmitted;
  readonly 'dataset/progressed': DatasetProgressed;
  readonly 'dataset/published': DatasetPublished;
  readonly 'dataset/requested': DatasetRequested;
  readonly 'dead-letter/rejected': DeadLetter;
  readonly 'deployment/bundled': DeploymentBundled;
  readonly 'deployment/changed': DeploymentChanged;
  readonly 'deployment/progressed': DeploymentProgressed;
  readonly 'deployment/requested': DeploymentRequested;
  readonly 'drift/alerted': DriftAlerted;
  readonly 'label/requested': LabelRequested;
  readonly 'label/resolved': LabelResolved;
  readonly 'label/submitted': LabelSubmitted;
  readonly 'policy/published': PolicyPublished;
  readonly 'policy/requested': PolicyRequested;
  readonly 'prediction/scored': PredictionScored;
  readonly 'sampling/closed': SamplingClosed;
  readonly 'sampling/drawn': SamplingDrawn;
  readonly 'sampling/planned': SamplingPlanned;
  readonly 'training/completed': TrainingCompleted;
  readonly 'training/progressed': TrainingProgressed;
  readonly 'training/requested': TrainingRequested;
  readonly 'verdict/issued': VerdictIssued;
  readonly 'verdict/overridden': VerdictOverridden;
  readonly 'verdict/requested': VerdictRequested;
}
