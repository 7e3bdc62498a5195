import type { CalibrationRow } from '#model';

/** One content of the live sample that people have labelled, as the query `calibration-labels` gives it. */
export interface LabelledDraw {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
  readonly language: string;
  /** Key of near-duplicates; empty: it resembles no other content. */
  readonly duplicate_key: string;
  /** When it was scored, milliseconds. */
  readonly scored_at: number;
  /** Final, of the draw times of the cap. */
  readonly probability: number;
  /** By category, in the order of the question: null where the model did not score it. */
  readonly logits: readonly (number | null)[];
  /** 1, 0, or -1: not labelled, or undecided. */
  readonly answers: readonly number[];
  /** Labelled draws over all draws of its part of the queue (sampling 1.4). */
  readonly labelling: readonly number[];
}

/** What calibration sees of one labelled content and category. */
export interface CategoryLabel extends CalibrationRow {
  readonly at: number;
  readonly key: string;
  readonly language: string;
  /** Near-duplicates are one observation. */
  readonly group: string;
}

/**
 * The labels of one category, oldest first, each weighted by the inverse of the probability with which it was drawn and labelled. What has
 * no label or no logit is left out: it is unknown, never a no.
 */
export function labelsOfCategory(draws: readonly LabelledDraw[], place: number): readonly CategoryLabel[] {
  const labels: CategoryLabel[] = [];
  for (const draw of draws) {
    const logit = draw.logits[place] ?? null;
    const answer = draw.answers[place] ?? -1;
    const labelling = draw.labelling[place] ?? 0;
    if (logit === null || answer < 0 || labelling <= 0) continue;
    const key = `${draw.platform}/${draw.content_id}/${draw.revision}`;
    labels.push({
      logit,
      label: answer === 1 ? 1 : 0,
      weight: 1 / (draw.probability * labelling),
      at: draw.scored_at,
      key,
      language: draw.language,
      group: draw.duplicate_key === '' ? key : draw.duplicate_key,
    });
  }
  return labels.sort((left, right) => left.at - right.at || (left.key < right.key ? -1 : 1));
}

/** The older 70 % by time, and the rest; what came at the same moment is not parted (calibration 3.4). */
export function splitByTime(labels: readonly CategoryLabel[]): {
  readonly older: readonly CategoryLabel[];
  readonly newer: readonly CategoryLabel[];
} {
  let end = Math.floor(0.7 * labels.length);
  while (end > 0 && end < labels.length && labels[end]?.at === labels[end - 1]?.at) end += 1;
  return { older: labels.slice(0, end), newer: labels.slice(end) };
}
