import type { ComparedFigure, ModelComparison, ModelLine, ModelView } from '../api/index.js';
import { instantOf } from '../instants.js';
import { noEstimate } from '../json-report.js';
import { policyOf } from '../work-progress.js';
import type { ModelFigureRow, ModelRow } from '../training-rows.js';

export function modelLineOf(row: ModelRow): ModelLine {
  const named = Object.keys(row.metrics).filter((category) => !row.categories.includes(category));
  return {
    artefactId: row.artefact_id,
    kind: row.kind,
    modelId: row.model_id,
    name: row.name,
    family: row.family,
    datasetId: row.dataset_id,
    recipeId: row.recipe_id,
    parentModelId: row.parent_model_id,
    channel: row.channel,
    policy: policyOf(row),
    figures: [...row.categories, ...named.sort()].flatMap((category) => {
      const metric = row.metrics[category];
      if (metric === undefined) return [];
      const { rows, positives, average_precision: value, low, high, roc_auc: rocAuc } = metric;
      return [{ category, rows, positives, averagePrecision: { value, low, high }, rocAuc }];
    }),
    unmet: row.unmet_targets.length,
    bytes: row.bytes,
    release: row.release,
    completedAt: instantOf(row.completed_at),
  };
}

/** One artefact with what it came from and what came from it. @param rows all artefacts, newest first */
export function modelOf(
  artefactId: string,
  rows: readonly ModelRow[],
  evaluations: ModelView['evaluations'],
): ModelView | null {
  const row = rows.find(({ artefact_id }) => artefact_id === artefactId);
  if (row === undefined) return null;
  return {
    ...modelLineOf(row),
    thresholds: Object.entries(row.thresholds)
      .map(([category, threshold]) => ({ category, ...threshold }))
      .sort((a, b) => row.categories.indexOf(a.category) - row.categories.indexOf(b.category)),
    unmetTargets: row.unmet_targets,
    ancestors: ancestorsOf(row, rows).map(modelLineOf),
    children: rows
      .filter(({ kind, parent_model_id }) => kind === 'MODEL' && parent_model_id === row.model_id)
      .map(modelLineOf),
    calibrations: rows
      .filter(({ kind, model_id, artefact_id }) => {
        return kind === 'CALIBRATION' && model_id === row.model_id && artefact_id !== artefactId;
      })
      .map(modelLineOf),
    evaluations,
  };
}

/** From the parent back to the first that is known; a calibration comes from its model. */
function ancestorsOf(row: ModelRow, rows: readonly ModelRow[]): readonly ModelRow[] {
  const found: ModelRow[] = [];
  let parent = row.kind === 'CALIBRATION' ? row.model_id : row.parent_model_id;
  while (parent !== null) {
    const next = rows.find(({ artefact_id }) => artefact_id === parent);
    if (next === undefined || next === row || found.includes(next)) break;
    found.push(next);
    parent = next.parent_model_id;
  }
  return found;
}

/**
 * Two models side by side where no paired comparison was made: on the data set and split that both were measured on, of several the
 * one with most rows.
 */
export function unpairedComparison(
  champion: ModelLine,
  challenger: ModelLine,
  figures: readonly ModelFigureRow[],
): ModelComparison {
  const places = new Map<string, ModelFigureRow[]>();
  for (const figure of figures) {
    const key = `${figure.dataset_id} ${figure.split}`;
    places.set(key, [...(places.get(key) ?? []), figure]);
  }
  const has = (rows: readonly ModelFigureRow[], modelId: string) => rows.some(({ model_id }) => model_id === modelId);
  const rowsIn = (rows: readonly ModelFigureRow[]) => rows.reduce((sum, { figure }) => sum + figure.rows, 0);
  const [shared] = [...places.values()]
    .filter((rows) => has(rows, champion.modelId) && has(rows, challenger.modelId))
    .sort((a, b) => rowsIn(b) - rowsIn(a));
  const [first] = shared ?? [];
  return {
    champion,
    challenger,
    datasetId: first?.dataset_id ?? null,
    split: first?.split ?? '',
    isPaired: false,
    outcome: null,
    because: [],
    macro: null,
    figures: [...new Set((shared ?? []).map(({ category }) => category))].map((category): ComparedFigure => {
      const of = (modelId: string) =>
        (shared ?? []).find((row) => row.model_id === modelId && row.category === category)?.figure;
      const [one, other] = [of(champion.modelId), of(challenger.modelId)];
      return {
        category,
        positives: Math.max(one?.positives ?? 0, other?.positives ?? 0),
        champion: estimateOf(one),
        challenger: estimateOf(other),
        difference: null,
        finding: null,
      };
    }),
    flips: null,
  };
}

function estimateOf(figure: ModelFigureRow['figure'] | undefined) {
  if (figure === undefined) return noEstimate;
  return { value: figure.average_precision, low: figure.low, high: figure.high };
}
