import type { GoldItem } from '../quality/quality-draws.js';
import type { Entry } from './item-board.js';

const DAY_MS = 86_400_000;
/** Labels 2.3: refreshed monthly; texts are kept as long. */
const GOLD_MS = 30 * DAY_MS;
const MOST_GOLD = 5000;

/** Items that experts have settled, to be slipped in among the others. */
export interface GoldShelf {
  /** An expert has answered, or corrected an answer. */
  note(entry: Entry, at: number, isCorrection: boolean): void;
  remove(item: string): void;
  readonly truthOf: (item: string) => ReadonlyMap<string, boolean> | undefined;
  /** Not older than a month. */
  items(now: number): readonly GoldItem[];
  /** Rises when the truth of something that may have been answered changes. */
  readonly version: number;
}

export function createGoldShelf(find: (item: string) => Entry | undefined): GoldShelf {
  /** When they were settled, oldest first. */
  const settledAt = new Map<string, number>();
  let version = 0;
  let kept: { readonly day: number; readonly items: readonly GoldItem[] } | null = null;

  function truthOf(item: string): ReadonlyMap<string, boolean> | undefined {
    const said = find(item)?.said.findLast(({ isExpert, outcome }) => isExpert && outcome === 'ANSWERED');
    if (said === undefined) return undefined;
    return new Map(
      Object.entries(said.answers).flatMap(([question, answer]) =>
        answer === 'UNSURE' ? [] : [[question, answer === 'YES'] as const],
      ),
    );
  }

  return {
    note: (entry, at, isCorrection) => {
      const { item, said } = entry;
      // What may concern the law is shown to as few people as possible.
      const isLegal = said.some(
        ({ outcome, reason }) => outcome === 'ESCALATED' && (reason === 'MINOR' || reason === 'LEGAL'),
      );
      settledAt.delete(item);
      if (!isLegal) settledAt.set(item, at);
      const [oldest] = settledAt.keys();
      if (settledAt.size > MOST_GOLD && oldest !== undefined) settledAt.delete(oldest);
      kept = null;
      if (isCorrection) version++;
    },
    remove: (item) => {
      if (settledAt.delete(item)) kept = null;
    },
    truthOf,
    items: (now) => {
      const day = Math.floor(now / DAY_MS);
      if (kept?.day !== day) {
        const items = [...settledAt].flatMap(([item, at]) => {
          const answers = at > now - GOLD_MS ? truthOf(item) : undefined;
          return answers === undefined || answers.size === 0 ? [] : [{ item, answers }];
        });
        kept = { day, items };
      }
      return kept.items;
    },
    get version() {
      return version;
    },
  };
}
