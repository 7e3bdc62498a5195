import type { LabelledDraw } from './calibration-labels.js';
import type { LiveChannel } from './refresh-channel.js';

const DAY = 86_400_000;
/** 2026-01-31 00:00 UTC. */
export const UNTIL = Date.UTC(2026, 0, 31);

/** A uniform number in [0, 1) for a place of a table: mulberry32 of the place. */
function planted(row: number, column: number): number {
  let state = (row * 31 + column) * 0x9e3779b1;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/** Labels of H and V over 30 days. H follows sigma(slope z + offset); V has a positive in `rareness`. Every fourth is drawn with .1, else .8. */
export function plantLabels(
  count: number,
  truth: { readonly slope: number; readonly offset: number; readonly rareness: number },
): readonly LabelledDraw[] {
  return Array.from({ length: count }, (_, i): LabelledDraw => {
    const logit = Math.round(4096 * 5 * (planted(i, 0) + planted(i, 1) - 1)) / 4096;
    const probability = 1 / (1 + Math.exp(-(truth.slope * logit + truth.offset)));
    return {
      platform: 'p',
      content_id: `c-${String(i).padStart(5, '0')}`,
      revision: 1,
      language: i % 2 === 0 ? 'en' : 'pt',
      duplicate_key: '',
      scored_at: UNTIL - 30 * DAY + Math.floor((i * 30 * DAY) / count),
      probability: i % 4 === 0 ? 0.1 : 0.8,
      logits: [logit, -4],
      answers: [planted(i, 2) < probability ? 1 : 0, i % truth.rareness === 0 ? 1 : 0],
      labelling: [1, 1],
    };
  });
}

/** H asks for both actions, V for a review. */
export function liveChannel(rest: Partial<LiveChannel> = {}): LiveChannel {
  return {
    channel: 'public',
    modelId: 'm-live',
    modelSha256: 'sha',
    family: 'HASHED_LINEAR',
    policyId: 'default',
    policyVersion: 2,
    calibratedUnder: 2,
    calibrators: {
      H: { kind: 'PLATT', parameters: [1, 0], x: [], y: [] },
      V: { kind: 'PLATT', parameters: [1, 1], x: [], y: [] },
    },
    thresholds: {
      H: { review: 0.3, block: 0.8, provisional: true },
      V: { review: 0.2, block: null, provisional: true },
    },
    uncovered: 'ALLOW',
    targets: {
      H: { blockPrecision: 0.9, reviewRecall: 0.9, provisionalBlock: 0.8, provisionalReview: 0.3 },
      V: { blockPrecision: null, reviewRecall: 0.9, provisionalBlock: null, provisionalReview: 0.2 },
    },
    ...rest,
  };
}
