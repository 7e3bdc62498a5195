import '../harness/one-realm.js';
import fs from 'node:fs';
import path from 'node:path';
import type { DeploymentRequested, VerdictIssued, VerdictRequested } from '#platform/contracts';
import type { Emission } from '#platform/stream';
import { writeKeywordModel } from '../harness/keyword-model.js';
import { createMemoryInstallation, type MemoryInstallation } from '../harness/memory-installation.js';

// After one-realm.js: static imports of the runtime would be loaded before it.
const [{ policyRole }, { deploymentRole }, { predictionRole }, { verdictRole }] = await Promise.all([
  import('#flow/policy'),
  import('#flow/deployment'),
  import('#flow/prediction'),
  import('#flow/verdict'),
]);

const TIMEOUT_MS = 30_000;
const ROLES = [policyRole, deploymentRole, predictionRole, verdictRole];
const TOAD = 'wretched toad';

function policy(version: number, blockHateInPublic: number): string {
  const never = ['S', 'HR', 'SH', 'S3', 'H2', 'V2'].map((category) => `      ${category}: {}`).join('\n');
  const channel = (name: string, block: number): string => `  ${name}:
    uncovered: allow
    targets:
      H: { block: { precision: 0.95, provisional: ${block} }, review: { recall: 0.9, provisional: 0.1 } }
      V: { review: { recall: 0.9, provisional: 0.5 } }
${never}
`;
  return `id: default
version: ${version}
title: Test
owner: tests
changelog: Version ${version}.
categories: [S, H, V, HR, SH, S3, H2, V2]
channels:
${channel('public', blockHateInPublic)}${channel('internal', 0.9999)}`;
}

function request(rest: Partial<DeploymentRequested>): DeploymentRequested {
  return {
    requestId: `r-${rest.kind ?? ''}-${rest.mode ?? ''}-${rest.modelId ?? ''}`,
    channel: 'public',
    kind: 'SET_MODE',
    modelId: null,
    artefactId: null,
    mode: null,
    override: null,
    reason: 'test',
    requestedBy: 'operator',
    requestedAt: Date.now(),
    ...rest,
  };
}

describe('content to verdict, through Nest, on the in-memory broker', () => {
  let installation: MemoryInstallation;
  let starter: string;

  beforeEach(async () => {
    installation = createMemoryInstallation();
    const { modelsDir, policiesDir } = installation.config;
    starter = writeKeywordModel(path.join(modelsDir, 'starter'), { [TOAD]: 'H', 'harpoon him': 'V' });
    fs.writeFileSync(path.join(policiesDir, 'default.yaml'), policy(1, 0.7));
    await installation.start(...ROLES);
  }, TIMEOUT_MS);

  afterEach(() => installation.close(), TIMEOUT_MS);

  const claim = (text: string, body: () => Promise<void>): void => {
    it(text, body, TIMEOUT_MS);
  };

  /** Publishes a content and waits for its next verdict in each channel. */
  async function judged(contentId: string, text: string, revision = 1): Promise<readonly VerdictIssued[]> {
    await installation.publish({ contentId, text, revision });
    return Promise.all(
      installation.config.channels.map((channel) =>
        nextVerdict(channel, (it) => it.contentId === contentId && it.revision === revision),
      ),
    );
  }

  async function nextVerdict(channel: string, isIt: (verdict: VerdictIssued) => boolean): Promise<VerdictIssued> {
    const verdicts = await installation.until(`verdict.${channel}`, (events) => events.some(isIt));
    const verdict = verdicts.find(isIt);
    if (verdict === undefined) throw new Error('no verdict');
    return verdict;
  }

  async function ask(value: DeploymentRequested): Promise<void> {
    await installation.writer.write([{ topic: 'deployment.requested', key: value.requestId, value }]);
  }

  const actions = (verdicts: readonly VerdictIssued[]): readonly string[] => verdicts.map(({ action }) => action);

  claim('allows, reviews and blocks by the policy of each channel, and says by what', async () => {
    expect(actions(await judged('c-1', 'see you at the harbour tomorrow'))).toEqual(['ALLOW', 'ALLOW']);
    expect(actions(await judged('c-2', TOAD))).toEqual(['BLOCK', 'REVIEW']);
    const [verdict] = await judged('c-3', `well, ${TOAD}, said the heron by the river`);
    expect(verdict).toMatchObject({ action: 'REVIEW', modelId: starter, policyId: 'default', policyVersion: 1 });
    expect(verdict?.categories['H']).toMatchObject({ action: 'REVIEW', provisional: true });
  });

  claim('writes each revision once, in order, with the same verdict id when it is published again', async () => {
    for (const revision of [1, 2, 1]) await installation.publish({ contentId: 'c-1', text: TOAD, revision });
    const verdicts = await installation.until('verdict.public', (events) => events.length === 3);
    expect(verdicts.map(({ revision }) => revision)).toEqual([1, 2, 1]);
    expect(verdicts[2]?.verdictId).toBe(verdicts[0]?.verdictId);
    expect(verdicts[1]?.verdictId).not.toBe(verdicts[0]?.verdictId);
    expect(await installation.read('prediction.scored')).toHaveLength(3);
  });

  claim('writes no new policy, bundle or change on a restart', async () => {
    const count = async (): Promise<readonly number[]> =>
      Promise.all(
        (['policy.published', 'deployment.bundled', 'deployment.changed'] as const).map(
          async (topic) => (await installation.read(topic)).length,
        ),
      );
    expect(await count()).toEqual([1, 2, 2]);
    await installation.stopRoles();
    await installation.start(...ROLES);
    expect(actions(await judged('c-1', TOAD))).toEqual(['BLOCK', 'REVIEW']);
    expect(await count()).toEqual([1, 2, 2]);
  });

  claim('swaps the model of one channel without a restart, and keeps it over a restart', async () => {
    const { modelsDir } = installation.config;
    const other = writeKeywordModel(path.join(modelsDir, 'other'), { 'harbour tomorrow': 'H' });
    await ask(request({ kind: 'GO_LIVE', modelId: other }));
    await installation.until('deployment.changed', (events) => events.some((it) => it.sequence === 2));
    // The swap follows the table: the first content after it may still meet the old model.
    let verdicts = await judged('c-0', 'harbour tomorrow');
    for (let i = 1; verdicts[0]?.modelId !== other; i++) verdicts = await judged(`c-${i}`, 'harbour tomorrow');
    expect(verdicts.map(({ modelId, action }) => [modelId, action])).toEqual([
      [other, 'BLOCK'],
      [starter, 'ALLOW'],
    ]);
    await installation.stopRoles();
    await installation.start(...ROLES);
    expect((await judged('d-1', 'harbour tomorrow')).map(({ modelId }) => modelId)).toEqual([other, starter]);
  });

  claim('refuses a broken artefact with a reason and goes on with the live one', async () => {
    const folder = path.join(installation.config.modelsDir, 'broken');
    const broken = writeKeywordModel(folder, { 'harbour tomorrow': 'H' });
    fs.writeFileSync(path.join(folder, 'model.onnx'), 'not a model');
    await ask(request({ kind: 'GO_LIVE', modelId: broken }));
    const [letter] = await installation.until('dead-letter.deployment', (events) => events.length > 0);
    expect(letter).toMatchObject({ stage: 'deployment', reason: 'invalid_field' });
    expect(letter?.detail).toContain('modelId: model.onnx: ');
    expect((await judged('c-1', TOAD)).map(({ modelId }) => modelId)).toEqual([starter, starter]);
  });

  claim('turns the kill switch of one channel and back', async () => {
    await ask(request({ mode: 'REVIEW_ALL' }));
    let verdicts = await judged('c-0', 'see you');
    for (let i = 1; verdicts[0]?.mode !== 'REVIEW_ALL'; i++) verdicts = await judged(`c-${i}`, 'see you');
    expect(verdicts.map(({ action, decidedBy }) => [action, decidedBy])).toEqual([
      ['REVIEW', 'MODE'],
      ['ALLOW', 'MODEL'],
    ]);
    await ask(request({ mode: 'NORMAL' }));
    for (let i = 1; verdicts[0]?.mode !== 'NORMAL'; i++) verdicts = await judged(`d-${i}`, 'see you');
    expect(actions(verdicts)).toEqual(['ALLOW', 'ALLOW']);
  });

  claim('bundles the live model anew when a version of the policy is published', async () => {
    const document = policy(2, 0.9999);
    const value = { requestId: 'p-2', document, requestedBy: 'operator', requestedAt: Date.now() };
    await installation.writer.write([{ topic: 'policy.requested', key: 'p-2', value }]);
    let verdicts = await judged('c-0', TOAD);
    for (let i = 1; verdicts[0]?.policyVersion !== 2; i++) verdicts = await judged(`c-${i}`, TOAD);
    expect(actions(verdicts)).toEqual(['REVIEW', 'REVIEW']);
  });

  claim('lets a person overrule the model until the decision is withdrawn', async () => {
    const [first] = await judged('c-1', TOAD);
    if (first === undefined) throw new Error('no verdict');
    const [scored] = await installation.read('prediction.scored');
    const asked: VerdictRequested = {
      requestId: 'o-1',
      contentId: 'c-1',
      revision: 1,
      platform: 'forum',
      channel: 'public',
      kind: 'OVERRIDE',
      causeId: 'appeal-1',
      supersedes: first.verdictId,
      action: 'ALLOW',
      deploymentId: null,
      modelId: null,
      logits: {},
      textHash: first.textHash,
      reason: 'a quotation',
      requestedBy: 'label',
      requestedAt: Date.now(),
    };
    const send = (value: VerdictRequested): Promise<void> => {
      const emission: Emission<'verdict.requested'> = { topic: 'verdict.requested', key: 'forum/c-1', value };
      return installation.writer.write([emission as Emission]);
    };
    await send(asked);
    const overruled = await nextVerdict('public', ({ causeId }) => causeId === 'appeal-1');
    expect(overruled).toMatchObject({ kind: 'SUPERSEDED', action: 'ALLOW', supersedes: first.verdictId });

    // The same revision once more: the person still wins.
    await installation.publish({ contentId: 'c-1', text: TOAD });
    const verdicts = await installation.until('verdict.public', (events) => events.length === 3);
    expect(verdicts[2]).toMatchObject({ kind: 'ISSUED', action: 'ALLOW', decidedBy: 'PERSON' });

    await send({
      ...asked,
      requestId: 'w-1',
      kind: 'WITHDRAW_OVERRIDE',
      causeId: 'withdrawal-1',
      action: null,
      supersedes: overruled.verdictId,
      deploymentId: first.deploymentId,
      modelId: first.modelId,
      logits: scored?.scores[0]?.logits ?? {},
    });
    const again = await nextVerdict('public', ({ causeId }) => causeId === 'withdrawal-1');
    expect(again).toMatchObject({ kind: 'SUPERSEDED', action: 'BLOCK', decidedBy: 'MODEL' });
    expect(again.categories).toEqual(first.categories);
  });
});
