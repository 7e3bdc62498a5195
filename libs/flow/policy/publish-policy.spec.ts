import fc from 'fast-check';
import type { PolicyPublished, PolicyRequested } from '#platform/contracts';
import type { Message } from '#platform/stream';
import { createPolicyStep } from './policy.step.js';
import { planFolder } from './publish-folder.js';
import { policyKey, publishPolicy } from './publish-policy.js';

function document(version: number, block = 0.9): string {
  return `id: default
version: ${version}
title: Default policy
owner: trust@example.org
changelog: A change.
categories: [H, V]
channels:
  public:
    uncovered: review
    targets:
      H:
        block: { precision: 0.95, provisional: ${block} }
        review: { recall: 0.9, provisional: 0.2 }
      V:
        review: { recall: 0.8 }
`;
}
const draft = (version: number, block?: number) => ({ file: 'p.yaml', text: document(version, block) });
const nothing = (): undefined => undefined;

function onlyPolicy(text: string): PolicyPublished {
  const answer = publishPolicy({ file: 'p.yaml', text }, nothing, ['public'], 5);
  if (answer.kind !== 'publish') throw new Error(JSON.stringify(answer));
  return answer.policy;
}

describe('publishPolicy', () => {
  it('carries the targets and the document as it was written', () => {
    const policy = onlyPolicy(document(1));
    expect(policy).toMatchObject({
      policyId: 'default',
      version: 1,
      categories: ['H', 'V'],
      channels: {
        public: {
          uncovered: 'REVIEW',
          targets: {
            H: { blockPrecision: 0.95, reviewRecall: 0.9, provisionalBlock: 0.9, provisionalReview: 0.2 },
            V: { blockPrecision: null, reviewRecall: 0.8, provisionalBlock: null, provisionalReview: null },
          },
        },
      },
      document: document(1),
      publishedAt: 5,
    });
    expect(policy.documentHash).toMatch(/^[0-9a-f]{32}$/);
  });

  it('publishes a version once, however often it is asked', () => {
    const policy = onlyPolicy(document(1));
    expect(publishPolicy(draft(1), () => policy, ['public'], 9)).toEqual({ kind: 'published' });
  });

  it('refuses another document under a published version and says what to do', () => {
    const policy = onlyPolicy(document(1));
    const answer = publishPolicy(draft(1, 0.8), (key) => (key === 'default@1' ? policy : undefined), ['public'], 9);
    expect(answer).toEqual({
      kind: 'refused',
      problems: ['p.yaml:2:1: version: default@1 is published with another document; raise the version'],
    });
  });

  it('refuses a document with the place of each problem', () => {
    const answer = publishPolicy({ file: 'p.yaml', text: document(1).replace('0.95', '95') }, nothing, ['public'], 9);
    expect(answer).toMatchObject({ kind: 'refused', problems: [expect.stringContaining('p.yaml:12:18: ')] });
  });
});

describe('planFolder', () => {
  it('writes nothing when nothing changed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }), (versions) => {
        const drafts = versions.map((version) => draft(version));
        const first = planFolder(drafts, nothing, ['public'], 1);
        const table = new Map(first.map((policy) => [policyKey(policy), policy]));
        expect(first).toHaveLength(versions.length);
        expect(planFolder(drafts, (key) => table.get(key), ['public'], 2)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses two documents for one version in one folder', () => {
    expect(() => planFolder([draft(1), draft(1, 0.8)], nothing, ['public'], 1)).toThrow('raise the version');
  });

  it('publishes nothing when one of the documents is wrong', () => {
    expect(() => planFolder([draft(1), { file: 'q.yaml', text: 'id: [' }], nothing, ['public'], 1)).toThrow(
      'q.yaml:1:',
    );
  });
});

describe('answerPolicyRequests', () => {
  const messages = (...documents: readonly string[]): readonly Message<PolicyRequested>[] =>
    documents.map((text, offset) => ({
      topic: 'policy.requested',
      partition: 0,
      offset,
      key: 'r',
      value: { requestId: 'r', document: text, requestedBy: 'cli', requestedAt: 1 },
      headers: {},
      timestamp: 0,
    }));
  const step = () => createPolicyStep({ channels: ['public'], publishedOf: nothing, clock: () => 1 });

  it('publishes what is sound, skips what it has written, and rejects the rest with the reason', async () => {
    const outcomes = await step()(messages(document(1), document(1), document(1, 0.5), document(2), 'id: ['));
    expect(outcomes.map((it) => it.kind)).toEqual(['emit', 'skip', 'reject', 'emit', 'reject']);
    const [, , refused] = outcomes;
    expect(refused).toMatchObject({ kind: 'reject', reason: 'invalid_field' });
    expect(refused?.kind === 'reject' ? refused.detail : '').toContain('raise the version');
  });
});
