import { queryOptions } from '@tanstack/react-query';
import { request } from './request.js';
import type {
  AgreementReport,
  ContentText,
  DisagreementReport,
  ItemName,
  LabelErrorReport,
  LabelledItem,
  LabelerReport,
  LiveQuality,
} from './types.js';

export const agreementQuery = queryOptions({
  queryKey: ['quality', 'agreement'],
  queryFn: ({ signal }) => request<AgreementReport>('/api/quality/agreement', { signal }),
});

/** Empty: everybody, a row a person. */
export const labelersQuery = (labelerId: string) =>
  queryOptions({
    queryKey: ['quality', 'labelers', labelerId],
    queryFn: ({ signal }) =>
      request<LabelerReport>(
        labelerId === '' ? '/api/quality/labelers' : `/api/quality/labelers/${encodeURIComponent(labelerId)}`,
        { signal },
      ),
  });

export const disagreementsQuery = queryOptions({
  queryKey: ['quality', 'disagreements'],
  queryFn: ({ signal }) => request<DisagreementReport>('/api/quality/disagreements', { signal }),
});

export const labelErrorsQuery = queryOptions({
  queryKey: ['quality', 'errors'],
  queryFn: ({ signal }) => request<LabelErrorReport>('/api/quality/errors', { signal }),
});

export function addressOf({ platform, contentId, revision }: ItemName): string {
  return new URLSearchParams({ platform, contentId, revision: String(revision) }).toString();
}

export const itemQuery = (item: ItemName) =>
  queryOptions({
    queryKey: ['quality', 'item', item],
    queryFn: ({ signal }) => request<LabelledItem>(`/api/quality/item?${addressOf(item)}`, { signal }),
  });

export const itemTextQuery = (item: ItemName) =>
  queryOptions({
    queryKey: ['quality', 'item-text', item],
    queryFn: ({ signal }) => request<ContentText>(`/api/quality/item/text?${addressOf(item)}`, { signal }),
    // Every answer is one reading on record.
    staleTime: Infinity,
    gcTime: 0,
  });

/** @param filter as the address holds it */
export const liveQualityQuery = (filter: string) =>
  queryOptions({
    queryKey: ['live-quality', filter],
    queryFn: ({ signal }) => request<LiveQuality>(`/api/live-quality?${filter}`, { signal }),
    staleTime: 60_000,
  });
