import type {
  DeploymentBundled,
  DeploymentChanged,
  DeploymentProgressed,
  DeploymentRequested,
  PolicyPublished,
  TrainingCompleted,
} from '#platform/contracts';
import { carryThresholds } from './carry-thresholds.js';
import { createDeploymentDesk, type DeploymentDeps, type DeskEvent } from './deployment-desk.js';
import { makeBundle, type ServableModel } from './make-bundle.js';
import { defaultRolloutSettings } from './rollout/rollout-settings.js';

const H = { blockPrecision: 0.95, reviewRecall: 0.9, provisionalBlock: 0.8, provisionalReview: 0.3 };
const never = { blockPrecision: null, reviewRecall: null, provisionalBlock: null, provisionalReview: null };

function policy(version: number, rest: Partial<PolicyPublished> = {}): PolicyPublished {
  return {
    policyId: 'default',
    version,
    title: 'Default',
    owner: 'trust',
    changelog: 'x',
    categories: ['H', 'V', 'V2'],
    channels: {
      public: { uncovered: 'REVIEW', targets: { H, V: never, V2: never } },
      internal: { uncovered: 'ALLOW', targets: { H: { ...H, provisionalBlock: 0.9 }, V: never, V2: never } },
    },
    document: '',
    documentHash: `hash-${version}`,
    publishedAt: 0,
    ...rest,
  };
}

function model(modelId: string, rest: Partial<ServableModel> = {}): ServableModel {
  const identity = { kind: 'IDENTITY', parameters: [], x: [], y: [] } as const;
  return { modelId, sha256: `sha-${modelId}`, calibrators: { H: identity, V: identity }, thresholds: {}, ...rest };
}

/** An installation: its tables survive, the role in front of them comes and goes. */
function installation(options: { readonly models?: readonly ServableModel[] } = {}) {
  const tables = {
    policies: new Map([['default@1', policy(1)]]),
    bundles: new Map<string, DeploymentBundled>(),
    changes: new Map<string, DeploymentChanged>(),
    artefacts: new Map<string, TrainingCompleted>(),
    rollouts: new Map<string, DeploymentProgressed>(),
  };
  const models = new Map((options.models ?? [model('m-starter'), model('m-new')]).map((it) => [it.modelId, it]));
  const written: string[] = [];
  const events: DeskEvent[] = [];
  const refusedByDryRun = new Set<string>();
  let now = 100;
  const start = (rest: Partial<DeploymentDeps> = {}) =>
    createDeploymentDesk({
      channels: ['public', 'internal'],
      policies: () => tables.policies.values(),
      changeOf: (channel) => tables.changes.get(channel),
      bundleOf: (id) => tables.bundles.get(id),
      artefactOf: (id) => tables.artefacts.get(id),
      starter: () => Promise.resolve(models.get('m-starter') ?? model('m-starter-2')),
      modelOf: (id) => Promise.resolve(models.get(id) ?? null),
      dryRun: ({ modelId }) => Promise.resolve(refusedByDryRun.has(modelId) ? 'it gave NaN' : null),
      reference: 'public',
      settings: defaultRolloutSettings,
      rollouts: tables.rollouts.values(),
      commit: ({ bundle, change, progressed }) => {
        if (bundle !== null) {
          written.push(`bundle ${bundle.channel} ${bundle.modelId} ${bundle.policyVersion}`);
          tables.bundles.set(bundle.deploymentId, bundle);
        }
        if (change !== null) {
          written.push(`change ${change.channel} ${change.sequence}`);
          tables.changes.set(change.channel, change);
        }
        if (progressed !== null) {
          written.push(`${progressed.state} ${progressed.channel} ${progressed.modelId} ${progressed.sequence}`);
          tables.rollouts.set(progressed.rolloutId, progressed);
        }
        return Promise.resolve();
      },
      clock: () => now++,
      report: (event) => events.push(event),
      ...rest,
    });
  const liveModel = (channel: string): string | undefined =>
    tables.bundles.get(tables.changes.get(channel)?.live ?? '')?.modelId;
  return { tables, models, written, events, refusedByDryRun, start, liveModel };
}

function request(rest: Partial<DeploymentRequested>): DeploymentRequested {
  return {
    requestId: 'r-1',
    channel: 'public',
    kind: 'GO_LIVE',
    modelId: 'm-new',
    artefactId: null,
    mode: null,
    override: null,
    reason: 'better',
    requestedBy: 'operator',
    requestedAt: 1,
    ...rest,
  };
}

describe('reconcile', () => {
  it('bundles the starter model for each channel and puts it live, the bundle first', async () => {
    const it = installation();
    await it.start().reconcile();
    expect(it.written).toEqual([
      'bundle public m-starter 1',
      'change public 1',
      'bundle internal m-starter 1',
      'change internal 1',
    ]);
    expect(it.tables.changes.get('public')).toMatchObject({ mode: 'NORMAL', previous: null, changedBy: 'deployment' });
  });

  it('writes nothing on a second start when nothing changed', async () => {
    const it = installation();
    await it.start().reconcile();
    it.written.length = 0;
    await it.start().reconcile();
    expect(it.written).toEqual([]);
  });

  it('writes nothing twice while it has not read back what it wrote', async () => {
    const it = installation();
    const desk = it.start({ changeOf: () => undefined, bundleOf: () => undefined });
    await Promise.all([desk.reconcile(), desk.reconcile()]);
    expect(it.written).toHaveLength(4);
  });

  it('bundles the live model anew when its policy has a new version', async () => {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    await desk.answer(request({}));
    const before = it.tables.changes.get('public');
    it.tables.policies.set('default@2', policy(2));
    it.written.length = 0;
    await desk.reconcile();
    expect(it.written).toEqual([
      'bundle public m-new 2',
      'change public 3',
      'bundle internal m-starter 2',
      'change internal 2',
    ]);
    expect(it.tables.changes.get('public')).toMatchObject({ previous: before?.live, reason: 'policy default@2' });
  });

  it('does not undo what a person put live', async () => {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    await desk.answer(request({}));
    await it.start().reconcile();
    expect([it.liveModel('public'), it.liveModel('internal')]).toEqual(['m-new', 'm-starter']);
  });

  it('does not end a kill switch', async () => {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    await desk.answer(request({ kind: 'SET_MODE', mode: 'REVIEW_ALL' }));
    it.tables.policies.set('default@2', policy(2));
    await it.start().reconcile();
    expect(it.tables.changes.get('public')).toMatchObject({ mode: 'REVIEW_ALL', sequence: 3 });
  });

  it('takes the starter model when the artefact of the live one is gone', async () => {
    const it = installation();
    await it.start().reconcile();
    it.models.delete('m-starter');
    await it.start().reconcile();
    expect(it.liveModel('public')).toBe('m-starter-2');
    expect(it.events).toContainEqual(expect.objectContaining({ event: 'live_model_is_gone', modelId: 'm-starter' }));
  });

  it('keeps what is live when its artefact is broken on this disk', async () => {
    const it = installation();
    await it.start().reconcile();
    it.tables.policies.set('default@2', policy(2));
    it.written.length = 0;
    await it.start({ modelOf: () => Promise.reject(new Error('model.onnx: differs')) }).reconcile();
    expect(it.written).toEqual([]);
    expect(it.events).toContainEqual(
      expect.objectContaining({ event: 'live_model_unreadable', why: 'model.onnx: differs' }),
    );
  });

  it('waits for a policy', async () => {
    const it = installation();
    it.tables.policies.clear();
    await it.start().reconcile();
    expect(it.written).toEqual([]);
    expect(it.events).toContainEqual({ event: 'waiting_for_policy', channel: 'public' });
  });

  it('keeps what is live when two policies claim a channel', async () => {
    const it = installation();
    await it.start().reconcile();
    it.written.length = 0;
    it.tables.policies.set('other@1', policy(1, { policyId: 'other' }));
    await it.start().reconcile();
    expect(it.written).toEqual([]);
    expect(it.events).toContainEqual({ event: 'policies_conflict', channel: 'public', policies: ['default', 'other'] });
  });
});

describe('answer', () => {
  it('puts another model live in one channel and keeps the mode', async () => {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    expect(await desk.answer(request({}))).toEqual({ kind: 'emit', values: [] });
    expect(it.tables.changes.get('public')).toMatchObject({ sequence: 2, reason: 'better', changedBy: 'operator' });
    expect([it.liveModel('public'), it.liveModel('internal')]).toEqual(['m-new', 'm-starter']);
  });

  it('refuses a model that fails its dry run and leaves everything as it was', async () => {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    it.written.length = 0;
    it.refusedByDryRun.add('m-new');
    const outcome = await desk.answer(request({}));
    expect(outcome).toEqual({
      kind: 'reject',
      reason: 'invalid_field',
      detail: 'modelId: the dry run failed: it gave NaN',
    });
    expect(it.written).toEqual([]);
  });

  it('skips what is so already, so that a repeated request does nothing', async () => {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    await desk.answer(request({}));
    expect(await desk.answer(request({}))).toEqual({ kind: 'skip', reason: 'unchanged' });
    const killed = request({ kind: 'SET_MODE', mode: 'ALLOW_ALL' });
    expect((await desk.answer(killed)).kind).toBe('emit');
    expect(await desk.answer(killed)).toEqual({ kind: 'skip', reason: 'unchanged' });
  });

  it('counts the changes of a channel without a gap', async () => {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    const modes = ['REVIEW_ALL', 'NORMAL', 'ALLOW_ALL', 'NORMAL'] as const;
    await Promise.all(modes.map((mode) => desk.answer(request({ kind: 'SET_MODE', mode }))));
    expect(it.written.filter((line) => line.startsWith('change public'))).toEqual(
      [1, 2, 3, 4, 5].map((sequence) => `change public ${sequence}`),
    );
  });

  it.each([
    ['modelId: a GO_LIVE names one, or an artefactId', request({ modelId: null })],
    ['modelId: no artefact of MODELS_DIR has this id', request({ modelId: 'm-unknown' })],
    ['mode: a SET_MODE names one', request({ kind: 'SET_MODE' })],
    ['channel: the installation has no such channel', request({ channel: 'kids' })],
  ])('rejects with the field: %s', async (detail, it) => {
    const desk = installation().start();
    await desk.reconcile();
    expect(await desk.answer(it)).toEqual({ kind: 'reject', reason: 'invalid_field', detail });
  });
});

describe('a calibration', () => {
  const solved = { review: 0.21, block: 0.93, provisional: false };
  const platt = (b: number) => ({ kind: 'PLATT', parameters: [1, b], x: [], y: [] }) as const;

  function calibration(rest: Partial<TrainingCompleted> = {}): TrainingCompleted {
    return {
      artefactId: 'c-1',
      kind: 'CALIBRATION',
      requestId: 'r',
      modelId: 'm-starter',
      modelSha256: 'sha-m-starter',
      name: 'calibration',
      family: 'HASHED_LINEAR',
      datasetId: null,
      recipeId: 'r-1',
      parentModelId: null,
      channel: 'public',
      policyId: 'default',
      policyVersion: 1,
      categories: ['H', 'V'],
      calibrators: { H: platt(-1), V: platt(2) },
      thresholds: { H: solved, V: { review: null, block: null, provisional: false } },
      unmetTargets: [],
      metrics: {},
      bytes: 0,
      release: '0.1.0',
      completedAt: 1,
      ...rest,
    };
  }

  const goLive = request({ modelId: null, artefactId: 'c-1' });

  async function calibrated(rest: Partial<TrainingCompleted> = {}) {
    const it = installation();
    const desk = it.start();
    await desk.reconcile();
    it.written.length = 0;
    it.tables.artefacts.set('c-1', calibration(rest));
    const live = (): DeploymentBundled | undefined =>
      it.tables.bundles.get(it.tables.changes.get('public')?.live ?? '');
    const before = live();
    return { ...it, desk, before, live, outcome: await desk.answer(goLive) };
  }

  it('makes a new bundle with its calibrators and thresholds, and the model that is live', async () => {
    const it = await calibrated();
    expect(it.outcome.kind).toBe('emit');
    expect(it.written).toEqual(['bundle public m-starter 1', 'change public 2']);
    expect(it.live()).toMatchObject({
      modelId: 'm-starter',
      modelSha256: it.before?.modelSha256,
      calibrators: { H: platt(-1), V: platt(2) },
      thresholds: { H: solved },
      uncoveredCategories: ['V2'],
    });
    expect(it.live()?.calibrationId).not.toBe(it.before?.calibrationId);
    expect(it.tables.changes.get('public')?.reason).toBe('better (calibration c-1)');
  });

  it('leaves every other channel as it is', async () => {
    const it = await calibrated();
    const internal = it.tables.bundles.get(it.tables.changes.get('internal')?.live ?? '');
    expect(internal?.thresholds['H']?.provisional).toBe(true);
  });

  it('honours what a target that is not met falls back to', async () => {
    const fallback = { review: 0, block: null, provisional: true };
    const it = await calibrated({ thresholds: { H: fallback } });
    expect(it.live()?.thresholds).toEqual({ H: fallback, V: { review: null, block: null, provisional: true } });
  });

  it('is not undone by a restart, and does nothing when it is asked again', async () => {
    const it = await calibrated();
    it.written.length = 0;
    await it.start().reconcile();
    expect(await it.desk.answer(goLive)).toEqual({ kind: 'skip', reason: 'unchanged' });
    expect(it.written).toEqual([]);
  });

  it('keeps its calibrators under a new version, and its thresholds where target and meaning are the same', async () => {
    const it = await calibrated();
    it.tables.policies.set('default@2', policy(2));
    await it.desk.reconcile();
    expect(it.live()).toMatchObject({ policyVersion: 2, calibrators: { H: platt(-1) }, thresholds: { H: solved } });
    const targets = { H: { ...H, blockPrecision: 0.99 }, V: never, V2: never };
    it.tables.policies.set('default@3', policy(3, { channels: { public: { uncovered: 'REVIEW', targets } } }));
    await it.desk.reconcile();
    expect(it.live()).toMatchObject({ policyVersion: 3, calibrators: { H: platt(-1) } });
    expect(it.live()?.thresholds['H']).toEqual({ review: 0.3, block: 0.8, provisional: true });
  });

  it('ends when another model goes live', async () => {
    const it = await calibrated();
    await it.desk.answer(request({}));
    expect(it.live()).toMatchObject({ modelId: 'm-new', calibrators: { H: { kind: 'IDENTITY' } } });
    expect(it.live()?.thresholds['H']?.provisional).toBe(true);
  });

  it.each([
    ['artefactId: no calibration of training.completed has this id', { kind: 'MODEL' }],
    ['artefactId: it was made for channel internal', { channel: 'internal' }],
    ['artefactId: made for policy default@7, and default@1 holds; calibrate anew', { policyVersion: 7 }],
    ['artefactId: it calibrates m-new, and m-starter is live', { modelId: 'm-new' }],
    ['artefactId: it leaves out category V, which is live', { calibrators: { H: platt(0) } }],
  ] as const)('is refused with what is wrong: %s', async (detail, rest) => {
    const it = await calibrated(rest);
    expect(it.outcome).toEqual({ kind: 'reject', reason: 'invalid_field', detail });
    expect(it.written).toEqual([]);
  });
});

describe('carryThresholds', () => {
  const thresholds = { H: { review: 0.2, block: 0.9, provisional: false } };
  const document = (rules: string, changelog = 'a') => `id: default
version: 1
title: t
owner: o
changelog: ${changelog}
categories: [H]
questions:
  - { id: attack, version: 1, wording: Is it one? }
  - { id: quoted, version: 1, wording: Is it quoted? }
rules:
  H: { when: ['${rules}'] }
channels:
  public: { uncovered: allow, targets: { H: {} } }
`;
  const carried = (after: Partial<PolicyPublished>) =>
    carryThresholds('public', policy(1, { document: document('attack') }), policy(2, after), thresholds);

  it('keeps them while questions, rules and target are the same, whatever else is written there', () => {
    expect(carried({ document: document('attack', 'other words') })).toEqual(thresholds);
  });

  it('drops them when a rule changes, or when nobody can read the document', () => {
    expect(carried({ document: document('attack and not quoted') })).toEqual({});
    expect(carried({ document: 'not a policy' })).toEqual({});
  });

  it('drops them when another policy took the channel over', () => {
    expect(carried({ policyId: 'other', document: document('attack') })).toEqual({});
    expect(carryThresholds('public', undefined, policy(2), thresholds)).toEqual({});
  });
});

describe('makeBundle', () => {
  const bundled = (it: ServableModel, of = policy(1), at = 0) => makeBundle('public', of, it, at);

  it('gives equal parts equal ids, whenever it is made', () => {
    expect(bundled(model('m'), policy(1), 5).deploymentId).toBe(bundled(model('m'), policy(1), 9).deploymentId);
  });

  it('changes the ids of what differs, and the deployment id with any of them', () => {
    const base = bundled(model('m'));
    const recalibrated = bundled(
      model('m', { calibrators: { H: { kind: 'PLATT', parameters: [2, 0], x: [], y: [] } } }),
    );
    expect(recalibrated.calibrationId).not.toBe(base.calibrationId);
    const solved = bundled(model('m', { thresholds: { H: { review: 0.2, block: 0.7, provisional: false } } }));
    expect([solved.calibrationId === base.calibrationId, solved.thresholdSetId === base.thresholdSetId]).toEqual([
      true,
      false,
    ]);
    const all = [base, recalibrated, solved, bundled(model('m2')), bundled(model('m'), policy(2))];
    expect(new Set(all.map(({ deploymentId }) => deploymentId)).size).toBe(all.length);
  });

  it('marks the thresholds of the policy as provisional, and takes solved ones where they are', () => {
    expect(bundled(model('m')).thresholds['H']).toEqual({ review: 0.3, block: 0.8, provisional: true });
    const solved = model('m', { thresholds: { H: { review: 0.2, block: null, provisional: false } } });
    expect(bundled(solved).thresholds['H']).toEqual({ review: 0.2, block: null, provisional: false });
    const suggested = model('m', { thresholds: { H: { review: 0.2, block: 0.5, provisional: true } } });
    expect(bundled(suggested).thresholds['H']).toEqual({ review: 0.3, block: 0.8, provisional: true });
  });

  it('never lets a category act that the policy gives no target', () => {
    const solved = model('m', { thresholds: { V: { review: 0.1, block: 0.2, provisional: false } } });
    expect(bundled(solved).thresholds['V']).toEqual({ review: null, block: null, provisional: false });
  });

  it('names the categories that the model does not cover, and what they do', () => {
    expect(bundled(model('m'))).toMatchObject({ uncovered: 'REVIEW', uncoveredCategories: ['V2'] });
  });
});
