import { deriveSalt, uniform } from '#policy';

/** One salt per purpose: who could foresee a draw could behave for it. */
export interface LabelSalts {
  readonly overlap: string;
  readonly gold: string;
  readonly goldChoice: string;
  readonly repeat: string;
  readonly order: string;
  readonly audit: string;
}

/** The salts of the label stage from the secret of the installation. */
export function labelSalts(secret: Buffer): LabelSalts {
  return {
    overlap: deriveSalt(secret, 'label-overlap'),
    gold: deriveSalt(secret, 'label-gold'),
    goldChoice: deriveSalt(secret, 'label-gold-choice'),
    repeat: deriveSalt(secret, 'label-repeat'),
    order: deriveSalt(secret, 'label-order'),
    audit: deriveSalt(secret, 'label-audit'),
  };
}

/** Labels 2.1: a tenth of the items gets three blind labels, from which agreement is measured. */
const overlapShare = 0.1;

/** Whether an item belongs to the overlap sample; depends on the item alone, so every question of it does. */
export function inOverlap(item: string, salts: LabelSalts, share = overlapShare): boolean {
  return uniform(salts.overlap, item) < share;
}

/** An item whose answers experts have settled. */
export interface GoldItem {
  readonly item: string;
  /** True is yes; questions without an entry are not judged. */
  readonly answers: ReadonlyMap<string, boolean>;
}

/** A task that somebody answered: `ordinal` counts that person's tasks from 0. */
export interface AnsweredTask {
  readonly item: string;
  readonly ordinal: number;
}

export type TaskKind =
  | { readonly kind: 'GOLD'; readonly item: string }
  | { readonly kind: 'REPEAT'; readonly item: string }
  | { readonly kind: 'FRESH' };

export interface ScheduleRates {
  /** Share of gold among the first `newcomerTasks` of a person, and after. */
  readonly newcomerGold: number;
  readonly gold: number;
  readonly newcomerTasks: number;
  readonly repeat: number;
  /** Tasks that must lie between an item and its repeat, so that nobody remembers the answer. */
  readonly repeatDistance: number;
}

/** Labels 2.3. */
export const defaultRates: ScheduleRates = {
  newcomerGold: 0.1,
  gold: 0.05,
  newcomerTasks: 100,
  repeat: 0.02,
  repeatDistance: 50,
};

export interface ScheduleRequest {
  readonly labeler: string;
  /** How many tasks this person has been given before. */
  readonly ordinal: number;
  readonly gold: readonly GoldItem[];
  /** All that this person answered. A gold item is shown once; an item is repeated once. */
  readonly answered: readonly AnsweredTask[];
  readonly repeated: ReadonlySet<string>;
  readonly salts: LabelSalts;
  readonly rates?: ScheduleRates;
}

/**
 * Whose turn it is, whatever there is to give: most tasks are fresh, and then nobody needs to know the gold and the history of a person.
 */
export function turnOf({
  labeler,
  ordinal,
  salts,
  rates = defaultRates,
}: Pick<ScheduleRequest, 'labeler' | 'ordinal' | 'salts' | 'rates'>): TaskKind['kind'] {
  const turn = `${labeler}|${ordinal}`;
  const goldRate = ordinal < rates.newcomerTasks ? rates.newcomerGold : rates.gold;
  if (uniform(salts.gold, turn) < goldRate) return 'GOLD';
  return uniform(salts.repeat, turn) < rates.repeat ? 'REPEAT' : 'FRESH';
}

/**
 * What a person gets as task number `ordinal` (labels 2.3): a gold item, an item that they answered before, or a fresh one.
 * A function of its arguments: a replay schedules the same. Whether it is gold's turn does not depend on the gold there is;
 * when none is left that this person has not seen, the task is fresh.
 */
export function scheduleTask(request: ScheduleRequest): TaskKind {
  const { labeler, ordinal, gold, answered, repeated, salts, rates = defaultRates } = request;
  const turn = `${labeler}|${ordinal}`;
  const kind = turnOf(request);
  if (kind === 'GOLD') {
    const item = chooseGold(turn, gold, new Set(answered.map((it) => it.item)), salts.goldChoice);
    return item === null ? { kind: 'FRESH' } : { kind: 'GOLD', item };
  }
  if (kind === 'REPEAT') {
    const goldItems = new Set(gold.map(({ item }) => item));
    const old = answered.filter(
      (it) => ordinal - it.ordinal > rates.repeatDistance && !repeated.has(it.item) && !goldItems.has(it.item),
    );
    const item = leastHash(
      old.map((it) => it.item),
      salts.repeat,
      turn,
    );
    if (item !== null) return { kind: 'REPEAT', item };
  }
  return { kind: 'FRESH' };
}

/**
 * First a question, then its polarity by a fair coin, then an item: so half of what judges a person on a question is positive,
 * however rare the positives are. Questions that have only one polarity left give that one.
 */
function chooseGold(turn: string, gold: readonly GoldItem[], seen: ReadonlySet<string>, salt: string): string | null {
  const fresh = gold.filter(({ item }) => !seen.has(item));
  const questions = [...new Set(fresh.flatMap(({ answers }) => [...answers.keys()]))].sort();
  const question = questions[Math.floor(uniform(salt, `question|${turn}`) * questions.length)];
  if (question === undefined) return null;
  const wanted = uniform(salt, `polarity|${turn}`) < 0.5;
  const asked = fresh.filter(({ answers }) => answers.has(question));
  const matching = asked.filter(({ answers }) => answers.get(question) === wanted);
  return leastHash(
    (matching.length > 0 ? matching : asked).map(({ item }) => item),
    salt,
    turn,
  );
}

function leastHash(items: readonly string[], salt: string, turn: string): string | null {
  let least: { item: string; draw: number } | null = null;
  for (const item of items) {
    const draw = uniform(salt, `${turn}|${item}`);
    if (least === null || draw < least.draw) least = { item, draw };
  }
  return least?.item ?? null;
}
