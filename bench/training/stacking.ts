import { readArtefact, trainDataset, type DatasetRow, type ModelRecipe } from '#model';
import { fitDataset } from '../../libs/model/training/fit-dataset.js';
import type { FitDatasetInput } from '../../libs/model/training/fit-dataset.js';
import { nativeCategories } from '../../libs/model/training/labelled-text.js';
import { foldedQuality } from '../../libs/model/training/out-of-fold.js';

export interface StackingRow {
  readonly recipe: string;
  /** Pooled over the held-out rows, and mean inside the folds. */
  readonly any: readonly [number, number];
  readonly macro: readonly [number, number];
  readonly categories: ReturnType<typeof foldedQuality>['categories'];
}

/** What recipes of the product gain from public data on in-domain rows, out of fold, mean over the foldings. */
export function runStacking(
  { general, inDomain }: { readonly general: readonly DatasetRow[]; readonly inDomain: readonly DatasetRow[] },
  recipes: { readonly parent: ModelRecipe; readonly stacked: ModelRecipe; readonly alone: ModelRecipe },
  foldings: number,
  options: Pick<FitDatasetInput, 'fitCategories' | 'onProgress'>,
): StackingRow[] {
  const { files } = trainDataset({
    ...options,
    rows: general,
    categories: ['H', 'HR', 'V', 'H2'],
    recipe: recipes.parent,
    datasetId: 'ds-public',
    release: 'bench',
  });
  const parent = readArtefact((path) => files.get(path));
  const measure = (recipe: ModelRecipe, from: typeof parent | null): StackingRow => {
    const {
      set,
      heads,
      labels,
      foldings: folds,
    } = fitDataset({
      ...options,
      rows: inDomain,
      categories: nativeCategories,
      recipe: { ...recipe, parent: 'none', outOfFold: { folds: 5, foldings, mostRows: inDomain.length } },
      parent: from,
    });
    const scores = heads.map(({ category, outOfFold }) => ({
      category,
      labels: Float64Array.from(
        set.train,
        (i) => labels.find((one) => one.category === category)?.targets[i] ?? Number.NaN,
      ),
      foldings: outOfFold,
      folds,
    }));
    const groups = [...set.train].map((i) => set.groups[i] ?? 0);
    const { categories, macro } = foldedQuality(scores, groups, (category) => category !== 'ANY', 200);
    const any = categories.find(({ category }) => category === 'ANY');
    return {
      recipe: recipe.name,
      any: [any?.pooled ?? Number.NaN, any?.perFold ?? Number.NaN],
      macro: [macro.pooled, macro.perFold],
      categories,
    };
  };
  return [measure(recipes.alone, null), measure(recipes.stacked, parent)];
}
