import type { VerdictIssued, VerdictRequested } from '#platform/contracts';
import type { Outcome } from '#platform/stream';
import { createVerdictSteps, type Overrides } from './verdict.step.js';
import { assignment, bundleOf, messages, override, overrides, prediction, request } from './verdict.fixture.js';
import type { VerdictOutput } from './verdict-output.js';

const bundles = new Map(['public', 'internal'].map((channel) => [`d-${channel}`, bundleOf(channel)]));
const nobody = overrides();

function steps(rest: { readonly now?: number; readonly bundlesAreRead?: boolean } = {}) {
  return createVerdictSteps({
    channels: ['public', 'internal'],
    bundleOf: (id) => bundles.get(id),
    bundlesAreRead: () => rest.bundlesAreRead ?? true,
    clock: () => rest.now ?? 3000,
  });
}

function values<T>(outcome: Outcome<T> | undefined): readonly T[] {
  if (outcome?.kind !== 'emit') throw new Error(`not emitted but ${outcome?.kind ?? 'nothing'}`);
  return outcome.values;
}

async function judged(
  it: ReturnType<typeof prediction>,
  decided: Overrides = nobody,
): Promise<readonly VerdictIssued[]> {
  const [outcome] = await steps().judge(messages('prediction.scored', it), decided);
  return values(outcome);
}

async function answered(
  requests: readonly VerdictRequested[],
  decided: Overrides = nobody,
): Promise<readonly Outcome<VerdictOutput>[]> {
  return steps().answer(messages('verdict.requested', ...requests), decided);
}

function verdictsOf(outcomes: readonly Outcome<VerdictOutput>[]): readonly VerdictIssued[] {
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'emit' ? outcome.values.flatMap((it) => (it.kind === 'verdict' ? [it.verdict] : [])) : [],
  );
}

describe('judge', () => {
  it('gives each channel one verdict by its own bundle', async () => {
    const verdicts = await judged(
      prediction({ assignments: [assignment('public', 0.9), assignment('internal', 0.5)] }),
    );
    expect(verdicts.map(({ channel, action }) => [channel, action])).toEqual([
      ['public', 'BLOCK'],
      ['internal', 'REVIEW'],
    ]);
    expect(verdicts[0]).toMatchObject({
      kind: 'ISSUED',
      deploymentId: 'd-public',
      modelId: 'm-1',
      calibrationId: 'c-1',
      thresholdSetId: 't-public',
      policyId: 'default',
      policyVersion: 3,
      role: 'LIVE',
      mode: 'NORMAL',
      decidedBy: 'MODEL',
      causeId: null,
      supersedes: null,
      source: { topic: 'prediction.scored', partition: 2, offset: 40 },
      submittedAt: 1000,
      issuedAt: 3000,
    });
  });

  it('makes no verdict of a shadow', async () => {
    const shadow = { ...assignment('public', 1), role: 'SHADOW', deploymentId: 'd-unread' } as const;
    const verdicts = await judged(prediction({ assignments: [assignment('public', 0), shadow] }));
    expect(verdicts.map(({ action }) => action)).toEqual(['ALLOW']);
  });

  it('gives a revision that is published twice the same verdict id', async () => {
    const it = prediction({ assignments: [assignment('public', 0.9)] });
    const [first] = await judged(it);
    const [again] = await judged({ ...it, scoredAt: 9000, source: { ...it.source, offset: 99 } });
    expect(again?.verdictId).toBe(first?.verdictId);
  });

  it('lets a person win over the model', async () => {
    const it = prediction({ assignments: [assignment('public', 0.9), assignment('internal', 0.9)] });
    const verdicts = await judged(it, overrides(override({ action: 'ALLOW' })));
    expect(verdicts.map(({ action, decidedBy, causeId }) => [action, decidedBy, causeId])).toEqual([
      ['ALLOW', 'PERSON', 'appeal-0'],
      ['BLOCK', 'MODEL', null],
    ]);
  });

  it('does not apply what a person decided on another revision', async () => {
    const it = prediction({ revision: 2, assignments: [assignment('public', 0.9)] });
    const [verdict] = await judged(it, overrides(override({ revision: 1 })));
    expect(verdict?.decidedBy).toBe('MODEL');
  });

  it('decides by the kill switch when the model failed', async () => {
    const failed = {
      ...assignment('public', 0),
      mode: 'REVIEW_ALL',
      probabilities: {},
      error: 'model_failed',
    } as const;
    const [verdict] = await judged(prediction({ assignments: [failed] }));
    expect(verdict).toMatchObject({ action: 'REVIEW', decidedBy: 'MODE', mode: 'REVIEW_ALL', categories: {} });
  });

  it('waits for a bundle that is not read yet', async () => {
    const ahead = { ...assignment('public', 0), deploymentId: 'd-new' };
    const attempt = steps().judge(messages('prediction.scored', prediction({ assignments: [ahead] })), nobody);
    await expect(attempt).rejects.toMatchObject({ name: 'RetryableError', code: 'bundle_not_read' });
  });

  it('stops rather than lose the verdicts of a channel that it does not have', async () => {
    bundles.set('d-kids', bundleOf('kids'));
    const attempt = steps().judge(
      messages('prediction.scored', prediction({ assignments: [assignment('kids', 0)] })),
      nobody,
    );
    await expect(attempt).rejects.toMatchObject({ name: 'FatalError', code: 'configuration' });
  });
});

describe('answer', () => {
  const rescore = request({
    kind: 'RESCORE',
    action: null,
    causeId: 'deployment-2',
    deploymentId: 'd-public',
    modelId: 'm-1',
    logits: { H: 4 },
  });

  it('turns an override into a verdict that replaces the old one, and remembers it', async () => {
    const [outcome] = await answered([request()]);
    const [verdict, record] = values(outcome);
    expect(verdict).toMatchObject({
      kind: 'verdict',
      verdict: {
        kind: 'SUPERSEDED',
        action: 'ALLOW',
        decidedBy: 'PERSON',
        supersedes: 'v-1',
        deploymentId: '',
        causeId: 'appeal-1',
      },
    });
    expect(record).toMatchObject({
      kind: 'override',
      override: { channel: 'public', action: 'ALLOW', causeId: 'appeal-1' },
    });
  });

  it('scores anew with the logits and the bundle of the request', async () => {
    const [verdict] = verdictsOf(await answered([rescore]));
    expect(verdict).toMatchObject({
      kind: 'SUPERSEDED',
      action: 'BLOCK',
      decidedBy: 'MODEL',
      deploymentId: 'd-public',
    });
    expect(verdict?.categories['H']?.probability).toBeCloseTo(1 / (1 + Math.exp(-4)), 6);
  });

  it('lets no re-score overrule a person', async () => {
    expect(await answered([rescore], overrides(override()))).toEqual([{ kind: 'skip', reason: 'overridden' }]);
  });

  it('sees an override of the same chunk before it is committed', async () => {
    const outcomes = await answered([
      request(),
      rescore,
      { ...rescore, channel: 'internal', deploymentId: 'd-internal' },
    ]);
    expect(outcomes.map((it) => it.kind)).toEqual(['emit', 'skip', 'emit']);
  });

  it('lets the model decide again once the override is withdrawn, also within one chunk', async () => {
    const withdraw = { ...rescore, kind: 'WITHDRAW_OVERRIDE' } as const;
    const outcomes = await answered([withdraw, rescore, withdraw], overrides(override()));
    expect(outcomes.map((it) => (it.kind === 'emit' ? it.values.map((value) => value.kind) : it))).toEqual([
      ['verdict', 'withdrawal'],
      ['verdict'],
      { kind: 'skip', reason: 'not_overridden' },
    ]);
    expect(verdictsOf(outcomes)[0]).toMatchObject({ kind: 'SUPERSEDED', action: 'BLOCK', decidedBy: 'MODEL' });
  });

  it('withdraws a verdict', async () => {
    const [verdict] = verdictsOf(await answered([request({ kind: 'RETRACT', action: null })]));
    expect(verdict).toMatchObject({ kind: 'RETRACTED', supersedes: 'v-1', action: 'ALLOW', decidedBy: 'UNCOVERED' });
  });

  it.each([
    ['action', request({ action: null })],
    ['channel', request({ channel: 'kids' })],
    ['supersedes', request({ kind: 'RETRACT', supersedes: null })],
    ['deploymentId', { ...rescore, deploymentId: null }],
    ['deploymentId', { ...rescore, deploymentId: 'd-internal' }],
    ['modelId', { ...rescore, modelId: 'm-2' }],
    ['logits', { ...rescore, logits: {} }],
  ])('rejects a request that lacks or contradicts its %s', async (field, it) => {
    const [outcome] = await answered([it]);
    expect(outcome).toMatchObject({ kind: 'reject', reason: 'invalid_field' });
    expect(outcome?.kind === 'reject' ? outcome.detail : '').toMatch(new RegExp(`^${field}: `));
  });

  it('waits for a bundle that may still come, and rejects the request when all are read', async () => {
    const ahead = messages('verdict.requested', { ...rescore, deploymentId: 'd-new', requestedAt: 2000 });
    const early = { name: 'RetryableError', code: 'bundle_not_read' };
    await expect(steps({ now: 11_999 }).answer(ahead, nobody)).rejects.toMatchObject(early);
    await expect(steps({ now: 90_000, bundlesAreRead: false }).answer(ahead, nobody)).rejects.toMatchObject(early);
    const [late] = await steps({ now: 12_000 }).answer(ahead, nobody);
    expect(late).toMatchObject({ kind: 'reject', detail: 'deploymentId: there is no such bundle' });
  });
});
