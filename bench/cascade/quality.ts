import { foldedQuality, type FoldedQuality } from '../../libs/model/training/out-of-fold.js';
import type { BenchCorpus } from './corpus.js';
import { fitBench } from './fit.js';

/** Settings were compared on foldings with smaller seeds than those that are reported. */
export const FIRST_SEED = 101;
const FOLDINGS = 20;
/** Floors of the two figures of model 9.4, as the mean over held-out folds and foldings. */
const FLOORS = { any: 0.84, macro8: 0.58 } as const;

/** Out-of-fold quality of both tiers over 20 foldings. Returns whether the encoder's tier reaches its floors. */
export function measureQuality(corpus: BenchCorpus, print: (line: string) => void, foldings = FOLDINGS): boolean {
  const folds = Array.from({ length: foldings }, (_, f) => corpus.foldsOf(FIRST_SEED + f));
  const fitted = folds.map((_, f) => {
    print(`folding ${f + 1} of ${foldings}`);
    return fitBench(corpus, FIRST_SEED + f).heldOut;
  });
  let isReached = true;
  for (const tier of ['ngrams', 'encoder'] as const) {
    const scores = [...corpus.targets].map(([category, labels]) => ({
      category,
      labels,
      folds,
      foldings: fitted.map((heldOut) => heldOut.get(category)?.[tier] ?? new Float64Array(labels.length)),
    }));
    const { categories, macro } = foldedQuality(scores, corpus.groups, (category) => category !== 'ANY', 500);
    print(
      `\n${tier === 'ngrams' ? 'n-grams' : 'encoder + n-grams'}, stacked; ${corpus.texts.length} rows, ${foldings} foldings`,
    );
    print('category  positives  mean of folds  pooled  95 % of pooled   sd between foldings');
    for (const one of categories) print(line(one, String(one.positives)));
    print(line(macro, ''));
    const any = categories.find(({ category }) => category === 'ANY')?.perFold ?? 0;
    if (tier === 'encoder') isReached = any >= FLOORS.any && macro.perFold >= FLOORS.macro8;
  }
  print(`\nfloors, mean of folds: any ${FLOORS.any}, macro8 ${FLOORS.macro8}: ${isReached ? 'reached' : 'MISSED'}`);
  return isReached;
}

function line(one: Omit<FoldedQuality, 'rows' | 'positives'>, positives: string): string {
  const figure = (value: number): string => value.toFixed(3);
  return [
    one.category.padEnd(8),
    positives.padStart(10),
    figure(one.perFold).padStart(14),
    figure(one.pooled).padStart(7),
    `[${figure(one.low)}, ${figure(one.high)}]${one.wide ? ' wide' : '     '}`.padStart(21),
    figure(one.deviation).padStart(8),
  ].join(' ');
}
