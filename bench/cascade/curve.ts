import { addEncoderLogits, createFeaturiser, joinUnion, scoreLinearModel } from '#model';
import { chooseBand } from '../../libs/model/encoder/choose-band.js';
import { rankingQuality } from '../../libs/model/evaluation/ranking.js';
import type { StackedFit } from '../../libs/model/encoder/fit-stacked-model.js';
import type { BenchCorpus } from './corpus.js';
import { fitBench } from './fit.js';
import { FIRST_SEED } from './quality.js';

/** Share of a platform's contents that a category applies to; the rows of the corpus have ten times as many. */
export const PREVALENCE = 0.03;
export const SHARES = [0, 0.0015, 0.005, 0.02, 0.1, 0.3, 1] as const;
/** How many are flagged: what a team that can look at so many gets. */
const FLAGGED = [0.01, 0.03] as const;

/** How the same share is chosen: by band alone, or half and a quarter of a wider one by hash, or by hash of everything. */
const ROUTES = [
  { name: 'top band, all of it', rate: () => 1 },
  { name: 'twice the band, half of it', rate: () => 0.5 },
  { name: 'ten times the band, a tenth', rate: () => 0.1 },
  { name: 'hash of everything', rate: (share: number) => share },
] as const;

interface Point {
  readonly any: number;
  readonly macro: number;
  /** Precision and recall by share that is flagged. */
  readonly at: readonly { readonly precision: number; readonly recall: number }[];
}

/** A stream: the in-domain rows out of fold, and harmless posts that nothing was trained on. */
interface StreamScores {
  /** By category; NaN is unknown. */
  readonly labels: ReadonlyMap<string, Float64Array>;
  readonly logits: ReadonlyMap<string, { readonly ngrams: Float64Array; readonly encoder: Float64Array }>;
  /** Positives make up the prevalence, negatives the rest. */
  readonly weights: Float64Array;
}

/** What sending a share of a stream to the encoder brings, out of fold, mean over foldings. */
export function printCurve(corpus: BenchCorpus, foldings: number, print: (line: string) => void): void {
  const streams = Array.from({ length: foldings }, (_, f) => scoreStream(corpus, fitBench(corpus, FIRST_SEED + f)));
  print(
    `\n${corpus.texts.length} in-domain rows out of fold (${foldings} foldings) and ${corpus.harmless.texts.length} harmless posts, ` +
      `weighted to a prevalence of ${100 * PREVALENCE} %`,
  );
  print(
    'route                         share    any AP  macro8 AP  flagged 1 %: precision  recall  flagged 3 %: precision  recall',
  );
  for (const { name, rate } of ROUTES) {
    for (const share of SHARES) {
      // The routes differ only in between.
      if ((share === 0 || share === 1) && name !== ROUTES[0].name) continue;
      const points = streams.map((stream) => pointOf(stream, share, rate(share)));
      print(`${name.padEnd(28)} ${`${100 * share} %`.padStart(6)} ${describe(points)}`);
    }
  }
}

export function scoreStream(corpus: BenchCorpus, fit: StackedFit): StreamScores {
  const { harmless, targets } = corpus;
  const categories = [...targets.keys()];
  const scored = scoreTexts(corpus, fit);
  const labels = new Map<string, Float64Array>();
  const logits = new Map<string, { ngrams: Float64Array; encoder: Float64Array }>();
  for (const [column, category] of categories.entries()) {
    const own = fit.heldOut.get(category);
    const at = (rows: readonly Float64Array[]): Float64Array => Float64Array.from(rows, (row) => row[column] ?? 0);
    labels.set(category, join(targets.get(category), new Float64Array(harmless.texts.length)));
    logits.set(category, {
      ngrams: join(own?.ngrams, at(scored.ngrams)),
      encoder: join(own?.encoder, at(scored.encoder)),
    });
  }
  const any = labels.get('ANY') ?? new Float64Array();
  const positives = any.reduce((sum, label) => sum + (label > 0.5 ? 1 : 0), 0);
  const weights = any.map((label) =>
    label > 0.5 ? PREVALENCE / positives : (1 - PREVALENCE) / (any.length - positives),
  );
  return { labels, logits, weights };
}

/** Logits of the harmless posts by row, as the model serves them. */
function scoreTexts(
  { harmless, featuriser: settings, dimensions, targets }: BenchCorpus,
  fit: StackedFit,
): { readonly ngrams: readonly Float64Array[]; readonly encoder: readonly Float64Array[] } {
  const featuriser = createFeaturiser(settings);
  const categories = [...targets.keys()];
  const own = new Float32Array(categories.length);
  const ngrams: Float64Array[] = [];
  const encoder: Float64Array[] = [];
  for (const [row, text] of harmless.texts.entries()) {
    const { ids, count } = featuriser.features(text);
    scoreLinearModel(fit.ngrams, ids, count, own);
    ngrams.push(Float64Array.from(own));
    scoreLinearModel(fit.encoderNgrams, ids, count, own);
    const logits = Float64Array.from(own);
    addEncoderLogits(fit.head, harmless.embeddings.subarray(row * dimensions, (row + 1) * dimensions), logits);
    if (fit.union !== null) joinUnion(fit.union, categories, logits);
    encoder.push(logits);
  }
  return { ngrams, encoder };
}

function join(first: Float64Array | undefined, second: Float64Array): Float64Array {
  return Float64Array.of(...(first ?? []), ...second);
}

function pointOf({ labels: targets, logits, weights }: StreamScores, share: number, rate: number): Point {
  const any = logits.get('ANY')?.ngrams ?? new Float64Array();
  const band = chooseBand('ANY', any, weights, { share, rate: Math.max(rate, share) || 1 });
  // A row stands for many contents, of which the hash takes the rate: it counts with both logits, in that proportion.
  const portion = any.map((logit) => (share > 0 && logit >= band.low ? Math.max(rate, share) : 0));
  const judged = [...targets].map(([category, labels]) => {
    const tiers = logits.get(category);
    const scores: number[] = [];
    const known: number[] = [];
    const counts: number[] = [];
    for (const [row, label] of labels.entries()) {
      if (Number.isNaN(label)) continue;
      for (const [own, part] of [
        [tiers?.ngrams, 1 - (portion[row] ?? 0)],
        [tiers?.encoder, portion[row] ?? 0],
      ] as const) {
        if (part === 0) continue;
        scores.push(own?.[row] ?? 0);
        known.push(label > 0.5 ? 1 : 0);
        counts.push(part * (weights[row] ?? 0));
      }
    }
    const one = {
      scores: Float64Array.from(scores),
      labels: Uint8Array.from(known),
      weights: Float64Array.from(counts),
    };
    return { category, ...one, averagePrecision: rankingQuality(one, undefined, one.weights).averagePrecision };
  });
  const whole = judged.find(({ category }) => category === 'ANY');
  const single = judged.filter(({ category }) => category !== 'ANY');
  return {
    any: whole?.averagePrecision ?? Number.NaN,
    macro: mean(single.map(({ averagePrecision }) => averagePrecision)),
    at: FLAGGED.map((flagged) => flag(whole ?? { scores: any, labels: new Uint8Array(), weights }, flagged)),
  };
}

/** Precision and recall when the highest scores are flagged until they make up so much of the stream. */
function flag(
  { scores, labels, weights }: { scores: Float64Array; labels: Uint8Array; weights: Float64Array },
  flagged: number,
): { precision: number; recall: number } {
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  let left = flagged;
  let found = 0;
  for (const row of order) {
    const weight = Math.min(left, weights[row] ?? 0);
    left -= weight;
    if (labels[row] === 1) found += weight;
    if (left <= 0) break;
  }
  return { precision: found / (flagged - Math.max(0, left)), recall: found / PREVALENCE };
}

function describe(points: readonly Point[]): string {
  const figure = (of: (point: Point) => number, width: number): string =>
    mean(points.map(of)).toFixed(3).padStart(width);
  return [
    figure(({ any }) => any, 9),
    figure(({ macro }) => macro, 10),
    figure(({ at }) => at[0]?.precision ?? Number.NaN, 23),
    figure(({ at }) => at[0]?.recall ?? Number.NaN, 7),
    figure(({ at }) => at[1]?.precision ?? Number.NaN, 23),
    figure(({ at }) => at[1]?.recall ?? Number.NaN, 7),
  ].join(' ');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
