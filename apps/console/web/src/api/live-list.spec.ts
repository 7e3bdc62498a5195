import { addFrame, emptyLive, MOST_ROWS, pauseLive, resumeLive } from './live-list.js';
import type { LiveFrame, LiveVerdict } from './types.js';

const verdict = (verdictId: string, issuedAt = '2026-01-01T00:00:00.000Z') => ({ verdictId, issuedAt }) as LiveVerdict;
const frame = (...ids: readonly string[]): LiveFrame => ({
  verdicts: ids.map((id) => verdict(id)),
  seen: ids.length,
  skipped: 0,
  state: 'following',
});
const idsOf = (verdicts: readonly LiveVerdict[]) => verdicts.map(({ verdictId }) => verdictId);

describe('the live list', () => {
  it('has the newest verdict first', () => {
    const live = addFrame(addFrame(emptyLive, frame('a', 'b'), 0), frame('c'), 1);
    expect(idsOf(live.shown)).toEqual(['c', 'b', 'a']);
  });

  it('is in the order of time although partitions are read side by side', () => {
    const late = verdict('late', '2026-01-01T00:00:09.000Z');
    const early = verdict('early', '2026-01-01T00:00:01.000Z');
    const live = addFrame(
      addFrame(emptyLive, { ...frame(), verdicts: [late] }, 0),
      { ...frame(), verdicts: [early] },
      1,
    );
    expect(idsOf(live.shown)).toEqual(['late', 'early']);
  });

  it('does not move while it is paused, and loses nothing by it', () => {
    const paused = addFrame(pauseLive(addFrame(emptyLive, frame('a'), 0)), frame('b', 'c'), 1);
    expect(idsOf(paused.shown)).toEqual(['a']);
    expect(idsOf(resumeLive(paused).shown)).toEqual(['c', 'b', 'a']);
  });

  it('shows a verdict that came twice after a break once', () => {
    expect(idsOf(addFrame(addFrame(emptyLive, frame('a', 'b'), 0), frame('b'), 1).shown)).toHaveLength(2);
  });

  it('stays short however many come', () => {
    const many = Array.from({ length: 3 * MOST_ROWS }, (_, index) => `v-${index}`);
    const live = addFrame(emptyLive, frame(...many), 0);
    expect(live.shown).toHaveLength(MOST_ROWS);
    expect(live.shown[0]?.verdictId).toBe(`v-${3 * MOST_ROWS - 1}`);
  });

  it('says how many a second came lately, of all channels', () => {
    const live = addFrame(addFrame(emptyLive, { ...frame(), seen: 50 }, 0), { ...frame(), seen: 10 }, 6000);
    expect(live.perSecond).toBe(2);
  });

  it('says when the server cannot read', () => {
    expect(addFrame(emptyLive, { ...frame(), state: 'waiting' }, 0).connection).toBe('waiting');
  });
});
