import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '#platform/config';
import {
  contentKey,
  revisionKey,
  type ContentSubmitted,
  type DatasetProgressed,
  type DatasetPublished,
  type LabelResolved,
} from '#platform/contracts';
import { createWriter } from '#platform/stream';
import { hashText } from '#policy';
import { soundContent } from '#platform/testing';
import { runTidegate } from '../harness/command-line.js';
import { startInstallation, type Installation } from '../harness/installation.js';
import { seeded } from './seeded.js';

const SEED = 20261123;
const LABELS = 600;
const KILLS = 4;
/** Where a build that dies must leave no trace; `:2` and so on are later times. */
const POINTS = [
  'dataset_labels_copied',
  'dataset_registry_page',
  'dataset_registry_filled',
  'dataset_rows_written',
  'dataset_before_publish',
  'dataset_published',
] as const;
const RECIPE = `name: house
policy: default
expectations:
  fail: [rows >= 1]
`;

/** Built by itself at each step of so many labels. */
const WATCH = `name: watch
policy: default
schedule: { newLabels: 300 }
`;

let installation: Installation;
let recipes: string;
let labelled = 0;
/** The one in force. */
const version = Number(
  /^version: (\d+)/m.exec(fs.readFileSync(path.join(projectRoot, 'policies/default.yaml'), 'utf8'))?.[1],
);

beforeAll(async () => {
  recipes = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-recipes-'));
  fs.writeFileSync(path.join(recipes, 'house.yaml'), RECIPE);
  fs.writeFileSync(path.join(recipes, 'watch.yaml'), WATCH);
  installation = await startInstallation({
    roles: ['policy', 'warehouse', 'dataset'],
    environment: { DATASET_RECIPES: recipes },
  });
  await installation.connections.serde.prepare(['content.submitted', 'label.resolved']);
}, 180_000);

afterAll(async () => {
  await installation.close();
  fs.rmSync(recipes, { recursive: true, force: true });
});

const cli = (...args: readonly string[]) => runTidegate(installation.environment, 'dataset', ...args);

/** Letters, because numbers are masked before texts are compared. */
const textOf = (n: number): string =>
  hashText(`text ${n}`)
    .replace(/[0-9]/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')
    .replace(/(.{4})/g, '$1 ')
    .trim();

/** Contents, and what the label role says of them. */
async function label(count: number): Promise<void> {
  const writer = createWriter({ ...installation.connections, stage: 'test', release: 'test' });
  const now = Date.now();
  const numbers = Array.from({ length: count }, () => labelled++);
  await writer.write(
    numbers.map((n) => {
      const value: ContentSubmitted = {
        ...soundContent,
        contentId: `c${n}`,
        revision: 1,
        platform: 'forum',
        text: textOf(n),
        submittedAt: now,
      };
      return { topic: 'content.submitted', key: contentKey(value), value };
    }),
  );
  await writer.write(
    numbers.map((n) => {
      const value: LabelResolved = {
        resolvedId: hashText(`label ${n}`),
        kind: 'DERIVED',
        platform: 'forum',
        contentId: `c${n}`,
        revision: 1,
        facts: {},
        rule: 'two-coin',
        passId: null,
        fromResolvedId: null,
        policyId: 'default',
        policyVersion: version,
        categories: { H: { value: n % 4 === 0 ? 'YES' : 'NO', weight: 0.75, decidedBy: [] } },
        isSettled: true,
        resolvedAt: now,
      };
      return { topic: 'label.resolved', key: revisionKey(value), value };
    }),
  );
  await until(async () => {
    const labels = await installation.query(
      `SELECT count() FROM ${installation.config.clickhouse.database}.label_resolved`,
    );
    return Number(labels) >= labelled ? true : null;
  });
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('waited for a minute');
}

/** All that stands on a topic. */
async function read<T>(topic: 'dataset.published' | 'dataset.progressed'): Promise<readonly T[]> {
  const { broker, serde } = installation.connections;
  const events: unknown[] = [];
  await serde.prepare([topic]);
  await broker.journal.tail({
    topics: [topic],
    from: 'beginning',
    untilEnd: true,
    signal: new AbortController().signal,
    onRecords: async (records) => {
      for (const decoded of await serde.decode(topic, records)) if (decoded.ok) events.push(decoded.value);
    },
  });
  return events as readonly T[];
}

async function ended(requestId: string): Promise<DatasetProgressed> {
  return until(
    async () =>
      (await read<DatasetProgressed>('dataset.progressed')).find(
        (said) => said.requestId === requestId && (said.state === 'COMPLETED' || said.state === 'FAILED'),
      ) ?? null,
  );
}

async function ask(): Promise<string> {
  const { code, stdout, stderr } = await cli('build', 'house', '--no-wait', '--json');
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { requestId: string }).requestId;
}

describe('a dataset role that is killed', () => {
  it('makes one data set of each request, at every named point and at seeded moments', async () => {
    const role = installation.role('dataset');
    const random = seeded(SEED);
    const asked: string[] = [];
    for (const point of POINTS) {
      await label(LABELS / POINTS.length);
      await role.end('SIGTERM');
      await role.start({ FAULT_POINT: point });
      const died = role.died();
      asked.push(await ask());
      await died;
      await role.start();
      expect(await ended(asked.at(-1) ?? '')).toMatchObject({ state: 'COMPLETED', detail: null });
    }
    for (let kill = 0; kill < KILLS; kill++) {
      await label(50);
      asked.push(await ask());
      await new Promise((resolve) => setTimeout(resolve, random() * 1500));
      await role.end('SIGKILL');
      await role.start();
      expect((await ended(asked.at(-1) ?? '')).state).toBe('COMPLETED');
    }
    const everything = await read<DatasetPublished>('dataset.published');
    // What came by itself in between, each step of labels once.
    const watched = everything.filter(({ name }) => name === 'watch').map(({ requestId }) => requestId);
    expect(watched.length).toBeGreaterThan(0);
    expect(new Set(watched).size).toBe(watched.length);
    const published = everything.filter(({ name }) => name === 'house');
    expect(published.map(({ requestId }) => requestId)).toEqual(asked);
    expect(new Set(published.map(({ datasetId }) => datasetId)).size).toBe(asked.length);
    expect(published.at(-1)?.rows).toBe(labelled);
  }, 600_000);

  it('left data sets that verify, after a restart of ClickHouse as well, and name a row that is altered', async () => {
    await installation.stack.kill('clickhouse', 'SIGKILL');
    await installation.stack.restart('clickhouse');
    const published = (await read<DatasetPublished>('dataset.published')).filter(({ name }) => name === 'house');
    for (const { datasetId } of [published[0], published.at(-1)].filter((it) => it !== undefined)) {
      const { code, stdout, stderr } = await cli('verify', datasetId);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(stdout).toContain(`${datasetId} is whole`);
    }
    const last = published.at(-1)?.datasetId ?? '';
    const { database } = installation.config.clickhouse;
    await installation.query(
      `ALTER TABLE ${database}.dataset_stored_rows UPDATE text = 'something else' WHERE dataset_id = '${last}' AND row_key = 'forum/c17/1' SETTINGS mutations_sync = 1`,
    );
    const { code, stdout, stderr } = await cli('verify', last);
    expect(code).toBe(1);
    expect(stdout).toContain('forum/c17/1: altered, field text');
    expect(stderr).toContain('is not what was published');
  }, 120_000);
});
