import { createScoreQueue, type Logits, type ScoreTexts } from './score-queue.js';

/** A model whose runs end when the test says so. */
function manualModel() {
  const runs: { readonly texts: readonly string[]; readonly finish: () => void; readonly fail: () => void }[] = [];
  const score = (texts: readonly string[]) =>
    new Promise<readonly Logits[]>((resolve, reject) => {
      runs.push({
        texts,
        finish: () => {
          resolve(texts.map((text) => ({ length: text.length })));
        },
        fail: () => {
          reject(new Error('the model broke'));
        },
      });
    });
  return { runs, score };
}

const ask = (queue: ScoreTexts, texts: readonly string[]) =>
  queue(
    texts,
    texts.map((text) => `id of ${text}`),
  );

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the score queue', () => {
  it('runs at once when idle, and together what arrives meanwhile', async () => {
    const { runs, score } = manualModel();
    const queue = createScoreQueue({ score, textsPerRun: 3, maxWaiting: 100, onBacklog: () => undefined });
    const first = ask(queue, ['a']);
    expect(runs.map(({ texts }) => texts)).toEqual([['a']]);
    const others = Promise.all([ask(queue, ['bb', 'ccc']), ask(queue, ['dddd', 'eeeee'])]);
    runs[0]?.finish();
    await first;
    await settled();
    expect(runs[1]?.texts).toEqual(['bb', 'ccc', 'dddd']);
    runs[1]?.finish();
    await settled();
    runs[2]?.finish();
    await expect(others).resolves.toEqual([
      [{ length: 2 }, { length: 3 }],
      [{ length: 4 }, { length: 5 }],
    ]);
  });

  it('keeps each text beside the id that routes it, also when a run is repeated text by text', async () => {
    const seen: string[] = [];
    const score = (texts: readonly string[], ids: readonly string[]) => {
      if (texts.length > 1) return Promise.reject(new Error('the model broke'));
      seen.push(`${texts.join()}: ${ids.join()}`);
      return Promise.resolve(texts.map(() => ({ H: 1 })));
    };
    const queue = createScoreQueue({ score, textsPerRun: 10, maxWaiting: 100, onBacklog: () => undefined });
    await ask(queue, ['a', 'b']);
    expect(seen).toEqual(['a: id of a', 'b: id of b']);
  });

  it('fails the calls of a run that failed and goes on with the next', async () => {
    const { runs, score } = manualModel();
    const queue = createScoreQueue({ score, textsPerRun: 1, maxWaiting: 100, onBacklog: () => undefined });
    const failing = expect(ask(queue, ['a'])).rejects.toThrow('the model broke');
    const next = ask(queue, ['bb']);
    runs[0]?.fail();
    await failing;
    await settled();
    runs[1]?.finish();
    await expect(next).resolves.toEqual([{ length: 2 }]);
  });

  it('keeps a text that the model cannot take from failing its neighbours', async () => {
    const score = (texts: readonly string[]) =>
      texts.includes('bad')
        ? Promise.reject(new Error('the model broke'))
        : Promise.resolve(texts.map(() => ({ H: 1 })));
    const queue = createScoreQueue({ score, textsPerRun: 10, maxWaiting: 100, onBacklog: () => undefined });
    const outcomes = await Promise.allSettled([ask(queue, ['a']), ask(queue, ['b', 'c']), ask(queue, ['bad'])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('turns calls away beyond its limit', async () => {
    const { runs, score } = manualModel();
    let backlogs = 0;
    const queue = createScoreQueue({ score, textsPerRun: 1, maxWaiting: 2, onBacklog: () => backlogs++ });
    const calls = [ask(queue, ['a']), ask(queue, ['b', 'c'])];
    await expect(ask(queue, ['d'])).rejects.toMatchObject({ code: 'overloaded', status: 503 });
    expect(backlogs).toBe(1);
    for (const at of [0, 1, 2]) {
      runs[at]?.finish();
      await settled();
    }
    await Promise.all(calls);
  });

  it('answers nothing for nothing', async () => {
    const { score } = manualModel();
    const queue = createScoreQueue({ score, textsPerRun: 1, maxWaiting: 2, onBacklog: () => undefined });
    await expect(ask(queue, [])).resolves.toEqual([]);
  });
});
