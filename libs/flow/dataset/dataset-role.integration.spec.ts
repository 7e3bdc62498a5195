import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readDatasetFolder } from '#model';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import type { DatasetProgressed, DatasetPublished, DatasetRequested } from '#platform/contracts';
import { eraseText } from '#platform/jobs';
import { createWriter } from '#platform/stream';
import { startStack, type RunningStack } from '#platform/stack';
import { createMemoryBroker, createStaticSerde } from '#platform/testing';
import { buildDataset, type BuildDeps } from './build-dataset.js';
import { BuildRefused } from './build-error.js';
import { openBuildRuntime, type BuildVoice } from './build-runtime.js';
import { parseMapping } from './core/import/mapping.js';
import { formatProblem } from './core/read-yaml.js';
import { createDatasetStore } from './dataset-store.job.js';
import { plantedDatabase, type PlantedDatabase, type PlantedItem } from './dataset-warehouse.fixture.js';
import { hashText } from '#policy';
import { exportDataset, type ExportFormat } from './export-dataset.job.js';
import { importDataset } from './import-dataset.js';
import { manifestOf } from './publish-rows.js';
import { sweepDatasets } from './sweep-datasets.job.js';
import { verifyDataset } from './verify-dataset.js';

const RECIPE = 'name: house\npolicy: house\ngoldFrozenAt: 2030-01-01\n';

let home: string;
let stack: RunningStack;
const opened: ClickHouse[] = [];

const startClickHouse = (port: number): Promise<RunningStack> =>
  startStack({ home, parts: ['clickhouse'], ports: { clickhouse: port } });

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-datasets-'));
  stack = await startClickHouse(0);
}, 60_000);

afterAll(async () => {
  await Promise.all(opened.map((clickhouse) => clickhouse.close()));
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

/** A text that is no near-copy of the others: numbers are masked, so hexadecimal digits become letters. */
const textOf = (n: number): string =>
  hashText(`text ${n}`)
    .replace(/[0-9]/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')
    .replace(/(.{4})/g, '$1 ')
    .trim();

const itemAt = (n: number, changes: Partial<PlantedItem> = {}): PlantedItem => ({
  id: `c${n}`,
  text: textOf(n),
  labels: { H: [n % 3 === 0 ? 'YES' : 'NO', 0.5 + (n % 5) / 10], V: ['NO', 0.25] },
  author: `a${n % 7}`,
  ...(n % 2 === 0 ? { inclusion: 0.125 * (1 + (n % 8)) } : {}),
  ...changes,
});

const items = (from: number, to: number): readonly PlantedItem[] =>
  Array.from({ length: to - from }, (_, i) => itemAt(from + i));

interface Bench {
  readonly clickhouse: ClickHouse;
  readonly db: PlantedDatabase;
  readonly published: Map<string, DatasetPublished>;
  deps: Omit<BuildDeps, 'tell'>;
  readonly build: (changes?: Partial<DatasetRequested>) => Promise<DatasetPublished>;
  readonly verify: (datasetId: string) => ReturnType<typeof verifyDataset>;
  /** Called at each named point. */
  at: (point: string) => void;
}

/** A database of its own for tests that plant something else. */
async function openBench(database: string): Promise<Bench> {
  const clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database });
  opened.push(clickhouse);
  await migrate(clickhouse);
  const db = plantedDatabase(stack.clickhouseUrl, database);
  const published = new Map<string, DatasetPublished>();
  const store = createDatasetStore(clickhouse);
  const bench: Bench = {
    clickhouse,
    db,
    published,
    at: () => undefined,
    deps: {
      store,
      salt: 'salt of a test',
      clock: () => 1_800_000_000_000 + published.size,
      giveWay: () => Promise.resolve(),
      at: (point) => {
        bench.at(point);
      },
      recipeNamed: (name) => (name === 'house' ? { text: RECIPE, file: 'house.yaml' } : undefined),
      recipeNames: () => ['house'],
      versionOf: (policy) => (policy === 'house' ? 1 : undefined),
      published: () => published.values(),
      publish: (dataset) => {
        published.set(dataset.datasetId, dataset);
        return Promise.resolve();
      },
      pause: () => Promise.reject(new Error('there is nothing to wait for')),
    },
    build: async (changes = {}) => {
      const request: DatasetRequested = {
        ...{ requestId: `request ${published.size}`, recipe: 'house', policyVersion: null, labelsUntil: null },
        ...{ cause: 'PERSON', causeId: null, requestedBy: 'test', requestedAt: 1 },
        ...changes,
      };
      const datasetId = await buildDataset(request, silent(), bench.deps);
      const dataset = published.get(datasetId);
      if (dataset === undefined) throw new Error(`${datasetId} was not published`);
      return dataset;
    },
    verify: (datasetId) => {
      const dataset = published.get(datasetId);
      if (dataset === undefined) throw new Error(`${datasetId} was not published`);
      const { salt, giveWay } = bench.deps;
      return verifyDataset(dataset, {
        store,
        salt,
        giveWay,
        published: () => published.values(),
        tell: () => Promise.resolve(),
      });
    },
  };
  return bench;
}

function silent(cut: number | null = null): BuildVoice {
  return { cut, settleCut: () => Promise.resolve(), tell: () => Promise.resolve() };
}

describe('a data set', () => {
  let bench: Bench;
  let first: DatasetPublished;

  beforeAll(async () => {
    bench = await openBench('datasets_build');
    await bench.db.plant(items(0, 60));
    first = await bench.build();
  });

  it('has the labels, the texts and the draws up to its cut', async () => {
    expect(first).toMatchObject({
      name: 'house',
      kind: 'BUILT',
      policyId: 'house',
      policyVersion: 1,
      labelsUntil: 120,
    });
    const rows = await bench.db.select<Record<string, unknown>>(
      `SELECT * FROM dataset_rows WHERE row_key = 'forum/c6/1'`,
    );
    expect(rows).toEqual([
      expect.objectContaining({
        dataset_id: first.datasetId,
        platform: 'forum',
        content_id: 'c6',
        text: textOf(6),
        language: 'en',
        kind: 'COMMENT',
        labels: { H: { value: 'YES', weight: 0.6 }, V: { value: 'NO', weight: 0.25 } },
        inclusion: 0.875,
        origin: 'DRAWN',
        source: 'labels',
      }),
    ]);
    expect(first.rows).toBe(60);
  });

  it('is the same when it is built again, by another request, at the same cut', async () => {
    const again = await bench.build({ requestId: 'again', labelsUntil: 120 });
    expect(again.datasetId).toBe(first.datasetId);
    expect(bench.published.size).toBe(1);
  });

  it('verifies, also after more labels came and ClickHouse was started again', async () => {
    await bench.db.plant([itemAt(3, { labels: { H: ['NO', 1] } }), ...items(60, 80)]);
    await stack.stop();
    stack = await startClickHouse(Number(new URL(stack.clickhouseUrl).port));
    const second = await bench.build();
    expect(second).toMatchObject({ rows: 80, previousId: first.datasetId });
    for (const { datasetId } of [first, second]) {
      expect(await bench.verify(datasetId)).toMatchObject({ isWhole: true, differences: [] });
    }
  });

  it('keeps its cut although what was said then has been said again and merged since', async () => {
    await bench.db.run('OPTIMIZE TABLE label_resolved FINAL');
    await bench.db.run('ALTER TABLE label_resolved DELETE WHERE record_offset < 100');
    expect((await bench.verify(first.datasetId)).isWhole).toBe(true);
  });

  it('fails when a row was altered by hand, and names it', async () => {
    const at = `dataset_id = '${first.datasetId}' AND row_key = 'forum/c9/1'`;
    await bench.db.run(
      `ALTER TABLE dataset_stored_rows UPDATE labels = mapUpdate(labels, map('H', tuple('NO', 0.9)::Tuple(value Enum8('NO' = 0, 'YES' = 1), weight Float64))) WHERE ${at}`,
    );
    const { isWhole, differences } = await bench.verify(first.datasetId);
    expect(isWhole).toBe(false);
    expect(differences).toEqual([{ key: 'forum/c9/1', problem: 'ALTERED', field: 'labels.H.value' }]);
  });

  it('keeps verifying when a text is erased, and shows nothing of it', async () => {
    const second = await bench.build({ requestId: 'erasure', labelsUntil: bench.db.end() });
    await bench.db.erase('c11');
    const text = () =>
      bench.db.select<{ text: string; erased: boolean }>(
        `SELECT text, erased FROM dataset_rows WHERE dataset_id = '${second.datasetId}' AND row_key = 'forum/c11/1'`,
      );
    expect(await text()).toEqual([{ text: '', erased: true }]);
    expect(await bench.verify(second.datasetId)).toMatchObject({ isWhole: true, erased: 1 });
    await eraseText().run({ from: 0, to: 60_000 }, { clickhouse: bench.clickhouse, runAt: 60_000 });
    expect(
      await bench.db.select(`SELECT count() AS texts FROM dataset_stored_rows WHERE content_id = 'c11' AND text != ''`),
    ).toEqual([{ texts: 0 }]);
    expect(await bench.verify(second.datasetId)).toMatchObject({ isWhole: true, erased: 1 });
  });

  it('takes a text that the content has lost from an earlier data set, and leaves out what was erased', async () => {
    await bench.db.run(`ALTER TABLE content_submitted UPDATE text = '' WHERE 1`);
    await bench.db.plant([itemAt(80)]);
    const third = await bench.build();
    expect(third.rows).toBe(80);
    expect(
      await bench.db.select(`SELECT row_key, reason FROM dataset_left_out WHERE dataset_id = '${third.datasetId}'`),
    ).toEqual([{ row_key: 'forum/c11/1', reason: 'TEXT_GONE' }]);
    expect(await bench.verify(third.datasetId)).toMatchObject({ isWhole: true });
  });

  it('answers every query of docs/datasets.md', async () => {
    const guide = fs.readFileSync(path.join(import.meta.dirname, '../../../docs/datasets.md'), 'utf8');
    const queries = [...guide.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql ?? '');
    expect(queries.length).toBeGreaterThan(3);
    for (const sql of queries) await bench.db.select(sql);
  });

  it('is refused with what to do when nothing can be made of it', async () => {
    const refusal = async (changes: Partial<DatasetRequested>): Promise<string> => {
      const error: unknown = await bench
        .build({ requestId: JSON.stringify(changes), ...changes })
        .catch((it: unknown) => it);
      return error instanceof BuildRefused ? error.message : `not refused: ${String(error)}`;
    };
    expect(await refusal({ recipe: 'other' })).toContain('recipe: there is none named other; name one of house');
    expect(await refusal({ recipe: 'name: x\npolicy: house\nlabel: 3\n' })).toContain('recipe:3: ');
    expect(await refusal({ recipe: 'name: x\npolicy: none\n' })).toContain('policy: none');
    expect(await refusal({ recipe: 'name: x\npolicy: house\nsources: [far]\n' })).toContain('named far');
    expect(await refusal({ policyVersion: 9 })).toContain('no row is left');
  });
});

describe('an imported file', () => {
  const mapping = (name: string, licence: string): string =>
    ['name: ' + name, 'title: A file', 'licence: ' + licence, 'origin: us', 'about: Made for a test.', 'language: en']
      .concat([
        'files: [rows.csv]',
        'format: { type: csv }',
        'author: { field: writer }',
        'texts:',
        '  - field: text',
        '    labels:',
      ])
      .concat([
        "      - when: { hate: 'no' }",
        '        set: { H: no }',
        '      - when: { hate: yes }',
        '        set: { H: yes }',
      ])
      .join('\n');
  let bench: Bench;
  let folder: string;

  beforeAll(async () => {
    bench = await openBench('datasets_import');
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-import-'));
    const lines = Array.from({ length: 40 }, (_, n) => `${textOf(1000 + n)},${n % 4 === 0 ? 'yes' : 'no'},w${n % 5}`);
    fs.writeFileSync(path.join(folder, 'rows.csv'), `text,hate,writer\n${lines.join('\n')}\n`);
  });

  afterAll(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  async function bringIn(name: string, licence: string): Promise<DatasetPublished> {
    const parsed = parseMapping(mapping(name, licence), `${name}.yaml`);
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join());
    const { made, read } = await importDataset(parsed.value, {
      ...{ store: bench.deps.store, salt: bench.deps.salt, secret: Buffer.from('secret of a test') },
      open: (file) => fs.createReadStream(path.join(folder, file)),
      clock: bench.deps.clock,
      tell: () => Promise.resolve(),
    });
    expect(read.problems).toEqual([]);
    if (made === null) throw new Error('nothing was imported');
    await bench.deps.publish(made.published);
    return made.published;
  }

  it('is a data set of its own, the same each time, and names a row that is altered', async () => {
    const imported = await bringIn('file', 'MIT');
    expect(imported).toMatchObject({ kind: 'IMPORTED', rows: 40, policyId: null, licences: ['MIT'] });
    expect((await bringIn('file', 'MIT')).datasetId).toBe(imported.datasetId);
    expect(await bench.verify(imported.datasetId)).toMatchObject({ isWhole: true, rebuiltDigest: null });
    const [row] = await bench.db.select<{ row_key: string }>(
      `SELECT row_key FROM dataset_rows WHERE dataset_id = '${imported.datasetId}' AND ordinal = 7`,
    );
    const alter = (origin: string) =>
      bench.db.run(
        `ALTER TABLE dataset_stored_rows UPDATE origin = '${origin}' WHERE dataset_id = '${imported.datasetId}' AND ordinal = 7`,
      );
    await alter('DRAWN');
    expect((await bench.verify(imported.datasetId)).differences).toEqual([
      { key: row?.row_key, problem: 'ALTERED', field: '' },
    ]);
    await alter('IMPORTED');
    expect((await bench.verify(imported.datasetId)).isWhole).toBe(true);
  });

  it('trains with the labels of people where a recipe names it, and keeps out of training where it judges', async () => {
    await bringIn('judge', 'CC-BY-4.0');
    await bench.db.plant(items(0, 20));
    const recipe = 'name: mixed\npolicy: house\nsources: [file]\n';
    const mixed = await bench.build({ recipe });
    expect(mixed).toMatchObject({ rows: 60, licences: ['MIT'] });
    expect(await bench.verify(mixed.datasetId)).toMatchObject({ isWhole: true });
    const judged = await bench.build({ recipe: `${recipe}evaluation: [judge]\n` });
    const trained = await bench.db.select(
      `SELECT count() AS rows FROM dataset_rows WHERE dataset_id = '${judged.datasetId}' AND split = 'train' AND source != 'labels'`,
    );
    expect(trained).toEqual([{ rows: 0 }]);
    expect(await bench.verify(judged.datasetId)).toMatchObject({ isWhole: true });
  });

  it('leaves as it came: a folder for trainers, Parquet, JSON lines, a folder for a hub', async () => {
    const dataset = [...bench.published.values()].find(({ name }) => name === 'mixed');
    if (dataset === undefined) throw new Error('it was not built');
    const out = (name: string): string => path.join(folder, name);
    const leave = (format: ExportFormat) =>
      exportDataset({
        ...{ dataset, format, out: out(format) },
        clickhouse: bench.clickhouse,
        tell: () => undefined,
      });
    await leave('folder');
    const { manifest, rows } = readDatasetFolder(out('folder'));
    expect(manifest).toEqual(manifestOf(dataset));
    expect(rows).toHaveLength(60);
    await leave('jsonl');
    const lines = fs.readFileSync(out('jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { key: string }).key)).toEqual(rows.map(({ key }) => key));
    await leave('parquet');
    const bytes = fs.readFileSync(out('parquet'));
    expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
    const files = await leave('huggingface');
    expect(files.map((file) => path.relative(out('huggingface'), file))).toContain('data/train-00000-of-00001.parquet');
    expect(fs.readFileSync(path.join(out('huggingface'), 'README.md'), 'utf8')).toMatch(
      /^---\npretty_name: "mixed"\nlicense: "mit"\n/,
    );
  });
});

describe('the role', () => {
  it('builds what is asked for, once, says how far it is, goes on after a stop, and tries again what failed when it is asked again', async () => {
    const bench = await openBench('datasets_role');
    await bench.db.plant(items(0, 20));
    const recipes = new Map([['house', { text: RECIPE, file: 'house.yaml' }]]);
    const broker = createMemoryBroker();
    const serde = createStaticSerde();
    const writer = createWriter({ broker, serde, stage: 'dataset', release: 'test' });
    const failed: Error[] = [];
    const start = async () => {
      const runtime = await openBuildRuntime({
        ...{ broker, serde, writer, clock: Date.now, isOwner: () => true, isReady: () => Promise.resolve(true) },
        build: (request, voice) =>
          buildDataset(request, voice, { ...bench.deps, recipeNamed: (name) => recipes.get(name) }),
        due: () => Promise.resolve([]),
        report: () => undefined,
        onFatal: (error) => {
          failed.push(error);
        },
      });
      runtime.start();
      return runtime;
    };
    const ask = (requestId: string, recipe: string, requestedAt = 1) =>
      writer.write([
        {
          topic: 'dataset.requested',
          key: requestId,
          value: {
            ...{ requestId, recipe, policyVersion: null, labelsUntil: null, cause: 'PERSON', causeId: null },
            ...{ requestedBy: 'test', requestedAt },
          },
        },
      ]);
    const said: DatasetProgressed[] = [];
    /** Until so many requests have ended since the beginning. */
    const ends = (count: number) => {
      const following = new AbortController();
      said.length = 0;
      return broker.journal.tail({
        topics: ['dataset.progressed'],
        from: 'beginning',
        untilEnd: false,
        signal: following.signal,
        onRecords: async (records) => {
          for (const it of await serde.decode('dataset.progressed', records)) if (it.ok) said.push(it.value);
          const done = said.filter(({ state }) => state === 'COMPLETED' || state === 'FAILED').length;
          if (done >= count) following.abort();
        },
      });
    };
    const first = await start();
    await ask('one', 'house');
    await ask('one', 'house');
    await ask('none', 'missing');
    await ends(2);
    await first.stop();
    const second = await start();
    await ask('one', 'house');
    await ask('none', 'missing');
    // What was missing is there now, and somebody asks once more; twice, because delivery is at least once.
    recipes.set('missing', { text: RECIPE.replace('house', 'other'), file: 'missing.yaml' });
    const later = Date.now() + 60_000;
    await ask('none', 'missing', later);
    await ask('none', 'missing', later);
    await ends(3);
    await second.stop();
    const completed = said.filter(({ state }) => state === 'COMPLETED');
    const [one, none] = [...bench.published.keys()];
    expect(completed).toMatchObject([
      { requestId: 'one', attempt: 1, subjectId: one },
      { requestId: 'none', attempt: 2, subjectId: none, at: later },
    ]);
    expect(said.find(({ state }) => state === 'FAILED')).toMatchObject({
      requestId: 'none',
      attempt: 1,
      detail: 'recipe: there is none named missing; name one of house, or send the whole recipe',
    });
    const places = said.map(({ requestId, attempt, sequence }) => `${requestId} ${attempt} ${sequence}`);
    expect(places).toEqual([...new Set(places)]);
    expect(failed).toEqual([]);
  });
});

describe('a build that is broken off', () => {
  const points = [
    ...['dataset_labels_copied', 'dataset_registry_page', 'dataset_registry_filled'],
    ...['dataset_rows_written', 'dataset_before_publish', 'dataset_published'],
  ] as const;

  it('gives the data set of an undisturbed one, once, wherever it was broken off, and delivered twice', async () => {
    const disturbed = await openBench('datasets_disturbed');
    await disturbed.db.plant(items(0, 60));
    // Each attempt gets a little farther than the one before.
    for (const point of points) {
      disturbed.at = (reached) => {
        if (reached === point) throw new Error('killed');
      };
      await expect(disturbed.build({ requestId: 'disturbed' })).rejects.toThrow('killed');
    }
    disturbed.at = () => undefined;
    const { datasetId } = await disturbed.build({ requestId: 'disturbed' });
    expect(disturbed.published.size).toBe(1);
    const calm = await openBench('datasets_calm');
    await calm.db.plant(items(0, 60));
    const twice = await Promise.all([calm.build({ requestId: 'a' }), calm.build({ requestId: 'b' })]);
    expect(twice.map((dataset) => dataset.datasetId)).toEqual([datasetId, datasetId]);
    expect(await calm.verify(datasetId)).toMatchObject({ isWhole: true, rows: 60 });
    const registries = await Promise.all(
      [disturbed, calm].map(({ db }) =>
        db.select('SELECT seq, item_key, root, split FROM dataset_items FINAL ORDER BY seq'),
      ),
    );
    expect(registries[0]).toEqual(registries[1]);
  });

  it('leaves nothing that is not swept a day later, and gives the same data set when it is asked for again', async () => {
    const bench = await openBench('datasets_swept');
    await bench.db.plant([itemAt(0, { isExpert: true, at: Date.UTC(2026, 5, 1) }), ...items(1, 30)]);
    const kept = await bench.build({ requestId: 'kept' });
    // What an expert settled is said again after the day on which gold was frozen.
    await bench.db.plant([itemAt(0, { isExpert: true }), ...items(30, 40)]);
    bench.at = (point) => {
      if (point === 'dataset_before_publish') throw new Error('killed');
    };
    const frozen = RECIPE.replace('2030-01-01', '2026-07-01');
    await expect(bench.build({ requestId: 'given up', recipe: frozen })).rejects.toThrow('killed');
    bench.at = () => undefined;
    const now = Date.now();
    const swept: unknown[] = [];
    const sweep = (to: number) =>
      sweepDatasets((event) => {
        swept.push(event);
      }).run({ from: 0, to }, { clickhouse: bench.clickhouse, runAt: now });
    const stored = async () =>
      (
        await bench.db.select<{ dataset_id: string; rows: number }>(
          'SELECT dataset_id, count() AS rows FROM dataset_stored_rows FINAL GROUP BY dataset_id ORDER BY rows',
        )
      ).map(({ dataset_id: id, rows }) => [id === kept.datasetId ? 'kept' : 'given up', rows]);
    const both = [
      ['kept', 30],
      ['given up', 40],
    ];
    // Nobody can say yet what is published.
    await sweep(now + 2 * 86_400_000);
    await bench.db.publish(kept);
    await sweep(now);
    expect(await stored()).toEqual(both);
    await sweep(now + 2 * 86_400_000);
    expect(await stored()).toEqual([['kept', 30]]);
    expect(swept).toEqual([{ event: 'datasets_swept', datasets: 1, rows: 40 }]);
    bench.deps = { ...bench.deps, store: createDatasetStore(bench.clickhouse, 'again') };
    const again = await bench.build({ requestId: 'given up', recipe: frozen });
    expect(await bench.verify(again.datasetId)).toMatchObject({ isWhole: true, rows: 40 });
    expect(
      await bench.db.select(`SELECT row_key FROM dataset_rows WHERE dataset_id = '${again.datasetId}' AND is_gold`),
    ).toEqual([{ row_key: 'forum/c0/1' }]);
  });
});
