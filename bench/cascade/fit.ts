import { defaultStackedFit, fitStackedModel, type StackedFit } from '../../libs/model/encoder/fit-stacked-model.js';
import type { BenchCorpus } from './corpus.js';

/** The recipe of model 9.4 on the rows of the corpus; held-out logits under the folds of the seed. */
export function fitBench(corpus: BenchCorpus, seed: number): StackedFit {
  const { rows, terms, targets, embeddings, dimensions, parents } = corpus;
  return fitStackedModel({
    rows,
    terms,
    targets,
    embeddings,
    dimensions,
    parents,
    folds: corpus.foldsOf(seed),
    union: 'ANY',
    settings: defaultStackedFit,
  });
}
