import type { DeploymentBundled, DeploymentChanged } from '#platform/contracts';
import { loadExamples } from '#platform/testing';
import { createDeploymentDesk } from './deployment-desk.js';

const policies = loadExamples('policy/published').map(({ event }) => event);
const bundles = loadExamples('deployment/bundled').map(({ event }) => event);
const artefacts = loadExamples('training/completed').map(({ event }) => event);
const newest = policies.reduce((one, other) => (other.version > one.version ? other : one));

function deskOver(changes: readonly DeploymentChanged[]) {
  const written: (DeploymentBundled | DeploymentChanged)[] = [];
  const model = { modelId: 'm-asked', sha256: '0', calibrators: {}, thresholds: {} };
  const write = (value: DeploymentBundled | DeploymentChanged): Promise<void> => {
    written.push(value);
    return Promise.resolve();
  };
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
    writeBundle: write,
    writeChange: write,
    clock: () => 1,
    report: () => undefined,
  });
  return { desk, written };
}

describe('the examples of deployment.requested', () => {
  const live = loadExamples('deployment/changed').find(({ name }) => name === 'first-live')?.event;

  it.each(loadExamples('deployment/requested'))('$name is answered', async ({ event }) => {
    if (live === undefined) throw new Error('no example of a live channel');
    const { desk } = deskOver([{ ...live, channel: event.channel }]);
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
