import { applyCalibrator, fitCalibrator, solveBlockThreshold, solveReviewThreshold } from '#model';
import { labelsOfCategory, splitByTime, type LabelledDraw } from './calibration-labels.js';
import { liveChannel, plantLabels } from './planted-labels.fixture.js';
import { completedCalibration, refreshChannel, type LiveChannel } from './refresh-channel.js';

const right = plantLabels(1200, { slope: 1, offset: 0, rareness: 1201 });
const shifted = plantLabels(1200, { slope: 2, offset: -1, rareness: 1201 });
const by = { requestId: 'r', release: '0.1.0', completedAt: 5 };

function refresh(draws: readonly LabelledDraw[], live: LiveChannel = liveChannel(), isAsked = false) {
  const found = refreshChannel(live, draws, { isAsked }, () => undefined);
  const of = (category: string) => {
    const one = found.categories.find((it) => it.category === category);
    if (one === undefined) throw new Error(`${category} is missing`);
    return one;
  };
  return { ...found, H: of('H'), V: of('V') };
}

/** What was refreshed once is live. */
function settled(draws: readonly LabelledDraw[], rest: Partial<LiveChannel> = {}): LiveChannel {
  const { categories } = refresh(draws, liveChannel(rest));
  return liveChannel({
    ...rest,
    calibrators: Object.fromEntries(categories.map(({ category, calibrator }) => [category, calibrator])),
    thresholds: Object.fromEntries(categories.map(({ category, thresholds }) => [category, thresholds])),
  });
}

describe('refreshChannel', () => {
  it('fits and solves on the older 70 % by time, weighted by 1/pi, on the probabilities that verdicts compare', () => {
    const { H } = refresh(shifted);
    const { older, newer } = splitByTime(labelsOfCategory(shifted, 0));
    expect([older.length, newer.length]).toEqual([840, 360]);
    const { calibrator } = fitCalibrator(older, { kind: 'PLATT', parameters: [1, 0], x: [], y: [] });
    const rows = older.map((one) => ({ ...one, score: Math.fround(applyCalibrator(calibrator, one.logit)) }));
    expect(H.calibrator).toEqual(calibrator);
    expect(H.rule).toBe('BETA');
    expect(H.thresholds).toEqual({
      review: solveReviewThreshold(rows, 1 - 0.9),
      block: solveBlockThreshold(rows, 0.9).threshold,
      provisional: false,
    });
  });

  it('gives as reasons what calls for it', () => {
    expect(refresh(shifted).H.reasons).toEqual(['PREVALENCE', 'SLOPE', 'THRESHOLDS']);
    expect(refresh(right).H.reasons).toEqual(['THRESHOLDS']);
  });

  it('lets a calibration alone that still holds', () => {
    const live = settled(right);
    const { H, isRefreshed } = refresh(right, live);
    expect(H.reasons).toEqual([]);
    expect(H.thresholds).toEqual(live.thresholds['H']);
    expect(isRefreshed).toBe(false);
  });

  it('calibrates anew when the policy has another version, and when somebody asks', () => {
    const live = settled(right);
    expect(refresh(right, { ...live, calibratedUnder: 1 }).H.reasons).toEqual(['POLICY']);
    const asked = refresh(right, live, true);
    expect(asked.H.reasons).toEqual(['ASKED']);
    expect(asked.H.rule).not.toBeNull();
  });

  it('keeps the old calibrator of a category with fewer than 20 positives, and says what its targets want', () => {
    const few = plantLabels(300, { slope: 1, offset: -60, rareness: 301 });
    const live = liveChannel({
      calibratedUnder: 1,
      calibrators: {
        H: { kind: 'PLATT', parameters: [1, -9], x: [], y: [] },
        V: { kind: 'PLATT', parameters: [1, -1], x: [], y: [] },
      },
    });
    const { H } = refresh(few, live);
    expect(H).toMatchObject({ kept: 'TOO_FEW_POSITIVES', reasons: ['POLICY'] });
    expect([H.calibrator, H.thresholds]).toEqual([live.calibrators['H'], live.thresholds['H']]);
    expect(H.unmet).toEqual([
      { category: 'H', action: 'REVIEW', target: 0.9, why: '0 positives; 9 are needed', fallback: 'provisional 0.3' },
      { category: 'H', action: 'BLOCK', target: 0.9, why: '0 positives; 50 are needed', fallback: 'provisional 0.8' },
    ]);
  });

  it('shifts a category to its prevalence where positives are few and the gap is clear', () => {
    const { V } = refresh(shifted);
    expect(V).toMatchObject({ reasons: ['PREVALENCE'], rule: 'PRIOR_SHIFT', calibrator: { kind: 'PLATT' } });
    expect(V.calibrator.parameters[0]).toBe(1);
    expect(V.calibrator.parameters[1]).toBeLessThan(0);
  });

  it('keeps what is live when the newer labels speak against what the older ones gave', () => {
    const turned = [
      ...plantLabels(1200, { slope: -1, offset: 2, rareness: 1201 }).slice(0, 840),
      ...plantLabels(1200, { slope: 1, offset: 0, rareness: 1201 }).slice(840),
    ];
    const { H } = refresh(turned);
    expect(H.kept).toBe('WORSE_ON_NEWER_LABELS');
    expect(H.calibrator).toEqual(liveChannel().calibrators['H']);
  });

  it('takes no unknown label for a no', () => {
    const unknown = shifted.map((draw, i) => (i % 3 === 0 ? { ...draw, answers: [-1, -1] } : draw));
    expect(refresh(unknown).H.labels).toBe(800);
  });

  it('counts an unanswered part of the queue into the weights of what was answered', () => {
    const draws = shifted.slice(0, 1).map((draw) => ({ ...draw, probability: 0.5, labelling: [0.25, 1] }));
    expect(labelsOfCategory(draws, 0)[0]?.weight).toBe(8);
  });

  it('compares a calibrator of one language and leaves the common one in force', () => {
    const many = plantLabels(3000, { slope: 1, offset: 0, rareness: 3001 });
    const { H } = refresh(many);
    expect(H.languages.map(({ language }) => language)).toEqual(['en', 'pt']);
    for (const { positives, standardError } of H.languages) {
      expect(positives).toBeGreaterThanOrEqual(200);
      expect(standardError).toBeGreaterThan(0);
    }
  });
});

describe('completedCalibration', () => {
  it('has an id that follows from what decides, not from who asked or when', () => {
    const found = refresh(shifted);
    const one = completedCalibration(found, by);
    const again = completedCalibration(found, { requestId: 'other', release: '0.2.0', completedAt: 9 });
    expect(one.artefactId).toMatch(/^c-[0-9a-f]{16}$/);
    expect(again.artefactId).toBe(one.artefactId);
    const other = refresh(shifted, liveChannel({ policyVersion: 3, calibratedUnder: 3 }));
    expect(completedCalibration(other, by).artefactId).not.toBe(one.artefactId);
  });

  it('carries calibrators and thresholds of all categories, and every target that is not met', () => {
    const found = refresh(shifted);
    expect(completedCalibration(found, by)).toMatchObject({
      kind: 'CALIBRATION',
      modelId: 'm-live',
      channel: 'public',
      policyVersion: 2,
      categories: ['H', 'V'],
      calibrators: { H: found.H.calibrator, V: found.V.calibrator },
      thresholds: { H: { provisional: false }, V: { review: 0.2, provisional: true } },
      unmetTargets: [
        { category: 'V', action: 'REVIEW', why: '1 positives; 9 are needed', fallback: 'provisional 0.2' },
      ],
      metrics: { H: { rows: 360 } },
      bytes: 0,
    });
  });
});
