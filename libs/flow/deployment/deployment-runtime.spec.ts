import type { DeploymentRequested, EventOf, TopicName } from '#platform/contracts';
import { createWriter, type Broker, type Worker } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde, loadExamples } from '#platform/testing';
import { createDeploymentWorker, type RolloutSenses, type RuntimeEvent } from './deployment-runtime.js';
import type { ServableModel } from './make-bundle.js';
import { parseRolloutSettings } from './rollout/rollout-settings.js';

const policies = loadExamples('policy/published').map(({ event }) => event);
const policy = policies.reduce((one, other) => (other.version > one.version ? other : one));
const [channel = ''] = Object.keys(policy.channels);
const [category = ''] = policy.categories;
const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;

function modelNamed(modelId: string): ServableModel {
  return { modelId, sha256: `sha-${modelId}`, calibrators: { [category]: identity }, thresholds: {} };
}

const settings = parseRolloutSettings(
  `
shadow: { hold: 0s, items: 10 }
canary: { steps: [{ share: 0.25, hold: 0s, items: 10 }, { share: 1, hold: 0s, items: 10 }], coolDown: 0s }
`,
  'test.yaml',
);

const passing: RolloutSenses = {
  judge: ({ champion, candidate }) =>
    Promise.resolve({
      kind: 'judged',
      champion: champion ?? '',
      candidate: candidate ?? '',
      outcome: { reportId: 'gate-1', passed: true, failed: [], overridden: [] },
    }),
  watch: () =>
    Promise.resolve({
      ...{ items: 50, failed: 0, guards: [] },
      decision: { kind: 'READY', promotable: true, unproven: [] },
    }),
  rescore: () => Promise.resolve('done'),
};

/** A cluster that several replicas of the role join. */
async function cluster() {
  const log = createMemoryLog({ partitions: 1, clock: () => 1 });
  const serde = createStaticSerde();
  const outside = createMemoryBroker(log, () => 1);
  const writer = createWriter({ broker: outside, serde, stage: 'cli', release: 'test' });
  await writer.write([{ topic: 'policy.published', key: `${policy.policyId}@${policy.version}`, value: policy }]);
  const running: Worker[] = [];
  let noteFenced: () => void = () => undefined;
  const fenced = new Promise<void>((resolve) => (noteFenced = resolve));

  function replica(options: { readonly senses?: Partial<RolloutSenses>; readonly broker?: Broker } = {}): Worker {
    const worker = createDeploymentWorker({
      broker: options.broker ?? createMemoryBroker(log, () => 1),
      serde,
      release: 'test',
      channels: [channel],
      reference: channel,
      settings,
      senses: { ...passing, ...options.senses },
      starter: () => Promise.resolve(modelNamed('m-starter')),
      modelOf: (modelId) => Promise.resolve(modelNamed(modelId)),
      dryRun: () => Promise.resolve(null),
      observer: { onOutcomes: () => undefined, onChunk: () => undefined, onRetry: () => undefined },
      backOff: () => Promise.resolve(),
      sessionMs: 10_000,
      everyMs: 5,
      clock: () => 1,
      measure: () => undefined,
      report: ({ event }: RuntimeEvent) => {
        if (event === 'deployment_fenced') noteFenced();
      },
      onFatal: (error) => {
        throw error;
      },
    });
    running.push(worker);
    return worker;
  }

  async function read<N extends TopicName>(topic: N): Promise<readonly EventOf<N>[]> {
    const decoded = await serde.decode(topic, log.read(topic, 0, 0, Number.MAX_SAFE_INTEGER));
    return decoded.flatMap((one) => (one.ok ? [one.value] : []));
  }

  /** Resolves at the first change of the log after which the claim holds. */
  async function until(claim: () => Promise<boolean>): Promise<void> {
    const never = new AbortController().signal;
    for (let change = log.changed(never); !(await claim()); change = log.changed(never)) {
      await change;
    }
  }

  return {
    log,
    serde,
    writer,
    fenced,
    replica,
    read,
    until,
    ask: (request: Partial<DeploymentRequested>) => {
      const value: DeploymentRequested = {
        ...{ requestId: 'r', channel, kind: 'GO_LIVE', modelId: null, artefactId: null, mode: null, override: null },
        ...{ reason: 'labels of March', requestedBy: 'operator', requestedAt: 1 },
        ...request,
      };
      return writer.write([{ topic: 'deployment.requested', key: value.requestId, value }]);
    },
    states: async () => (await read('deployment.progressed')).map(({ state }) => state),
    changes: () => read('deployment.changed'),
    stop: async () => {
      for (const worker of running.splice(0)) await worker.stop();
      await outside.close();
    },
  };
}

describe('the deployment role', () => {
  let role: Awaited<ReturnType<typeof cluster>>;
  beforeEach(async () => {
    role = await cluster();
  });
  afterEach(() => role.stop());

  it('puts a calibration live that stands on training.completed, and keeps it over a restart', async () => {
    const found = loadExamples('training/completed').find(({ event }) => event.kind === 'CALIBRATION')?.event;
    if (found === undefined) throw new Error('no example of a calibration');
    const thresholds = { [category]: { review: 0.21, block: 0.93, provisional: false } };
    const calibration = {
      ...found,
      ...{ modelId: 'm-starter', channel, policyId: policy.policyId, policyVersion: policy.version, thresholds },
      calibrators: { [category]: { ...identity, kind: 'PLATT' as const, parameters: [1, -2] } },
    };
    const { artefactId } = calibration;
    await role.writer.write([{ topic: 'training.completed', key: artefactId, value: calibration }]);
    const first = role.replica();
    await first.start();
    await role.ask({ artefactId });
    await role.until(async () => (await role.changes()).length === 2);
    await first.stop();
    const bundled = await role.read('deployment.bundled');
    expect(bundled[1]).toMatchObject({ modelId: 'm-starter', calibrators: calibration.calibrators, thresholds });
    await role.replica().start();
    await role.ask({ requestId: 'r-2', kind: 'SET_MODE', mode: 'REVIEW_ALL' });
    await role.until(async () => (await role.changes()).length === 3);
    expect((await role.changes()).at(-1)).toMatchObject({ live: bundled[1]?.deploymentId, mode: 'REVIEW_ALL' });
  });

  it('brings a candidate from a request to live without a hand in between', async () => {
    await role.replica().start();
    await role.ask({ kind: 'ROLL_OUT', modelId: 'm-new' });
    await role.until(async () => (await role.states()).includes('LIVE'));
    expect(await role.states()).toEqual(['GATING', 'SHADOW', 'CANARY', 'CANARY', 'LIVE']);
    const live = (await role.changes()).at(-1)?.live;
    const bundle = (await role.read('deployment.bundled')).find(({ deploymentId }) => deploymentId === live);
    expect(bundle?.modelId).toBe('m-new');
  });

  it('goes on where the replica before it was killed', async () => {
    const first = role.replica({ senses: { judge: () => new Promise(() => undefined) } });
    await first.start();
    await role.ask({ kind: 'ROLL_OUT', modelId: 'm-new' });
    await role.until(async () => (await role.states()).length === 1);
    await role.replica().start();
    await first.stop();
    await role.until(async () => (await role.states()).includes('LIVE'));
    expect(await role.states()).toEqual(['GATING', 'SHADOW', 'CANARY', 'CANARY', 'LIVE']);
  });

  it('lets a dethroned replica write nothing, however late it tries', async () => {
    const broker = createMemoryBroker(role.log, () => 1);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isAsked = false;
    // Holds the write of the first replica back until the second one has answered.
    const slow: Broker = {
      ...broker,
      takeOver: async (options) => {
        const writer = await broker.takeOver(options);
        return {
          ...writer,
          write: async (records) => {
            if (isAsked) await held;
            await writer.write(records);
          },
        };
      },
    };
    const first = role.replica({ broker: slow });
    await first.start();
    await role.until(async () => (await role.changes()).length === 1);
    isAsked = true;
    await role.ask({ kind: 'SET_MODE', mode: 'ALLOW_ALL', reason: 'the first one answers' });
    const successor = await createMemoryBroker(role.log, () => 1).takeOver({ app: 'deployment' });
    const [before] = await role.changes();
    if (before === undefined) throw new Error('nothing is live');
    const value = { ...before, sequence: 2, mode: 'REVIEW_ALL' as const, reason: 'the successor' };
    const bytes = role.serde.encode('deployment.changed', value);
    await successor.write([{ topic: 'deployment.changed', key: channel, value: bytes, headers: {} }]);
    release();
    await role.fenced;
    await role.ask({ requestId: 'r-2', kind: 'SET_MODE', mode: 'NORMAL', reason: 'afterwards' });
    await role.until(async () => (await role.changes()).length === 4);
    await successor.close();
    // What it had decided is gone; taken over again, it decides on what the successor has left.
    expect((await role.changes()).map(({ sequence, mode }) => [sequence, mode])).toEqual([
      [1, 'NORMAL'],
      [2, 'REVIEW_ALL'],
      [3, 'ALLOW_ALL'],
      [4, 'NORMAL'],
    ]);
  });
});
