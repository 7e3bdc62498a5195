import type { VerdictIssued } from '#platform/contracts';
import { createPaint, verdictLine, visible } from './verdict-line.js';

const verdict: VerdictIssued = {
  verdictId: '0'.repeat(32),
  kind: 'ISSUED',
  contentId: 'c-1',
  revision: 1,
  platform: 'harbour',
  channel: 'public',
  action: 'REVIEW',
  categories: {
    H: { probability: 0.42, action: 'REVIEW', reviewThreshold: 0.3, blockThreshold: 0.8, provisional: true },
    V: { probability: 0.6, action: 'ALLOW', reviewThreshold: 0.7, blockThreshold: null, provisional: false },
  },
  deploymentId: 'd-1',
  modelId: 'm-1',
  calibrationId: 'c-1',
  thresholdSetId: 't-1',
  policyId: 'default',
  policyVersion: 1,
  role: 'LIVE',
  mode: 'NORMAL',
  decidedBy: 'MODEL',
  textHash: '0'.repeat(32),
  causeId: null,
  supersedes: null,
  reason: null,
  source: { topic: 'prediction.scored', partition: 0, offset: 0 },
  submittedAt: 0,
  issuedAt: 45_296_000,
};

describe('a verdict line', () => {
  it('names the category that decided, not the one with the highest probability', () => {
    expect(verdictLine(verdict, createPaint(false))).toMatch(
      /^12:34:56 {2}REVIEW {2}public {4}harbour\/c-1 +H 0\.42 >= 0\.30 \(provisional\)$/,
    );
  });

  it('says who decided when it was not the model', () => {
    expect(verdictLine({ ...verdict, decidedBy: 'MODE', mode: 'REVIEW_ALL' }, createPaint(false))).toContain(
      'REVIEW_ALL',
    );
  });

  it('lets no id move the cursor or turn the line around', () => {
    expect(visible('a\u001b[2Jb\u202ec\u200b')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{200b}');
  });

  it('has no colour codes where nobody looks', () => {
    expect(verdictLine(verdict, createPaint(false))).not.toContain('\u001b');
    expect(verdictLine(verdict, createPaint(true))).toContain('\u001b[33mREVIEW');
  });
});
