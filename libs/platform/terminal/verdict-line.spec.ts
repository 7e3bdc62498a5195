import { issuedVerdict } from '#platform/testing';
import { createPaint, verdictLine, visible } from './verdict-line.js';

const verdict = issuedVerdict({
  platform: 'harbour',
  action: 'REVIEW',
  categories: {
    H: { probability: 0.42, action: 'REVIEW', reviewThreshold: 0.3, blockThreshold: 0.8, provisional: true },
    V: { probability: 0.6, action: 'ALLOW', reviewThreshold: 0.7, blockThreshold: null, provisional: false },
  },
  issuedAt: 45_296_000,
});

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
