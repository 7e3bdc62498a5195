import { setImmediate as turn } from 'node:timers/promises';
import type { DeploymentBundled, DeploymentChanged } from '#platform/contracts';
import { createWriter } from '#platform/stream';
import { createMemoryBroker, createStaticSerde } from '#platform/testing';
import { openPrediction } from './prediction-runtime.js';
import { bundle, change, content, counters, features, messages, scorer } from './prediction.fixture.js';

async function installation() {
  const [broker, serde] = [createMemoryBroker(), createStaticSerde()];
  const writer = createWriter({ broker, serde, stage: 'deployment', release: 'test' });
  const fatal: Error[] = [];
  const put = async (it: DeploymentBundled | DeploymentChanged) => {
    await writer.write(
      'live' in it
        ? [{ topic: 'deployment.changed', key: it.channel, value: it }]
        : [{ topic: 'deployment.bundled', key: it.deploymentId, value: it }],
    );
    // The tables are followed in turns of the event loop; no I/O is under way.
    for (let i = 0; i < 10; i++) await turn();
  };
  const runtime = await openPrediction({
    broker,
    serde,
    channels: ['public'],
    secret: Buffer.from('secret'),
    clock: () => 5000,
    timeLimit: (work) => work,
    loadModel: ({ modelId }) => Promise.resolve(scorer(modelId)),
    describeText: () => features,
    countObfuscation: () => counters,
    report: () => undefined,
    later: () => undefined,
    onFatal: (error) => fatal.push(error),
  });
  const liveModel = async (): Promise<string | undefined> => {
    const { outcomes } = await runtime.step(messages(content('hello')), {
      carried: null,
      alive: () => Promise.resolve(),
    });
    const [outcome] = outcomes;
    return outcome?.kind === 'emit' ? outcome.values[0]?.assignments[0]?.modelId : outcome?.kind;
  };
  const erase = () =>
    writer.write([
      {
        topic: 'content.erased',
        key: 'forum/c-hello',
        value: { platform: 'forum', contentId: 'c-hello', requestedBy: null, erasedAt: 1 },
      },
    ]);
  return { put, liveModel, erase, runtime, fatal };
}

describe('openPrediction', () => {
  it('waits for the first deployment, then follows each change without a restart', async () => {
    const it = await installation();
    await expect(it.liveModel()).rejects.toMatchObject({ code: 'bundle_not_read' });
    await it.put(bundle('d-1'));
    await it.put(change('public', 'd-1'));
    expect(await it.liveModel()).toBe('m-1');
    // The change overtakes its bundle, as it may on two topics.
    await it.put(change('public', 'd-2', { sequence: 2 }));
    expect(await it.liveModel()).toBe('m-1');
    await it.put(bundle('d-2'));
    expect(await it.liveModel()).toBe('m-2');
    await it.runtime.close();
    expect(it.fatal).toEqual([]);
  });

  it('skips what was erased before it was scored', async () => {
    const it = await installation();
    await it.put(bundle('d-1'));
    await it.erase();
    await it.put(change('public', 'd-1'));
    expect(await it.liveModel()).toBe('skip');
    await it.runtime.close();
  });
});
