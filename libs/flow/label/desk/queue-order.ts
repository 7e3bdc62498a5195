import { uniform } from '#policy';

/** A draw with a probability, waiting for people. */
export interface EstimationTask {
  readonly item: string;
  /** Start of its sampling window, epoch milliseconds. */
  readonly window: number;
}

/** A pick without a probability: it may train, and never estimates anything. */
export interface TrainOnlyTask {
  readonly item: string;
  /** Worth of a label, whatever the scale: for example the uncertainty at which it was picked. */
  readonly value: number;
}

/** Place of an item in the queue of its window, in [0, 1): says nothing about the item. */
export function queueRank(salt: string, { item, window }: EstimationTask): number {
  return uniform(salt, `${window}|${item}`);
}

/**
 * Oldest window first, and by hash within it. What is answered before a window closes is then a random part of it; in order
 * of value the rest would be missing for a reason, which biased recall by 10 % in simulation.
 */
export function orderEstimation<Task extends EstimationTask>(tasks: readonly Task[], salt: string): Task[] {
  return tasks
    .map((task) => ({ task, rank: queueRank(salt, task) }))
    .sort((a, b) => a.task.window - b.task.window || a.rank - b.rank || (a.task.item < b.task.item ? -1 : 1))
    .map(({ task }) => task);
}

/** Most valuable first, equal ones by hash. */
export function orderTrainOnly<Task extends TrainOnlyTask>(tasks: readonly Task[], salt: string): Task[] {
  return tasks
    .map((task) => ({ task, rank: uniform(salt, task.item) }))
    .sort((a, b) => b.task.value - a.task.value || a.rank - b.rank || (a.task.item < b.task.item ? -1 : 1))
    .map(({ task }) => task);
}

/** Sampling 1.3: 60 % of the budget for the stream that estimates. */
const estimationShare = 0.6;

/** From which queue a person's next fresh task comes; the other one serves when it is empty. */
export function laneOf(
  labeler: string,
  ordinal: number,
  salt: string,
  share = estimationShare,
): 'ESTIMATION' | 'TRAIN_ONLY' {
  return uniform(salt, `lane|${labeler}|${ordinal}`) < share ? 'ESTIMATION' : 'TRAIN_ONLY';
}

/**
 * How far people came with a draw: nobody saw it, somebody answered but it is not settled (a third person or an expert is due), all
 * is settled, or it was skipped for a reason that may depend on the text.
 */
export type Progress = 'UNTOUCHED' | 'PENDING' | 'SETTLED' | 'SKIPPED';

export interface DrawnItem {
  readonly item: string;
  /** Who could have been asked, for example team and language: items of one stratum wait in one queue. */
  readonly stratum: string;
  readonly progress: Progress;
}

export interface ClosedStratum {
  readonly stratum: string;
  readonly drawn: number;
  readonly settled: number;
  readonly pending: number;
  readonly skipped: number;
  /** Declared missing at random, in the given order: nobody is asked any more. */
  readonly missing: readonly string[];
  /** Multiplies the inclusion probability of what was served: (drawn - missing) / drawn. 1 for an empty stratum. */
  readonly labellingProbability: number;
}

/**
 * Closes the labelling of a window (sampling 1.4). Only what nobody has touched is missing *at random*, because the hash alone decided it.
 * A pending draw stays open: it is slow because people disagree, and to drop it would drop the hard items. A skipped one is counted and
 * never presented as random. Strata in the order of their names.
 */
export function closeLabelling(drawn: readonly DrawnItem[]): ClosedStratum[] {
  const strata = new Map<string, DrawnItem[]>();
  for (const it of drawn) {
    const known = strata.get(it.stratum);
    if (known === undefined) strata.set(it.stratum, [it]);
    else known.push(it);
  }
  return [...strata]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stratum, items]) => {
      const count = (progress: Progress): number => items.filter((it) => it.progress === progress).length;
      const missing = items.flatMap(({ item, progress }) => (progress === 'UNTOUCHED' ? [item] : []));
      return {
        stratum,
        drawn: items.length,
        settled: count('SETTLED'),
        pending: count('PENDING'),
        skipped: count('SKIPPED'),
        missing,
        labellingProbability: (items.length - missing.length) / items.length,
      };
    });
}
