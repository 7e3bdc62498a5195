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
const nothing = new Map<string, PolicyPublished>();

const tableOf = (...policies: readonly PolicyPublished[]): ReadonlyMap<string, PolicyPublished> =>
  new Map(policies.map((policy) => [policyKey(policy), policy]));

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
    expect(publishPolicy(draft(1), tableOf(policy), ['public'], 9)).toEqual({ kind: 'published' });
  });

  it('refuses another document under a published version and says what to do', () => {
    const policy = onlyPolicy(document(1));
    const answer = publishPolicy(draft(1, 0.8), tableOf(policy), ['public'], 9);
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

describe('publishing questions', () => {
  const asking = (version: number, wording = 'Is it hate?', question = 1, rest = ''): string =>
    `${document(version)}questions:
  - { id: group, version: 1, wording: Is it a group?, examples: [{ text: t, answer: yes }, { text: n, answer: no }] }
  - { id: hate, version: ${question}, wording: '${wording}', ${rest}examples: [{ text: t, answer: yes }, { text: n, answer: no }] }
rules:
  H:
    when: [group and hate]
`;
  const first = onlyPolicy(asking(1));
  const after = (text: string) => publishPolicy({ file: 'p.yaml', text }, tableOf(first), ['public'], 9);

  it('keeps them, with the rules, in the document as it was written', () => {
    expect(first.document).toBe(asking(1));
    expect(after(asking(1))).toEqual({ kind: 'published' });
  });

  it('refuses other words or another place under the same version of a question, also in another policy', () => {
    const refused = (text: string, problem: string): void => {
      expect(after(text)).toEqual({ kind: 'refused', problems: [problem] });
    };
    const advice = 'is published otherwise in default@1; raise the version of the question';
    refused(asking(2, 'Is it hateful?'), `p.yaml:18:29: questions.1.wording: the wording of hate@1 ${advice}`);
    refused(
      asking(2, 'Is it hate?', 1, 'under: group, '),
      `p.yaml:18:53: questions.1.under: the place of hate@1 ${advice}`,
    );
    refused(
      asking(1, 'Is it hateful?').replace('id: default', 'id: other'),
      `p.yaml:18:29: questions.1.wording: the wording of hate@1 ${advice}`,
    );
  });

  it('accepts other words under another version, and better help and examples under the same', () => {
    expect(after(asking(2, 'Is it hateful?', 2)).kind).toBe('publish');
    expect(after(asking(2, 'Is it hate?', 1, 'help: Think of the target., ')).kind).toBe('publish');
  });

  it('refuses a sub-level that keeps its version although its question has another', () => {
    const text = asking(1, 'Is it hate?', 1, 'under: group, ');
    const next = text.replace('version: 1\n', 'version: 2\n').replace('group, version: 1', 'group, version: 2');
    const table = tableOf(onlyPolicy(text));
    expect(publishPolicy({ file: 'p.yaml', text: next }, table, ['public'], 9)).toMatchObject({
      kind: 'refused',
      problems: [expect.stringContaining('questions.1.under: the place of hate@1')],
    });
  });

  it('refuses rules that cannot work, with their place', () => {
    const text = asking(2).replace('group and hate', 'group and not group');
    expect(after(text)).toMatchObject({
      kind: 'refused',
      problems: [expect.stringContaining('p.yaml:21:12: rules.H.when.0: contradicts itself')],
    });
  });

  it('publishes a document without questions: its categories are only not derived', () => {
    expect(after(document(2)).kind).toBe('publish');
  });

  it('brings questions to an installation that published the version before them', () => {
    const planned = planFolder([{ file: 'p.yaml', text: asking(2) }], tableOf(onlyPolicy(document(1))), ['public'], 9);
    expect(planned.map(policyKey)).toEqual(['default@2']);
  });

  it('does not judge again what is published already', () => {
    const policy = onlyPolicy(document(1));
    expect(publishPolicy(draft(1), tableOf(policy), ['another'], 9)).toEqual({ kind: 'published' });
  });
});

describe('planFolder', () => {
  it('writes nothing when nothing changed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }), (versions) => {
        const drafts = versions.map((version) => draft(version));
        const first = planFolder(drafts, nothing, ['public'], 1);
        expect(first).toHaveLength(versions.length);
        expect(planFolder(drafts, tableOf(...first), ['public'], 2)).toEqual([]);
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
  const step = () => createPolicyStep({ channels: ['public'], published: nothing, clock: () => 1 });

  it('publishes what is sound, skips what it has written, and rejects the rest with the reason', async () => {
    const outcomes = await step()(messages(document(1), document(1), document(1, 0.5), document(2), 'id: ['));
    expect(outcomes.map((it) => it.kind)).toEqual(['emit', 'skip', 'reject', 'emit', 'reject']);
    const [, , refused] = outcomes;
    expect(refused).toMatchObject({ kind: 'reject', reason: 'invalid_field' });
    expect(refused?.kind === 'reject' ? refused.detail : '').toContain('raise the version');
  });
});
