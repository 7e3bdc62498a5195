import {
  assessLabeler,
  countGold,
  noGold,
  type GoldCounts,
  type LabelerQuality,
  type LabelerStanding,
} from '../quality/labeler-quality.js';
import { detectDrift, findHurried, measureNoRun, wilsonInterval, type Cusum } from '../quality/labeler-signals.js';
import { quantileOf } from '../quality/agreement.js';
import type { LabelerSkill } from '../resolution/resolve-votes.js';
import type { Steps } from '../steps.js';
import type { AuditResult } from '../quality/labeler-audit.js';
import type { Answers } from './said.js';

/** What somebody answered to one question. */
export interface AnswerCounts {
  readonly labeler: string;
  readonly question: string;
  readonly answers: number;
  readonly unsure: number;
  /** Answers whose question is resolved to yes or no, and those of them that agree. */
  readonly compared: number;
  readonly agreed: number;
  readonly repeats: number;
  readonly consistent: number;
}

/** One task of a person. */
export interface DoneTask {
  /** Null: not known. */
  readonly milliseconds: number | null;
  readonly saidYes: boolean;
  readonly compared: number;
  readonly agreed: number;
}

export interface GoldAnswers {
  readonly labeler: string;
  readonly answers: Answers;
  /** What experts say of the item. */
  readonly truth: ReadonlyMap<string, boolean>;
}

export interface LabelerFindings {
  readonly counts: readonly AnswerCounts[];
  readonly gold: readonly GoldAnswers[];
  /** By labeler: how many there ever were, and the recent ones, oldest first. */
  readonly tasks: ReadonlyMap<string, { readonly all: number; readonly recent: readonly DoneTask[] }>;
  readonly skillOf: (question: string, labeler: string) => LabelerSkill | null;
  readonly audits: ReadonlyMap<string, AuditResult & { readonly drawn: number }>;
}

export interface LabelerRow {
  readonly labeler: string;
  /** Empty: all questions together. */
  readonly question: string;
  readonly answers: number;
  readonly unsure: number;
  readonly gold: GoldCounts;
  readonly quality: LabelerQuality;
  readonly skill: LabelerSkill | null;
  readonly compared: number;
  readonly agreed: number;
  readonly repeats: number;
  readonly consistent: number;
  readonly consistency: { readonly low: number; readonly high: number };
  /** Of all questions together; null for one of them. */
  readonly signals: LabelerSignals | null;
}

export interface LabelerSignals {
  readonly medianMs: number | null;
  readonly limitMs: number | null;
  readonly isHurried: boolean;
  readonly noRun: number;
  readonly noRunLimit: number | null;
  readonly alwaysNo: boolean;
  readonly drift: Cusum['direction'];
  readonly audit: (AuditResult & { readonly drawn: number }) | null;
}

/** One row per person and question, and one per person over all questions, with what can only be said of a person. */
export function* tabulateLabelers(findings: LabelerFindings): Steps<readonly LabelerRow[]> {
  const gold = countAllGold(findings.gold);
  const assess = remembering();
  const byLabeler = new Map<string, AnswerCounts[]>();
  for (const counts of findings.counts) append(byLabeler, counts.labeler, counts);
  const signalsOf = yield* findSignals(findings);
  const rows: LabelerRow[] = [];
  for (const [labeler, own] of byLabeler) {
    const byQuestion = own.map((counts): LabelerRow => {
      const { question } = counts;
      const known = gold.get(goldKey(labeler, question)) ?? noGold;
      return rowOf(counts, known, assess(known), findings.skillOf(question, labeler), null);
    });
    yield;
    rows.push(together(labeler, byQuestion, findings.tasks.get(labeler)?.all ?? 0, assess, signalsOf(labeler)));
    rows.push(...byQuestion);
  }
  return rows;
}

function rowOf(
  counts: AnswerCounts,
  gold: GoldCounts,
  quality: LabelerQuality,
  skill: LabelerSkill | null,
  signals: LabelerSignals | null,
): LabelerRow {
  return { ...counts, gold, quality, skill, consistency: wilsonInterval(counts.consistent, counts.repeats), signals };
}

/** Sums over the questions; the standing is the worst of them. */
function together(
  labeler: string,
  rows: readonly LabelerRow[],
  tasks: number,
  assess: (gold: GoldCounts) => LabelerQuality,
  signals: LabelerSignals,
): LabelerRow {
  const sum = (of: (row: LabelerRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const gold: GoldCounts = {
    hits: sum((row) => row.gold.hits),
    misses: sum((row) => row.gold.misses),
    rejections: sum((row) => row.gold.rejections),
    falseAlarms: sum((row) => row.gold.falseAlarms),
  };
  const counts: AnswerCounts = {
    labeler,
    question: '',
    answers: tasks,
    unsure: sum((row) => row.unsure),
    compared: sum((row) => row.compared),
    agreed: sum((row) => row.agreed),
    repeats: sum((row) => row.repeats),
    consistent: sum((row) => row.consistent),
  };
  return rowOf(counts, gold, { ...assess(gold), standing: worstOf(rows) }, null, signals);
}

function worstOf(rows: readonly LabelerRow[]): LabelerStanding {
  const standings = new Set(rows.map(({ quality }) => quality.standing));
  return (['STOP', 'WARN'] as const).find((standing) => standings.has(standing)) ?? 'GOOD';
}

function countAllGold(gold: readonly GoldAnswers[]): ReadonlyMap<string, GoldCounts> {
  const counts = new Map<string, GoldCounts>();
  for (const { labeler, answers, truth } of gold) {
    for (const [question, isYes] of truth) {
      const answer = answers[question];
      if (answer === undefined) continue;
      const key = goldKey(labeler, question);
      counts.set(key, countGold(counts.get(key) ?? noGold, isYes, answer));
    }
  }
  return counts;
}

function goldKey(labeler: string, question: string): string {
  return `${question}|${labeler}`;
}

/** Most people have seen the same little gold, and a posterior takes a third of a millisecond. */
function remembering(): (gold: GoldCounts) => LabelerQuality {
  const known = new Map<string, LabelerQuality>();
  return (gold) => {
    const key = `${gold.hits}|${gold.misses}|${gold.rejections}|${gold.falseAlarms}`;
    const quality = known.get(key) ?? assessLabeler(gold);
    known.set(key, quality);
    return quality;
  };
}

const fewestTimed = 20;

function* findSignals({ tasks, audits }: LabelerFindings): Steps<(labeler: string) => LabelerSignals> {
  const timed = [...tasks].flatMap(([labeler, { recent }]) =>
    recent.flatMap(({ milliseconds }) => (milliseconds === null ? [] : [{ labeler, milliseconds }])),
  );
  yield;
  const hurried = new Map(findHurried(timed).map((found) => [found.labeler, found]));
  yield;
  const all = [...tasks.values()].flatMap(({ recent }) => recent);
  const yesRate = all.filter(({ saidYes }) => saidYes).length / all.length;
  const driftOf = findDrift(new Map([...tasks].map(([labeler, { recent }]) => [labeler, recent])));
  return (labeler) => {
    const own = tasks.get(labeler)?.recent ?? [];
    const times = own.flatMap(({ milliseconds }) => milliseconds ?? []).sort((a, b) => a - b);
    const run = measureNoRun(
      own.map(({ saidYes }) => saidYes),
      yesRate,
    );
    return {
      medianMs: times.length < fewestTimed ? null : quantileOf(times, 0.5),
      limitMs: hurried.get(labeler)?.limitMilliseconds ?? null,
      isHurried: hurried.has(labeler),
      noRun: run.longest,
      noRunLimit: Number.isFinite(run.limit) ? run.limit : null,
      alwaysNo: run.suspicious,
      drift: driftOf(labeler),
      audit: audits.get(labeler) ?? null,
    };
  };
}

/** Answers of a batch, and batches from which somebody's own level is taken before changes of it are looked for. */
const perBatch = 20;
const levelBatches = 10;

/**
 * CUSUM over each person's agreement, batch by batch (labels 2.3), against their own level in the first ten batches. The deviation is what
 * batches of one person usually differ by, over all people: few have batches enough for one of their own.
 */
function findDrift(tasks: ReadonlyMap<string, readonly DoneTask[]>): (labeler: string) => Cusum['direction'] {
  const shares = new Map([...tasks].map(([labeler, own]) => [labeler, batchShares(own)]));
  let squares = 0;
  let freedom = 0;
  for (const own of shares.values()) {
    const level = own.slice(0, levelBatches);
    const mean = meanOf(level);
    for (const share of level) squares += (share - mean) ** 2;
    freedom += Math.max(0, level.length - 1);
  }
  const deviation = freedom === 0 ? 0 : Math.sqrt(squares / freedom);
  return (labeler) => {
    const own = shares.get(labeler) ?? [];
    if (own.length <= levelBatches) return null;
    return detectDrift(own.slice(levelBatches), meanOf(own.slice(0, levelBatches)), deviation).direction;
  };
}

function batchShares(tasks: readonly DoneTask[]): readonly number[] {
  const shares: number[] = [];
  let compared = 0;
  let agreed = 0;
  for (const task of tasks) {
    compared += task.compared;
    agreed += task.agreed;
    if (compared < perBatch) continue;
    shares.push(agreed / compared);
    compared = 0;
    agreed = 0;
  }
  return shares;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function append<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
