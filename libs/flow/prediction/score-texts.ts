import { roundLogit } from '#model';
import { FatalError, RetryableError } from '#platform/stream';
import type { IdentifiedText, ModelError, ModelOutcome, ScoredText, Scorer } from './scorer.js';

/** Small enough that a shadow's time limit is looked at often, large enough that an ONNX run costs little a row. */
const SHADOW_SLICE = 64;
/** Any text that a working model scores. */
const PROBE: IdentifiedText = { id: 'probe', text: 'a text that every model can score' };

export interface EffectiveScores {
  readonly outcomes: readonly ModelOutcome[];
  /**
   * True when the model fails on texts that it must be able to score: the model is broken, not the texts. An encoder that is broken
   * fails on the few contents that are routed to it, so one failure is reason enough to look.
   */
  readonly isBroken: boolean;
}

/**
 * Scores texts for verdicts. When a run fails, each text is scored alone, so that one that the model cannot take does not stop its
 * neighbours (streaming 6, fault 11); when a harmless probe fails as well, the model is broken.
 */
export async function scoreEffective(
  scorer: Scorer,
  texts: readonly IdentifiedText[],
  alive?: () => Promise<void>,
): Promise<EffectiveScores> {
  const together = await attempt(scorer, texts, alive);
  if (together !== null)
    return { outcomes: together, isBroken: together.some(isFailed) && (await failsOnProbe(scorer)) };
  const outcomes: ModelOutcome[] = [];
  for (const text of texts) {
    const [alone] = (await attempt(scorer, [text], alive)) ?? [];
    outcomes.push(alone ?? failed('model_failed'));
  }
  return { outcomes, isBroken: outcomes.some(isFailed) && (await failsOnProbe(scorer)) };
}

/** Runs work until it is done or the time is up; null when the time is up. */
export type TimeLimit = <T>(work: Promise<T>, milliseconds: number) => Promise<T | null>;

/** Scores for comparison only: whatever goes wrong, and whatever is not ready in time, becomes an error of the assignment. */
export function createShadowScoring(deps: {
  readonly clock: () => number;
  readonly timeLimit: TimeLimit;
  /** For one chunk and model, milliseconds. */
  readonly limitMs: number;
}): (scorer: Scorer, texts: readonly IdentifiedText[]) => Promise<readonly ModelOutcome[]> {
  const { clock, timeLimit, limitMs } = deps;
  /** A shadow that hangs gets no further work, so that its unfinished runs cannot pile up. */
  const hanging = new WeakSet<Scorer>();

  return async function scoreShadow(scorer, texts) {
    const outcomes: ModelOutcome[] = [];
    const deadline = clock() + limitMs;
    while (outcomes.length < texts.length && !hanging.has(scorer)) {
      const left = deadline - clock();
      if (left <= 0) break;
      const slice = texts.slice(outcomes.length, outcomes.length + SHADOW_SLICE);
      const run = attempt(scorer, slice).finally(() => hanging.delete(scorer));
      hanging.add(scorer);
      const done = await timeLimit(run, left);
      if (done === null && hanging.has(scorer)) break;
      outcomes.push(...(done ?? slice.map(() => failed('model_failed'))));
    }
    while (outcomes.length < texts.length) outcomes.push(failed('timeout'));
    return outcomes;
  };
}

export function failed(error: ModelError): ModelOutcome {
  return { ok: false, error };
}

function isFailed(outcome: ModelOutcome): boolean {
  return !outcome.ok;
}

/**
 * Null when the run failed as a whole. Any error of the model counts: what a native library throws has no closed list of codes. Errors of
 * the stream are not the model's: the partition is to be given away.
 */
async function attempt(
  scorer: Scorer,
  texts: readonly IdentifiedText[],
  alive?: () => Promise<void>,
): Promise<readonly ModelOutcome[] | null> {
  try {
    const scored = await scorer.score(texts, alive);
    return scored.length === texts.length ? scored.map(asOutcome) : null;
  } catch (error) {
    if (error instanceof RetryableError || error instanceof FatalError) throw error;
    return null;
  }
}

async function failsOnProbe(scorer: Scorer): Promise<boolean> {
  const [probe] = (await attempt(scorer, [PROBE])) ?? [];
  if (probe?.ok !== true) return true;
  try {
    const encoded = await scorer.scoreEncoded(PROBE.text);
    return encoded !== null && !Object.values(encoded).every(Number.isFinite);
  } catch {
    return true;
  }
}

/** Rounds to 2^-12 (design 3); a logit that is no number fails the whole text, because its categories cannot be told apart. */
function asOutcome({ logits, counters, tier }: ScoredText): ModelOutcome {
  const rounded: Record<string, number> = {};
  for (const category in logits) {
    const logit = roundLogit(logits[category] ?? Number.NaN);
    if (!Number.isFinite(logit)) return failed('model_failed');
    rounded[category] = logit;
  }
  return { ok: true, logits: rounded, counters, tier };
}
