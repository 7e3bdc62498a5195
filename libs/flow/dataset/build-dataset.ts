import type { DatasetPublished, DatasetRequested } from '#platform/contracts';
import {
  datasetIdOf,
  duplicatePrint,
  saltIdOf,
  summariseRows,
  type DatasetManifest,
  type DatasetRow,
  type DuplicateRegistry,
} from '#model';
import { BuildRefused } from './build-error.js';
import type { BuildVoice } from './build-runtime.js';
import { collectItems, presentText, type TextChoice } from './collect-items.js';
import { buildRows, type BuiltRows, type EvaluationSource, type ImportedSource } from './core/build-rows.js';
import { canonicalRecipe, parseRecipe, recipeIdOf, type DatasetRecipe } from './core/dataset-recipe.js';
import { mayBePublished } from './core/quality-report.js';
import { formatProblem } from './core/read-yaml.js';
import type { DatasetStore } from './dataset-store.js';
import { describeRows, suspectedIn } from './describe-rows.js';
import { publishedOf, storeRows } from './publish-rows.js';
import { fillRegistry, type FillDeps } from './fill-registry.js';

export interface BuildDeps extends FillDeps {
  readonly store: DatasetStore;
  /** Text and file of a recipe that the role has. */
  readonly recipeNamed: (name: string) => { readonly text: string; readonly file: string } | undefined;
  readonly recipeNames: () => readonly string[];
  /** The version that is in force; undefined: no such policy was published. */
  readonly versionOf: (policyId: string) => number | undefined;
  readonly published: () => Iterable<DatasetPublished>;
  readonly publish: (dataset: DatasetPublished) => Promise<void>;
  readonly pause: () => Promise<void>;
}

/** What must be readable up to the newest label: its text, what the model said of it, why people were asked. */
const TOPICS = ['content.submitted', 'prediction.scored', 'sampling.closed', 'label.submitted', 'label.resolved'];
/** A cut that the warehouse does not reach in so long is a wrong one. */
const LONGEST_WAIT_MS = 600_000;

/**
 * Builds what was asked for and publishes it. All that it writes is named by hashes of what it is made from, the event comes last, and a cut that was
 * settled once is kept to: broken off anywhere and begun again, and asked for twice, there is one data set.
 * @returns its id
 * @throws BuildRefused when it cannot be made or does not meet its expectations
 */
export async function buildDataset(
  request: DatasetRequested,
  voice: BuildVoice,
  deps: Omit<BuildDeps, 'tell'>,
): Promise<string> {
  const { store, clock, published, at } = deps;
  const known = [...published()];
  const answered = known.find(({ requestId }) => requestId === request.requestId);
  if (answered !== undefined) return answered.datasetId;
  const tell: FillDeps['tell'] = (step, done, total) => voice.tell(step, done, total);
  const recipe = readRecipe(request, deps);
  const version = versionFor(request, recipe, deps);
  const cut = await settleCut(request, recipe, voice, deps);
  const [sources, evaluation] = [importsOf(recipe.sources, known), importsOf(recipe.evaluation, known)];
  const material = await gather(
    {
      ...{ recipe, policyVersion: version, cut, sources, evaluation, choose: presentText, gone: null },
      registryWith: (imports) => fillRegistry(cut, imports, { ...deps, tell }),
    },
    { ...deps, tell },
  );
  const { built, rule } = material;
  if (built.rows.length === 0) {
    const reasons = countReasons(built);
    throw new BuildRefused(
      `no row is left of the labels of ${recipe.policy}@${version} before offset ${cut}${reasons}; look at labels and sources of the recipe`,
    );
  }
  const manifest = manifestFor({
    recipe,
    version,
    cut,
    rule,
    sources,
    known,
    rows: built.rows,
    salt: deps.salt,
  });
  const { datasetId } = manifest;
  await voice.tell('checks the rows', 0, 1, datasetId);
  const suspected = await suspectedIn(built.rows, (step, done, total) => voice.tell(step, done, total, datasetId));
  const { report, card } = describeRows({
    ...{ manifest, built, recipe, sources, suspected },
    agreement: await store.agreement(),
  });
  if (!mayBePublished(report)) {
    const failed = report.expectations.filter(({ severity, passed }) => severity === 'fail' && !passed);
    const lines = failed.map(({ name, detail }) => `${name} (found ${detail})`).join('; ');
    throw new BuildRefused(
      `expectations of ${recipe.name} do not hold: ${lines}. Mend the data or the expectation, then ask again`,
    );
  }
  const parts = { manifest, report, card, rows: built.rows, leftOut: built.leftOut };
  await storeRows(parts, store, async (step, done, total) => {
    await voice.tell(step, done, total, datasetId);
    await at('dataset_rows_written');
  });
  await at('dataset_before_publish');
  if (!known.some((dataset) => dataset.datasetId === datasetId)) {
    await deps.publish(publishedOf(parts, request.requestId, clock()));
  }
  await at('dataset_published');
  return datasetId;
}

/** What rows are made from: the same for a build and for a rebuild of it. */
export interface Ingredients {
  readonly recipe: DatasetRecipe;
  readonly policyVersion: number;
  readonly cut: number;
  readonly sources: readonly DatasetPublished[];
  readonly evaluation: readonly DatasetPublished[];
  readonly choose: TextChoice;
  /** Of a rebuild: what had no text then. What else has none now was erased since, and stays. */
  readonly gone: ReadonlySet<string> | null;
  readonly registryWith: (imports: readonly ImportedSource[]) => Promise<DuplicateRegistry>;
}

export interface Material {
  readonly built: BuiltRows;
  readonly rule: string;
}

export async function gather(
  ingredients: Ingredients,
  deps: Pick<FillDeps, 'store' | 'tell' | 'giveWay'>,
): Promise<Material> {
  const { recipe, policyVersion, cut, sources, evaluation, choose, registryWith, gone } = ingredients;
  const { store, tell, giveWay } = deps;
  const imports: ImportedSource[] = [];
  for (const source of sources) {
    const rows = await readRows(source, store, tell);
    imports.push({ ...sourceOf(source), rows: gone === null ? rows : rows.filter(({ key }) => !gone.has(key)) });
  }
  const registry = await registryWith(imports);
  const judges: EvaluationSource[] = [];
  for (const source of evaluation) {
    const rows = await readRows(source, store, tell);
    judges.push({
      name: source.name,
      prints: rows.filter(({ text }) => text !== '').map(({ text }) => duplicatePrint(text)),
    });
    await giveWay();
  }
  const query = { policyId: recipe.policy, policyVersion, until: cut };
  const { items, rule } = await collectItems(store, query, choose, async (done) => {
    await giveWay();
    await tell('reads labels and texts', done, 0);
  });
  await tell('makes rows', 0, items.length);
  const built = buildRows({ items, imports, evaluation: judges, registry, keepsErased: gone !== null }, recipe);
  return { built, rule };
}

async function readRows(
  { datasetId, name, rows: total }: DatasetPublished,
  store: DatasetStore,
  tell: FillDeps['tell'],
): Promise<readonly DatasetRow[]> {
  const rows: DatasetRow[] = [];
  for await (const piece of store.rows(datasetId)) {
    for (const row of piece) rows.push(row);
    await tell(`reads ${name}`, rows.length, total);
  }
  if (rows.length !== total) {
    throw new BuildRefused(
      `${name} (${datasetId}) has ${rows.length} rows in ClickHouse and should have ${total}; import it again`,
    );
  }
  return rows;
}

function readRecipe(
  { recipe }: DatasetRequested,
  { recipeNamed, recipeNames }: Pick<BuildDeps, 'recipeNamed' | 'recipeNames'>,
): DatasetRecipe {
  // A name has neither line breaks nor colons, and a recipe has both.
  const isDocument = recipe.includes(':');
  const source = isDocument ? { text: recipe, file: 'recipe' } : recipeNamed(recipe);
  if (source === undefined) {
    const names = recipeNames().join(', ');
    throw new BuildRefused(
      `recipe: there is none named ${recipe}; name one of ${names === '' ? 'DATASET_RECIPES' : names}, or send the whole recipe`,
    );
  }
  const parsed = parseRecipe(source.text, source.file);
  if (!parsed.ok) throw new BuildRefused(parsed.problems.map(formatProblem).join('\n'));
  return parsed.value;
}

function versionFor(
  { policyVersion }: DatasetRequested,
  { policy, name }: DatasetRecipe,
  { versionOf }: Pick<BuildDeps, 'versionOf'>,
): number {
  const version = policyVersion ?? versionOf(policy);
  if (version !== undefined) return version;
  throw new BuildRefused(
    `policy: ${policy}, which recipe ${name} names, was not published; publish it or name another`,
  );
}

/** The cut of the first attempt; then waits until ClickHouse shows all that lies before it. */
async function settleCut(
  request: DatasetRequested,
  { sources }: DatasetRecipe,
  voice: BuildVoice,
  { store, clock, pause }: Pick<BuildDeps, 'store' | 'clock' | 'pause'>,
): Promise<number> {
  let cut = voice.cut;
  let readable = await store.readableUntil();
  if (cut === null) {
    cut = request.labelsUntil ?? readable;
    if (cut <= 0 && sources.length === 0)
      throw new BuildRefused('there are no labels yet: label.resolved has no record that ClickHouse shows');
    await voice.settleCut(cut);
  }
  const began = clock();
  for (; readable < cut; readable = await store.readableUntil()) {
    if (clock() - began > LONGEST_WAIT_MS) {
      throw new BuildRefused(
        `labelsUntil: label.resolved is readable up to offset ${readable}, not ${cut}; ask for an earlier cut, or look at the warehouse role`,
      );
    }
    await voice.tell('waits for labels in ClickHouse', readable, cut);
    await pause();
  }
  const newest = await store.lastLabelAt(cut);
  for (let isComplete = newest === null; !isComplete;) {
    const complete = await store.completeUntil(TOPICS);
    isComplete = complete !== null && newest !== null && complete > newest;
    if (isComplete) break;
    if (clock() - began > LONGEST_WAIT_MS) {
      throw new BuildRefused(
        'texts, predictions and draws are not readable up to the newest label; look at the warehouse role, then ask again',
      );
    }
    await voice.tell('waits for texts and draws in ClickHouse', 0, 1);
    await pause();
  }
  return cut;
}

/** @throws BuildRefused that names what was not imported */
export function importsOf(names: readonly string[], known: readonly DatasetPublished[]): readonly DatasetPublished[] {
  return names.map((name) => {
    const found = known.filter(
      (dataset) => dataset.kind === 'IMPORTED' && (dataset.name === name || dataset.datasetId === name),
    );
    const newest = found.reduce<DatasetPublished | undefined>(
      (last, dataset) => (last === undefined || dataset.publishedAt > last.publishedAt ? dataset : last),
      undefined,
    );
    if (newest !== undefined) return newest;
    throw new BuildRefused(`sources: no imported data set is named ${name}; tidegate dataset import makes one`);
  });
}

function manifestFor(input: {
  readonly recipe: DatasetRecipe;
  readonly version: number;
  readonly cut: number;
  readonly rule: string;
  readonly sources: readonly DatasetPublished[];
  readonly known: readonly DatasetPublished[];
  readonly rows: readonly DatasetRow[];
  readonly salt: string;
}): DatasetManifest {
  const { recipe, version, cut, rule, sources, known, rows, salt } = input;
  const summary = summariseRows(rows);
  const identity = {
    labelsUntil: cut,
    policyId: recipe.policy,
    policyVersion: version,
    rule,
    recipeId: recipeIdOf(recipe),
    saltId: saltIdOf(salt),
    digest: summary.digest,
  };
  const datasetId = datasetIdOf(identity);
  const previous = known
    .filter((dataset) => dataset.kind === 'BUILT' && dataset.name === recipe.name && dataset.datasetId !== datasetId)
    .sort((a, b) => b.publishedAt - a.publishedAt)[0];
  return {
    ...identity,
    ...summary,
    datasetId,
    name: recipe.name,
    kind: 'BUILT',
    sources: sources.map((source) => source.datasetId),
    recipe: JSON.stringify(canonicalRecipe(recipe)),
    licences: [...new Set(sources.flatMap(({ licences }) => licences))].sort(),
    previousId: previous?.datasetId ?? null,
  };
}

function countReasons({ leftOut }: BuiltRows): string {
  const counts = new Map<string, number>();
  for (const { reason } of leftOut) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  if (counts.size === 0) return '';
  return ` (left out: ${[...counts].map(([reason, count]) => `${reason} ${count}`).join(', ')})`;
}

function sourceOf({ datasetId, name, licences, recipe }: DatasetPublished): Omit<ImportedSource, 'rows'> {
  const mapping: unknown = JSON.parse(recipe);
  const keepsPairs =
    typeof mapping === 'object' && mapping !== null && 'keepsPairs' in mapping && mapping.keepsPairs === true;
  return { datasetId, name, licence: licences.join(' AND '), keepsPairs };
}
