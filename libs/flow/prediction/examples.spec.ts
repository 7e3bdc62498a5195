import { contentKey } from '#platform/contracts';
import { loadExamples } from '#platform/testing';
import { createKeyedHash, planChannels } from '#policy';
import { createPredictionStep } from './prediction.step.js';
import { change, counters, features, plan, scorer } from './prediction.fixture.js';

describe('the examples of content.submitted', () => {
  const step = createPredictionStep({
    models: {
      acquire: () => ({ plan: plan(change('public', 'd-1')), scorers: new Map([['m-1', scorer('m-1')]]) }),
      release: () => undefined,
    },
    describeText: () => features,
    countObfuscation: () => counters,
    scoreShadow: () => Promise.resolve([]),
    isErased: () => false,
    keyedHash: createKeyedHash(Buffer.from('secret')),
    clock: () => 5000,
  });

  it.each(loadExamples('content/submitted'))('$name is predicted', async ({ event }) => {
    const message = { topic: 'content.submitted', partition: 0, offset: 0, headers: {}, timestamp: 0 };
    const { outcomes } = await step([{ ...message, key: contentKey(event), value: event }], {
      carried: null,
      alive: () => Promise.resolve(),
    });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['emit']);
  });
});

describe('the examples of deployment.changed', () => {
  const bundles = loadExamples('deployment/bundled').map(({ event }) => event);

  it.each(loadExamples('deployment/changed'))('$name is planned with the example bundles', ({ event }) => {
    const result = planChannels({
      channels: [event.channel],
      changeOf: () => event,
      bundleOf: (deploymentId) => bundles.find((bundle) => bundle.deploymentId === deploymentId),
      salt: 'salt',
    });
    expect(result).toMatchObject({ ok: true });
  });
});
