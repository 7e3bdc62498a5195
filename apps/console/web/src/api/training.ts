import { queryOptions } from '@tanstack/react-query';
import { request } from './request.js';
import type {
  ContentText,
  DatasetDiff,
  DatasetList,
  DatasetRows,
  DatasetView,
  EvaluationView,
  ModelComparison,
  ModelList,
  ModelView,
  WorkProgress,
} from './types.js';

/** Milliseconds between looks at work that is under way. */
const WATCH_MS = 3000;

const watching = (works: readonly WorkProgress[] | undefined): number | false =>
  works?.some(({ state }) => state === 'STARTED' || state === 'RUNNING') === true ? WATCH_MS : false;

export const datasetsQuery = queryOptions({
  queryKey: ['datasets'],
  queryFn: ({ signal }) => request<DatasetList>('/api/datasets', { signal }),
  refetchInterval: ({ state }) => watching(state.data?.builds),
});

export const datasetQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ['datasets', datasetId],
    queryFn: ({ signal }) => request<DatasetView>(`/api/datasets/${encodeURIComponent(datasetId)}`, { signal }),
  });

/** @param filter as the address holds it */
export const datasetRowsQuery = (datasetId: string, filter: string) =>
  queryOptions({
    queryKey: ['datasets', datasetId, 'rows', filter],
    queryFn: ({ signal }) =>
      request<DatasetRows>(`/api/datasets/${encodeURIComponent(datasetId)}/rows?${filter}`, { signal }),
  });

export const rowTextQuery = (datasetId: string, row: string) =>
  queryOptions({
    queryKey: ['datasets', datasetId, 'text', row],
    queryFn: ({ signal }) =>
      request<ContentText>(
        `/api/datasets/${encodeURIComponent(datasetId)}/text?${new URLSearchParams({ row }).toString()}`,
        { signal },
      ),
    // Every answer is one reading on record.
    staleTime: Infinity,
    gcTime: 0,
  });

export const datasetDiffQuery = (datasetId: string, earlierId: string) =>
  queryOptions({
    queryKey: ['datasets', datasetId, 'since', earlierId],
    queryFn: ({ signal }) =>
      request<DatasetDiff>(`/api/datasets/${encodeURIComponent(datasetId)}/since/${encodeURIComponent(earlierId)}`, {
        signal,
      }),
    staleTime: Infinity,
  });

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => request<ModelList>('/api/models', { signal }),
  refetchInterval: ({ state }) => watching(state.data?.trainings),
});

export const modelQuery = (artefactId: string) =>
  queryOptions({
    queryKey: ['models', artefactId],
    queryFn: ({ signal }) => request<ModelView>(`/api/models/${encodeURIComponent(artefactId)}`, { signal }),
  });

export const evaluationQuery = (modelId: string, evaluationId: string) =>
  queryOptions({
    queryKey: ['models', modelId, 'evaluations', evaluationId],
    queryFn: ({ signal }) =>
      request<EvaluationView>(
        `/api/models/${encodeURIComponent(modelId)}/evaluations/${encodeURIComponent(evaluationId)}`,
        { signal },
      ),
    staleTime: Infinity,
  });

export const comparisonQuery = (champion: string, challenger: string) =>
  queryOptions({
    queryKey: ['models', 'compared', champion, challenger],
    queryFn: ({ signal }) =>
      request<ModelComparison>(`/api/models/compared?${new URLSearchParams({ champion, challenger }).toString()}`, {
        signal,
      }),
  });
