import fs from 'node:fs';
import path from 'node:path';
import { solveTargets, type ScoredLabel } from '#model';
import { parsePolicy } from '#policy';

const guide = fs.readFileSync(path.join(import.meta.dirname, '../../../../docs/calibration.md'), 'utf8');

function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1];
  if (found === undefined) throw new Error(`docs/calibration.md has no ${language} block`);
  return found;
}

/** Positives spread evenly over the scores, and beside each one below `cleanFrom` a negative. */
function labels(positives: number, cleanFrom: number): readonly ScoredLabel[] {
  return Array.from({ length: positives }, (_, i): readonly ScoredLabel[] => {
    const score = (i + 1) / positives;
    const positive = { score, label: 1, weight: 1 } as const;
    return score >= cleanFrom ? [positive] : [positive, { score, label: 0, weight: 1 }];
  }).flat();
}

function solved(category: string, rows: readonly ScoredLabel[]): string {
  const parsed = parsePolicy(block('yaml'), 'docs/calibration.md');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const channel = parsed.policy.channels['public'];
  const target = channel?.targets[category];
  const goal = {
    blockPrecision: target?.block?.precision ?? null,
    reviewRecall: target?.review?.recall ?? null,
    provisionalBlock: target?.block?.provisional ?? null,
    provisionalReview: target?.review?.provisional ?? null,
  };
  const { thresholds, unmet } = solveTargets(
    category,
    rows,
    goal,
    channel?.uncovered === 'review' ? 'REVIEW' : 'ALLOW',
  );
  const { review, block: blocks, provisional } = thresholds;
  const from = (threshold: number | null): string => (threshold === null ? 'never' : threshold.toFixed(2));
  return [
    `${category}: review ${from(review)}, block ${from(blocks)}${provisional ? ', provisional' : ''}\n`,
    ...unmet.map(({ action, target: asked, why, fallback }) => `   ${action} ${asked}: ${why} -> ${fallback}\n`),
  ].join('');
}

describe('docs/calibration.md', () => {
  it('shows what the targets of its policy come to', () => {
    expect(block('text')).toBe(
      [
        '8 positives\n',
        solved('H', labels(8, 0.5)),
        solved('V', labels(8, 0.5)),
        '40 positives\n',
        solved('H', labels(40, 0.5)),
        solved('V', labels(40, 0.5)),
        '200 positives, clean from 0.5 on\n',
        solved('H', labels(200, 0.5)),
        '200 positives, and as many harmless ones at every score\n',
        solved('H', labels(200, 2)),
      ].join(''),
    );
  });
});
