import type { DeploymentBundled, Mode } from '#platform/contracts';
import type { PlanResult } from '#policy';
import { planChannels } from '#policy';
import { createModelShelf, type TextModel } from './model-shelf.js';
import { moderate } from './moderate.js';

function bundle(deploymentId: string, rest: Partial<DeploymentBundled> = {}): DeploymentBundled {
  return {
    deploymentId,
    channel: 'public',
    modelId: deploymentId.replace('d-', 'm-'),
    modelSha256: 'ab'.repeat(32),
    calibrationId: 'c-1',
    thresholdSetId: 't-1',
    policyId: 'default',
    policyVersion: 1,
    calibrators: { H: { kind: 'PLATT', parameters: [1.2, -0.3], x: [], y: [] } },
    thresholds: { H: { review: 0.3, block: 0.8, provisional: true } },
    uncovered: 'ALLOW',
    uncoveredCategories: [],
    bundledAt: 0,
    ...rest,
  };
}

const content = (text: string) => ({
  contentId: text,
  revision: 1,
  platform: 'forum',
  kind: 'POST' as const,
  text,
  language: null,
  authorId: null,
  conversationId: null,
  metadata: {},
  submittedAt: 0,
});

/** A shelf whose live deployment, mode and models the test changes. */
function setUp() {
  const state = {
    live: 'd-1',
    mode: 'NORMAL' as Mode,
    broken: new Set<string>(),
    closed: [] as string[],
    asked: [] as string[],
    gate: Promise.resolve(),
  };
  const refused: string[] = [];
  const readPlan = (): PlanResult =>
    planChannels({
      channels: ['public'],
      changeOf: (channel) => ({
        channel,
        sequence: 1,
        mode: state.mode,
        live: state.live,
        previous: null,
        canary: null,
        shadows: [],
        reason: '',
        changedBy: '',
        changedAt: 0,
      }),
      bundleOf: (deploymentId) => bundle(deploymentId),
      salt: 's',
    });
  const load = ({ modelId }: DeploymentBundled): Promise<TextModel> =>
    state.broken.has(modelId)
      ? Promise.reject(new Error('the file is missing'))
      : Promise.resolve({
          modelId,
          score: async (texts, ids) => {
            state.asked.push(...ids);
            await state.gate;
            return texts.map((text) => ({ logits: { H: text === 'nan' ? Number.NaN : text.length / 7 } }));
          },
          close: () => {
            state.closed.push(modelId);
            return Promise.resolve();
          },
        });
  const shelf = createModelShelf({
    readPlan,
    load,
    textsPerRun: 16,
    maxWaiting: 100,
    onBacklog: () => undefined,
    onRefused: (modelId) => refused.push(modelId),
  });
  return { state, shelf, refused };
}

describe('synchronous judgements', () => {
  it('use rounded logits, the calibrators and the thresholds of the deployment that they name', async () => {
    const { shelf } = setUp();
    await shelf.refresh();
    const { results, deploymentIds, modelIds } = await moderate(shelf, 'public', [content('abcde')]);
    const logit = Math.round((5 / 7) * 4096) / 4096;
    const probability = Math.fround(1 / (1 + Math.exp(-(1.2 * logit - 0.3))));
    expect(results[0]?.category_scores.hate).toBeCloseTo(probability, 7);
    expect([results[0]?.flagged, deploymentIds, modelIds]).toEqual([true, ['d-1'], ['m-1']]);
  });

  it('give the model the ids by which the stream routes a cascade', async () => {
    const { state, shelf } = setUp();
    await shelf.refresh();
    await moderate(shelf, 'public', [content('abc'), { ...content('de'), revision: 4 }]);
    expect(state.asked).toEqual(['forum/abc/1', 'forum/de/4']);
  });

  it('ask to come again before anything is deployed', async () => {
    const { shelf } = setUp();
    await expect(moderate(shelf, 'public', [content('a')])).rejects.toMatchObject({ code: 'bundle_not_read' });
  });

  it('refuse a channel that does not exist', async () => {
    const { shelf } = setUp();
    await shelf.refresh();
    await expect(moderate(shelf, 'secret', [content('a')])).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are an error when the model gives no number, and only for that text', async () => {
    const { shelf } = setUp();
    await shelf.refresh();
    const outcomes = await Promise.allSettled([
      moderate(shelf, 'public', [content('nan')]),
      moderate(shelf, 'public', [content('fine')]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

describe('a kill switch', () => {
  it.each([
    ['REVIEW_ALL' as const, true],
    ['ALLOW_ALL' as const, false],
  ])('%s decides, with and without a model', async (mode, flagged) => {
    const { state, shelf } = setUp();
    state.mode = mode;
    state.broken.add('m-1');
    await shelf.refresh();
    const without = await moderate(shelf, 'public', [content('abcde')]);
    state.broken.clear();
    await shelf.retry();
    const withModel = await moderate(shelf, 'public', [content('abcde')]);
    expect([without.results[0]?.flagged, withModel.results[0]?.flagged]).toEqual([flagged, flagged]);
    expect([without.results[0]?.category_scores.hate, withModel.results[0]?.category_scores.hate]).toEqual([
      0,
      expect.any(Number),
    ]);
  });
});

describe('a swap', () => {
  it('has a clean border: a call ends with the model that it began with, which is closed after it', async () => {
    const { state, shelf } = setUp();
    await shelf.refresh();
    let open: () => void = () => undefined;
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    const call = moderate(shelf, 'public', [content('abcde')]);
    state.live = 'd-2';
    await shelf.refresh();
    expect(state.closed).toEqual([]);
    open();
    expect((await call).deploymentIds).toEqual(['d-1']);
    await shelf.refresh();
    expect(state.closed).toEqual(['m-1']);
    expect((await moderate(shelf, 'public', [content('abcde')])).deploymentIds).toEqual(['d-2']);
  });

  it('to a model that cannot be loaded leaves the former one in force until it can', async () => {
    const { state, shelf, refused } = setUp();
    await shelf.refresh();
    state.live = 'd-2';
    state.broken.add('m-2');
    await shelf.refresh();
    expect((await moderate(shelf, 'public', [content('a')])).deploymentIds).toEqual(['d-1']);
    expect(refused).toEqual(['m-2']);
    state.broken.clear();
    await shelf.retry();
    expect((await moderate(shelf, 'public', [content('a')])).deploymentIds).toEqual(['d-2']);
  });

  it('closes everything at the end', async () => {
    const { state, shelf } = setUp();
    await shelf.refresh();
    await shelf.close();
    expect(state.closed).toEqual(['m-1']);
  });
});
