import { modelLineOf, modelOf, unpairedComparison } from './model-views.js';
import type { ModelFigureRow, ModelRow } from '../training-rows.js';

const row = (artefact_id: string, over: Partial<ModelRow> = {}): ModelRow => ({
  ...{ artefact_id, kind: 'MODEL', model_id: artefact_id, name: 'posts', family: 'HASHED_LINEAR', dataset_id: 'ds-1' },
  ...{ recipe_id: 'r-1', parent_model_id: null, channel: null, policy_id: null, policy_version: null },
  ...{ categories: ['H', 'ANY'], thresholds: {}, unmet_targets: [], metrics: {}, bytes: 1, release: '0.1.0' },
  completed_at: '2026-03-04 10:00:00.000',
  ...over,
});

const rows = [
  row('c-1', { kind: 'CALIBRATION', model_id: 'm-2', dataset_id: null, channel: 'public' }),
  row('m-3', { parent_model_id: 'm-2' }),
  row('m-2', { parent_model_id: 'm-1' }),
  row('m-1', { parent_model_id: 'm-0' }),
];

describe('lineage', () => {
  const idsOf = (lines: readonly { readonly artefactId: string }[] = []) => lines.map(({ artefactId }) => artefactId);

  it('leads back to the first model that is known, and on to what was made of this one', () => {
    const model = modelOf('m-2', rows, []);
    expect(idsOf(model?.ancestors)).toEqual(['m-1']);
    expect(idsOf(model?.children)).toEqual(['m-3']);
    expect(idsOf(model?.calibrations)).toEqual(['c-1']);
  });

  it('of a calibration begins at its model', () => {
    expect(idsOf(modelOf('c-1', rows, [])?.ancestors)).toEqual(['m-2', 'm-1']);
  });

  it('ends although models name each other as parents', () => {
    const ring = [row('m-1', { parent_model_id: 'm-2' }), row('m-2', { parent_model_id: 'm-1' })];
    expect(idsOf(modelOf('m-1', ring, [])?.ancestors)).toEqual(['m-2']);
  });

  it('of what nobody trained is none', () => {
    expect(modelOf('m-9', rows, [])).toBeNull();
  });
});

describe('two models that were not compared in pairs', () => {
  const [one, other] = [modelLineOf(row('m-1')), modelLineOf(row('m-2'))];
  const figure = (model_id: string, dataset_id: string, value: number, count: number): ModelFigureRow => ({
    ...{ model_id, dataset_id, split: 'test', category: 'H' },
    figure: { rows: count, positives: 9, average_precision: value, low: 0.1, high: 0.9, wide: true, roc_auc: null },
  });

  it('are shown where both were measured, and no interval is made up for the difference', () => {
    const compared = unpairedComparison(one, other, [
      figure('m-1', 'ds-1', 0.4, 900),
      figure('m-1', 'ds-2', 0.5, 100),
      figure('m-2', 'ds-2', 0.6, 100),
    ]);
    expect(compared).toMatchObject({ datasetId: 'ds-2', split: 'test', isPaired: false, outcome: null });
    expect(compared.figures).toMatchObject([{ category: 'H', champion: { value: 0.5 }, challenger: { value: 0.6 }, difference: null }]);
  });

  it('have nothing to show when no rows were measured with both', () => {
    expect(unpairedComparison(one, other, [figure('m-1', 'ds-1', 0.4, 9)])).toMatchObject({ datasetId: null, figures: [] });
  });
});
