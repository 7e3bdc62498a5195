import type { DeploymentChanged, PredictionScored } from '#platform/contracts';
import { RetryableError, type Outcome } from '#platform/stream';
import { createKeyedHash } from '#policy';
import { createPredictionStep, type PredictionDeps } from './prediction.step.js';
import { change, content, counters, features, messages, plan, scorer } from './prediction.fixture.js';
import type { Scorer } from './scorer.js';

function step(options: {
  readonly changes?: readonly DeploymentChanged[];
  readonly scorers?: readonly Scorer[];
  readonly deps?: Partial<PredictionDeps>;
}) {
  const { changes = [change('public', 'd-1'), change('internal', 'd-1')], scorers = [scorer('m-1')] } = options;
  const leases = { taken: 0, given: 0 };
  const run = createPredictionStep({
    models: {
      acquire: () => {
        leases.taken++;
        return { plan: plan(...changes), scorers: new Map(scorers.map((it) => [it.modelId, it])) };
      },
      release: () => {
        leases.given++;
      },
    },
    describeText: () => features,
    countObfuscation: () => ({ ...counters, leet: 7 }),
    scoreShadow: async (it, texts) => (await it.score(texts)).map((scored) => ({ ok: true, ...scored })),
    isErased: () => false,
    keyedHash: createKeyedHash(Buffer.from('secret')),
    clock: () => 5000,
    ...options.deps,
  });
  return { run, leases };
}

const alive = () => Promise.resolve();
const fresh = { carried: null, alive };
function emitted(outcomes: readonly Outcome<PredictionScored>[]): readonly PredictionScored[] {
  return outcomes.flatMap((it) => (it.kind === 'emit' ? it.values : []));
}
const broken = (modelId: string) => scorer(modelId, () => Promise.reject(new Error('native failure')));

describe('predictContents', () => {
  it('makes one record per revision with an effective assignment for each channel', async () => {
    const { outcomes } = await step({}).run(messages(content('hello', { authorId: 'a', revision: 4 })), fresh);
    const [record] = emitted(outcomes);
    expect(record).toMatchObject({
      contentId: 'c-hello',
      revision: 4,
      platform: 'forum',
      textLength: 5,
      source: { topic: 'content.submitted', partition: 3, offset: 70 },
      submittedAt: 1000,
      scoredAt: 5000,
      scores: [{ modelId: 'm-1', tier: 'NGRAM', logits: { H: 5 } }],
      conversationHash: null,
      obfuscation: { leet: 2 },
    });
    expect(record?.authorHash).toMatch(/^[0-9a-f]{32}$/);
    expect(record?.assignments.map(({ channel, role, error }) => [channel, role, error])).toEqual([
      ['public', 'LIVE', null],
      ['internal', 'LIVE', null],
    ]);
    expect(record?.assignments[0]?.probabilities['H']).toBe(Math.fround(1 / (1 + Math.exp(-5))));
  });

  it('carries no text and no author', async () => {
    const it = content('a secret sentence', { authorId: 'author-77', contentId: 'c', conversationId: 'room-77' });
    const { outcomes } = await step({}).run(messages(it), fresh);
    const written = JSON.stringify(outcomes);
    for (const hidden of ['a secret sentence', 'author-77', 'room-77']) expect(written).not.toContain(hidden);
  });

  it('scores each text once by each model, whatever the number of channels', async () => {
    const scored: string[] = [];
    const counting = scorer('m-1', (texts) => {
      scored.push(...texts);
      return Promise.resolve(texts.map(() => ({ logits: { H: 0 } })));
    });
    await step({ scorers: [counting] }).run(messages(content('a'), content('b')), fresh);
    expect(scored).toEqual(['a', 'b']);
  });

  it('says which tier scored, and gives the model the id that routes', async () => {
    const asked: string[] = [];
    const cascade = scorer('m-1', (texts, ids) => {
      asked.push(...ids);
      return Promise.resolve(texts.map((text) => ({ logits: { H: 1 }, tier: text === 'odd' ? 'ENCODER' : 'NGRAM' })));
    });
    const { outcomes } = await step({ scorers: [cascade] }).run(
      messages(content('odd', { revision: 3 }), content('plain')),
      fresh,
    );
    expect(emitted(outcomes).map(({ scores }) => scores[0]?.tier)).toEqual(['ENCODER', 'NGRAM']);
    expect(asked).toEqual(['forum/c-odd/3', 'forum/c-plain/1']);
  });

  describe('while an encoder takes its time', () => {
    const slow = (clock: { now: number }) =>
      scorer('m-1', async (texts, _, pulse) => {
        const scores = [];
        for (const { length } of texts) {
          clock.now += 30;
          await pulse?.();
          scores.push({ logits: { H: length } });
        }
        return scores;
      });
    const many = messages(...Array.from({ length: 100 }, (_, i) => content(`t${i}`)));

    it('says that it is alive, and not after each encoding', async () => {
      const clock = { now: 5000 };
      let beats = 0;
      const beat = () => {
        beats++;
        return Promise.resolve();
      };
      const { run } = step({ scorers: [slow(clock)], deps: { clock: () => clock.now } });
      const { outcomes } = await run(many, { carried: null, alive: beat });
      expect(outcomes.every(({ kind }) => kind === 'emit')).toBe(true);
      expect(beats).toBe(Math.floor((100 * 30) / 210));
    });

    it('gives the partition away when it is told to, and takes no text for a failure', async () => {
      const clock = { now: 5000 };
      const { run, leases } = step({ scorers: [slow(clock)], deps: { clock: () => clock.now } });
      const stop = () => Promise.reject(new RetryableError('rebalance', 'the group rebalances'));
      await expect(run(many, { carried: null, alive: stop })).rejects.toMatchObject({ code: 'rebalance' });
      expect(leases).toEqual({ taken: 1, given: 1 });
    });
  });

  it('never lets scoredAt go back within a partition', async () => {
    const { run } = step({});
    const first = await run(messages(content('a')), { carried: '9000', alive });
    expect(emitted(first.outcomes)[0]?.scoredAt).toBe(9000);
    expect(first.carry).toBe('9000');
    const later = await run(messages(content('a')), { carried: '4000', alive });
    expect(later.carry).toBe('5000');
  });

  it('rejects what platforms must not write, with the field, and keeps the neighbours', async () => {
    const [sound, wrongKey] = messages(content('fine'), content('key'));
    if (sound === undefined || wrongKey === undefined) throw new Error('no messages');
    const batch = [
      { ...wrongKey, key: 'other/key' },
      ...messages(content('zero', { revision: 0 }), content('odd', { platform: 'NOT OK' })),
      sound,
    ];
    const { outcomes } = await step({}).run(batch, fresh);
    expect(
      outcomes.map((it) => (it.kind === 'reject' ? `${it.reason} ${it.detail.split(':')[0] ?? ''}` : it.kind)),
    ).toEqual(['bad_key key', 'invalid_field revision', 'invalid_field platform', 'emit']);
  });

  it('skips what is erased without looking at it', async () => {
    const { run } = step({ deps: { isErased: (key) => key === 'forum/c-gone' } });
    const { outcomes } = await run(messages(content('gone'), content('here')), fresh);
    expect(outcomes.map((it) => (it.kind === 'skip' ? it.reason : it.kind))).toEqual(['erased', 'emit']);
  });

  it('gives a shadow an assignment of its own and never an effect', async () => {
    const changes = [change('public', 'd-1', { shadows: ['d-2'] })];
    const { run } = step({ changes, scorers: [scorer('m-1'), scorer('m-2')] });
    const [record] = emitted((await run(messages(content('hello')), fresh)).outcomes);
    expect(record?.assignments.map(({ role, modelId }) => [role, modelId])).toEqual([
      ['LIVE', 'm-1'],
      ['SHADOW', 'm-2'],
    ]);
    expect(record?.scores.map(({ modelId }) => modelId)).toEqual(['m-1', 'm-2']);
  });

  it('notes the failure of a shadow and scores on', async () => {
    const changes = [change('public', 'd-1', { shadows: ['d-2', 'd-3'] })];
    const { run } = step({
      changes,
      scorers: [scorer('m-1'), broken('m-2')],
      deps: { scoreShadow: (_, texts) => Promise.resolve(texts.map(() => ({ ok: false, error: 'timeout' }))) },
    });
    const [record] = emitted((await run(messages(content('hello')), fresh)).outcomes);
    expect(record?.assignments.map(({ error }) => error)).toEqual([null, 'timeout', 'not_loaded']);
  });

  it('writes a record without scores when the model fails and a kill switch decides', async () => {
    const changes = [change('public', 'd-1', { mode: 'REVIEW_ALL' }), change('internal', 'd-1', { mode: 'ALLOW_ALL' })];
    for (const scorers of [[broken('m-1')], []]) {
      const [record] = emitted((await step({ changes, scorers }).run(messages(content('hello')), fresh)).outcomes);
      expect(record?.scores).toEqual([]);
      expect(record?.obfuscation.leet).toBe(7);
      expect(record?.assignments.map(({ mode, probabilities }) => [mode, probabilities])).toEqual([
        ['REVIEW_ALL', {}],
        ['ALLOW_ALL', {}],
      ]);
      expect(record?.assignments[0]?.error).toMatch(/model_failed|not_loaded/);
    }
  });

  it('stops when the model of a channel that runs by its policy scores nothing any more', async () => {
    const changes = [change('public', 'd-1'), change('internal', 'd-1', { mode: 'ALLOW_ALL' })];
    const { run, leases } = step({ changes, scorers: [broken('m-1')] });
    await expect(run(messages(content('hello')), fresh)).rejects.toMatchObject({ code: 'configuration' });
    expect(leases).toEqual({ taken: 1, given: 1 });
  });

  it('goes on when a broken model judges only channels under a kill switch', async () => {
    const changes = [change('public', 'd-1'), change('internal', 'd-2', { mode: 'ALLOW_ALL' })];
    const { run } = step({ changes, scorers: [broken('m-2'), scorer('m-1')] });
    const [record] = emitted((await run(messages(content('hello')), fresh)).outcomes);
    expect(record?.assignments.map(({ error }) => error)).toEqual([null, 'model_failed']);
  });

  it('rejects the one text that the model cannot take', async () => {
    const touchy = scorer('m-1', (texts) =>
      texts.includes('poison')
        ? Promise.reject(new Error('native failure'))
        : Promise.resolve(texts.map(() => ({ logits: { H: 0 } }))),
    );
    const { outcomes } = await step({ scorers: [touchy] }).run(
      messages(content('a'), content('poison'), content('b')),
      fresh,
    );
    expect(outcomes.map((it) => it.kind)).toEqual(['emit', 'reject', 'emit']);
  });

  it('sends each author to the side of the canary that is his', async () => {
    const changes = [change('public', 'd-1', { canary: { deploymentId: 'd-2', share: 0.5 } })];
    const { run } = step({ changes, scorers: [scorer('m-1'), scorer('m-2')] });
    const batch = messages(...Array.from({ length: 40 }, (_, i) => content(`t${i}`, { authorId: `a${i % 10}` })));
    const records = emitted((await run(batch, fresh)).outcomes);
    const sides = new Map<string | null, Set<string>>();
    for (const { authorHash, assignments, scores } of records) {
      const [effective] = assignments;
      expect(scores.map(({ modelId }) => modelId)).toEqual([effective?.modelId]);
      const known = sides.get(authorHash) ?? new Set();
      sides.set(authorHash, known.add(effective?.role ?? ''));
    }
    expect([...sides.values()].every((roles) => roles.size === 1)).toBe(true);
    expect(new Set([...sides.values()].flatMap((roles) => [...roles]))).toEqual(new Set(['LIVE', 'CANARY']));
  });
});
