import fc from 'fast-check';
import type { DeploymentBundled, DeploymentChanged } from '#platform/contracts';
import { assignChannels, planChannels, type AssignmentFacts, type ChannelPlan } from './assign-channels.js';

function bundle(deploymentId: string): DeploymentBundled {
  return {
    deploymentId,
    channel: 'any',
    modelId: `m-${deploymentId}`,
    modelSha256: '00',
    calibrationId: 'c-1',
    thresholdSetId: 't-1',
    policyId: 'default',
    policyVersion: 1,
    calibrators: {},
    thresholds: {},
    uncovered: 'ALLOW',
    uncoveredCategories: [],
    bundledAt: 0,
  };
}

function change(channel: string, rest: Partial<DeploymentChanged> = {}): DeploymentChanged {
  return {
    channel,
    sequence: 1,
    mode: 'NORMAL',
    live: `${channel}-live`,
    previous: null,
    canary: null,
    shadows: [],
    reason: 'test',
    changedBy: 'deployment',
    changedAt: 0,
    ...rest,
  };
}

function plan(changes: readonly DeploymentChanged[], salt = 'salt'): ChannelPlan {
  const result = planChannels({
    channels: changes.map(({ channel }) => channel),
    changeOf: (channel) => changes.find((it) => it.channel === channel),
    bundleOf: bundle,
    salt,
  });
  if (!result.ok) throw new Error('the plan has holes');
  return result.plan;
}

const canary = (share: number) => ({ canary: { deploymentId: 'candidate', share } });
const facts: fc.Arbitrary<AssignmentFacts> = fc.record({
  platform: fc.constantFrom('forum', 'chat'),
  contentId: fc.string({ minLength: 1 }),
  authorHash: fc.option(fc.string({ minLength: 1 })),
  conversationHash: fc.option(fc.string({ minLength: 1 })),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const changes = fc.uniqueArray(
  fc.record({
    channel: fc.constantFrom('public', 'internal', 'kids'),
    share: fc.option(share),
    shadows: fc.subarray(['s-1', 's-2']),
  }),
  { selector: (it) => it.channel, minLength: 1 },
);

describe('assignChannels', () => {
  it('gives every channel exactly one effective assignment and all its shadows', () => {
    fc.assert(
      fc.property(changes, facts, (channels, it) => {
        const assigned = assignChannels(
          plan(
            channels.map((c) =>
              change(c.channel, { shadows: c.shadows, ...(c.share === null ? {} : canary(c.share)) }),
            ),
          ),
          it,
        );
        for (const { channel, shadows } of channels) {
          const own = assigned.filter((a) => a.channel === channel);
          expect(own.filter((a) => a.role !== 'SHADOW')).toHaveLength(1);
          expect(own.filter((a) => a.role === 'SHADOW').map((a) => a.bundle.deploymentId)).toEqual(shadows);
        }
        expect(new Set(assigned.map((a) => a.channel)).size).toBe(channels.length);
      }),
    );
  });

  it('keeps an author on one side, whatever he writes and where', () => {
    fc.assert(
      fc.property(share, facts, facts, fc.string({ minLength: 1 }), (part, one, other, authorHash) => {
        const it = plan([change('public', canary(part))]);
        const sides = [one, other].map((f) => assignChannels(it, { ...f, authorHash })[0]?.role);
        expect(sides[0]).toBe(sides[1]);
      }),
    );
  });

  it('keeps a conversation of unknown authors on one side', () => {
    fc.assert(
      fc.property(share, facts, facts, fc.string({ minLength: 1 }), (part, one, other, conversationHash) => {
        const it = plan([change('public', canary(part))]);
        const sides = [one, other].map(
          (f) => assignChannels(it, { ...f, authorHash: null, conversationHash })[0]?.role,
        );
        expect(sides[0]).toBe(sides[1]);
      }),
    );
  });

  it('only adds contents to the canary when its share grows', () => {
    fc.assert(
      fc.property(share, share, facts, (a, b, it) => {
        const [smaller, larger] = [Math.min(a, b), Math.max(a, b)];
        const before = assignChannels(plan([change('public', canary(smaller))]), it)[0]?.role;
        const after = assignChannels(plan([change('public', canary(larger))]), it)[0]?.role;
        expect([before, after]).not.toEqual(['CANARY', 'LIVE']);
      }),
    );
  });

  it('gives the canary everything at share 1, nothing at share 0, and about its share between', () => {
    const ids = Array.from({ length: 4000 }, (_, i) => `c-${i}`);
    const canaries = (part: number): number => {
      const it = plan([change('public', canary(part))]);
      return ids.filter((contentId) => {
        const [first] = assignChannels(it, { platform: 'forum', contentId, authorHash: null, conversationHash: null });
        return first?.role === 'CANARY';
      }).length;
    };
    expect([canaries(0), canaries(1)]).toEqual([0, ids.length]);
    // Four standard deviations of a binomial with n = 4,000 and p = .25.
    expect(Math.abs(canaries(0.25) - 1000)).toBeLessThan(4 * Math.sqrt(4000 * 0.25 * 0.75));
  });

  it('carries the mode of the channel on each assignment', () => {
    const it = plan([change('public', { mode: 'REVIEW_ALL', shadows: ['s-1'] }), change('internal')]);
    const anybody = { platform: 'forum', contentId: 'c', authorHash: null, conversationHash: null };
    expect(assignChannels(it, anybody).map(({ channel, role, mode }) => [channel, role, mode])).toEqual([
      ['public', 'LIVE', 'REVIEW_ALL'],
      ['public', 'SHADOW', 'REVIEW_ALL'],
      ['internal', 'LIVE', 'NORMAL'],
    ]);
  });
});

describe('planChannels', () => {
  it('names the channels without a live bundle and the bundles that are not read yet', () => {
    const result = planChannels({
      channels: ['public', 'internal'],
      changeOf: (channel) => (channel === 'public' ? change('public', canary(0.1)) : undefined),
      bundleOf: (id) => (id === 'public-live' ? bundle(id) : undefined),
      salt: 'salt',
    });
    expect(result).toEqual({ ok: false, channelsWithoutLive: ['internal'], bundlesNotRead: ['candidate'] });
  });
});
