import { loadExamples } from '#platform/testing';
import type { TrainingRequested } from '#platform/contracts';
import { knownTrainings } from './known-trainings.js';

const [example] = loadExamples('training/requested');

function request(requestId: string, more: Partial<TrainingRequested> = {}): TrainingRequested {
  if (example === undefined) throw new Error('a schema without examples');
  return {
    ...example.event,
    kind: 'MODEL',
    requestId,
    datasetId: 'ds-1',
    recipe: 'ngrams',
    requestedAt: 1000,
    ...more,
  };
}

function said(requestId: string, state: 'RUNNING' | 'COMPLETED' | 'FAILED', at: number) {
  const nothing = { step: 'fit', done: 1, total: 2, detail: null, artefact_id: null, name: '', dataset_id: null };
  return { request_id: requestId, attempt: 1, state, ...nothing, at_ms: at };
}

const shown = (known: ReturnType<typeof knownTrainings>) =>
  known.map(({ request_id: requestId, state, name, dataset_id: datasetId }) => [requestId, state, name, datasetId]);

describe('known trainings', () => {
  it('have the recipe and the data set that were asked for, before there is an artefact', () => {
    const known = knownTrainings([said('a', 'RUNNING', 1100)], [request('a')]);
    expect(shown(known)).toEqual([['a', 'RUNNING', 'ngrams', 'ds-1']]);
  });

  it('that nobody has begun wait for their turn', () => {
    const known = knownTrainings([said('a', 'RUNNING', 1100)], [request('a'), request('b', { requestedAt: 1200 })]);
    expect(shown(known)).toEqual([
      ['b', 'WAITING', 'ngrams', 'ds-1'],
      ['a', 'RUNNING', 'ngrams', 'ds-1'],
    ]);
  });

  it('that failed and were asked for again wait, once', () => {
    const known = knownTrainings([said('a', 'FAILED', 1100)], [request('a'), request('a', { requestedAt: 1200 })]);
    expect(shown(known)).toEqual([['a', 'WAITING', 'ngrams', 'ds-1']]);
  });

  it('that came twice and have ended have ended', () => {
    const known = knownTrainings([said('a', 'COMPLETED', 1100)], [request('a'), request('a')]);
    expect(shown(known)).toEqual([['a', 'COMPLETED', 'ngrams', 'ds-1']]);
  });

  it('are shown although the request is gone from its topic', () => {
    expect(shown(knownTrainings([said('a', 'COMPLETED', 1100)], []))).toEqual([['a', 'COMPLETED', '', null]]);
  });

  it('are named by the recipe that was sent whole, and calibrations by their channel', () => {
    const recipe = '# How we train\nname: wide\nseed: 2\n';
    const known = knownTrainings(
      [],
      [request('a', { recipe }), request('b', { recipe: 'calibration', datasetId: null, channel: 'public' })],
    );
    expect(shown(known)).toEqual([
      ['a', 'WAITING', 'wide', 'ds-1'],
      ['b', 'WAITING', 'calibration', 'public'],
    ]);
  });
});
