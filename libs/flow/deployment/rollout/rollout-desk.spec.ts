import fc from 'fast-check';
import type { DeploymentRequested, RolloutState } from '#platform/contracts';
import type { DeploymentDesk } from '../deployment-desk.js';
import { HOUR, installation, policyVersion, quiet, requestOf, type Seen } from './rollout.fixture.js';
import { isRunning, type Rollout } from './rollout.js';

async function started() {
  const it = installation();
  const desk = it.takeOver();
  await desk.reconcile();
  return { ...it, desk };
}

/** A candidate in its first step of the canary. */
async function inCanary() {
  const it = await started();
  await it.desk.answer(requestOf({}));
  await it.settle(it.desk);
  it.pass(HOUR);
  await it.settle(it.desk);
  return it;
}

describe('a roll-out', () => {
  it('goes by itself through gate, shadow and canary until it is live', async () => {
    const it = await started();
    await it.desk.answer(requestOf({}));
    for (let hours = 0; hours < 4; hours++) {
      await it.settle(it.desk);
      it.pass(HOUR);
    }
    expect(it.statesOf('m-new')).toEqual(['GATING', 'SHADOW', 'CANARY', 'CANARY', 'LIVE']);
    expect(it.liveModel('public')).toBe('m-new');
    expect(it.liveModel('internal')).toBe('m-starter');
    expect(it.tables.changes.get('public')).toMatchObject({ canary: null, shadows: [], sequence: 5 });
  });

  it('judges the share of its step, and the champion the rest', async () => {
    const it = await inCanary();
    const [rollout] = it.desk.rollouts();
    const change = it.tables.changes.get('public');
    expect(change).toMatchObject({
      live: rollout?.champion,
      canary: { deploymentId: rollout?.candidate, share: 0.25 },
    });
  });

  it('waits in its step until time and items are enough', async () => {
    const it = await inCanary();
    it.pass(HOUR);
    await it.settle(it.desk, { watch: { ...quiet, items: 499 } });
    expect(it.desk.rollouts()[0]).toMatchObject({ state: 'CANARY', step: 1 });
    await it.settle(it.desk, { watch: null });
    expect(it.desk.rollouts()[0]).toMatchObject({ state: 'CANARY', step: 1 });
  });

  it('comes back by one change when a guard crosses its margin', async () => {
    const it = await inCanary();
    const guard = { guard: 'flag-rate/H', finding: 'CROSSED', figure: 0.5, low: 0.3, high: 0.7, margin: 0.2 };
    const watch = { ...quiet, guards: [guard], decision: { kind: 'ROLL_BACK', guards: ['flag-rate/H'] } } as const;
    const before = it.log.length;
    await it.settle(it.desk, { watch });
    expect(it.log).toHaveLength(before + 1);
    expect(it.log.at(-1)).toMatchObject({
      change: { canary: null, shadows: [] },
      progressed: { state: 'ROLLED_BACK', guards: [guard], reason: 'beyond its margin: flag-rate/H' },
    });
    expect(it.liveModel('public')).toBe('m-starter');
  });

  it('does not go behind the last comparison before it is shown to be as good, and not on for ever', async () => {
    const it = await inCanary();
    it.pass(HOUR);
    const unproven = { ...quiet, decision: { kind: 'READY', promotable: false, unproven: ['flag-rate/H'] } } as const;
    await it.settle(it.desk, { watch: unproven });
    expect(it.desk.rollouts()[0]?.state).toBe('CANARY');
    await it.settle(it.desk, { watch: { ...unproven, items: 5000 } });
    expect(it.desk.rollouts()[0]).toMatchObject({
      state: 'ROLLED_BACK',
      reason: '5000 contents do not show that it is as good: flag-rate/H',
    });
  });

  it('is rejected by the gate, and rejections in a row are called an incident', async () => {
    const it = await started();
    await it.desk.answer(requestOf({}));
    await it.settle(it.desk, { gate: 'fails' });
    await it.desk.answer(requestOf({ requestId: 'r-2', modelId: 'm-other', requestedAt: 2 }));
    await it.settle(it.desk, { gate: 'fails' });
    expect(it.desk.rollouts().map(({ reason }) => reason)).toEqual([
      'the gate stays shut: quality',
      'the gate stays shut: quality; 2 rejections in a row: an incident',
    ]);
    expect(it.tables.changes.get('public')?.sequence).toBe(1);
  });

  it('is refused with the reason when the artefact is broken, and nothing is changed', async () => {
    const it = await started();
    it.broken.set('m-new', 'model.onnx: its SHA-256 differs');
    expect((await it.desk.answer(requestOf({}))).kind).toBe('emit');
    await it.desk.answer(requestOf({ requestId: 'r-2', modelId: 'm-other' }));
    await it.settle(it.desk, { gate: 'refuses' });
    expect(
      it.desk
        .rollouts()
        .map(({ modelId, state, reason }) => [modelId, state, reason])
        .sort(),
    ).toEqual([
      ['m-new', 'REFUSED', 'model.onnx: its SHA-256 differs'],
      ['m-other', 'REFUSED', 'the dry run failed: it gave NaN'],
    ]);
    expect(it.tables.changes.get('public')?.sequence).toBe(1);
  });

  it('is refused when it fails too often beside the live model', async () => {
    const it = await started();
    await it.desk.answer(requestOf({}));
    await it.settle(it.desk);
    it.pass(HOUR);
    await it.settle(it.desk, { watch: { ...quiet, failed: 100 } });
    expect(it.desk.rollouts()[0]).toMatchObject({ state: 'REFUSED' });
    expect(it.tables.changes.get('public')?.shadows).toEqual([]);
  });

  it('begins its step anew when the policy changes, with bundles of the new version', async () => {
    const it = await inCanary();
    it.tables.policies.push(policyVersion(2));
    await it.desk.reconcile();
    await it.settle(it.desk, { watch: null });
    const [rollout] = it.desk.rollouts();
    expect(rollout).toMatchObject({ state: 'CANARY', step: 1, since: it.now() });
    const change = it.tables.changes.get('public');
    expect(change?.canary).toEqual({ deploymentId: rollout?.candidate, share: 0.25 });
    for (const id of [change?.live, rollout?.candidate]) {
      expect(it.tables.bundles.get(id ?? '')?.policyVersion).toBe(2);
    }
  });

  it('is given up when another model is put live, and when somebody cancels it', async () => {
    const it = await inCanary();
    await it.desk.answer(requestOf({ requestId: 'r-2', kind: 'GO_LIVE', modelId: 'm-other' }));
    await it.settle(it.desk);
    expect(it.desk.rollouts()[0]).toMatchObject({ state: 'CANCELLED', reason: 'another model went live' });
    await it.desk.answer(requestOf({ requestId: 'r-3', modelId: 'm-third', requestedAt: 3 }));
    await it.settle(it.desk);
    expect((await it.desk.answer(requestOf({ requestId: 'r-4', kind: 'CANCEL', modelId: null }))).kind).toBe('emit');
    expect(it.tables.changes.get('public')).toMatchObject({ canary: null, shadows: [] });
  });

  it('waits for the one before it, and for the cool-down', async () => {
    const it = await inCanary();
    await it.desk.answer(requestOf({ requestId: 'r-2', modelId: 'm-other', requestedAt: 2 }));
    await it.settle(it.desk, { watch: null });
    expect(it.desk.rollouts()[1]).toMatchObject({ state: 'GATING', gate: { passed: true } });
    await it.desk.answer(requestOf({ requestId: 'r-3', kind: 'ROLL_BACK', modelId: null }));
    it.pass(HOUR);
    await it.settle(it.desk);
    it.pass(HOUR - 1);
    await it.settle(it.desk);
    expect(it.desk.rollouts()[1]?.state).toBe('SHADOW');
    it.pass(1);
    await it.settle(it.desk);
    expect(it.desk.rollouts()[1]?.state).toBe('CANARY');
  });
});

describe('ROLL_BACK', () => {
  it('takes what a roll-out put live back, and once only however often it is delivered', async () => {
    const it = await started();
    await it.desk.answer(requestOf({}));
    for (let hours = 0; hours < 4; hours++) {
      await it.settle(it.desk);
      it.pass(HOUR);
    }
    const back = requestOf({ requestId: 'r-2', kind: 'ROLL_BACK', modelId: null, reason: 'complaints' });
    expect((await it.desk.answer(back)).kind).toBe('emit');
    expect(it.liveModel('public')).toBe('m-starter');
    expect((await it.desk.answer(back)).kind).toBe('skip');
    expect((await it.takeOver().answer(back)).kind).toBe('skip');
    expect(it.statesOf('m-new').at(-1)).toBe('ROLLED_BACK');
  });

  it('takes back what was put live directly, and leaves an event of it', async () => {
    const it = await started();
    await it.desk.answer(requestOf({ kind: 'GO_LIVE', modelId: 'm-other' }));
    await it.desk.answer(requestOf({ requestId: 'r-2', kind: 'ROLL_BACK', modelId: 'm-other' }));
    expect(it.liveModel('public')).toBe('m-starter');
    expect(it.desk.rollouts()[0]).toMatchObject({ state: 'ROLLED_BACK', modelId: 'm-other', causeId: 'r-2' });
  });

  it('says what is wrong when there is nothing to go back to', async () => {
    const it = await started();
    const outcome = await it.desk.answer(requestOf({ requestId: 'r-2', kind: 'ROLL_BACK', modelId: null }));
    expect(outcome).toMatchObject({ kind: 'reject' });
  });
});

type Deed =
  | { readonly kind: 'ask'; readonly request: DeploymentRequested }
  | { readonly kind: 'look'; readonly hours: number; readonly seen: Seen }
  | { readonly kind: 'policy' };

const channels = ['public', 'internal'] as const;
const names = ['m-new', 'm-other', 'm-third'] as const;

const seen: fc.Arbitrary<Seen> = fc.record({
  gate: fc.constantFrom('passes', 'passes', 'fails', 'refuses', 'silent'),
  watch: fc.constantFrom(
    quiet,
    quiet,
    null,
    { ...quiet, items: 100 },
    { ...quiet, failed: 500 },
    { ...quiet, decision: { kind: 'ROLL_BACK', guards: ['error-rate'] } as const },
    { ...quiet, decision: { kind: 'CONTINUE' } as const },
  ),
});

const deeds: fc.Arbitrary<readonly Deed[]> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('look' as const), hours: fc.nat(3), seen }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('ask' as const),
          request: fc
            .record({
              kind: fc.constantFrom('ROLL_OUT', 'ROLL_OUT', 'ROLL_BACK', 'CANCEL', 'GO_LIVE', 'SET_MODE'),
              channel: fc.constantFrom(...channels),
              modelId: fc.constantFrom(...names),
              mode: fc.constantFrom('NORMAL', 'REVIEW_ALL'),
              isNamed: fc.boolean(),
            })
            .map(({ kind, channel, modelId, mode, isNamed }) =>
              requestOf({ kind, channel, mode, modelId: kind.startsWith('RO') || isNamed ? modelId : null }),
            ),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'policy' as const }) },
    ),
    { maxLength: 25 },
  )
  .map((all) =>
    all.map((deed, at) =>
      deed.kind === 'ask' ? { ...deed, request: { ...deed.request, requestId: `r-${at}`, requestedAt: at } } : deed,
    ),
  );

/** Where the role is killed and started again, and where it is handed a request once more. */
const accidents = fc.array(fc.constantFrom('none', 'none', 'crash', 'repeat', 'crash and repeat', 'zombie'), {
  minLength: 25,
  maxLength: 25,
});

async function play(all: readonly Deed[], mishaps: readonly string[]) {
  const it = installation();
  let desk: DeploymentDesk = it.takeOver();
  await desk.reconcile();
  let version = 1;
  for (const [at, deed] of all.entries()) {
    const mishap = mishaps[at] ?? 'none';
    if (deed.kind === 'policy') {
      it.tables.policies.push(policyVersion(++version));
      await desk.reconcile();
    } else if (deed.kind === 'look') {
      it.pass(deed.hours * HOUR);
      await it.settle(desk, deed.seen);
    } else await desk.answer(deed.request);
    const old = desk;
    if (mishap !== 'none' && mishap !== 'repeat') {
      desk = it.takeOver();
      await desk.reconcile();
    }
    if (deed.kind === 'ask' && mishap.includes('repeat')) await desk.answer(deed.request);
    if (deed.kind === 'look' && mishap.includes('repeat')) await it.settle(desk, deed.seen);
    if (mishap === 'zombie') {
      const late = requestOf({ requestId: `late-${at}`, kind: 'GO_LIVE', modelId: 'm-third' });
      await old.answer(late).catch(() => undefined);
      await it.settle(old, { watch: quiet }).catch(() => undefined);
    }
    check(it.log, it.tables.rollouts.values());
  }
  return it;
}

const allowed: Readonly<Record<RolloutState, readonly RolloutState[]>> = {
  GATING: ['GATING', 'SHADOW', 'REJECTED', 'REFUSED', 'CANCELLED'],
  SHADOW: ['SHADOW', 'CANARY', 'LIVE', 'REFUSED', 'ROLLED_BACK', 'CANCELLED'],
  CANARY: ['CANARY', 'LIVE', 'ROLLED_BACK', 'CANCELLED'],
  LIVE: ['ROLLED_BACK'],
  REJECTED: [],
  ROLLED_BACK: [],
  CANCELLED: [],
  REFUSED: [],
};

function check(log: ReturnType<typeof installation>['log'], rollouts: Iterable<Rollout>): void {
  const bundles = new Set<string>();
  const sequences = new Map<string, number>();
  const states = new Map<string, Rollout>();
  for (const { bundle, change, progressed } of log) {
    if (bundle !== null) bundles.add(bundle.deploymentId);
    if (change !== null) {
      expect(change.sequence).toBe((sequences.get(change.channel) ?? 0) + 1);
      sequences.set(change.channel, change.sequence);
      const named = [change.live, ...change.shadows, ...(change.canary === null ? [] : [change.canary.deploymentId])];
      for (const deploymentId of named) expect(bundles.has(deploymentId)).toBe(true);
      // One live bundle, and nobody beside it a second time.
      expect(new Set(named).size).toBe(named.length);
    }
    if (progressed !== null) {
      const before = states.get(progressed.rolloutId);
      expect(progressed.sequence).toBe((before?.sequence ?? 0) + 1);
      if (before !== undefined) expect(allowed[before.state]).toContain(progressed.state);
      states.set(progressed.rolloutId, progressed);
    }
    const canaries = [...states.values()].filter(({ state }) => state === 'CANARY');
    // All models of this test cover the same category.
    expect(canaries.length).toBeLessThanOrEqual(1);
  }
  const running = [...rollouts].filter(isRunning);
  expect(new Set(running.map(({ channel }) => channel)).size).toBe(running.length);
}

describe('whatever people ask and whenever the role is killed', () => {
  it('each channel has exactly one live bundle, no two canaries meet, and every step follows from the one before', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, accidents, async (all, mishaps) => {
        await play(all, mishaps);
      }),
      {
        numRuns: 150,
      },
    );
  });

  it('the end is the same as without any accident', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, accidents, async (all, mishaps) => {
        const [plain, hurt] = [await play(all, []), await play(all, mishaps)];
        expect(hurt.tables.changes).toEqual(plain.tables.changes);
        expect(hurt.tables.rollouts).toEqual(plain.tables.rollouts);
        expect(hurt.log).toEqual(plain.log);
      }),
      { numRuns: 150 },
    );
  });

  it('everything comes to an end once nobody asks any more', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        const it = await play(all, []);
        const desk = it.takeOver();
        await desk.reconcile();
        for (let hours = 0; hours < 60; hours++) {
          it.pass(HOUR);
          await it.settle(desk);
        }
        expect(
          desk.rollouts().filter(({ state }) => state === 'GATING' || state === 'SHADOW' || state === 'CANARY'),
        ).toEqual([]);
        expect(it.tables.changes.get('public')).toMatchObject({ canary: null, shadows: [] });
      }),
      { numRuns: 60 },
    );
  });
});
