import '../harness/one-realm.js';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SamplingPlan } from '#flow/sampling';
import { projectRoot } from '#platform/config';
import { startStack } from '#platform/stack';
import { loadExamples } from '#platform/testing';
import { deriveSalt, uniform } from '#policy';
import { writeKeywordModel } from '../harness/keyword-model.js';
import {
  createMemoryInstallation,
  INSTALLATION_SECRET,
  type MemoryInstallation,
} from '../harness/memory-installation.js';

// After one-realm.js: static imports of the runtime would be loaded before it.
const [{ policyRole }, { deploymentRole }, { predictionRole }, { planRecord, samplingRole }, { warehouseRole }] =
  await Promise.all([
    import('#flow/policy'),
    import('#flow/deployment'),
    import('#flow/prediction'),
    import('#flow/sampling'),
    import('#flow/warehouse'),
  ]);

const TIMEOUT_MS = 30_000;
const CONTENTS = 40;
const RATE = 0.3;
/** The next border of such windows is in 2033. */
const WINDOW_MS = 1_000_000_000_000;
/** Nobody answers there: the jobs wait, and draws go on. */
const NO_CLICKHOUSE = 'http://127.0.0.1:9';
const SALT = deriveSalt(INSTALLATION_SECRET, 'sampling');

/** For the window of now, everybody with the same probability. */
function uniformPlan(rate: number): SamplingPlan {
  const from = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS;
  return {
    planId: 'plan-of-now',
    salt: SALT,
    channel: 'public',
    from,
    to: from + WINDOW_MS,
    observedFrom: from - WINDOW_MS,
    observedTo: from,
    uniformShare: 1,
    thresholdShare: 0.33,
    strata: [
      {
        languages: [],
        teams: [{ team: 'everybody', share: 1 }],
        budget: 10,
        trainOnlyBudget: 0,
        contents: 100,
        uniformRate: rate,
        multiplier: 1,
        categories: [],
        buckets: {},
        otherFactor: 1,
      },
    ],
  };
}

describe('content to draw, through Nest, on the in-memory broker', () => {
  let installation: MemoryInstallation;

  beforeEach(() => {
    installation = createMemoryInstallation({
      SAMPLING_WINDOW_MS: String(WINDOW_MS),
      SAMPLING_BOOTSTRAP_RATE: String(RATE),
      CLICKHOUSE_URL: NO_CLICKHOUSE,
    });
    const { modelsDir, policiesDir } = installation.config;
    writeKeywordModel(path.join(modelsDir, 'starter'), { 'wretched toad': 'H' });
    fs.copyFileSync(path.join(projectRoot, 'policies/default.yaml'), path.join(policiesDir, 'default.yaml'));
  });

  afterEach(() => installation.close(), TIMEOUT_MS);

  async function draws(rate: number, salt: string) {
    await installation.start(policyRole, deploymentRole, predictionRole, samplingRole);
    const ids = Array.from({ length: CONTENTS }, (_, n) => `c-${n}`);
    for (const contentId of ids) await installation.publish({ contentId, text: `wretched toad ${contentId}` });
    await installation.until('prediction.scored', (events) => events.length === CONTENTS);
    const expected = ids.filter((contentId) => uniform(salt, `forum/${contentId}/1`) < rate);
    const drawn = await installation.until('sampling.drawn', (events) => events.length >= expected.length);
    expect(drawn.map(({ contentId }) => contentId).sort()).toEqual([...expected].sort());
    return drawn;
  }

  it(
    'draws by the bootstrap rate while there is no plan',
    async () => {
      const drawn = await draws(RATE, deriveSalt(INSTALLATION_SECRET, 'sampling-bootstrap'));
      expect(drawn.every(({ planId, probability }) => planId === null && probability === RATE)).toBe(true);
      expect(drawn[0]?.scores['H']).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'passes over a plan that was appended after its window had begun',
    async () => {
      const record = planRecord(uniformPlan(1), Date.now());
      await installation.writer.write([{ topic: 'sampling.planned', key: record.planId, value: record }]);
      const drawn = await draws(RATE, deriveSalt(INSTALLATION_SECRET, 'sampling-bootstrap'));
      expect(drawn.every(({ planId }) => planId === null)).toBe(true);
    },
    TIMEOUT_MS,
  );
});

describe('draw to question, with the schedulers of the roles and a real ClickHouse engine', () => {
  it('asks people about a closed window by itself: each draw once, with its probability', async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-asked-'));
    const stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
    const installation = createMemoryInstallation({
      SAMPLING_WINDOW_MS: '60000',
      SAMPLING_BOOTSTRAP_RATE: '0.5',
      SAMPLING_BUDGETS: 'libs/flow/sampling/demo-budgets.yaml',
      CLICKHOUSE_URL: stack.clickhouseUrl,
    });
    try {
      await installation.start(warehouseRole, samplingRole);
      const [example] = loadExamples('prediction/scored');
      if (example === undefined) throw new Error('prediction.scored has no example');
      // Ten minutes ago, so that the window is closed as soon as the warehouse has read it.
      const scoredAt = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
      const predictions = Array.from({ length: CONTENTS }, (_, n) => ({
        ...example.event,
        contentId: `c-${n}`,
        scoredAt: scoredAt + n,
      }));
      await installation.writer.write(
        predictions.map((value) => ({
          topic: 'prediction.scored' as const,
          key: `${value.platform}/${value.contentId}`,
          value,
        })),
      );
      const salt = deriveSalt(INSTALLATION_SECRET, 'sampling-bootstrap');
      const expected = predictions.filter(
        ({ platform, contentId, revision }) => uniform(salt, `${platform}/${contentId}/${revision}`) < 0.5,
      );
      const closed = await installation.until('sampling.closed', (events) => events.length >= expected.length);
      expect(closed.map(({ contentId }) => contentId).sort()).toEqual(
        expected.map(({ contentId }) => contentId).sort(),
      );
      expect(closed.every(({ probability, origin }) => probability === 0.5 && origin === 'DRAWN')).toBe(true);
      expect(expected.length).toBeGreaterThan(10);
    } finally {
      await installation.close();
      await stack.stop();
      fs.rmSync(home, { recursive: true, force: true });
    }
  }, 60_000);
});
