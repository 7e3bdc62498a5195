import { createDuplicateRegistry, maskPersonalData, textHashOf, type DatasetRow, type DuplicateRegistry } from '#model';
import type { DatasetStore, NewItem, RegistryItem } from './dataset-store.js';

/** Revisions whose texts are in memory at once. */
const PAGE = 5000;
/** Texts that are hashed before others get their turn: about 50 ms. */
const TURN = 500;

/** Where the registry gets its rows from, beside labels: imported data sets that a recipe names. */
export interface RegistrySource {
  readonly datasetId: string;
  readonly rows: readonly DatasetRow[];
}

export interface FillDeps {
  readonly store: DatasetStore;
  readonly salt: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly tell: (step: string, done: number, total: number) => Promise<void>;
  /** Lets others have their turn. */
  readonly giveWay: () => Promise<void>;
  /** For fault tests: called where a kill must do no harm. */
  readonly at: (point: string) => Promise<void> | void;
}

/**
 * Brings the registry to a cut: every labelled revision before it in the order of the journal, then the rows of the imports. Page by page, each one insert:
 * broken off anywhere, it goes on where it was, with the same result.
 * @returns the registry as a build at this cut with these imports sees it, for ever
 */
export async function fillRegistry(
  until: number,
  sources: readonly RegistrySource[],
  deps: FillDeps,
): Promise<DuplicateRegistry> {
  const { store, clock, tell, at } = deps;
  const ids = sources.map(({ datasetId }) => datasetId);
  const filled = await store.filledUntil();
  if (filled < until) {
    await tell('copies labels', filled, until);
    await store.copyLabels(filled, until);
    await at('dataset_labels_copied');
  }
  const begin = await store.registryEnd(until, ids);
  const registry = await restoreRegistry(begin.size, deps);
  let seq = begin.size;
  if (filled < until) {
    for (let after = begin.lastOffset; ;) {
      const items = await store.newItems(until, after, PAGE);
      const last = items.at(-1);
      if (last === undefined) break;
      await append(await inTurns(items, (item) => registered(item, 'labels', registry)));
      after = last.firstOffset;
      await tell('fills the registry', after, until);
      if (items.length < PAGE) break;
    }
    await store.recordFill(until, clock());
    await at('dataset_registry_filled');
  }
  for (const { datasetId, rows } of sources) {
    const fresh = rows.filter(({ key, text }) => text !== '' && registry.entryOf(key) === undefined);
    for (let from = 0; from < fresh.length; from += PAGE) {
      const page = fresh.slice(from, from + PAGE);
      await append(
        await inTurns(page, (row) => {
          const { key, kind, language, author, text } = row;
          return registered({ firstOffset: 0, key, kind, language, author, text }, datasetId, registry);
        }),
      );
      await tell('registers imports', from, fresh.length);
    }
  }
  const { needed } = seq === begin.size ? begin : await store.registryEnd(until, ids);
  // What came to it later does not exist for a build at this cut.
  return needed === seq ? registry : restoreRegistry(needed, deps);

  async function append(items: readonly Omit<RegistryItem, 'seq'>[]): Promise<void> {
    await store.appendItems(items.map((item, index) => ({ ...item, seq: seq + index })));
    seq += items.length;
    await at('dataset_registry_page');
  }

  async function inTurns<T>(
    items: readonly T[],
    work: (item: T) => Omit<RegistryItem, 'seq'>,
  ): Promise<readonly Omit<RegistryItem, 'seq'>[]> {
    const done: Omit<RegistryItem, 'seq'>[] = [];
    for (const item of items) {
      done.push(work(item));
      if (done.length % TURN === 0) await deps.giveWay();
    }
    return done;
  }

  function registered({ text, ...item }: NewItem, source: string, into: DuplicateRegistry): Omit<RegistryItem, 'seq'> {
    if (text === '') return { ...item, source, known: null };
    const masked = maskPersonalData(text).text;
    return {
      ...item,
      source,
      known: { textHash: textHashOf(masked), entry: into.add({ key: item.key, text: masked }) },
    };
  }
}

/** The registry as it was when it had so many items. */
export async function restoreRegistry(
  end: number,
  { store, salt, tell }: Pick<FillDeps, 'store' | 'salt' | 'tell'>,
): Promise<DuplicateRegistry> {
  const known = [];
  for await (const entries of store.registry(end)) {
    for (const entry of entries) known.push(entry);
    await tell('reads the registry', known.length, end);
  }
  return createDuplicateRegistry({ salt, known });
}
