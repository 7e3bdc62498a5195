import type { LabelProgress, LabelSubmitted } from '#platform/contracts';
import { assessLabeler, countGold, noGold, type LabelerStanding } from '../quality/labeler-quality.js';
import type { AnsweredTask } from '../quality/quality-draws.js';
import type { Answer } from '../resolution/vote.js';

const DAY_MS = 86_400_000;

/** What is remembered of one person. */
export interface Labeler {
  readonly labelerId: string;
  /** How many tasks they were given. */
  given: number;
  /** How many they handled: answered, skipped or escalated. */
  total: number;
  /** Items that they have seen, whatever they made of it. */
  readonly seen: Set<string>;
  /** Fresh items that they answered. */
  readonly answered: AnsweredTask[];
  /** Items that they were shown again. */
  readonly repeated: Set<string>;
  /** Gold and repeats, by lease. */
  readonly checks: Map<string, Check>;
  day: number;
  /** Of that day, by lease. */
  readonly today: Map<string, Handled>;
  standing: { readonly of: string; readonly value: Standing } | null;
}

export interface Check {
  readonly purpose: 'GOLD' | 'REPEAT';
  readonly item: string;
  readonly attempt: number;
  readonly answers: Readonly<Record<string, Answer>>;
}

interface Handled {
  readonly answers: Readonly<Record<string, Answer>>;
  /** Of a version of the policies. */
  categories: { readonly version: number; readonly found: readonly string[] } | null;
}

export interface Standing {
  readonly standing: LabelerStanding;
  /** That keep them from going on. */
  readonly questions: readonly string[];
}

export function newLabeler(labelerId: string): Labeler {
  return {
    labelerId,
    given: 0,
    total: 0,
    seen: new Set(),
    answered: [],
    repeated: new Set(),
    checks: new Map(),
    day: 0,
    today: new Map(),
    standing: null,
  };
}

/** Adds a submission, or replaces what an earlier attempt of its lease said. */
export function note(
  labeler: Labeler,
  submission: LabelSubmitted,
  item: string,
  answers: Readonly<Record<string, Answer>>,
  isFirst: boolean,
): void {
  const { leaseId, purpose, ordinal, outcome, attempt, submittedAt, leasedAt } = submission;
  labeler.seen.add(item);
  if (purpose !== 'FRESH') {
    labeler.checks.set(leaseId, { purpose, item, attempt, answers });
    if (purpose === 'REPEAT') labeler.repeated.add(item);
    labeler.standing = null;
  }
  // Imported votes were given elsewhere.
  if (leasedAt === null) return;
  if (isFirst) {
    labeler.total++;
    labeler.given = Math.max(labeler.given, ordinal + 1);
    if (purpose === 'FRESH' && outcome === 'ANSWERED') labeler.answered.push({ item, ordinal });
  }
  const day = Math.floor(submittedAt / DAY_MS);
  if (day > labeler.day) {
    labeler.day = day;
    labeler.today.clear();
  }
  if (day === labeler.day && (isFirst || labeler.today.has(leaseId))) {
    labeler.today.set(leaseId, { answers, categories: null });
  }
}

/**
 * Whether somebody's answers on gold are good enough (labels 2.3).
 * @param truthOf what experts say of an item now
 * @param version rises when that changes
 */
export function standingOf(
  labeler: Labeler,
  truthOf: (item: string) => ReadonlyMap<string, boolean> | undefined,
  version: number,
): Standing {
  const of = `${version}|${labeler.checks.size}`;
  if (labeler.standing?.of === of) return labeler.standing.value;
  const counts = new Map<string, typeof noGold>();
  for (const { purpose, item, answers } of labeler.checks.values()) {
    if (purpose !== 'GOLD') continue;
    for (const [question, truth] of truthOf(item) ?? []) {
      const answer = answers[question];
      if (answer !== undefined) counts.set(question, countGold(counts.get(question) ?? noGold, truth, answer));
    }
  }
  const standings = [...counts].map(([question, count]) => ({ question, ...assessLabeler(count) }));
  const worst = (['STOP', 'WARN', 'GOOD'] as const).find((each) => standings.some(({ standing }) => standing === each));
  const value: Standing = {
    standing: worst ?? 'GOOD',
    questions: standings.filter(({ standing }) => standing === 'STOP').map(({ question }) => question),
  };
  labeler.standing = { of, value };
  return value;
}

/** What the person handled since midnight UTC, and which categories their own answers made of it. */
export function todayOf(
  labeler: Labeler,
  now: number,
  categoriesOf: (answers: Readonly<Record<string, Answer>>) => readonly string[],
  version: number,
): Pick<LabelProgress, 'today' | 'exposures'> {
  if (Math.floor(now / DAY_MS) !== labeler.day) return { today: 0, exposures: {} };
  const exposures: Record<string, number> = {};
  for (const handled of labeler.today.values()) {
    if (handled.categories?.version !== version) {
      handled.categories = { version, found: categoriesOf(handled.answers) };
    }
    for (const category of handled.categories.found) exposures[category] = (exposures[category] ?? 0) + 1;
  }
  return { today: labeler.today.size, exposures };
}
