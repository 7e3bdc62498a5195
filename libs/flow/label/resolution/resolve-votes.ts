import { runToEnd, type Steps } from '../steps.js';
import type { Vote } from './vote.js';

/** Looked up once: the loops below call them a million times in a pass. */
const { abs, exp, log, max, min } = Math;

/** How often a labeler says yes to a true yes and no to a true no; both in (0, 1). */
export interface LabelerSkill {
  readonly sensitivity: number;
  readonly specificity: number;
}

/** What resolution knows beside the items: enough to resolve more votes without a new pass. */
export interface ResolutionParameters {
  /** Share of yes among the items that are not gold. */
  readonly prevalence: number;
  /** The skill of all labelers together; who has no row in `labelers` has this one. */
  readonly pooled: LabelerSkill;
  readonly labelers: ReadonlyMap<string, LabelerSkill>;
}

export interface Resolution {
  readonly parameters: ResolutionParameters;
  /** Probability of yes per item, in the order in which the items first appear among the votes. */
  readonly probabilities: ReadonlyMap<string, number>;
  readonly iterations: number;
  /** Mean over the items, of the last iteration. */
  readonly logLikelihood: number;
  /** False when 200 iterations were not enough. */
  readonly converged: boolean;
}

export interface ResolutionSettings {
  /** Strength of the pooled prior, in votes of each kind; 0 is plain Dawid-Skene, which must not be used (labels 2.1). */
  readonly priorVotes: number;
  readonly tolerance: number;
  readonly mostIterations: number;
}

/** Labels 2.1. */
export const defaultResolution: ResolutionSettings = { priorVotes: 20, tolerance: 1e-6, mostIterations: 200 };

/** Skill of people about whom nothing is known, the prior means of labels 2.3: Beta(8, 2) and Beta(30, 1). */
const unknownSkill: LabelerSkill = { sensitivity: 8 / 10, specificity: 30 / 31 };

/** Votes of one question@version as numbers: one row per item and labeler, the first of them; UNSURE is no vote. */
interface Ballot {
  readonly items: readonly string[];
  readonly labelers: readonly string[];
  readonly itemOf: Int32Array;
  readonly labelerOf: Int32Array;
  readonly isYes: Uint8Array;
}

/** Takes a few milliseconds. */
const votesOfAStep = 10_000;

function ballotOf(votes: readonly Vote[]): Ballot {
  return runToEnd(ballotSteps(votes));
}

function* ballotSteps(votes: readonly Vote[]): Steps<Ballot> {
  const items = new Map<string, number>();
  const labelers = new Map<string, number>();
  const seen = new Set<number>();
  const rows: { item: number; labeler: number; isYes: number }[] = [];
  for (const [index, { item, labeler, answer }] of votes.entries()) {
    if (index % votesOfAStep === 0) yield;
    if (answer === 'UNSURE') continue;
    const i = indexIn(items, item);
    const w = indexIn(labelers, labeler);
    // A repeat asks whether somebody agrees with himself; counted here it would be a second voice.
    const pair = i * 2 ** 26 + w;
    if (seen.has(pair)) continue;
    seen.add(pair);
    rows.push({ item: i, labeler: w, isYes: answer === 'YES' ? 1 : 0 });
  }
  return {
    items: [...items.keys()],
    labelers: [...labelers.keys()],
    itemOf: Int32Array.from(rows, ({ item }) => item),
    labelerOf: Int32Array.from(rows, ({ labeler }) => labeler),
    isYes: Uint8Array.from(rows, ({ isYes }) => isYes),
  };
}

function indexIn(indices: Map<string, number>, key: string): number {
  const known = indices.get(key);
  if (known !== undefined) return known;
  indices.set(key, indices.size);
  return indices.size - 1;
}

const edge = 1e-6;

function clip(probability: number): number {
  return min(1 - edge, max(edge, probability));
}

/** What one vote adds to the log-odds of yes. */
function evidence({ sensitivity, specificity }: LabelerSkill, isYes: boolean): number {
  return isYes ? log(sensitivity / (1 - specificity)) : log((1 - sensitivity) / specificity);
}

function logit(probability: number): number {
  return log(probability / (1 - probability));
}

function sigmoid(logOdds: number): number {
  return logOdds >= 0 ? 1 / (1 + exp(-logOdds)) : exp(logOdds) / (1 + exp(logOdds));
}

/**
 * Resolves all votes of one question@version: two-coin Dawid-Skene with the pooled prior (labels 2.1).
 *
 * Each labeler has a sensitivity and a specificity, both drawn towards those of all labelers together by 20 votes, without
 * which people with six votes each make 10 % of a 2 % category positive. Gold items keep their answer; they teach skills
 * but not the prevalence, because half of them are positive on purpose. UNSURE is no evidence for either answer: items
 * with nothing else are absent from the result. Of several votes of one labeler on one item the first counts.
 * @param gold answer of experts per item; gold without votes is ignored
 */
export function resolveVotes(
  votes: readonly Vote[],
  gold: ReadonlyMap<string, boolean> = new Map(),
  settings: ResolutionSettings = defaultResolution,
): Resolution {
  return runToEnd(resolutionSteps(votes, gold, settings));
}

/** As {@link resolveVotes}, one iteration a step: a role that has people waiting resolves a question between their requests. */
export function* resolutionSteps(
  votes: readonly Vote[],
  gold: ReadonlyMap<string, boolean>,
  settings: ResolutionSettings = defaultResolution,
): Steps<Resolution> {
  const ballot = yield* ballotSteps(votes);
  const { items, labelers, itemOf, labelerOf, isYes } = ballot;
  const truth = items.map((item) => gold.get(item));
  const q = voteShares(ballot);
  for (const [i, answer] of truth.entries()) if (answer !== undefined) q[i] = answer ? 1 : 0;

  const logYes = new Float64Array(items.length);
  const logNo = new Float64Array(items.length);
  let fitted = fitSkills(ballot, q, truth, settings.priorVotes);
  let logLikelihood = Number.NaN;
  let previous = Number.NEGATIVE_INFINITY;
  let converged = items.length === 0;
  let iterations = 0;
  while (!converged && iterations < settings.mostIterations) {
    if (iterations > 0) fitted = fitSkills(ballot, q, truth, settings.priorVotes);
    iterations += 1;
    const { prevalence, sensitivities, specificities } = fitted;
    logYes.fill(log(prevalence));
    logNo.fill(log(1 - prevalence));
    const logHit = sensitivities.map(log);
    const logMiss = sensitivities.map((sensitivity) => log(1 - sensitivity));
    const logRejection = specificities.map(log);
    const logFalseAlarm = specificities.map((specificity) => log(1 - specificity));
    for (let row = 0; row < itemOf.length; row += 1) {
      const item = itemOf[row] ?? 0;
      const w = labelerOf[row] ?? 0;
      logYes[item] = (logYes[item] ?? 0) + ((isYes[row] === 1 ? logHit[w] : logMiss[w]) ?? 0);
      logNo[item] = (logNo[item] ?? 0) + ((isYes[row] === 1 ? logFalseAlarm[w] : logRejection[w]) ?? 0);
    }
    let sum = 0;
    for (let i = 0; i < truth.length; i += 1) {
      const answer = truth[i];
      const yes = logYes[i] ?? 0;
      const no = logNo[i] ?? 0;
      if (answer === undefined) {
        const most = max(yes, no);
        sum += most + log(exp(yes - most) + exp(no - most));
        q[i] = sigmoid(yes - no);
      } else {
        sum += answer ? yes : no;
      }
    }
    logLikelihood = sum / items.length;
    converged = logLikelihood - previous < settings.tolerance;
    previous = logLikelihood;
    yield;
  }
  return {
    parameters: {
      prevalence: fitted.prevalence,
      pooled: fitted.pooled,
      labelers: new Map(
        labelers.map((labeler, w) => [
          labeler,
          { sensitivity: fitted.sensitivities[w] ?? 0, specificity: fitted.specificities[w] ?? 0 },
        ]),
      ),
    },
    probabilities: new Map(items.map((item, i) => [item, q[i] ?? Number.NaN])),
    iterations,
    logLikelihood,
    converged,
  };
}

function voteShares({ items, itemOf, isYes }: Ballot): Float64Array {
  const yes = new Float64Array(items.length);
  const all = new Float64Array(items.length);
  for (const [row, item] of itemOf.entries()) {
    yes[item] = (yes[item] ?? 0) + (isYes[row] ?? 0);
    all[item] = (all[item] ?? 0) + 1;
  }
  return yes.map((count, i) => count / (all[i] ?? 1));
}

interface FittedSkills {
  readonly prevalence: number;
  readonly pooled: LabelerSkill;
  readonly sensitivities: Float64Array;
  readonly specificities: Float64Array;
}

function fitSkills(
  { labelers, itemOf, labelerOf, isYes }: Ballot,
  q: Float64Array,
  truth: readonly (boolean | undefined)[],
  priorVotes: number,
): FittedSkills {
  let open = 0;
  let openYes = 0;
  for (let i = 0; i < truth.length; i += 1) {
    if (truth[i] !== undefined) continue;
    open += 1;
    openYes += q[i] ?? 0;
  }
  const hits = new Float64Array(labelers.length);
  const yeses = new Float64Array(labelers.length);
  const rejections = new Float64Array(labelers.length);
  const noes = new Float64Array(labelers.length);
  for (let row = 0; row < itemOf.length; row += 1) {
    const item = itemOf[row] ?? 0;
    const w = labelerOf[row] ?? 0;
    const probability = q[item] ?? 0;
    const yes = isYes[row] ?? 0;
    hits[w] = (hits[w] ?? 0) + probability * yes;
    yeses[w] = (yeses[w] ?? 0) + probability;
    rejections[w] = (rejections[w] ?? 0) + (1 - probability) * (1 - yes);
    noes[w] = (noes[w] ?? 0) + (1 - probability);
  }
  const pooled = {
    sensitivity: share(sumOf(hits), sumOf(yeses), unknownSkill.sensitivity),
    specificity: share(sumOf(rejections), sumOf(noes), unknownSkill.specificity),
  };
  return {
    prevalence: clip(share(openYes, open, sumOf(q) / q.length)),
    pooled,
    sensitivities: hits.map((count, w) =>
      clip(share(count + priorVotes * pooled.sensitivity, (yeses[w] ?? 0) + priorVotes, pooled.sensitivity)),
    ),
    specificities: rejections.map((count, w) =>
      clip(share(count + priorVotes * pooled.specificity, (noes[w] ?? 0) + priorVotes, pooled.specificity)),
    ),
  };
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function share(count: number, total: number, whenNone: number): number {
  return total > 0 ? count / total : whenNone;
}

/** An answer with less than this part of its share of the votes has vanished. */
const vanishedBelow = 1 / 8;

/**
 * The answer that a resolution has all but explained away: its items are less than an eighth of its votes. Where labelers agree no
 * better than by chance (alpha about .1), each vote is noise to the model and the frequent answer takes everything; no number of iterations
 * repairs that. Such a question needs an expert or better wording, and its facts should not train. Null when both answers live.
 */
export function vanishedAnswer(votes: readonly Vote[], { probabilities }: Resolution): 'YES' | 'NO' | null {
  const { isYes } = ballotOf(votes);
  if (isYes.length === 0) return null;
  return vanishedAmong(isYes.reduce((sum, yes) => sum + yes, 0) / isYes.length, probabilities);
}

/** As {@link vanishedAnswer}. @param yesVotes share of yes among the votes that are not UNSURE */
export function vanishedAmong(yesVotes: number, probabilities: ReadonlyMap<string, number>): 'YES' | 'NO' | null {
  let yesItems = 0;
  for (const probability of probabilities.values()) yesItems += probability / probabilities.size;
  if (yesItems < vanishedBelow * yesVotes) return 'YES';
  return 1 - yesItems < vanishedBelow * (1 - yesVotes) ? 'NO' : null;
}

/** Where a question starts before its first exact pass: nothing is known of its labelers, and yes is as likely as no. */
export const startingParameters: ResolutionParameters = { prevalence: 0.5, pooled: unknownSkill, labelers: new Map() };

/**
 * Resolves a few items against skills that stay as they are: what a batch of new votes needs at once. The votes have to be
 * *all* votes of these items. With the votes and parameters of an exact pass it gives that pass's probabilities.
 */
export function resolveItems(
  votes: readonly Vote[],
  { prevalence, pooled, labelers }: ResolutionParameters,
  gold: ReadonlyMap<string, boolean> = new Map(),
): Map<string, number> {
  const ballot = ballotOf(votes);
  const logOdds = new Float64Array(ballot.items.length).fill(logit(clip(prevalence)));
  for (const [row, item] of ballot.itemOf.entries()) {
    const skill = labelers.get(ballot.labelers[ballot.labelerOf[row] ?? 0] ?? '') ?? pooled;
    const own = { sensitivity: clip(skill.sensitivity), specificity: clip(skill.specificity) };
    logOdds[item] = (logOdds[item] ?? 0) + evidence(own, ballot.isYes[row] === 1);
  }
  return new Map(
    ballot.items.map((item, i) => {
      const answer = gold.get(item);
      return [item, answer === undefined ? sigmoid(logOdds[i] ?? 0) : answer ? 1 : 0];
    }),
  );
}

export interface ChangedProbability {
  readonly item: string;
  /** Null for an item that was not resolved before. */
  readonly before: number | null;
  readonly after: number;
}

/**
 * What a nightly pass has to say (design 3): items that are new or whose probability moved by more than .01. `before` is what
 * was last *said*, not what the last pass found, so that many small moves add up to one that is told.
 */
export function changedProbabilities(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  leastChange = 0.01,
): ChangedProbability[] {
  const changed: ChangedProbability[] = [];
  for (const [item, probability] of after) {
    const known = before.get(item);
    if (known === undefined) changed.push({ item, before: null, after: probability });
    else if (abs(probability - known) > leastChange) changed.push({ item, before: known, after: probability });
  }
  return changed;
}
