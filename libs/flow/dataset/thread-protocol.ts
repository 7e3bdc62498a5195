import type { DatasetPublished, DatasetRequested } from '#platform/contracts';
import type { FatalError, RetryableError } from '#platform/stream';

/** Where ClickHouse is, as the thread reaches it by itself. */
export interface ThreadDatabase {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** What a build is given when its thread starts. */
export interface ThreadWork {
  readonly request: DatasetRequested;
  readonly cut: number | null;
  readonly salt: string;
  readonly clickhouse: ThreadDatabase;
  readonly recipes: ReadonlyMap<string, { readonly text: string; readonly file: string }>;
  readonly versions: ReadonlyMap<string, number>;
  readonly published: readonly DatasetPublished[];
}

/** What a build asks of the role: each is answered before it goes on. */
export type ThreadCall =
  | { readonly what: 'settleCut'; readonly until: number }
  | {
      readonly what: 'tell';
      readonly step: string;
      readonly done: number;
      readonly total: number;
      readonly datasetId: string | null;
    }
  | { readonly what: 'publish'; readonly dataset: DatasetPublished }
  | { readonly what: 'at'; readonly point: string };

/** How a build ended. Errors do not cross threads as what they are. */
export type ThreadEnd =
  | { readonly end: 'built'; readonly datasetId: string }
  | { readonly end: 'refused'; readonly detail: string }
  | { readonly end: 'retry'; readonly code: RetryableError['code']; readonly detail: string }
  | { readonly end: 'fatal'; readonly code: FatalError['code']; readonly detail: string };

export type FromThread = { readonly call: ThreadCall } | { readonly ended: ThreadEnd };
