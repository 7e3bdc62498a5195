import { wilsonInterval } from '../evaluation/reliability.js';
import { hashKey, mix } from '../training/seeded-uniform.js';
import { stabilityIndex } from './stability-index.js';
import type { ScoreShift } from './stability-index.js';

export const actions = ['ALLOW', 'REVIEW', 'BLOCK'] as const;
export type VerdictAction = (typeof actions)[number];

/** STRICTER: the candidate takes what the champion lets pass, or blocks what it only reviews. */
export type FlipDirection = 'STRICTER' | 'GENTLER';

/** What one bundle decides about one content in one channel; never its text. */
export interface ReplayedVerdict {
  readonly key: string;
  readonly channel: string;
  readonly platform: string;
  readonly language: string;
  readonly kind: string;
  readonly action: VerdictAction;
  /** By category that the bundle judged. */
  readonly categories: Readonly<Record<string, VerdictAction>>;
  readonly logits: Readonly<Record<string, number>>;
  /** The model could not judge it; its actions and logits do not count. */
  readonly failed?: boolean;
}

/** The two streams are not about the same contents in the same order; the key names the first that differs. */
export class ReplayError extends Error {
  constructor(
    readonly code: 'STREAMS_DIFFER' | 'UNKNOWN_STATE',
    readonly key: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'ReplayError';
  }
}

/** Contents by what the champion does (row) and what the candidate does (column), each ALLOW, REVIEW, BLOCK. */
type Matrix = [Triple, Triple, Triple];
type Triple = [number, number, number];

interface FlipCell {
  flips: number;
  /** At most `examples` keys, those of the smallest hash: the same whatever the order of the contents. */
  examples: string[];
}

interface SliceCount {
  items: number;
  /** Changed verdicts, and changed categories. */
  stricter: number;
  gentler: number;
  categories: Record<string, { stricter: number; gentler: number }>;
}

/** A logit that moved. */
export interface LogitMove {
  readonly key: string;
  readonly category: string;
  readonly champion: number;
  readonly candidate: number;
  /** Candidate less champion. */
  readonly difference: number;
}

interface CategoryState {
  matrix: Matrix;
  /** By `from>to`. */
  cells: Record<string, FlipCell>;
  /** Contents by logit, in bins of .25: champion and candidate. */
  logits: { champion: number[]; candidate: number[] };
}

interface ChannelState {
  items: number;
  failed: number;
  championFailed: number;
  matrix: Matrix;
  cells: Record<string, FlipCell>;
  categories: Record<string, CategoryState>;
  /** By kind of slice and value. */
  slices: Record<SliceBy, Record<string, SliceCount>>;
  up: LogitMove[];
  down: LogitMove[];
}

const sliceBys = ['language', 'platform', 'kind'] as const;
type SliceBy = (typeof sliceBys)[number];

/** All that a replay has seen, as JSON: a job that was restarted goes on from it. */
export interface VerdictDiffState {
  readonly format: 1;
  readonly most: ReplayLimits;
  readonly channels: Record<string, ChannelState>;
}

export interface ReplayLimits {
  /** Example keys of each kind of flip. */
  readonly examples: number;
  /** Largest moves of logits in either direction. */
  readonly moves: number;
  /** Values of a slice; further ones are counted as `(other)`. */
  readonly values: number;
}

export const defaultReplayLimits: ReplayLimits = { examples: 5, moves: 50, values: 200 };

/** Logit bins of drift 5.4: 80 counters of width .25 from -10 to 10; what lies outside is in the outermost. */
export const logitBins = { from: -10, width: 0.25, count: 80 } as const;

export const otherValue = '(other)';

export function emptyVerdictDiff(most: ReplayLimits = defaultReplayLimits): VerdictDiffState {
  return { format: 1, most, channels: {} };
}

/**
 * The state after one more batch. `champion[i]` and `candidate[i]` are about the same content and channel. Pure: the state that is given is
 * not changed. How the contents are cut into batches makes no difference.
 */
export function foldVerdicts(
  state: VerdictDiffState,
  champion: readonly ReplayedVerdict[],
  candidate: readonly ReplayedVerdict[],
): VerdictDiffState {
  if ((state.format as number) !== 1) {
    throw new ReplayError('UNKNOWN_STATE', '', 'the state was written by another version: start the replay anew');
  }
  if (champion.length !== candidate.length) {
    throw new ReplayError(
      'STREAMS_DIFFER',
      '',
      `${champion.length} verdicts of the champion meet ${candidate.length} of the candidate: read the same window twice`,
    );
  }
  const next = structuredClone(state);
  for (const [i, before] of champion.entries()) {
    const after = candidate[i];
    if (after?.key !== before.key || after.channel !== before.channel) {
      throw new ReplayError(
        'STREAMS_DIFFER',
        before.key,
        `verdict ${i} of the batch is about ${before.key} (${before.channel}) in one stream and ${after?.key ?? 'nothing'} (${after?.channel ?? ''}) in the other: sort both alike`,
      );
    }
    const channel = entryOf(next.channels, before.channel, emptyChannel);
    foldPair(channel, before, after, next.most);
  }
  for (const channel of Object.values(next.channels)) {
    channel.up = largest(channel.up, next.most.moves);
    channel.down = largest(channel.down, next.most.moves);
  }
  return next;
}

/** Two whole streams at once. */
export function replayVerdicts(
  champion: readonly ReplayedVerdict[],
  candidate: readonly ReplayedVerdict[],
  most: ReplayLimits = defaultReplayLimits,
): VerdictDiff {
  return summariseVerdictDiff(foldVerdicts(emptyVerdictDiff(most), champion, candidate));
}

function foldPair(channel: ChannelState, before: ReplayedVerdict, after: ReplayedVerdict, most: ReplayLimits): void {
  channel.items += 1;
  // What one of them could not judge is no change of mind.
  if (before.failed === true) channel.championFailed += 1;
  if (after.failed === true) channel.failed += 1;
  if (before.failed === true || after.failed === true) return;
  const verdict = countFlip(channel.matrix, channel.cells, before.action, after.action, before.key, most);
  const slices = sliceBys.map((by) => sliceAt(channel.slices[by], before[by], most));
  for (const slice of slices) {
    slice.items += 1;
    if (verdict !== null) slice[verdict] += 1;
  }
  for (const [category, from] of Object.entries(before.categories)) {
    const to = ownOf(after.categories, category);
    if (to === undefined) continue;
    const own = entryOf(channel.categories, category, emptyCategory);
    const direction = countFlip(own.matrix, own.cells, from, to, before.key, most);
    if (direction !== null) {
      for (const { categories } of slices) entryOf(categories, category, noFlips)[direction] += 1;
    }
    const [one, other] = [ownOf(before.logits, category), ownOf(after.logits, category)];
    if (one === undefined || other === undefined || !Number.isFinite(one) || !Number.isFinite(other)) continue;
    countLogit(own.logits.champion, one);
    countLogit(own.logits.candidate, other);
    const difference = other - one;
    if (difference === 0) continue;
    const moves = difference > 0 ? channel.up : channel.down;
    moves.push({ key: before.key, category, champion: one, candidate: other, difference });
    // Sorting at every move would cost the most; twenty times the list is still small.
    if (moves.length > 20 * most.moves + 100) {
      const kept = largest(moves, most.moves);
      moves.length = 0;
      moves.push(...kept);
    }
  }
}

function countFlip(
  matrix: Matrix,
  cells: Record<string, FlipCell>,
  from: VerdictAction,
  to: VerdictAction,
  key: string,
  most: ReplayLimits,
): 'stricter' | 'gentler' | null {
  const [row, column] = [actions.indexOf(from), actions.indexOf(to)];
  const counts = matrix[row];
  if (counts === undefined || column < 0) return null;
  counts[column] = (counts[column] ?? 0) + 1;
  if (row === column) return null;
  const cell = (cells[`${from}>${to}`] ??= { flips: 0, examples: [] });
  cell.flips += 1;
  keepExample(cell.examples, key, most.examples);
  return column > row ? 'stricter' : 'gentler';
}

function keepExample(examples: string[], key: string, most: number): void {
  if (examples.includes(key)) return;
  examples.push(key);
  examples.sort((a, b) => mix(hashKey(a)) - mix(hashKey(b)) || (a < b ? -1 : 1));
  if (examples.length > most) examples.length = most;
}

function sliceAt(values: Record<string, SliceCount>, value: string, most: ReplayLimits): SliceCount {
  const isKnown = Object.hasOwn(values, value) || Object.keys(values).length < most.values;
  return entryOf(values, isKnown ? value : otherValue, emptySlice);
}

/** Platforms and categories are named by others: `constructor` is a name like any other. */
function ownOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function entryOf<T>(record: Record<string, T>, key: string, make: () => T): T {
  const found = ownOf(record, key);
  if (found !== undefined) return found;
  const made = make();
  Object.defineProperty(record, key, { value: made, writable: true, enumerable: true, configurable: true });
  return made;
}

function countLogit(bins: number[], logit: number): void {
  const { from, width, count } = logitBins;
  const bin = Math.max(0, Math.min(count - 1, Math.floor((logit - from) / width)));
  bins[bin] = (bins[bin] ?? 0) + 1;
}

function largest(moves: readonly LogitMove[], most: number): LogitMove[] {
  return [...moves]
    .sort(
      (a, b) =>
        Math.abs(b.difference) - Math.abs(a.difference) ||
        (a.key === b.key ? (a.category < b.category ? -1 : 1) : a.key < b.key ? -1 : 1),
    )
    .slice(0, most);
}

function emptyMatrix(): Matrix {
  return [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
}

function emptyChannel(): ChannelState {
  return {
    items: 0,
    failed: 0,
    championFailed: 0,
    matrix: emptyMatrix(),
    cells: {},
    categories: {},
    slices: { language: {}, platform: {}, kind: {} },
    up: [],
    down: [],
  };
}

function emptySlice(): SliceCount {
  return { items: 0, stricter: 0, gentler: 0, categories: {} };
}

function noFlips(): { stricter: number; gentler: number } {
  return { stricter: 0, gentler: 0 };
}

function emptyCategory(): CategoryState {
  const bins = (): number[] => new Array<number>(logitBins.count).fill(0);
  return { matrix: emptyMatrix(), cells: {}, logits: { champion: bins(), candidate: bins() } };
}

/** A share of the items with its Wilson 95 % interval. */
export interface FlipShare {
  readonly flips: number;
  readonly share: number | null;
  readonly low: number;
  readonly high: number;
}

/** Flips of one kind, for example ALLOW to BLOCK. */
export interface FlipKind {
  readonly from: VerdictAction;
  readonly to: VerdictAction;
  readonly direction: FlipDirection;
  readonly flips: number;
  readonly examples: readonly string[];
}

export interface FlipCounts {
  readonly stricter: FlipShare;
  readonly gentler: FlipShare;
  readonly kinds: readonly FlipKind[];
  /** Contents for which the action is not ALLOW: champion, candidate, and both. */
  readonly flagged: { readonly champion: number; readonly candidate: number; readonly both: number };
}

export interface CategoryFlips extends FlipCounts {
  readonly category: string;
  /** Contents that both judged. */
  readonly items: number;
  /** How far the scores moved; null without logits. */
  readonly shift: ScoreShift | null;
}

export interface SliceFlips {
  readonly by: SliceBy;
  readonly value: string;
  readonly items: number;
  readonly stricter: FlipShare;
  readonly gentler: FlipShare;
  readonly categories: readonly { readonly category: string; readonly stricter: number; readonly gentler: number }[];
}

export interface ChannelDiff {
  readonly channel: string;
  /** All contents of the window, with those that one of them could not judge. */
  readonly items: number;
  readonly failed: number;
  readonly championFailed: number;
  /** Of the verdicts that both gave. */
  readonly verdict: FlipCounts & { readonly items: number; readonly any: FlipShare };
  readonly categories: readonly CategoryFlips[];
  /** Most flips first. */
  readonly slices: readonly SliceFlips[];
  /** Largest moves first; `up`: the candidate's logit is higher. */
  readonly moves: { readonly up: readonly LogitMove[]; readonly down: readonly LogitMove[] };
}

/** Whose verdicts would flip (evaluation 4.5). Counts, shares and keys; never a text. */
export interface VerdictDiff {
  readonly format: 1;
  readonly channels: readonly ChannelDiff[];
}

export function summariseVerdictDiff(state: VerdictDiffState): VerdictDiff {
  const channels = Object.entries(state.channels).map(([channel, one]) => summariseChannel(channel, one));
  return { format: 1, channels: channels.sort((a, b) => (a.channel < b.channel ? -1 : 1)) };
}

function summariseChannel(channel: string, state: ChannelState): ChannelDiff {
  const judged = total(state.matrix);
  const verdict = countsOf(state.matrix, state.cells);
  const categories = Object.entries(state.categories)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, own]): CategoryFlips => ({
      category,
      items: total(own.matrix),
      ...countsOf(own.matrix, own.cells),
      shift: stabilityIndex(own.logits.champion, own.logits.candidate),
    }));
  const slices = sliceBys.flatMap((by) =>
    Object.entries(state.slices[by]).map(([value, own]): SliceFlips => ({
      by,
      value,
      items: own.items,
      stricter: shareOf(own.stricter, own.items),
      gentler: shareOf(own.gentler, own.items),
      categories: Object.entries(own.categories)
        .map(([category, counts]) => ({ category, ...counts }))
        .sort((a, b) => b.stricter + b.gentler - a.stricter - a.gentler || (a.category < b.category ? -1 : 1)),
    })),
  );
  const flipsOf = ({ stricter, gentler }: SliceFlips): number => stricter.flips + gentler.flips;
  return {
    channel,
    items: state.items,
    failed: state.failed,
    championFailed: state.championFailed,
    verdict: { items: judged, any: shareOf(verdict.stricter.flips + verdict.gentler.flips, judged), ...verdict },
    categories,
    slices: slices.sort(
      (a, b) =>
        sliceBys.indexOf(a.by) - sliceBys.indexOf(b.by) || flipsOf(b) - flipsOf(a) || (a.value < b.value ? -1 : 1),
    ),
    moves: { up: state.up, down: state.down },
  };
}

function total(matrix: Matrix): number {
  return matrix.flat().reduce((sum, one) => sum + one, 0);
}

function countsOf(matrix: Matrix, cells: Readonly<Record<string, FlipCell>>): FlipCounts {
  const items = total(matrix);
  const kinds = actions.flatMap((from, row) =>
    actions.flatMap((to, column): FlipKind[] => {
      const cell = cells[`${from}>${to}`];
      if (cell === undefined) return [];
      return [{ from, to, direction: column > row ? 'STRICTER' : 'GENTLER', ...cell }];
    }),
  );
  const sum = (takes: (row: number, column: number) => boolean): number =>
    matrix.reduce(
      (all, counts, row) => all + counts.reduce((own, n, column) => own + (takes(row, column) ? n : 0), 0),
      0,
    );
  return {
    stricter: shareOf(
      sum((row, column) => column > row),
      items,
    ),
    gentler: shareOf(
      sum((row, column) => column < row),
      items,
    ),
    kinds,
    flagged: {
      champion: sum((row) => row > 0),
      candidate: sum((_, column) => column > 0),
      both: sum((row, column) => row > 0 && column > 0),
    },
  };
}

function shareOf(flips: number, items: number): FlipShare {
  return { flips, share: items > 0 ? flips / items : null, ...wilsonInterval(flips, items) };
}
