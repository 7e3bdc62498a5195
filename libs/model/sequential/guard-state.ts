import { hashKey, mix } from '../training/seeded-uniform.js';
import { noBernsteinSums, type BernsteinSums } from './bounded-mean.js';
import { GuardError, guardIdOf, type GuardRule, type GuardSettings } from './guard-settings.js';

export type Arm = 'CANARY' | 'CONTROL';

/**
 * What one cluster added to one arm since the last look, as sums. A cluster may come again and again, and its parts may come
 * in records of their own (appeals days after the items); what belongs to one cluster has one key.
 */
export interface ClusterSums {
  readonly arm: Arm;
  /** Author or conversation by which the canary is split; a content without either is its own cluster. */
  readonly cluster: string;
  /** Items that the model was asked for, and those of them that failed. */
  readonly items: number;
  readonly errors?: number;
  /** Items that reach review or block, by category. */
  readonly flags?: Readonly<Record<string, number>>;
  /** Timed items, and those slower than `slowAboveMs` of the arm. */
  readonly latency?: { readonly timed: number; readonly slow: number };
  /** Appeals that people have closed, and those of them that overturned the verdict. */
  readonly appeals?: { readonly closed: number; readonly overturned: number };
  /**
   * Blocked items with an inclusion probability of at least `leastInclusion`, drawn or not, whose draw is settled: all of
   * them that were drawn have their labels.
   */
  readonly blocks?: BlockSums;
}

export interface BlockSums {
  readonly blocked: number;
  /** Sum over all of them, drawn or not, of the calibrated probability that the block is right. */
  readonly expectedRight: number;
  readonly labels: readonly BlockLabel[];
}

export interface BlockLabel {
  readonly inclusion: number;
  /** Calibrated probability that the block is right. */
  readonly probability: number;
  readonly right: boolean;
}

/** Sums of one arm by group of clusters. All of it is JSON. */
export interface ArmState {
  readonly items: number;
  readonly units: Readonly<Record<Unit, readonly number[]>>;
  /** By guard. */
  readonly hits: Readonly<Record<string, readonly number[]>>;
  /** Right blocks of all labels together, for the bound that needs no large numbers. */
  readonly drawn: BernsteinSums;
}

export interface GuardState {
  readonly startedAt: number;
  readonly arms: Readonly<Record<Arm, ArmState>>;
}

export type Unit = (typeof UNITS)[number];

const UNITS = ['items', 'timed', 'appeals', 'blocked'] as const;

/** What a guard counts its hits among. */
export const unitOf: Readonly<Record<GuardRule['kind'], Unit>> = {
  ERROR_RATE: 'items',
  LATENCY_P99: 'timed',
  FLAG_RATE: 'items',
  APPEAL_OVERTURN: 'appeals',
  BLOCK_PRECISION: 'blocked',
};

export function emptyState({ guards, groups }: GuardSettings, startedAt: number): GuardState {
  const zeros = (): number[] => new Array<number>(groups).fill(0);
  const arm = (): ArmState => ({
    items: 0,
    units: { items: zeros(), timed: zeros(), appeals: zeros(), blocked: zeros() },
    hits: Object.fromEntries(guards.map((rule) => [guardIdOf(rule), zeros()])),
    drawn: noBernsteinSums,
  });
  return { startedAt, arms: { CANARY: arm(), CONTROL: arm() } };
}

/** A state belongs to the settings that it was started with: other guards or groups would count from nothing. */
export function checkState({ guards, groups }: GuardSettings, { arms }: GuardState): void {
  for (const { hits, units } of [arms.CANARY, arms.CONTROL]) {
    const fits = guards.every((rule) => hits[guardIdOf(rule)]?.length === groups);
    if (fits && Object.keys(hits).length === guards.length && units.items.length === groups) continue;
    throw new GuardError('GUARD_STATE_INVALID', 'state', 'one that was started with the same guards and groups');
  }
}

interface OpenArm {
  items: number;
  readonly units: Record<Unit, number[]>;
  readonly hits: Record<string, number[]>;
  drawn: BernsteinSums;
}

/** One cluster's sums after the other are added, so that any cut into batches gives the same numbers, bit for bit. */
export function foldSums(settings: GuardSettings, state: GuardState, batch: readonly ClusterSums[]): GuardState {
  checkState(settings, state);
  const arms = { CANARY: opened(state.arms.CANARY), CONTROL: opened(state.arms.CONTROL) };
  const rules = settings.guards.map((rule) => ({ id: guardIdOf(rule), rule, unit: unitOf[rule.kind] }));
  for (const sums of batch) {
    checkSums(sums, settings.leastInclusion);
    const arm = arms[sums.arm];
    const group = mix(hashKey(sums.cluster)) % settings.groups;
    arm.items += sums.items;
    for (const unit of UNITS) {
      const units = unitsIn(sums, unit);
      if (units > 0) add(arm.units[unit], group, units * weightOf(unit, units, settings.clusterCap));
    }
    for (const { id, rule, unit } of rules) {
      const hits = hitsIn(sums, rule);
      if (hits !== 0) add(arm.hits[id], group, hits * weightOf(unit, unitsIn(sums, unit), settings.clusterCap));
    }
    if (sums.blocks !== undefined) arm.drawn = withBlocks(arm.drawn, sums.blocks);
  }
  return { startedAt: state.startedAt, arms };
}

/** By volume alone, whatever the outcome was: under H0 it moves both arms alike. Latency comes by minute, with no author to cap. */
function weightOf(unit: Unit, units: number, cap: number): number {
  return unit === 'timed' || units <= cap ? 1 : cap / units;
}

function unitsIn({ items, latency, appeals, blocks }: ClusterSums, unit: Unit): number {
  switch (unit) {
    case 'items':
      return items;
    case 'timed':
      return latency?.timed ?? 0;
    case 'appeals':
      return appeals?.closed ?? 0;
    case 'blocked':
      return blocks?.blocked ?? 0;
  }
}

function opened({ items, units, hits, drawn }: ArmState): OpenArm {
  return {
    items,
    units: {
      items: [...units.items],
      timed: [...units.timed],
      appeals: [...units.appeals],
      blocked: [...units.blocked],
    },
    hits: Object.fromEntries(Object.entries(hits).map(([id, sums]) => [id, [...sums]])),
    drawn,
  };
}

function add(into: number[] | undefined, group: number, value: number): void {
  if (into !== undefined) into[group] = (into[group] ?? 0) + value;
}

function hitsIn({ errors, flags, latency, appeals, blocks }: ClusterSums, rule: GuardRule): number {
  switch (rule.kind) {
    case 'ERROR_RATE':
      return errors ?? 0;
    case 'LATENCY_P99':
      return latency?.slow ?? 0;
    case 'FLAG_RATE':
      return flags?.[rule.category] ?? 0;
    case 'APPEAL_OVERTURN':
      return appeals?.overturned ?? 0;
    case 'BLOCK_PRECISION':
      return blocks === undefined ? 0 : assistedRight(blocks);
  }
}

/** Right blocks by the model-assisted form: sum over all of m + sum over the labelled of (y - m)/pi (sampling 1.4). */
function assistedRight({ expectedRight, labels }: BlockSums): number {
  return labels.reduce(
    (sum, { inclusion, probability, right }) => sum + (Number(right) - probability) / inclusion,
    expectedRight,
  );
}

/** The prediction of a block is its m, so that those without a label lie at no distance from it. */
function withBlocks({ sum, size, variance }: BernsteinSums, blocks: BlockSums): BernsteinSums {
  return {
    sum: sum + assistedRight(blocks),
    size: size + blocks.blocked,
    variance: blocks.labels.reduce(
      (all, { inclusion, probability, right }) => all + ((Number(right) - probability) / inclusion) ** 2,
      variance,
    ),
  };
}

function checkSums({ items, errors = 0, flags, latency, appeals, blocks }: ClusterSums, leastInclusion: number): void {
  checkPart('errors', errors, items);
  if (flags !== undefined) {
    for (const category of Object.keys(flags)) checkPart('flags', flags[category] ?? 0, items);
  }
  if (latency !== undefined) checkPart('latency.slow', latency.slow, latency.timed);
  if (appeals !== undefined) checkPart('appeals.overturned', appeals.overturned, appeals.closed);
  if (blocks === undefined) return;
  checkPart('blocks.expectedRight', blocks.expectedRight, blocks.blocked);
  checkPart('blocks.labels', blocks.labels.length, blocks.blocked);
  for (const { inclusion, probability } of blocks.labels) {
    checkPart('blocks.labels.probability', probability, 1);
    if (inclusion >= leastInclusion && inclusion <= 1) continue;
    throw new GuardError('GUARD_SUMS_INVALID', 'blocks.labels.inclusion', `from ${leastInclusion} to 1`);
  }
}

function checkPart(field: string, hits: number, units: number): void {
  if (hits >= 0 && hits <= units && Number.isFinite(units)) return;
  throw new GuardError('GUARD_SUMS_INVALID', field, `from 0 to what it is a part of, not ${hits} of ${units}`);
}
