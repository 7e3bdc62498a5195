import type { DatasetPublished } from '#platform/contracts';
import { compareRows, digestRows, rowHashOf, saltIdOf, textHashOf, type DatasetRow } from '#model';
import { BuildRefused } from './build-error.js';
import { gather, importsOf } from './build-dataset.js';
import type { DatasetRecipe } from './core/dataset-recipe.js';
import { verifyRows, type RowDifference } from './core/verify-rows.js';
import type { DatasetStore, StoredRow } from './dataset-store.js';
import { restoreRegistry } from './fill-registry.js';

export interface VerifyDeps {
  readonly store: DatasetStore;
  readonly salt: string;
  readonly published: () => Iterable<DatasetPublished>;
  readonly tell: (step: string, done: number, total: number) => Promise<void>;
  readonly giveWay: () => Promise<void>;
}

export interface Verification {
  readonly datasetId: string;
  readonly isWhole: boolean;
  /** As it was published. */
  readonly digest: string;
  /** Of the rows that ClickHouse has. */
  readonly storedDigest: string;
  /** Of the rows as they follow from labels, registry and imports; null: imports follow from a file that is not here. */
  readonly rebuiltDigest: string | null;
  readonly rows: number;
  /** Texts that are empty because their content was erased. */
  readonly erased: number;
  /** Rows that are not what they were, most of all those that were altered by hand. */
  readonly differences: readonly RowDifference[];
}

/**
 * Whether a data set is still what was published: its stored rows one by one, and, for one that was built, the same rows made again
 * from labels, registry and imports. Writes nothing.
 * @throws BuildRefused when it cannot be made again here
 */
export async function verifyDataset(dataset: DatasetPublished, deps: VerifyDeps): Promise<Verification> {
  const { store, tell } = deps;
  const { datasetId, digest } = dataset;
  const stored: StoredRow[] = [];
  for await (const piece of store.rows(datasetId)) {
    for (const row of piece) stored.push(row);
    await tell('reads stored rows', stored.length, dataset.rows);
  }
  const altered = stored.flatMap(differenceOf);
  const rebuilt = dataset.kind === 'BUILT' ? await rebuild(dataset, stored, deps) : null;
  const found = rebuilt === null ? [] : verifyRows(rebuilt, stored);
  // The rebuild names the field.
  const named = new Set(found.map(({ key }) => key));
  const others = altered.filter(({ key }) => !named.has(key));
  const storedDigest = digestOf(stored);
  const rebuiltDigest = rebuilt === null ? null : digestOf(rebuilt);
  const differences = [...found, ...others].sort(compareRows);
  return {
    datasetId,
    digest,
    storedDigest,
    rebuiltDigest,
    isWhole: differences.length === 0 && storedDigest === digest && (rebuiltDigest ?? digest) === digest,
    rows: stored.length,
    erased: stored.filter(({ isErased }) => isErased).length,
    differences,
  };
}

/** What the row itself shows: its hash was written with it, and its text has one. */
function differenceOf(row: StoredRow): readonly RowDifference[] {
  const { key, text, textHash, isErased, rowHash } = row;
  if (text === '' ? !isErased : textHashOf(text) !== textHash) return [{ key, problem: 'ALTERED', field: 'text' }];
  if (rowHashOf(row) !== rowHash) return [{ key, problem: 'ALTERED', field: '' }];
  return [];
}

function digestOf(rows: readonly DatasetRow[]): string {
  // An altered text is named as a row; the digest is over its hash.
  return digestRows(rows.map((row) => ({ ...row, text: '' })).sort(compareRows));
}

async function rebuild(
  dataset: DatasetPublished,
  stored: readonly StoredRow[],
  deps: VerifyDeps,
): Promise<readonly DatasetRow[]> {
  const { store, salt, published } = deps;
  const { datasetId, labelsUntil, policyVersion, saltId, sources } = dataset;
  if (labelsUntil === null || policyVersion === null) {
    throw new BuildRefused(`${datasetId} says neither cut nor policy: it cannot be made again`);
  }
  if (saltId !== saltIdOf(salt)) {
    throw new BuildRefused(
      `${datasetId} was split with another secret than this one; set INSTALLATION_SECRET, or TIDEGATE_HOME, to that of the installation that built it`,
    );
  }
  const known = [...published()];
  const named = (wanted: (other: DatasetPublished) => boolean): readonly DatasetPublished[] => known.filter(wanted);
  const recipe = {
    ...(JSON.parse(dataset.recipe) as Omit<DatasetRecipe, 'schedule'>),
    schedule: { every: null, newLabels: null, onPolicyChange: false },
  };
  const leftOut = await store.leftOut(datasetId);
  const gone = new Set(
    [...leftOut].filter(([, reason]) => reason === 'TEXT_GONE' || reason === 'EMPTY_TEXT').map(([key]) => key),
  );
  const texts = new Map(stored.map(({ key, text }) => [key, text]));
  const { built } = await gather(
    {
      recipe,
      policyVersion,
      cut: labelsUntil,
      sources: sources.flatMap((id) => named((other) => other.datasetId === id)),
      evaluation: importsOf(
        recipe.evaluation,
        known.filter(({ publishedAt }) => publishedAt <= dataset.publishedAt),
      ),
      // What had a text then has its hash now; the text itself is not needed.
      choose: ({ key, textHash }) =>
        gone.has(key) ? { text: null, textHash: null } : { text: orNull(texts.get(key)), textHash },
      gone,
      registryWith: async () => {
        const { needed } = await store.registryEnd(labelsUntil, sources);
        return restoreRegistry(needed, deps);
      },
    },
    deps,
  );
  return built.rows;
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
