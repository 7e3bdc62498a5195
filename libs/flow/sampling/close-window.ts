import type { SamplingClosed, SamplingDrawn } from '#platform/contracts';
import { FatalError } from '#platform/stream';
import type { DrawWindow } from './plan-board.js';
import { capDraws } from './priority-sample.js';
import { stratumOf, type PlanStratum, type SamplingPlan } from './sampling-plan.js';

/** What the closing of a window needs to know of a draw. */
export type ClosingDraw = Pick<
  SamplingDrawn,
  | 'drawId'
  | 'planId'
  | 'platform'
  | 'contentId'
  | 'revision'
  | 'channel'
  | 'team'
  | 'probability'
  | 'kind'
  | 'language'
  | 'duplicateKey'
  | 'conversationHash'
>;

export interface ClosingSettings {
  /** Of a salt of its own: the plan's already decided the first phase. */
  readonly salt: string;
  /** A stratum is cut when it brings more than so many times the labels of its budget. */
  readonly headroom: number;
  /** Most draws of a window without a plan. */
  readonly bootstrapCap: number;
}

/**
 * What people are asked about once a window has closed, before anybody is asked: the draws of each stratum, cut to what its teams can
 * label, with the final inclusion probability (sampling 1.4). Every draw has the same chance to stay, so that the cut keeps the plan's
 * preference for likely positives (docs/adr/0012). A function of its arguments: whoever closes the window again writes the same.
 * @throws FatalError when a draw was made by another plan than the window's
 */
export function closeWindow(
  window: DrawWindow,
  plan: SamplingPlan | null,
  draws: readonly ClosingDraw[],
  settings: ClosingSettings,
  closedAt: number,
): readonly SamplingClosed[] {
  const strata = new Map<PlanStratum | null, ClosingDraw[]>();
  for (const draw of draws) {
    if (draw.planId !== (plan?.planId ?? null)) {
      throw new FatalError(
        'configuration',
        `draw ${draw.drawId} of the window from ${window.from} was made by ${draw.planId ?? 'no plan'}, not by ` +
          `${plan?.planId ?? 'no plan'}; was the length of windows changed?`,
      );
    }
    const stratum = plan === null ? null : stratumOf(plan, draw.language);
    const known = strata.get(stratum);
    if (known === undefined) strata.set(stratum, [draw]);
    else known.push(draw);
  }
  return [...strata].flatMap(([stratum, ofStratum]) => {
    const cap = stratum === null ? settings.bootstrapCap : Math.ceil(settings.headroom * stratum.budget);
    return capDraws(ofStratum, cap, settings.salt, () => 1).map(({ draw, probability }) =>
      closedEvent(draw, window, probability, closedAt),
    );
  });
}

function closedEvent(
  draw: ClosingDraw,
  { from: windowFrom, to: windowTo }: DrawWindow,
  probability: number,
  closedAt: number,
): SamplingClosed {
  const { drawId, planId, platform, contentId, revision, channel, team, kind, language } = draw;
  const { duplicateKey, conversationHash } = draw;
  return {
    drawId,
    origin: 'DRAWN',
    planId,
    platform,
    contentId,
    revision,
    channel,
    windowFrom,
    windowTo,
    probability,
    capProbability: probability / draw.probability,
    value: null,
    team,
    kind,
    language,
    duplicateKey,
    conversationHash,
    closedAt,
  };
}
