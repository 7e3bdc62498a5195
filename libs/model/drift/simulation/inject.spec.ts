import { isOpened, suggest, type Movement } from '../alert-rule.js';
import {
  compareMixes,
  compareScores,
  scoreProfile,
  type Distances,
  type ScoreDistances,
  type ScoreProfile,
} from '../compare-profiles.js';
import { judgeWindow } from '../judge-window.js';
import { estimatePerformance, performanceMetrics, scoreSums } from '../label-free.js';
import { movedFigure, movementOf } from '../moved-performance.js';
import { PLANTED_WORLD, plantWindow, seededRandom, type Injection, type PlantedContent } from './planted-stream.js';

const CONTENTS = 1500;
const WEEKS = 4;
const THRESHOLD = 0.5;
const SLICES = ['', ...Object.keys(PLANTED_WORLD.languages)];

const scoreOf = (logit: number) => 1 / (1 + Math.exp(-logit));
const ofSlice = (contents: readonly PlantedContent[], slice: string) =>
  contents.filter(({ language }) => slice === '' || language === slice);

interface Counted {
  readonly languages: Readonly<Record<string, number>>;
  /** By category, then by slice. */
  readonly profiles: readonly ScoreProfile[];
}

function count(contents: readonly PlantedContent[]): Counted {
  const languages: Record<string, number> = {};
  for (const { language } of contents) languages[language] = (languages[language] ?? 0) + 1;
  const profiles = PLANTED_WORLD.categories.flatMap((_, category) =>
    SLICES.map((slice) => scoreProfile(ofSlice(contents, slice).map(({ logits }) => logits[category] ?? 0))),
  );
  return { languages, profiles };
}

/** Counters of several windows add up. */
function together(windows: readonly Counted[]): Counted {
  const languages: Record<string, number> = {};
  for (const window of windows) {
    for (const [language, n] of Object.entries(window.languages)) languages[language] = (languages[language] ?? 0) + n;
  }
  const profiles = (windows[0]?.profiles ?? []).map((_, k): ScoreProfile => {
    const parts = windows.flatMap(({ profiles: all }) => all[k] ?? []);
    const contents = parts.reduce((sum, part) => sum + part.contents, 0);
    const mean = parts.reduce((sum, part) => sum + part.contents * part.mean, 0) / contents;
    const square = parts.reduce((sum, part) => sum + part.contents * (part.variance + part.mean ** 2), 0) / contents;
    const histogram = (parts[0]?.histogram ?? []).map((__, bin) =>
      parts.reduce((sum, part) => sum + (part.histogram[bin] ?? 0), 0),
    );
    return { contents, histogram, mean, variance: square - mean ** 2 };
  });
  return { languages, profiles };
}

/** Every comparison of a window: the mix of languages, then each category in each slice. */
function compare(reference: Counted, current: Counted): readonly (Distances | ScoreDistances)[] {
  return [
    compareMixes(reference.languages, current.languages),
    ...reference.profiles.flatMap((profile, k) => {
      const own = current.profiles[k];
      return own === undefined ? [] : [compareScores(profile, own)];
    }),
  ];
}

const exceeds = (reference: Counted, current: Counted): readonly boolean[] =>
  judgeWindow(compare(reference, current)).map(({ signs }) => signs.length > 0);

/** Windows of one hour after another, each beside four weeks of its own; which of the comparisons exceed. */
function run(
  windows: number,
  injection: Injection,
  seed: number,
  contents = CONTENTS,
): readonly (readonly boolean[])[] {
  const random = seededRandom(seed);
  return Array.from({ length: windows }, () => {
    const reference = count(plantWindow(WEEKS * contents, PLANTED_WORLD, { kind: 'NONE' }, random));
    return exceeds(reference, count(plantWindow(contents, PLANTED_WORLD, injection, random)));
  });
}

/** Windows without drift: each and its four weeks are five of a pool. */
function runQuiet(windows: number, pool: number, seed: number): readonly (readonly boolean[])[] {
  const random = seededRandom(seed);
  const counted = Array.from({ length: pool }, () => count(plantWindow(1000, PLANTED_WORLD, { kind: 'NONE' }, random)));
  const pick = (): readonly Counted[] => {
    const places = new Set<number>();
    while (places.size <= WEEKS) places.add(Math.floor(random() * pool));
    return [...places].flatMap((place) => counted[place] ?? []);
  };
  return Array.from({ length: windows }, () => {
    const [current, ...weeks] = pick();
    if (current === undefined) throw new Error('an empty pool');
    return exceeds(together(weeks), current);
  });
}

/** Windows in which a comparison opens an alert. */
function alertsOf(windows: readonly (readonly boolean[])[]): number {
  return windows.filter((comparisons, i) =>
    comparisons.some((_, k) => isOpened(windows.slice(Math.max(0, i - 23), i + 1).map((one) => one[k] === true))),
  ).length;
}

describe('injections of drift 5.3', () => {
  it('(a) none: at most one false alert in 1,000 windows', () => {
    const windows = runQuiet(1000, 200, 1);
    expect(alertsOf(windows)).toBeLessThanOrEqual(1);
  });

  it.each([2, 3, 4, 5])(
    '(b) a language goes from 10 to 20 %: found with the second window, by its mix (seed %i)',
    (seed) => {
      const languages = { en: 0.6, pt: 0.2, de: 0.2 };
      const windows = run(2, { kind: 'LANGUAGE_MIX', languages }, seed);
      expect(windows.map(([mix]) => mix)).toEqual([true, true]);
      expect(alertsOf(windows)).toBe(1);
    },
  );

  it.each([6, 7])(
    '(c) scores of one language shift by .3: found within three windows, in that language alone (seed %i)',
    (seed) => {
      const windows = run(3, { kind: 'SCORE_SHIFT', language: 'pt', by: 0.3 }, seed, 6_000);
      expect(alertsOf(windows)).toBe(1);
      const slices = windows.flatMap((one) =>
        one.slice(1).flatMap((stands, k) => (stands ? [SLICES[k % SLICES.length]] : [])),
      );
      expect(new Set(slices)).toEqual(new Set(['pt']));
    },
  );

  it.each([10, 11])('(d) people answer otherwise: found by labels alone (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const before = plantWindow(20_000, PLANTED_WORLD, { kind: 'NONE' }, random);
    const after = plantWindow(20_000, PLANTED_WORLD, { kind: 'LABEL_FLIP', share: 0.3 }, random);
    expect(judgeWindow(compare(count(before), count(after))).flatMap(({ signs }) => signs)).toEqual([]);
    const labelFree = movementOf(freeMovements(before, after));
    const labelled = movementOf(labelledMovements(before, after));
    expect({ labelFree, labelled }).toEqual({ labelFree: 'STABLE', labelled: 'MOVED' });
    expect(suggest({ labelFree, labelled, policyChanged: false })).toBe('RETRAIN');
  });
});

function freeMovements(before: readonly PlantedContent[], after: readonly PlantedContent[]): readonly Movement[] {
  return PLANTED_WORLD.categories.flatMap((_, category) => {
    const of = (contents: readonly PlantedContent[]) =>
      estimatePerformance(
        scoreSums(
          contents.map(({ logits }) => scoreOf(logits[category] ?? 0)),
          THRESHOLD,
        ),
      );
    const [one, other] = [of(before), of(after)];
    return performanceMetrics.map((metric) => movedFigure(metric, one[metric], other[metric]).movement);
  });
}

/** Precision of flags by a sample of 400 labels with known probabilities. */
function labelledMovements(before: readonly PlantedContent[], after: readonly PlantedContent[]): readonly Movement[] {
  const precisionOf = (contents: readonly PlantedContent[]) => {
    const flagged = contents.filter(({ logits }) => scoreOf(logits[0] ?? 0) >= THRESHOLD).slice(0, 400);
    const value = flagged.filter(({ labels }) => labels[0] === true).length / flagged.length;
    return { value, error: Math.sqrt((value * (1 - value)) / flagged.length) };
  };
  return [movedFigure('precision', precisionOf(before), precisionOf(after), 0.01).movement];
}
