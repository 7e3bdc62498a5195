import fc from 'fast-check';
import { verdictsOf } from './gate.fixture.js';
import { populationStability, stabilityIndex } from './stability-index.js';
import {
  emptyVerdictDiff,
  foldVerdicts,
  otherValue,
  replayVerdicts,
  ReplayError,
  summariseVerdictDiff,
} from './verdict-diff.js';
import type { ReplayedVerdict, VerdictDiffState } from './verdict-diff.js';

const limits = { examples: 3, moves: 4, values: 3 };

function verdict(key: string, action: ReplayedVerdict['action'], over: Partial<ReplayedVerdict> = {}): ReplayedVerdict {
  return {
    key,
    channel: 'public',
    platform: 'harbour',
    language: 'en',
    kind: 'POST',
    action,
    categories: { H: action },
    logits: { H: { ALLOW: -2, REVIEW: 1, BLOCK: 3 }[action] },
    ...over,
  };
}

function only(champion: readonly ReplayedVerdict[], candidate: readonly ReplayedVerdict[]) {
  const [channel] = replayVerdicts(champion, candidate).channels;
  if (channel === undefined) throw new Error('no channel');
  return channel;
}

describe('the verdict-diff replay', () => {
  it('finds nothing between a model and itself', () => {
    const stream = verdictsOf(500);
    const same = only(stream, stream);
    expect(same.verdict.any).toMatchObject({ flips: 0, share: 0 });
    expect(same.categories.map(({ kinds, shift }) => [kinds, shift?.psi])).toEqual([
      [[], 0],
      [[], 0],
    ]);
    expect(same.moves).toEqual({ up: [], down: [] });
  });

  it('counts flips by direction, category and slice, with examples by key', () => {
    const before = [
      verdict('a', 'ALLOW'),
      verdict('b', 'BLOCK', { language: 'de' }),
      verdict('c', 'REVIEW'),
      verdict('d', 'ALLOW'),
    ];
    const after = [
      verdict('a', 'BLOCK'),
      verdict('b', 'REVIEW', { language: 'de' }),
      verdict('c', 'REVIEW'),
      verdict('d', 'ALLOW'),
    ];
    const found = only(before, after);
    expect(found.verdict).toMatchObject({
      items: 4,
      any: { flips: 2, share: 0.5 },
      stricter: { flips: 1, share: 0.25 },
      gentler: { flips: 1 },
      flagged: { champion: 2, candidate: 3, both: 2 },
    });
    expect(found.categories[0]?.kinds).toEqual([
      { from: 'ALLOW', to: 'BLOCK', direction: 'STRICTER', flips: 1, examples: ['a'] },
      { from: 'BLOCK', to: 'REVIEW', direction: 'GENTLER', flips: 1, examples: ['b'] },
    ]);
    expect(found.slices.find(({ value }) => value === 'de')).toMatchObject({
      items: 1,
      gentler: { flips: 1 },
      stricter: { flips: 0 },
      categories: [{ category: 'H', stricter: 0, gentler: 1 }],
    });
    expect(found.moves.up.map(({ key, difference }) => [key, difference])).toEqual([['a', 5]]);
    expect(found.moves.down.map(({ key, difference }) => [key, difference])).toEqual([['b', -2]]);
  });

  it('gives the share of flips Wilson’s interval: 2 of 100 are .55 % to 7 %', () => {
    const before = Array.from({ length: 100 }, (_, i) => verdict(`k${i}`, 'ALLOW'));
    const after = before.map((one, i) => (i < 2 ? verdict(one.key, 'REVIEW') : one));
    const { any } = only(before, after).verdict;
    expect(any.low).toBeCloseTo(0.0055, 4);
    expect(any.high).toBeCloseTo(0.07, 3);
  });

  it('counts what one of them could not judge as such, not as a flip', () => {
    const before = [verdict('a', 'ALLOW'), verdict('b', 'ALLOW')];
    const found = only(before, [verdict('a', 'REVIEW', { failed: true }), verdict('b', 'ALLOW')]);
    expect(found).toMatchObject({ items: 2, failed: 1, verdict: { items: 1, any: { flips: 0 } } });
  });

  it('keeps channels apart', () => {
    const before = [verdict('a', 'ALLOW'), verdict('a', 'ALLOW', { channel: 'internal' })];
    const after = [verdict('a', 'BLOCK'), verdict('a', 'ALLOW', { channel: 'internal' })];
    const { channels } = replayVerdicts(before, after);
    expect(channels.map(({ channel, verdict: all }) => [channel, all.any.flips])).toEqual([
      ['internal', 0],
      ['public', 1],
    ]);
  });

  it.each(['constructor', '__proto__', 'toString'])('counts a platform named %s like any other', (platform) => {
    const before = verdictsOf(20).map((one) => ({ ...one, platform }));
    const saved = JSON.stringify(foldVerdicts(emptyVerdictDiff(), before, before));
    const state = foldVerdicts(JSON.parse(saved) as VerdictDiffState, before, before);
    const [channel] = summariseVerdictDiff(state).channels;
    expect(channel?.slices.find(({ by }) => by === 'platform')).toMatchObject({ value: platform, items: 40 });
  });

  it('counts further values of a slice together', () => {
    const before = ['a', 'b', 'c', 'd', 'e'].map((language) => verdict(language, 'ALLOW', { language }));
    const state = foldVerdicts(emptyVerdictDiff(limits), before, before);
    const languages = summariseVerdictDiff(state).channels[0]?.slices.filter(({ by }) => by === 'language') ?? [];
    expect(languages.map(({ value, items }) => [value, items])).toContainEqual([otherValue, 2]);
    expect(languages).toHaveLength(4);
  });

  it('refuses two streams of different contents, by key', () => {
    const before = [verdict('a', 'ALLOW'), verdict('b', 'ALLOW')];
    expect(() => replayVerdicts(before, [...before].reverse())).toThrow(ReplayError);
    expect(() => replayVerdicts(before, [...before].reverse())).toThrow('is about a (public) in one stream and b');
    expect(() => replayVerdicts(before, before.slice(1))).toThrow('2 verdicts of the champion meet 1');
  });

  it('refuses a state of another version', () => {
    const state = { ...emptyVerdictDiff(), format: 2 } as unknown as VerdictDiffState;
    expect(() => foldVerdicts(state, [], [])).toThrow('written by another version');
  });

  describe('laws', () => {
    const before = verdictsOf(240);
    const after = verdictsOf(240, 4);
    const whole = summariseVerdictDiff(foldVerdicts(emptyVerdictDiff(limits), before, after));

    it('a job that is cut anywhere, saved and restarted finds the same', () => {
      fc.assert(
        fc.property(fc.array(fc.nat(240), { maxLength: 4 }), (cuts) => {
          const ends = [0, ...cuts.sort((a, b) => a - b), 240];
          let saved = JSON.stringify(emptyVerdictDiff(limits));
          for (const [i, end] of ends.entries()) {
            const from = ends[i - 1] ?? 0;
            const state = JSON.parse(saved) as VerdictDiffState;
            saved = JSON.stringify(foldVerdicts(state, before.slice(from, end), after.slice(from, end)));
          }
          expect(summariseVerdictDiff(JSON.parse(saved) as VerdictDiffState)).toEqual(whole);
        }),
        { numRuns: 20 },
      );
    });

    it('the order of the contents makes no difference', () => {
      const turned = (from: readonly ReplayedVerdict[]): ReplayedVerdict[] =>
        [...from.slice(100), ...from.slice(0, 100)].reverse();
      expect(summariseVerdictDiff(foldVerdicts(emptyVerdictDiff(limits), turned(before), turned(after)))).toEqual(
        whole,
      );
    });

    it('folding changes nothing that it was given', () => {
      const state = foldVerdicts(emptyVerdictDiff(limits), before, after);
      const copy = structuredClone(state);
      foldVerdicts(state, after, before);
      expect(state).toEqual(copy);
    });

    it('turned round, stricter is gentler, and no flip is lost', () => {
      const [forwards] = whole.channels;
      const [backwards] = summariseVerdictDiff(foldVerdicts(emptyVerdictDiff(limits), after, before)).channels;
      expect(forwards?.verdict.stricter.flips).toBeGreaterThan(0);
      expect(backwards?.verdict.gentler.flips).toBe(forwards?.verdict.stricter.flips);
      for (const { stricter, gentler, kinds } of forwards?.categories ?? []) {
        expect(kinds.reduce((sum, { flips }) => sum + flips, 0)).toBe(stricter.flips + gentler.flips);
      }
      const sliced = forwards?.slices.filter(({ by }) => by === 'language') ?? [];
      expect(sliced.reduce((sum, one) => sum + one.stricter.flips, 0)).toBe(forwards?.verdict.stricter.flips);
    });

    it('the largest moves are the largest, whatever else moved', () => {
      const all = before.flatMap((one, i) =>
        Object.entries(one.logits).map(([category, logit]) => (after[i]?.logits[category] ?? 0) - logit),
      );
      const largest = all.sort((a, b) => b - a).slice(0, limits.moves);
      expect(whole.channels[0]?.moves.up.map(({ difference }) => difference)).toEqual(largest);
    });
  });
});

describe('the population stability index', () => {
  it('is .0405465 for the golden of drift 5.1', () => {
    const tenth = new Array<number>(10).fill(0.1);
    const moved = [...new Array<number>(5).fill(0.08), ...new Array<number>(5).fill(0.12)];
    expect(populationStability(tenth, moved)).toBeCloseTo(0.0405465, 7);
  });

  it('joins counters to tenths of the reference, and smooths with one half', () => {
    const million = 1e6;
    const reference = [0, ...new Array<number>(10).fill(million), 0];
    const current = [0, ...new Array<number>(5).fill(0.8 * million), ...new Array<number>(5).fill(1.2 * million), 0];
    const shift = stabilityIndex(reference, current);
    expect(shift?.bins).toBe(10);
    expect(shift?.psi).toBeCloseTo(0.0405465, 5);
  });

  it('gives an empty bin a share: shares (.5, .5) and (100.5, .5) of 101 are 2.6254 apart', () => {
    expect(stabilityIndex([50, 50], [100, 0])?.psi).toBeCloseTo(2.6254, 4);
  });

  it('keeps a counter whole that holds several tenths', () => {
    const shift = stabilityIndex([70, 10, 10, 10], [70, 10, 10, 10]);
    expect(shift).toMatchObject({ bins: 4, psi: 0, items: 100 });
  });

  it('is never below 0, and 0 only where nothing moved', () => {
    const counts = fc.array(fc.nat(50), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const shift = stabilityIndex(one, other);
        if (shift === null) return;
        expect(shift.psi).toBeGreaterThanOrEqual(-1e-12);
        expect(stabilityIndex(one, one)?.psi).toBeCloseTo(0, 12);
      }),
    );
  });
});
