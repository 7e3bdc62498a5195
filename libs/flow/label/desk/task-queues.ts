import type { TaskQueue } from '#platform/contracts';
import { compareKeys, createOrderedSet, type OrderedSet, type OrderKey } from './ordered-set.js';

/** ESTIMATION: draws with a probability. OTHER: chosen without chance. SETTLING: what experts are asked. */
export type Lane = 'ESTIMATION' | 'OTHER' | 'SETTLING';

/** Where an item waits. Items of one queue, lane, team and language wait in one line. */
export interface Place {
  readonly queue: TaskQueue;
  readonly lane: Lane;
  /** Null: anybody who reads the language. */
  readonly team: string | null;
  /** Primary subtag; 'und' is for everybody. */
  readonly language: string;
  /** Order within the line, least first; then by item. */
  readonly a: number;
  readonly b: number;
}

/** What somebody may be given. */
export interface Wish {
  readonly labelerId: string;
  readonly queue: TaskQueue;
  /** Empty: every team's. */
  readonly teams: readonly string[];
  /** Empty: reads every language. */
  readonly languages: readonly string[];
}

interface Line {
  readonly place: Omit<Place, 'a' | 'b'>;
  readonly entries: OrderedSet;
  /** By labeler: how far they have looked, so that nobody looks again at the thousands that they answered. */
  readonly cursors: Map<string, Cursor>;
  /** By labeler: entries that are barred for them. */
  readonly barred: Map<string, number>;
}

interface Cursor {
  at: OrderKey | null;
  /** At or before `at`, and possible again. */
  readonly behind: Set<string>;
}

interface Node {
  key: OrderKey;
  line: Line | null;
  barred: Set<string> | null;
}

/** The items that people can be given now, in the order in which they are. A lease costs the same at ten items and at 100,000. */
export interface TaskQueues {
  /** The item waits here, and nowhere else. */
  put(item: string, place: Place): void;
  /** Nobody is to be given it now. */
  withdraw(item: string): void;
  /** This person is not to be given it, wherever it waits. */
  bar(item: string, labelerId: string): void;
  unbar(item: string, labelerId: string): void;
  isBarred(item: string, labelerId: string): boolean;
  /** Forgets the item with its bars. */
  drop(item: string): void;
  /** The first item of the lane that the person may be given; `notNow` passes over an item for this time. */
  next(wish: Wish, lane: Lane, notNow: (item: string) => boolean): string | null;
  /** Items that the person may be given, and all that wait in the queue. */
  waiting(wish: Wish): { readonly own: number; readonly all: number };
  /** Items that wait, by queue. */
  sizes(): Readonly<Record<TaskQueue, number>>;
}

export function primaryLanguage(language: string): string {
  return (language.split('-')[0] ?? language).toLowerCase();
}

export function createTaskQueues(): TaskQueues {
  const nodes = new Map<string, Node>();
  const lines = new Map<string, Line>();

  function lineOf({ queue, lane, team, language }: Place): Line {
    const name = JSON.stringify([queue, lane, team, language]);
    let line = lines.get(name);
    if (line === undefined) {
      const place = { queue, lane, team, language };
      lines.set(name, (line = { place, entries: createOrderedSet(), cursors: new Map(), barred: new Map() }));
    }
    return line;
  }

  function count(line: Line, labelerId: string, by: 1 | -1): void {
    const counted = (line.barred.get(labelerId) ?? 0) + by;
    if (counted === 0) line.barred.delete(labelerId);
    else line.barred.set(labelerId, counted);
  }

  function nodeOf(item: string): Node {
    let node = nodes.get(item);
    if (node === undefined) nodes.set(item, (node = { key: { a: 0, b: 0, item }, line: null, barred: null }));
    return node;
  }

  function withdraw(item: string): void {
    const node = nodes.get(item);
    if (node?.line == null) return;
    node.line.entries.delete(node.key);
    for (const labelerId of node.barred ?? []) count(node.line, labelerId, -1);
    node.line = null;
  }

  function isFor(line: Line, { queue, teams, languages }: Wish): boolean {
    const { place } = line;
    if (place.queue !== queue) return false;
    if (place.team !== null && teams.length > 0 && !teams.includes(place.team)) return false;
    if (place.language === 'und' || languages.length === 0) return true;
    return languages.some((language) => primaryLanguage(language) === place.language);
  }

  /** The first entry of one line for one person. */
  function first(line: Line, labelerId: string, notNow: (item: string) => boolean): OrderKey | null {
    let cursor = line.cursors.get(labelerId);
    if (cursor === undefined) line.cursors.set(labelerId, (cursor = { at: null, behind: new Set() }));
    let best: OrderKey | null = null;
    for (const item of cursor.behind) {
      const node = nodes.get(item);
      // One that has moved on is found where it waits now.
      const isBehind = node?.line === line && cursor.at !== null && compareKeys(node.key, cursor.at) <= 0;
      if (!isBehind || node.barred?.has(labelerId) === true) cursor.behind.delete(item);
      else if ((best === null || compareKeys(node.key, best) < 0) && !notNow(item)) best = node.key;
    }
    if (best !== null) return best;
    for (;;) {
      const key = line.entries.after(cursor.at);
      if (key === null) return null;
      const isBarred = nodes.get(key.item)?.barred?.has(labelerId) === true;
      if (!isBarred && !notNow(key.item)) return key;
      if (!isBarred) cursor.behind.add(key.item);
      cursor.at = key;
    }
  }

  /** Somebody who has looked past this place would not see it. */
  function tell(key: OrderKey, labelerId: string, cursor: Cursor): void {
    if (cursor.at === null || compareKeys(key, cursor.at) > 0) return;
    if (nodes.get(key.item)?.barred?.has(labelerId) !== true) cursor.behind.add(key.item);
  }

  return {
    put: (item, place) => {
      const node = nodeOf(item);
      const line = lineOf(place);
      if (node.line === line && node.key.a === place.a && node.key.b === place.b) return;
      withdraw(item);
      node.key = { a: place.a, b: place.b, item };
      node.line = line;
      line.entries.add(node.key);
      for (const labelerId of node.barred ?? []) count(line, labelerId, 1);
      for (const [labelerId, cursor] of line.cursors) tell(node.key, labelerId, cursor);
    },
    withdraw,
    bar: (item, labelerId) => {
      const node = nodeOf(item);
      node.barred ??= new Set();
      if (node.barred.has(labelerId)) return;
      node.barred.add(labelerId);
      if (node.line !== null) count(node.line, labelerId, 1);
    },
    unbar: (item, labelerId) => {
      const node = nodes.get(item);
      if (node?.barred?.delete(labelerId) !== true || node.line === null) return;
      count(node.line, labelerId, -1);
      const cursor = node.line.cursors.get(labelerId);
      if (cursor !== undefined) tell(node.key, labelerId, cursor);
    },
    isBarred: (item, labelerId) => nodes.get(item)?.barred?.has(labelerId) === true,
    drop: (item) => {
      withdraw(item);
      nodes.delete(item);
    },
    next: (wish, lane, notNow) => {
      let best: OrderKey | null = null;
      for (const line of lines.values()) {
        if (line.place.lane !== lane || line.entries.size === 0 || !isFor(line, wish)) continue;
        const key = first(line, wish.labelerId, notNow);
        if (key !== null && (best === null || compareKeys(key, best) < 0)) best = key;
      }
      return best?.item ?? null;
    },
    waiting: (wish) => {
      let own = 0;
      let all = 0;
      for (const line of lines.values()) {
        if (line.place.queue !== wish.queue) continue;
        all += line.entries.size;
        if (isFor(line, wish)) own += line.entries.size - (line.barred.get(wish.labelerId) ?? 0);
      }
      return { own, all };
    },
    sizes: () => {
      const sizes: Record<TaskQueue, number> = { STANDARD: 0, EXPERT: 0, LEGAL: 0 };
      for (const { place, entries } of lines.values()) sizes[place.queue] += entries.size;
      return sizes;
    },
  };
}
