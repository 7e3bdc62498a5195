import type { DatasetEvaluation, ModelDocument } from '#model';
import type { CategoryFigures, Thresholds, TrainingCompleted, TrainingRequested } from '#platform/contracts';
import type { RoleRecipe } from './role-recipe.js';

const MODEL_FILE = 'model.onnx';

/** What is told of a model whose files are in the store. */
export function completedEvent(parts: {
  readonly request: TrainingRequested;
  readonly recipe: RoleRecipe;
  readonly document: ModelDocument;
  readonly parentModelId: string | null;
  /** Whose targets the thresholds meet; null: those of the recipe. */
  readonly policy: { readonly policyId: string; readonly version: number } | null;
  readonly unmetTargets: TrainingCompleted['unmetTargets'];
  readonly reports: readonly DatasetEvaluation[];
  /** Of all its files. */
  readonly bytes: number;
  readonly release: string;
  readonly completedAt: number;
}): TrainingCompleted {
  const { request, recipe, document, reports } = parts;
  return {
    artefactId: document.modelId,
    kind: 'MODEL',
    requestId: request.requestId,
    modelId: document.modelId,
    modelSha256: document.files.find(({ path }) => path === MODEL_FILE)?.sha256 ?? '',
    name: recipe.name,
    family: document.family,
    datasetId: request.datasetId,
    recipeId: recipe.recipeId,
    parentModelId: parts.parentModelId,
    channel: null,
    policyId: parts.policy?.policyId ?? null,
    policyVersion: parts.policy?.version ?? null,
    categories: document.categories,
    calibrators: document.calibrators,
    thresholds: thresholdsOf(document),
    unmetTargets: parts.unmetTargets,
    metrics: figuresOf(reports) ?? documentFigures(document),
    bytes: parts.bytes,
    release: parts.release,
    completedAt: parts.completedAt,
  };
}

/** Solved from labels where the labels sufficed, else declared. */
export function thresholdsOf({ categories, thresholds }: ModelDocument): Record<string, Thresholds> {
  return Object.fromEntries(
    categories.flatMap((category): [string, Thresholds][] => {
      const solved = thresholds.solved[category];
      const declared = thresholds.provisional[category];
      if (solved !== undefined && (solved.review !== null || solved.block !== null)) {
        return [[category, { ...solved, provisional: false }]];
      }
      return declared === undefined ? [] : [[category, { ...declared, provisional: true }]];
    }),
  );
}

/** On rows that neither the weights nor the calibrators have seen, else on those for the calibrators. */
function figuresOf(reports: readonly DatasetEvaluation[]): Record<string, CategoryFigures> | null {
  const report = reports.find(({ split }) => split === 'test') ?? reports[0];
  if (report === undefined) return null;
  return Object.fromEntries(
    report.categories.map(({ category, rows, positives, averagePrecision, rocAuc }) => [
      category,
      {
        rows,
        positives,
        averagePrecision: averagePrecision.value,
        low: averagePrecision.low,
        high: averagePrecision.high,
        rocAuc: rocAuc.value,
      },
    ]),
  );
}

/** Out of fold, as the trainer measured it. */
function documentFigures({ metrics }: ModelDocument): Record<string, CategoryFigures> {
  return Object.fromEntries(
    Object.entries(metrics).map(([category, { rows, positives, averagePrecision, low, high, rocAuc }]) => [
      category,
      { rows, positives, averagePrecision, low, high, rocAuc },
    ]),
  );
}
