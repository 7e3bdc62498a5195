import type { DeploymentRequested, EventOf, TopicName } from '#platform/contracts';
import { createWriter, type Message } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde, loadExamples } from '#platform/testing';
import { openDeployment } from './deployment-runtime.js';

const examples = loadExamples('training/completed').map(({ event }) => event);

describe('openDeployment', () => {
  it('puts a calibration live that stands on training.completed, and keeps it over a restart', async () => {
    const log = createMemoryLog({ partitions: 1, clock: () => 1 });
    const broker = createMemoryBroker(log, () => 1);
    const serde = createStaticSerde();
    const writer = createWriter({ broker, serde, stage: 'deployment', release: 'test' });
    const policies = loadExamples('policy/published').map(({ event }) => event);
    const policy = policies.reduce((one, other) => (other.version > one.version ? other : one));
    const [channel = ''] = Object.keys(policy.channels);
    const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;
    const [category = ''] = policy.categories;
    const model = { modelId: 'm-starter', sha256: 'sha', calibrators: { [category]: identity }, thresholds: {} };
    const found = examples.find(({ kind }) => kind === 'CALIBRATION');
    if (found === undefined) throw new Error('no example of a calibration');
    const thresholds = { [category]: { review: 0.21, block: 0.93, provisional: false } };
    const calibration = {
      ...found,
      modelId: model.modelId,
      channel,
      policyId: policy.policyId,
      policyVersion: policy.version,
      calibrators: { [category]: { ...identity, kind: 'PLATT' as const, parameters: [1, -2] } },
      thresholds,
    };
    await writer.write([
      { topic: 'policy.published', key: `${policy.policyId}@${policy.version}`, value: policy },
      { topic: 'training.completed', key: calibration.artefactId, value: calibration },
    ]);

    const open = () =>
      openDeployment({
        broker,
        serde,
        writer,
        channels: [channel],
        starter: () => Promise.resolve(model),
        modelOf: () => Promise.resolve(model),
        dryRun: () => Promise.resolve(null),
        clock: () => 1,
        report: () => undefined,
        onFatal: (error) => {
          throw error;
        },
      });
    const read = async <N extends TopicName>(topic: N): Promise<readonly EventOf<N>[]> => {
      const decoded = await serde.decode(topic, log.read(topic, 0, 0, Number.MAX_SAFE_INTEGER));
      return decoded.flatMap((one) => (one.ok ? [one.value] : []));
    };
    const request: DeploymentRequested = {
      requestId: 'r',
      channel,
      kind: 'GO_LIVE',
      modelId: null,
      artefactId: calibration.artefactId,
      mode: null,
      reason: 'labels of March',
      requestedBy: 'operator',
      requestedAt: 1,
    };

    const first = await open();
    await first.start();
    const outcomes = await first.answer([{ value: request } as Message<DeploymentRequested>]);
    await first.close();
    expect(outcomes).toEqual([{ kind: 'emit', values: [] }]);
    const bundled = await read('deployment.bundled');
    expect(bundled).toHaveLength(2);
    expect(bundled[1]).toMatchObject({ modelId: 'm-starter', calibrators: calibration.calibrators, thresholds });

    const second = await open();
    await second.start();
    await second.close();
    expect((await read('deployment.changed')).map(({ live }) => live)).toEqual(
      bundled.map(({ deploymentId }) => deploymentId),
    );
    await broker.close();
  });
});
