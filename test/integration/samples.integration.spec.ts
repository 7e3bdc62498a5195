import '../harness/one-realm.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#platform/config';
import { validateContent, type Action, type ContentSubmitted, type Thresholds } from '#platform/contracts';
import { calibrate, decideVerdict, formatPolicyProblem, lintPolicy, parsePolicy, type PolicyDocument } from '#policy';

// After one-realm.js: a static import of the runtime would be loaded before it.
const { createTextScorer } = await import('#platform/inference');

const CHANNELS = ['public', 'internal'];
const POLICY = path.join(projectRoot, 'policies/default.yaml');
const samples = readFileSync(path.join(projectRoot, 'samples/content.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): ContentSubmitted => {
    const sample = JSON.parse(line) as Partial<ContentSubmitted> &
      Pick<ContentSubmitted, 'contentId' | 'platform' | 'text'>;
    const rest = { language: null, authorId: null, conversationId: null, metadata: {}, revision: 1, submittedAt: 1 };
    return { kind: 'POST', ...rest, ...sample };
  });

function defaultPolicy(): PolicyDocument {
  const parsed = parsePolicy(readFileSync(POLICY, 'utf8'), POLICY);
  const problems = parsed.ok ? lintPolicy(parsed, CHANNELS) : parsed.problems;
  expect(problems.map(formatPolicyProblem)).toEqual([]);
  if (!parsed.ok) throw new Error('the default policy is wrong');
  return parsed.policy;
}

function thresholdsOf(policy: PolicyDocument, channel: string): Readonly<Record<string, Thresholds>> {
  return Object.fromEntries(
    policy.categories.map((category) => {
      const { block, review } = policy.channels[channel]?.targets[category] ?? {};
      return [category, { review: review?.provisional ?? null, block: block?.provisional ?? null, provisional: true }];
    }),
  );
}

describe('the bundled samples', () => {
  it('are sound contents of several platforms, languages and kinds, each with an id of its own', () => {
    expect(samples.map(validateContent).filter((rejection) => rejection !== null)).toEqual([]);
    const distinct = (values: readonly unknown[]): number => new Set(values).size;
    expect(distinct(samples.map(({ platform, contentId }) => `${platform}/${contentId}`))).toBe(samples.length);
    expect(samples.length).toBeGreaterThanOrEqual(60);
    expect(distinct(samples.map(({ platform }) => platform))).toBeGreaterThanOrEqual(3);
    expect(distinct(samples.map(({ language }) => language))).toBeGreaterThanOrEqual(6);
    expect(distinct(samples.map(({ kind }) => kind))).toBeGreaterThanOrEqual(6);
  });

  it('are allowed, reviewed and blocked by the default policy with the starter model, most of them allowed', async () => {
    const policy = defaultPolicy();
    const scorer = await createTextScorer(path.join(projectRoot, 'models/starter'));
    const scored = await scorer.score(samples.map(({ text }) => text));
    await scorer.close();
    for (const channel of CHANNELS) {
      const bundle = {
        calibrators: scorer.document.calibrators,
        thresholds: thresholdsOf(policy, channel),
        uncovered: 'ALLOW',
        uncoveredCategories: [],
      } as const;
      const counts: Record<Action, number> = { ALLOW: 0, REVIEW: 0, BLOCK: 0 };
      for (const { logits } of scored) {
        const probabilities = calibrate(bundle, logits);
        counts[decideVerdict({ bundle, probabilities, mode: 'NORMAL', override: null }).action]++;
      }
      expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
      expect(counts.ALLOW).toBeGreaterThan(samples.length / 2);
    }
  });
});
