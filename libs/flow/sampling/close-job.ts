import type { Emission } from '#platform/stream';
import { closeWindow, type ClosingDraw } from './close-window.js';
import { featuriseTexts } from './featurise-texts.js';
import { pickForTraining, trainOnlyPicks } from './pick-for-training.js';
import type { DrawWindow } from './plan-board.js';
import { bootstrapParameters, stratumParameters, type StratumParameters } from './plan-parameters.js';
import type { SamplingBudgets } from './sampling-budgets.js';
import type { DrawRow, SamplingDatabase } from './sampling-database.js';
import type { SamplingPlan } from './sampling-plan.js';

const DAY = 86_400_000;
/** A window may bring so many times its labels before it is cut: the number of draws varies, and people skip some. */
const HEADROOM = 1.5;
/** Candidates that a pick is chosen from (sampling 1.3). */
const CANDIDATES_PER_PICK = 5;
/** A window that waits so long for its draws is reported as an error. */
const LONG_WAIT_MS = 15 * 60_000;
const REPORT_EVERY_MS = 60_000;
/** The look for missing draws reads a whole window: it takes at most a twentieth of the engine's time. */
const PAUSE_FACTOR = 20;

export interface CloseDeps {
  readonly database: SamplingDatabase;
  /** The plan of a window that has begun; null: the bootstrap. */
  readonly planOf: (window: DrawWindow) => Promise<SamplingPlan | null>;
  readonly write: (emissions: readonly Emission[]) => Promise<void>;
  readonly budgets: SamplingBudgets;
  readonly channel: string;
  readonly bootstrap: { readonly rate: number; readonly salt: string };
  /** Of the cap; not the plan's, which decided the first phase. */
  readonly capSalt: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly report: (event: CloseReport) => void;
}

export type CloseReport =
  | {
      readonly event: 'draws_missing' | 'window_overdue';
      readonly from: number;
      readonly to: number;
      readonly missing: number;
      readonly expected: number;
      readonly waitedMs: number;
      readonly advice?: string;
    }
  | {
      /** Draws that plan and hash expect and that the role passed over: it had other settings then. */
      readonly event: 'draws_differ';
      readonly from: number;
      readonly to: number;
      readonly differing: number;
      readonly expected: number;
    }
  | {
      readonly event: 'window_closed';
      readonly from: number;
      readonly to: number;
      readonly planId: string | null;
      readonly drawn: number;
      readonly kept: number;
      readonly trainOnly: number;
    };

export interface CloseJob {
  /** Whether ClickHouse shows every draw that the plan and the hash expect and that may still come: a late role delays a window and loses nothing. */
  readonly isComplete: (window: DrawWindow) => Promise<boolean>;
  /** Appends what people are asked about. Repeated, it writes the same records: ids, probabilities and times come from the window. */
  readonly close: (window: DrawWindow, alive?: () => void) => Promise<void>;
}

export function createCloseJob(deps: CloseDeps): CloseJob {
  const { database, planOf, channel, bootstrap, clock, report } = deps;
  let waiting: { readonly from: number; readonly since: number; reportedAt: number; lookAt: number } | null = null;

  async function countMissing(window: DrawWindow) {
    const plan = await planOf(window);
    const strata = plan?.strata.map((stratum) => stratumParameters(plan, stratum)) ?? [
      bootstrapParameters(channel, bootstrap),
    ];
    let [expected, missing, differing] = [0, 0, 0];
    for (const stratum of strata) {
      const [count] = await database.query('sampling-missing-draws', {
        ...stratum,
        ...window,
        plan_id: plan?.planId ?? '',
      });
      expected += count?.expected ?? 0;
      missing += count?.missing ?? 0;
      differing += count?.differing ?? 0;
    }
    return { expected, missing, differing };
  }

  async function isComplete(window: DrawWindow): Promise<boolean> {
    const began = clock();
    if (waiting?.from === window.from && began < waiting.lookAt) return false;
    const { expected, missing, differing } = await countMissing(window);
    if (missing === 0) {
      waiting = null;
      const { from, to } = window;
      if (differing > 0) report({ event: 'draws_differ', from, to, differing, expected });
      return true;
    }
    if (waiting?.from !== window.from) {
      waiting = { from: window.from, since: began, reportedAt: Number.NEGATIVE_INFINITY, lookAt: 0 };
    }
    waiting.lookAt = began + PAUSE_FACTOR * (clock() - began);
    if (began - waiting.reportedAt >= REPORT_EVERY_MS) {
      waiting.reportedAt = began;
      const waitedMs = began - waiting.since;
      const { from, to } = window;
      const facts = { from, to, missing, expected, waitedMs };
      report(
        waitedMs < LONG_WAIT_MS
          ? { event: 'draws_missing', ...facts }
          : {
              event: 'window_overdue',
              ...facts,
              advice: `look at the lag of the sampling role; tidegate jobs run sampling-close --from ${new Date(from).toISOString()} closes it with the draws that are there`,
            },
      );
    }
    return false;
  }

  async function trainOnly(window: DrawWindow, plan: SamplingPlan, alive: () => void) {
    const picks = [];
    for (const stratum of plan.strata) {
      const size = trainOnlyPicks(window, plan, stratum);
      if (size === 0) continue;
      const parameters: StratumParameters = stratumParameters(plan, stratum);
      const candidates = await database.query('sampling-candidates', {
        ...parameters,
        ...window,
        most: CANDIDATES_PER_PICK * size,
      });
      alive();
      const features = featuriseTexts(candidates.map(({ text }) => text));
      picks.push(...pickForTraining(window, plan, candidates, features, size));
      alive();
    }
    return picks;
  }

  async function close(window: DrawWindow, alive: () => void = () => undefined): Promise<void> {
    const plan = await planOf(window);
    const { from, to } = window;
    const draws = (await database.query('sampling-draws', { from, to, channel })).map((row) => drawOf(row, channel));
    alive();
    const labels = deps.budgets.budgets.reduce((sum, { labelsPerDay }) => sum + labelsPerDay, 0);
    const bootstrapCap = Math.ceil((HEADROOM * labels * (to - from)) / DAY);
    const kept = closeWindow(window, plan, draws, { salt: deps.capSalt, headroom: HEADROOM, bootstrapCap }, to);
    const picked = plan === null ? [] : await trainOnly(window, plan, alive);
    await deps.write(
      [...kept, ...picked].map((value) => ({ topic: 'sampling.closed' as const, key: value.drawId, value })),
    );
    if (draws.length + picked.length === 0) return;
    report({
      event: 'window_closed',
      from,
      to,
      planId: plan?.planId ?? null,
      drawn: draws.length,
      kept: kept.length,
      trainOnly: picked.length,
    });
  }

  return { isComplete, close };
}

function drawOf(row: DrawRow, channel: string): ClosingDraw {
  return {
    drawId: row.id,
    planId: row.plan_id,
    platform: row.platform,
    contentId: row.content_id,
    revision: row.revision,
    channel,
    team: row.team,
    probability: row.probability,
    kind: row.kind,
    language: row.language,
    duplicateKey: row.duplicate_key,
    conversationHash: row.conversation_hash,
  };
}
