import type { LiveFrame, LiveVerdict } from './types.js';

/** What the live page shows. */
export interface Live {
  /** `connecting`: no frame came yet; `waiting`: the server cannot read the topics now; `lost`: the server is away. */
  readonly connection: 'connecting' | 'open' | 'waiting' | 'lost';
  /** Newest first. */
  readonly shown: readonly LiveVerdict[];
  /** Came while paused; newest first. */
  readonly held: readonly LiveVerdict[];
  readonly isPaused: boolean;
  /** Matching verdicts that were not sent, since the page was opened. */
  readonly skipped: number;
  /** Verdicts a second over all channels, over the last seconds. */
  readonly perSecond: number;
  readonly arrivals: readonly { readonly at: number; readonly count: number }[];
}

export const emptyLive: Live = {
  connection: 'connecting',
  shown: [],
  held: [],
  isPaused: false,
  skipped: 0,
  perSecond: 0,
  arrivals: [],
};

/** More rows than anybody scrolls through. */
export const MOST_ROWS = 200;
const RATE_WINDOW_MS = 5000;

/** @param at milliseconds */
export function addFrame(live: Live, frame: LiveFrame, at: number): Live {
  const arrivals = [...live.arrivals, { at, count: frame.seen }].filter((one) => at - one.at < RATE_WINDOW_MS);
  const common = {
    ...live,
    connection: frame.state === 'following' ? ('open' as const) : ('waiting' as const),
    skipped: live.skipped + frame.skipped,
    arrivals,
    perSecond: arrivals.reduce((sum, { count }) => sum + count, 0) / (RATE_WINDOW_MS / 1000),
  };
  const newest = frame.verdicts.toReversed();
  return live.isPaused ? { ...common, held: join(newest, live.held) } : { ...common, shown: join(newest, live.shown) };
}

export function pauseLive(live: Live): Live {
  return { ...live, isPaused: true };
}

export function resumeLive(live: Live): Live {
  return { ...live, isPaused: false, shown: join(live.held, live.shown), held: [] };
}

/** A verdict that came twice, after a break, is one row. */
function join(newer: readonly LiveVerdict[], older: readonly LiveVerdict[]): readonly LiveVerdict[] {
  if (newer.length === 0) return older;
  const rows = new Map([...newer, ...older].map((verdict) => [verdict.verdictId, verdict]));
  // Partitions are read side by side: a later verdict may come first.
  return [...rows.values()]
    .sort((a, b) => (a.issuedAt < b.issuedAt ? 1 : a.issuedAt > b.issuedAt ? -1 : 0))
    .slice(0, MOST_ROWS);
}
