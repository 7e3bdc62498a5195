import { revisionKey, type LabelResolved, type ResolvedFact } from '#platform/contracts';
import type { LabelItem } from '../resolution/label-item.js';
import { resolvedEvent, resolveFact, type FactState } from '../resolution/resolved-event.js';
import type { Steps } from '../steps.js';
import type { ResolvedQuestion } from './resolve-question.js';

/** What was last said of one question of one item. */
export interface SaidFact {
  readonly item: LabelItem;
  readonly fact: ResolvedFact['fact'];
  readonly probability: number | null;
  readonly isTrainable: boolean;
  readonly isSettled: boolean;
}

/** Design 3: passes tell changes above .01; smaller ones add up, because they are measured against what was last said. */
const leastChange = 0.01;

/** Takes about a millisecond. */
const itemsOfAStep = 1000;

/** Collects what a pass finds, question by question, and tells which items have news. */
export interface ResolvedBook {
  readonly add: (
    question: string,
    items: readonly LabelItem[],
    resolved: ResolvedQuestion,
    said: readonly SaidFact[],
  ) => Steps<void>;
  /** RESOLVED of every item with news, in the order in which items were first answered. */
  readonly news: (at: {
    readonly passId: string;
    readonly resolvedAt: number;
    /** Items that somebody answered after the pass began to read: what is said of them already is newer. */
    readonly isStale: (item: string) => boolean;
  }) => Generator<LabelResolved, void, void>;
}

interface Entry {
  readonly item: LabelItem;
  readonly facts: Map<string, FactState>;
  /** Null: nothing was said of the item. */
  isSettled: boolean | null;
  isClosed: boolean;
  hasNews: boolean;
}

export function createResolvedBook(): ResolvedBook {
  const entries = new Map<string, Entry>();
  return {
    add: function* (question, items, { facts, closed }, said) {
      const before = new Map<string, SaidFact>();
      for (const [index, fact] of said.entries()) {
        if (index % itemsOfAStep === 0) yield;
        before.set(revisionKey(fact.item), fact);
      }
      for (const [index, item] of items.entries()) {
        if (index % itemsOfAStep === 0) yield;
        const key = revisionKey(item);
        const state = facts.get(key);
        if (state === undefined) continue;
        const known = before.get(key);
        const entry = entries.get(key) ?? { item, facts: new Map(), isSettled: null, isClosed: true, hasNews: false };
        entry.facts.set(question, state);
        entry.isSettled ??= known?.isSettled ?? null;
        entry.isClosed &&= closed.has(key);
        entry.hasNews ||= isNews(known, resolveFact(state));
        entries.set(key, entry);
      }
    },
    news: function* ({ passId, resolvedAt, isStale }) {
      for (const [key, entry] of entries) {
        if (!entry.hasNews || isStale(key)) continue;
        const { item, facts, isSettled, isClosed } = entry;
        yield resolvedEvent(item, facts, { isSettled: isSettled ?? isClosed, passId, resolvedAt });
      }
    },
  };
}

function isNews(said: SaidFact | undefined, now: ResolvedFact): boolean {
  if (said === undefined) return true;
  if (said.fact !== now.fact || said.isTrainable !== now.isTrainable) return true;
  if (said.probability === null || now.probability === null) return said.probability !== now.probability;
  return Math.abs(said.probability - now.probability) > leastChange;
}
