import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFeaturiser, DEFAULT_FEATURISER_SETTINGS, writeArtefact, writeArtefactFolder } from '#model';
import type { DeploymentBundled } from '#platform/contracts';
import { policyVersion } from '../rollout.fixture.js';
import type { Rollout } from '../rollout.js';
import { defaultRolloutSettings } from '../rollout-settings.js';
import { createGate, type GateDeps, type Pair } from './gate.job.js';
import type { GateResult } from './gate-task.js';

const BUCKETS = 2 ** 12;
const CATEGORIES = ['H', 'V'];
const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;
const hooks = path.join(import.meta.dirname, '../../../../platform/kafka/testing/run-typescript.mjs');
const fromSource = [
  '--conditions=source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  pathToFileURL(hooks).href,
];
const program = [...fromSource, path.join(import.meta.dirname, 'gate-candidate.main.ts')];

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-gate-'));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

/** Raises H where a word stands; the rarer words it knows, the more it misses. */
function writeModel(name: string, words: readonly string[]): string {
  const settings = { ...DEFAULT_FEATURISER_SETTINGS, buckets: BUCKETS };
  const featuriser = createFeaturiser(settings);
  const table = new Int8Array(BUCKETS * CATEGORIES.length);
  for (const word of words) for (const id of featuriser.features(word).ids) table[id * CATEGORIES.length] = 127;
  const { files, modelId } = writeArtefact(
    {
      ...{ buckets: BUCKETS, categories: CATEGORIES, terms: new Uint8Array(BUCKETS).fill(1), table },
      scales: new Float32Array(CATEGORIES.length).fill(0.008),
      biases: new Float32Array(CATEGORIES.length).fill(-4),
    },
    {
      ...{ name, release: 'test', featuriser: settings, datasetId: 'ds-1', recipeId: 'r-1', recipe: {}, metrics: {} },
      calibrators: { H: identity, V: identity },
      thresholds: { provisional: {}, solved: {} },
    },
    () => new Map(),
  );
  writeArtefactFolder(path.join(home, modelId), files);
  return modelId;
}

function bundleOf(modelId: string): DeploymentBundled {
  return {
    ...{ deploymentId: `d-${modelId}`, channel: 'public', modelId, modelSha256: '', calibrationId: 'c', bundledAt: 0 },
    ...{ thresholdSetId: 't', policyId: 'default', policyVersion: 1, uncovered: 'ALLOW', uncoveredCategories: [] },
    calibrators: { H: identity, V: identity },
    thresholds: {
      H: { review: 0.3, block: 0.8, provisional: true },
      V: { review: null, block: null, provisional: true },
    },
  };
}

const bad = ['zorbling', 'quxnard', 'vlimpish', 'grottle'];

function row(index: number): object {
  const isBad = index % 2 === 0;
  const word = isBad ? (bad[(index / 2) % bad.length] ?? '') : 'harbour';
  const text = `${word} number ${index} seen at the quay`;
  return {
    ...{ ordinal: index, row_key: `forum/c${index}/1`, erased: false, text, text_hash: '0', language: 'en' },
    ...{ platform: 'forum', kind: 'POST', split: 'test', group_key: `g${index}`, group_size: 1, weight: 1 },
    ...{ labels: { H: [isBad ? 1 : 0, 1] }, inclusion: index < 300 ? 0.5 : null, is_gold: index >= 300 },
    ...{ origin: 'DRAWN', source: 'labels', author_hash: '', labelled_at: 1, row_hash: '0' },
  };
}

const rows = Array.from({ length: 600 }, (_, index) => row(index));

const warehouse = {
  query: (name: string, { from = 0, to = 0 }: { from?: number; to?: number }) =>
    Promise.resolve(
      name === 'dataset-stored' ? rows.slice(from, to) : name === 'gate-newest-dataset' ? [{ dataset_id: 'ds-1' }] : [],
    ),
  pieces: async function* () {
    await Promise.resolve();
    yield Array.from({ length: 1200 }, (_, index) => ({
      ...{ content_key: `forum/s${index}/1`, platform: 'forum', language: 'en', kind: 'POST' },
      text: index % 40 === 0 ? `${bad[index % bad.length] ?? ''} again` : `a quiet day ${index}`,
    }));
  },
};

function gateOver(rest: Partial<GateDeps> = {}) {
  const inserted: string[] = [];
  const clickhouse = {
    ...warehouse,
    insertRows: (table: string) => {
      inserted.push(table);
      return Promise.resolve();
    },
  };
  const work = fs.mkdtempSync(path.join(home, 'work-'));
  const gate = createGate({
    clickhouse: clickhouse as unknown as GateDeps['clickhouse'],
    work,
    folderOf: (modelId) => path.join(home, modelId),
    dryRun: () => Promise.resolve(null),
    settings: defaultRolloutSettings.gate,
    margins: '',
    suites: null,
    encoder: { folder: '', threads: 1 },
    release: 'test',
    clock: () => 1000,
    program,
    ...rest,
  });
  return { gate, inserted, work };
}

function pairOf(champion: string, candidate: string): Pair {
  const [before, after] = [bundleOf(champion), bundleOf(candidate)];
  const rollout: Rollout = {
    ...{ rolloutId: `ro-${candidate}`, channel: 'public', requestId: 'r', modelId: candidate, artefactId: null },
    ...{ champion: before.deploymentId, candidate: after.deploymentId, requestedAt: 1, sequence: 1, state: 'GATING' },
    ...{ step: 0, share: 0, since: 1, override: null, gate: null, guards: [], reason: '', by: '', causeId: 'r', at: 1 },
  };
  return { rollout, champion: before, candidate: after, policy: policyVersion(1) };
}

const nobody = new AbortController().signal;

describe('the gate in a process of its own', () => {
  it('finds a candidate that misses what the champion found, stores the decision, and leaves no text', async () => {
    const { gate, inserted, work } = gateOver();
    const answer = await gate(pairOf(writeModel('all', bad), writeModel('one', bad.slice(0, 1))), nobody);
    expect(answer).toMatchObject({ kind: 'judged', outcome: { passed: false } });
    if (answer.kind === 'judged') expect(answer.outcome.failed).toContain('quality');
    expect(inserted).toEqual(['gate_stored_checks', 'gate_stored_reports']);
    expect(fs.readdirSync(work)).toEqual([]);
  }, 60_000);

  it('measures quality on gold and audit rows, serving, and flips of the stored window', async () => {
    const documents: GateResult[] = [];
    const { gate } = gateOver({
      clickhouse: {
        ...warehouse,
        insertRows: (table: string, bytes: Buffer) => {
          if (table !== 'gate_stored_reports') return Promise.resolve();
          const text = bytes.toString('utf8');
          documents.push(JSON.parse(text.slice(text.indexOf('{"report"'), text.lastIndexOf('}') + 1)) as GateResult);
          return Promise.resolve();
        },
      } as unknown as GateDeps['clickhouse'],
    });
    await gate(pairOf(writeModel('some', bad.slice(0, 3)), writeModel('every', [...bad, 'wharf'])), nobody);
    const [document] = documents;
    const found = new Set(document?.report.checks.map(({ check, on, finding }) => `${check} ${on} ${finding}`));
    for (const claim of ['quality GOLD PASSES', 'quality AUDIT PASSES', 'serving ARTEFACT PASSES']) {
      expect([...found]).toContain(claim);
    }
    expect(document?.replay.channels[0]?.items).toBe(1200);
  }, 60_000);

  it.each([
    ['hangs', 'setInterval(() => {}, 1000)', { minutes: 0.02 }, 'it was not judged within 0.02 minutes'],
    ['crashes', 'process.abort()', {}, 'judging it ended with exit SIGABRT'],
    ['fails', 'throw new RangeError("model.onnx: wrong shape")', {}, 'RangeError: model.onnx: wrong shape'],
  ])(
    'refuses a candidate under which it %s, with the reason',
    async (_, script, limits, why) => {
      const file = path.join(home, `${_}.mjs`);
      fs.writeFileSync(file, script);
      const { gate, work } = gateOver({ program: [file], settings: { ...defaultRolloutSettings.gate, ...limits } });
      const answer = await gate(pairOf(writeModel('all', bad), writeModel('one', bad.slice(0, 1))), nobody);
      expect(answer).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) as string });
      expect(fs.readdirSync(work, { recursive: true }).filter((name) => String(name).endsWith('.jsonl'))).toEqual([]);
    },
    30_000,
  );
});
