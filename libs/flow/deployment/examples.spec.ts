import type { DeploymentBundled, DeploymentChanged, DeploymentProgressed } from '#platform/contracts';
import { loadExamples } from '#platform/testing';
import { createDeploymentDesk } from './deployment-desk.js';
import { defaultRolloutSettings } from './rollout/rollout-settings.js';

const policies = loadExamples('policy/published').map(({ event }) => event);
const bundles = loadExamples('deployment/bundled').map(({ event }) => event);
const artefacts = loadExamples('training/completed').map(({ event }) => event);
const newest = policies.reduce((one, other) => (other.version > one.version ? other : one));

function deskOver(changes: readonly DeploymentChanged[], rollouts: readonly DeploymentProgressed[] = []) {
  const written: (DeploymentBundled | DeploymentChanged)[] = [];
  const model = { modelId: 'm-asked', sha256: '0', calibrators: {}, thresholds: {} };
  const desk = createDeploymentDesk({
    channels: ['public', 'internal', 'kids'],
    policies: () => policies,
    changeOf: (channel) => changes.find((it) => it.channel === channel),
    bundleOf: (deploymentId) => bundles.find((it) => it.deploymentId === deploymentId),
    // As if it had been made for what these examples have live.
    artefactOf: (artefactId) => {
      const artefact = artefacts.find((it) => it.artefactId === artefactId);
      const live = bundles.find(({ deploymentId }) => deploymentId === changes[0]?.live);
      if (artefact === undefined || live === undefined) return undefined;
      const { modelId, calibrators } = live;
      return { ...artefact, modelId, calibrators, policyId: newest.policyId, policyVersion: newest.version };
    },
    starter: () => Promise.resolve(model),
    modelOf: (modelId) => Promise.resolve({ ...model, modelId }),
    dryRun: () => Promise.resolve(null),
    reference: 'public',
    settings: defaultRolloutSettings,
    rollouts,
    commit: ({ bundle, change }) => {
      written.push(...[bundle, change].filter((it) => it !== null));
      return Promise.resolve();
    },
    clock: () => 1,
    report: () => undefined,
  });
  return { desk, written };
}

describe('the examples of deployment.requested', () => {
  const live = loadExamples('deployment/changed').find(({ name }) => name === 'first-live')?.event;

  it.each(loadExamples('deployment/requested'))('$name is answered', async ({ event }) => {
    if (live === undefined) throw new Error('no example of a live channel');
    // As if a roll-out had brought what is live.
    const brought = loadExamples('deployment/progressed').find(({ event: { state } }) => state === 'LIVE')?.event;
    const { modelId = '' } = bundles.find(({ deploymentId }) => deploymentId === live.live) ?? {};
    const champion = bundles.find(({ deploymentId }) => deploymentId !== live.live)?.deploymentId ?? null;
    const rollouts = brought === undefined ? [] : [{ ...brought, channel: event.channel, modelId, champion }];
    const { desk } = deskOver([{ ...live, channel: event.channel }], rollouts);
    expect((await desk.answer(event)).kind).toMatch(/^(emit|skip)$/);
  });
});

describe('the examples of policy.published', () => {
  it('put a bundle live in each channel that they name', async () => {
    const { desk, written } = deskOver([]);
    await desk.reconcile();
    const named = new Set(policies.flatMap(({ channels }) => Object.keys(channels)));
    expect(new Set(written.map(({ channel }) => channel)).size).toBeGreaterThan(0);
    for (const { channel } of written) expect(named.has(channel)).toBe(true);
  });
});

describe('the examples of deployment.progressed', () => {
  const live = loadExamples('deployment/changed').find(({ name }) => name === 'first-live')?.event;

  it.each(loadExamples('deployment/progressed'))('$name is gone on from, or has ended', async ({ event }) => {
    if (live === undefined) throw new Error('no example of a live channel');
    const { desk } = deskOver([{ ...live, channel: event.channel }], [event]);
    await desk.advance(event.rolloutId, { gate: null, watch: null });
    const after = desk.rollouts().find(({ rolloutId }) => rolloutId === event.rolloutId);
    expect(after?.sequence ?? 0).toBeGreaterThanOrEqual(event.sequence);
  });
});
