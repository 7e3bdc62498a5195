import type { HeldOutPage } from '../evaluation/html/held-out-page.js';
import { categoryTable, markdownTable, number } from '../evaluation/report-tables.js';
import type { DatasetAssessment } from './assess-dataset.js';
import type { FittedDataset } from './fit-dataset.js';
import type { ModelRecipe } from './model-recipe.js';

/** What card and report of a trained model are written from. */
export interface TrainedFacts {
  readonly recipe: ModelRecipe;
  readonly recipeId: string;
  readonly datasetId: string;
  readonly release: string;
  readonly parentModelId: string | null;
  readonly fitted: FittedDataset;
  readonly carried: readonly string[];
  readonly assessment: DatasetAssessment;
}

const evaluatedOn = {
  TEST: 'the test split, which decided nothing',
  HELD_OUT:
    'all held-out rows, because some category has fewer than 30 positives in the test split: test and validation by this model, training rows by those of other folds, where there are folds. These rows also chose and calibrated, so the figures are slightly flattering',
} as const;

/** `CARD.md` of a model that was trained on a data set. */
export function datasetCard(modelId: string, facts: TrainedFacts): string {
  const { recipe, recipeId, datasetId, release, parentModelId, fitted, carried, assessment } = facts;
  const { set, heads, untrained } = fitted;
  const { leftOut } = set;
  return `# Model ${modelId}

Hashed linear model, recipe ${recipe.name} (${recipeId}), trained by release ${release} on data set ${datasetId}${parentLine(facts)}.
The same data set, recipe, ${parentModelId === null ? '' : 'parent '}and release give the same bytes on one architecture. No text and no n-gram is stored: a small integer per hash bucket and category.

## Data
${set.train.length} rows train, ${set.validation.length} validate, ${set.test.length} test. Left out: ${leftOut.erased} whose text is gone, ${leftOut.quarantined} that tie groups of different splits,
${leftOut.copies} near-copies of rows that train${leftOut.contradictions > 0 ? `, ${leftOut.contradictions} of them with another label than the row that stands for them` : ''}. A row weighs as sure as its label is; unknown labels are left out of every loss and figure.

## Heads
${markdownTable({
  headings: ['category', 'positives', 'negatives', 'C', 'chosen by', 'iterations', 'converged'],
  rows: heads.map(({ category, positives, negatives, c, choice, iterations, converged }) => [
    category,
    String(positives),
    String(negatives),
    String(c),
    { FIRST: 'recipe', VALIDATION: 'validation split', FOLDS: 'folds inside train' }[choice],
    String(iterations),
    converged ? 'yes' : 'no',
  ]),
})}

${headNotes(facts)}
## Quality
${qualityOf(assessment)}
${languageTable(assessment)}
## Thresholds
Provisional ones carry no guarantee. Solved ones do, as far as their rows are like the traffic: ${weightNote(assessment)}

${markdownTable({
  headings: [
    'category',
    'calibrator',
    'rows',
    'positives',
    'from',
    'review from',
    'block from',
    'solved review',
    'solved block',
  ],
  rows: assessment.calibrations.map((one) => [
    one.category,
    one.rule ?? 'not fitted',
    String(one.rows),
    String(one.positives),
    { VALIDATION: 'validation', VALIDATION_AND_OUT_OF_FOLD: 'validation and out of fold', NONE: '' }[one.source],
    threshold(one.provisional.review),
    threshold(one.provisional.block),
    threshold(one.solved.review),
    threshold(one.solved.block),
  ]),
})}
${unmetList(assessment)}`.replace(/\n{3,}/g, '\n\n');

  function parentLine({ recipe: { inherit, stack } }: TrainedFacts): string {
    if (parentModelId === null) return '';
    return inherit === 'stack'
      ? `, stacked on the logits of ${parentModelId} (standardised, times ${stack.scale}) and collapsed into one table; ${
          stack.unseen
            ? 'the recipe declares that the parent has not learned from these rows, and figures from training rows are worth as much as that word'
            : 'the parent may have learned from the training rows, so they hold nothing out'
        }`
      : `, beginning at the weights of ${parentModelId}`;
  }

  function headNotes({ recipe: { categories, strength } }: TrainedFacts): string {
    const notes: string[] = [];
    const slow = heads.filter(({ converged }) => !converged).map(({ category }) => category);
    if (slow.length > 0) {
      notes.push(`Not converged within ${recipe.convergence.maxIterations} iterations: ${slow.join(', ')}.`);
    }
    const cut = Math.max(0, ...heads.map(({ gridCut }) => gridCut));
    if (cut > 0) {
      notes.push(
        `The budget of ${strength.fits} fits allowed ${strength.grid.length - cut} of ${strength.grid.length} penalties to be tried.`,
      );
    }
    if (carried.length > 0) {
      notes.push(
        `Carried over unchanged from ${parentModelId ?? 'the parent'}, with its calibrators and thresholds, because this data set does not train them: ${carried.join(', ')}.`,
      );
    }
    const missing = untrained.filter((category) => !carried.includes(category));
    if (missing.length > 0) {
      notes.push(
        `No head for ${missing.join(', ')}: fewer than ${categories.leastRows} rows of one label. The policy says what an uncovered category does.`,
      );
    }
    return notes.length === 0 ? '' : `${notes.join('\n')}\n`;
  }
}

function qualityOf({ evaluation, evaluated }: DatasetAssessment): string {
  if (evaluation.rows === 0) return 'No row was held out, so nothing is known of it.\n';
  return `On ${evaluatedOn[evaluated]}; "wide" marks fewer than 30 positives.

${markdownTable(categoryTable(evaluation))}`;
}

function threshold(value: number | null): string {
  return value === null ? 'never' : number(value);
}

function weightNote({ calibrations }: DatasetAssessment): string {
  const weighted = calibrations.filter(({ byInclusion }) => byInclusion).map(({ category }) => category);
  if (weighted.length === 0) return 'no category has draws enough, so every row counts alike.';
  return `${weighted.join(', ')} by draws alone, each weighted by 1/inclusion; in the others every row counts alike.`;
}

function languageTable({ languages }: DatasetAssessment): string {
  if (new Set(languages.map(({ language }) => language)).size < 2) return '';
  return `
By language, where there are positives enough:

${markdownTable({
  headings: ['language', 'category', 'rows', 'positives', 'AP'],
  rows: languageRows(languages),
})}
`;
}

function languageRows(languages: DatasetAssessment['languages']): string[][] {
  return languages.map((one) => [
    one.language,
    one.category,
    String(one.rows),
    String(one.positives),
    number(one.averagePrecision),
  ]);
}

/** `report.html`: the card's figures with their curves. */
export function datasetPage(modelId: string, facts: TrainedFacts): HeldOutPage {
  const { recipe, recipeId, datasetId, release, fitted, assessment } = facts;
  const { evaluation, evaluated, languages } = assessment;
  const { train, validation, test } = fitted.set;
  return {
    title: `Model ${modelId}`,
    subtitle: `${recipe.name}, trained on ${datasetId}, measured on rows that it has not seen`,
    facts: [
      ['release', release],
      ['recipe', recipeId],
      ['rows that train', String(train.length)],
      ['validation and test', `${validation.length} and ${test.length}`],
      ['rows measured on', String(evaluation.rows)],
      ['bootstrap draws', String(recipe.bootstrapDraws)],
    ],
    notes: [
      evaluation.rows === 0 ? 'No row was held out, so nothing is known of it.' : `On ${evaluatedOn[evaluated]}.`,
      'Operating points are those of the provisional thresholds.',
    ],
    report: evaluation,
    draws: recipe.bootstrapDraws,
    tables:
      new Set(languages.map(({ language }) => language)).size < 2
        ? []
        : [
            {
              id: 'languages',
              title: 'Languages',
              words: 'Where there are positives enough.',
              headings: ['language', 'category', 'rows', 'positives', 'average precision'],
              rows: languageRows(languages),
            },
          ],
  };
}

function unmetList({ unmet }: DatasetAssessment): string {
  if (unmet.length === 0) return '';
  const lines = unmet.map(
    ({ category, action, target, why, fallback }) => `- ${category}, ${action} at ${target}: ${why}; ${fallback}.`,
  );
  return `\nTargets of the policy that cannot be promised yet:\n\n${lines.join('\n')}\n`;
}

/** `report.json`: the same for machines. */
export function datasetReport(modelId: string, facts: TrainedFacts): string {
  const { recipe, recipeId, datasetId, release, parentModelId, fitted, carried, assessment } = facts;
  const { set, heads, untrained } = fitted;
  const { calibrations, unmet, evaluation, evaluated, languages } = assessment;
  const content = {
    modelId,
    datasetId,
    recipeId,
    recipe,
    release,
    parentModelId,
    rows: { train: set.train.length, validation: set.validation.length, test: set.test.length, ...set.leftOut },
    heads: heads.map(
      ({ category, positives, negatives, c, choice, candidates, gridCut, iterations, converged, fits }) => ({
        category,
        positives,
        negatives,
        c,
        choice,
        candidates,
        gridCut,
        iterations,
        converged,
        fits,
      }),
    ),
    carried,
    untrained,
    evaluated,
    evaluation,
    languages,
    calibrations,
    unmet,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
