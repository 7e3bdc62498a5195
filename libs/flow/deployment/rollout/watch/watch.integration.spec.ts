import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate, type ClickHouse } from '#platform/clickhouse';
import type { DeploymentBundled } from '#platform/contracts';
import { startStack, type RunningStack } from '#platform/stack';
import { createMemoryBroker, createMemoryLog, createStaticSerde } from '#platform/testing';
import { parseRolloutSettings } from '../rollout-settings.js';
import type { Rollout } from '../rollout.js';
import { createRescore } from '../rescore.job.js';
import { createWatch } from './watch.job.js';

const NOON = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const settings = parseRolloutSettings(
  `
canary: { steps: [{ share: 0.5, hold: 0s, items: 10 }, { share: 1, hold: 0s, items: 10 }] }
observe: { window: 1m, lateness: 0s }
`,
  'test.yaml',
);

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-watch-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: 'watch' });
  await migrate(clickhouse);
  const topics = ['prediction.scored', 'label.submitted', 'verdict.public'];
  await insert(
    'warehouse_watermark',
    topics.map((topic) => ({ topic, partition: 0, complete_until: NOON + 5 * MINUTE, written_at: NOON })),
  );
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

async function insert(table: string, rows: readonly object[]): Promise<void> {
  const query = encodeURIComponent(`INSERT INTO ${table} FORMAT JSONEachRow`);
  const answer = await fetch(
    `${stack.clickhouseUrl}/?database=${clickhouse.database}&date_time_input_format=best_effort&query=${query}`,
    {
      method: 'POST',
      body: rows.map((row) => JSON.stringify(row, (_, value: unknown) => value)).join('\n'),
    },
  );
  if (!answer.ok) throw new Error(await answer.text());
}

const fixed = (text: string): string => text.padEnd(16, '.').slice(0, 16);

/** One content that a bundle judged, or scored beside the live one. */
function prediction(index: number, role: string, deploymentId: string, probability: number, rest: object = {}): object {
  const assignment = {
    ...{ channel: 'public', role, mode: 'NORMAL', deployment_id: deploymentId, model_id: `m-${deploymentId}` },
    ...{ calibration_id: 'c', probabilities: { H: probability }, error: null },
  };
  return {
    ...{
      platform: 'forum',
      content_id: `c${index}`,
      revision: 1,
      text_hash: fixed(`t${index}`),
      duplicate_key: '00000000',
    },
    ...{ scores: [{ model_id: 'm-d-old', tier: 'NGRAM', logits: { H: -3 } }], assignments: [assignment] },
    ...{ author_hash: fixed(`a${index}`), source_partition: 0, source_offset: index, record_offset: index },
    ...{ submitted_at: NOON + 1000 + index, scored_at: NOON + 1000 + index },
    ...rest,
  };
}

function bundleOf(deploymentId: string, review: number): DeploymentBundled {
  return {
    ...{ deploymentId, channel: 'public', modelId: `m-${deploymentId}`, modelSha256: '', calibrationId: 'c' },
    ...{ thresholdSetId: 't', policyId: 'default', policyVersion: 1, uncovered: 'ALLOW', uncoveredCategories: [] },
    ...{ calibrators: {}, thresholds: { H: { review, block: 0.9, provisional: true } }, bundledAt: 0 },
  };
}

function rolloutOf(rest: Partial<Rollout>): Rollout {
  return {
    ...{
      rolloutId: 'ro-1',
      channel: 'public',
      requestId: 'r',
      modelId: 'm-d-new',
      artefactId: null,
      champion: 'd-old',
    },
    ...{ candidate: 'd-new', requestedAt: NOON, sequence: 3, state: 'CANARY', step: 1, share: 0.5, since: NOON },
    ...{ override: null, gate: null, guards: [], reason: '', by: '', causeId: null, at: NOON },
    ...rest,
  };
}

describe('a roll-out through the warehouse', () => {
  it('counts items and flags of both arms by the thresholds of their bundles, and failures', async () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      index % 2 === 0
        ? prediction(index, 'CANARY', 'd-new', index % 4 === 0 ? 0.5 : 0.1)
        : prediction(index, 'LIVE', 'd-old', index % 20 === 1 ? 0.5 : 0.1),
    );
    const failing = { channel: 'public', role: 'SHADOW', mode: 'NORMAL', deployment_id: 'd-new', model_id: 'm-d-new' };
    const shadow = prediction(1000, 'LIVE', 'd-old', 0.1);
    await insert('prediction_scored', [
      ...many,
      { ...shadow, assignments: [{ ...failing, calibration_id: 'c', probabilities: {}, error: 'timeout' }] },
    ]);
    const watch = createWatch({ clickhouse, settings });
    const seen = await watch(rolloutOf({}), bundleOf('d-old', 0.4), bundleOf('d-new', 0.4));
    expect(seen).toMatchObject({ items: 200, failed: 0 });
    // A half of the canary is flagged, against a tenth of control.
    expect(seen?.guards.find(({ guard }) => guard === 'flag-rate/H')).toMatchObject({ finding: 'CROSSED' });
    expect(seen?.decision).toMatchObject({ kind: 'ROLL_BACK', guards: ['flag-rate/H'] });
    expect(seen?.guards.find(({ guard }) => guard === 'appeal-overturn')?.finding).toBe('NOT_ARMED');
    const strict = await createWatch({ clickhouse, settings })(
      rolloutOf({}),
      bundleOf('d-old', 0.6),
      bundleOf('d-new', 0.6),
    );
    expect(strict?.decision.kind).not.toBe('ROLL_BACK');
    const beside = await watch(rolloutOf({ state: 'SHADOW', step: 0 }), bundleOf('d-old', 0.4), bundleOf('d-new', 0.4));
    expect(beside).toMatchObject({ items: 1, failed: 1 });
  });

  it('says the same to whoever looks for the first time as to whoever has looked all along', async () => {
    const bundles = [bundleOf('d-old', 0.4), bundleOf('d-new', 0.4)] as const;
    const [one, other] = [createWatch({ clickhouse, settings }), createWatch({ clickhouse, settings })];
    await one(rolloutOf({}), ...bundles);
    expect(await one(rolloutOf({}), ...bundles)).toEqual(await other(rolloutOf({}), ...bundles));
  });

  it('asks once for another verdict wherever the candidate judged and nobody has decided since', async () => {
    const verdict = (id: string, rest: object = {}) => ({
      ...{ verdict_id: fixed(id), kind: 'ISSUED', platform: 'forum', content_id: 'c0', revision: 1, channel: 'public' },
      ...{ action: 'BLOCK', categories: {}, deployment_id: 'd-new', model_id: 'm-d-new', role: 'CANARY' },
      ...{ mode: 'NORMAL', decided_by: 'MODEL', text_hash: fixed('t0'), source_partition: 0, source_offset: 0 },
      ...{ issued_at: NOON + MINUTE, submitted_at: NOON, record_partition: 0 },
      ...rest,
    });
    await insert('deployment_progressed', [
      { rollout_id: 'ro-1', sequence: 3, channel: 'public', state: 'CANARY', candidate: 'd-new' },
    ]);
    await insert('verdict_issued', [
      verdict('stands', { record_offset: 1 }),
      verdict('replaced', { content_id: 'c2', source_offset: 2, record_offset: 2 }),
      verdict('by a person', { content_id: 'c2', supersedes: fixed('replaced'), deployment_id: '', record_offset: 3 }),
      verdict('of the champion', { content_id: 'c1', deployment_id: 'd-old', record_offset: 4 }),
    ]);
    const log = createMemoryLog({ partitions: 1 });
    const serde = createStaticSerde();
    const rescore = createRescore({
      ...{ clickhouse, broker: createMemoryBroker(log), serde, release: 'test', lateness: 0, clock: () => NOON },
      scoreBy: () => Promise.resolve([]),
      report: () => undefined,
    });
    const rolledBack = rolloutOf({ state: 'ROLLED_BACK', at: NOON + MINUTE });
    expect(await rescore(rolledBack, bundleOf('d-old', 0.4))).toBe('more');
    await rescore(rolledBack, bundleOf('d-old', 0.4));
    const decoded = await serde.decode('verdict.requested', log.read('verdict.requested', 0, 0, 100));
    expect(decoded).toHaveLength(1);
    expect(decoded[0]).toMatchObject({
      ok: true,
      value: { kind: 'RESCORE', contentId: 'c0', deploymentId: 'd-old', logits: { H: -3 }, causeId: 'ro-1' },
    });
    await insert('verdict_issued', [
      verdict('answer', { supersedes: fixed('stands'), deployment_id: 'd-old', record_offset: 5 }),
    ]);
    expect(await rescore(rolledBack, bundleOf('d-old', 0.4))).toBe('done');
  });

  it('answers every query of the command line', async () => {
    expect(await clickhouse.query('deployment-channels', {})).toEqual([]);
    expect(await clickhouse.query('rollout-list', { most: 5 })).toMatchObject([
      { rollout_id: 'ro-1', state: 'CANARY' },
    ]);
    expect(await clickhouse.query('rollout-steps', { rollout_id: 'ro-' })).toHaveLength(1);
    expect(await clickhouse.query('rollout-checks', { rollout_id: 'ro-1' })).toEqual([]);
    expect(await clickhouse.query('gate-newest-dataset', {})).toEqual([]);
    expect(await clickhouse.query('gate-contents', { since: NOON, until: NOON + MINUTE, most: 10 })).toEqual([]);
  });
});
