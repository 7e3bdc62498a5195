import { scorer } from './prediction.fixture.js';
import { createShadowScoring, scoreEffective, type TimeLimit } from './score-texts.js';
import type { IdentifiedText, Scorer } from './scorer.js';

const named = (...texts: readonly string[]): IdentifiedText[] => texts.map((text) => ({ id: `forum/${text}/1`, text }));

/** Fails a run that holds a text with "poison" in it. */
const touchy = (isBroken = false): Scorer =>
  scorer('m-1', (texts) =>
    isBroken || texts.some((text) => text.includes('poison'))
      ? Promise.reject(new Error('native failure'))
      : Promise.resolve(texts.map((text) => ({ logits: { H: text.length } }))),
  );

describe('scoreEffective', () => {
  it('scores all texts in one run and rounds logits to 2^-12', async () => {
    let runs = 0;
    const counting = scorer('m-1', (texts) => {
      runs++;
      return Promise.resolve(texts.map(() => ({ logits: { H: 0.1 } })));
    });
    const { outcomes, isBroken } = await scoreEffective(counting, named('a', 'b', 'c'));
    expect([runs, isBroken, outcomes.length]).toEqual([1, false, 3]);
    expect(outcomes[0]).toMatchObject({ ok: true, logits: { H: 410 / 4096 } });
  });

  it('isolates the text that a model cannot take, and scores its neighbours', async () => {
    const { outcomes, isBroken } = await scoreEffective(touchy(), named('fine', 'poison', 'good'));
    expect(outcomes.map((it) => it.ok)).toEqual([true, false, true]);
    expect(isBroken).toBe(false);
  });

  it('does not take a lone poisonous text for a broken model', async () => {
    expect((await scoreEffective(touchy(), named('poison'))).isBroken).toBe(false);
  });

  it('tells a model that scores nothing any more', async () => {
    expect((await scoreEffective(touchy(true), named('fine', 'good'))).isBroken).toBe(true);
  });

  it('takes an encoder that fails on a harmless text for a broken model, however few texts are routed to it', async () => {
    const half = (encode: Scorer['scoreEncoded']) =>
      scorer(
        'm-1',
        (texts) =>
          texts.includes('routed')
            ? Promise.reject(new Error('native failure'))
            : Promise.resolve(texts.map(() => ({ logits: { H: 0 } }))),
        encode,
      );
    const texts = named('a', 'routed', 'b');
    const broken = await scoreEffective(
      half(() => Promise.reject(new Error('native failure'))),
      texts,
    );
    expect(broken.isBroken).toBe(true);
    expect(
      (
        await scoreEffective(
          half(() => Promise.resolve({ H: Number.NaN })),
          texts,
        )
      ).isBroken,
    ).toBe(true);
    expect(
      (
        await scoreEffective(
          half(() => Promise.resolve({ H: 1 })),
          texts,
        )
      ).isBroken,
    ).toBe(false);
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ])('takes %s for a failure', async (_, logit) => {
    const odd = scorer('m-1', (texts) =>
      Promise.resolve(texts.map((text) => ({ logits: { H: text === 'odd' ? logit : 1 } }))),
    );
    const { outcomes } = await scoreEffective(odd, named('odd', 'even'));
    expect(outcomes).toMatchObject([
      { ok: false, error: 'model_failed' },
      { ok: true, logits: { H: 1 } },
    ]);
  });

  it('takes a wrong number of rows for a failure', async () => {
    const short = scorer('m-1', () => Promise.resolve([]));
    expect((await scoreEffective(short, named('a', 'b'))).outcomes.every((it) => !it.ok)).toBe(true);
  });
});

describe('scoreShadow', () => {
  const texts = named(...Array.from({ length: 200 }, (_, i) => `text ${i}`));
  const patient: TimeLimit = (work) => work;

  it('scores within its time', async () => {
    const shadow = createShadowScoring({ clock: () => 0, timeLimit: patient, limitMs: 100 });
    const outcomes = await shadow(scorer('m-1'), texts);
    expect(outcomes.every((it) => it.ok)).toBe(true);
    expect(outcomes).toHaveLength(200);
  });

  it('keeps what it has when the time is up', async () => {
    let now = 0;
    const slow = scorer('m-1', (slice) => {
      now += 60;
      return Promise.resolve(slice.map(() => ({ logits: { H: 1 } })));
    });
    const shadow = createShadowScoring({ clock: () => now, timeLimit: patient, limitMs: 100 });
    const outcomes = await shadow(slow, texts);
    expect(outcomes.filter((it) => it.ok)).toHaveLength(128);
    expect(outcomes[128]).toEqual({ ok: false, error: 'timeout' });
    expect(outcomes).toHaveLength(200);
  });

  it('never fails the chunk', async () => {
    const shadow = createShadowScoring({ clock: () => 0, timeLimit: patient, limitMs: 100 });
    const outcomes = await shadow(touchy(true), texts);
    expect(outcomes).toHaveLength(200);
    expect(outcomes.every((it) => !it.ok && it.error === 'model_failed')).toBe(true);
  });

  it('gives a hanging model no further work until it answers', async () => {
    let answer: () => void = () => undefined;
    let runs = 0;
    const hanging = scorer('m-1', (slice) => {
      runs++;
      return new Promise((resolve) => {
        answer = () => {
          resolve(slice.map(() => ({ logits: { H: 1 } })));
        };
      });
    });
    const impatient: TimeLimit = () => Promise.resolve(null);
    const shadow = createShadowScoring({ clock: () => 0, timeLimit: impatient, limitMs: 100 });
    await shadow(hanging, named('a'));
    await shadow(hanging, named('b'));
    expect(runs).toBe(1);
    answer();
    await new Promise(setImmediate);
    await shadow(hanging, named('c'));
    expect(runs).toBe(2);
  });
});
