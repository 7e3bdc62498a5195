import { prepare, runRounds, STRATEGIES, type Corpus, type LabelRun, type Strategy } from './label-rounds.js';
import { readRealData } from './real-data.js';

export interface LabelsOptions {
  /** Folder of the public data. */
  readonly data: string;
  /** Only categories whose name begins so. */
  readonly category: string;
  readonly repeats: number;
  readonly rounds: number;
  readonly perRound: number;
  readonly seed: string;
}

/** One category, or all of a data set together, labelled by one strategy; means over the repeats. */
export interface LabelsResult {
  readonly data: string;
  readonly categories: readonly string[];
  readonly strategy: Strategy;
  readonly found: readonly CategoryFound[];
  /** Mean average precision on held-out texts before the first round and after each. */
  readonly curve: readonly number[];
}

export interface CategoryFound {
  readonly category: string;
  /** In the whole data set. */
  readonly prevalence: number;
  readonly positivesPerHundred: number;
  /** Positives found over those that as many random labels find. */
  readonly ratio: number;
  /** Of the labels with a probability alone; null where there are none. */
  readonly streamRatio: number | null;
  /** `ratio` over the category's part of the budget. */
  readonly ratioPerShare: number;
}

/** Each category with the whole budget, then eight categories of one data set together. */
export function measureLabels(
  options: LabelsOptions,
  onProgress: (what: string) => void,
): { readonly results: readonly LabelsResult[]; readonly missing: readonly string[] } {
  const { found, missing } = readRealData(options.data);
  const results: LabelsResult[] = [];
  for (const data of found) {
    const names = [...data.labels.keys()].filter((name) => name.startsWith(options.category));
    if (names.length === 0) continue;
    const corpus = prepare(data);
    const groups = names.map((name) => [name]);
    if (names.length === 8) groups.push(names);
    for (const categories of groups) {
      for (const strategy of STRATEGIES) {
        onProgress(`${data.name}: ${categories.length === 1 ? (categories[0] ?? '') : 'all together'}, ${strategy}`);
        results.push(measureOne(corpus, categories, strategy, options));
      }
    }
  }
  return { results, missing };
}

function measureOne(
  corpus: Corpus,
  categories: readonly string[],
  strategy: Strategy,
  { repeats, rounds, perRound, seed }: LabelsOptions,
): LabelsResult {
  const runs = Array.from({ length: repeats }, (_, repeat) =>
    runRounds(corpus, categories, strategy, { rounds, perRound, seed: `${seed}-${repeat}` }),
  );
  const total = (of: (run: LabelRun) => number | undefined) => runs.reduce((sum, run) => sum + (of(run) ?? 0), 0);
  const labels = total((run) => run.labels);
  const streamLabels = total((run) => run.streamLabels);
  return {
    data: corpus.data.name,
    categories,
    strategy,
    found: categories.map((category, c) => {
      const truth = corpus.data.labels.get(category) ?? new Uint8Array();
      const positives = total((run) => run.positives[c]);
      const atRandom = total((run) => run.atRandom[c]);
      const ratio = positives / atRandom;
      return {
        category,
        prevalence: truth.reduce((sum, one) => sum + one, 0) / truth.length,
        positivesPerHundred: (100 * positives) / labels,
        ratio,
        streamRatio:
          streamLabels === 0 ? null : total((run) => run.streamPositives[c]) / streamLabels / (atRandom / labels),
        ratioPerShare: ratio * categories.length,
      };
    }),
    curve: Array.from({ length: rounds + 1 }, (_, round) => total((run) => run.curve[round]) / repeats),
  };
}
