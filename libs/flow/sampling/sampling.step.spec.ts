import type { PredictionScored } from '#platform/contracts';
import type { Message } from '#platform/stream';
import { loadExamples } from '#platform/testing';
import { uniform } from '#policy';
import type { PlanBoard } from './plan-board.js';
import { createSamplingStep } from './sampling.step.js';

const HOUR = 3_600_000;
const noPlans: PlanBoard = { planOf: () => Promise.resolve(null) };
const [example] = loadExamples('prediction/scored');

function messages(predictions: readonly PredictionScored[]): readonly Message<PredictionScored>[] {
  return predictions.map((value, offset) => ({
    topic: 'prediction.scored',
    partition: 2,
    offset,
    key: `${value.platform}/${value.contentId}`,
    value,
    headers: {},
    timestamp: 0,
  }));
}

function predictions(count: number, change: Partial<PredictionScored> = {}): readonly PredictionScored[] {
  if (example === undefined) throw new Error('prediction.scored has no example');
  return Array.from({ length: count }, (_, n) => ({ ...example.event, contentId: `c-${n}`, ...change }));
}

function stepOf(rate: number, channel = 'public', plans = noPlans) {
  return createSamplingStep({
    plans,
    channel,
    windowMs: HOUR,
    bootstrap: { rate, salt: 'boot' },
    clock: () => 1_800_000_000_000,
  });
}

describe('without a plan', () => {
  it('draws who is below the rate by the hash of the revision, and nobody else', async () => {
    const some = predictions(500);
    const outcomes = await stepOf(0.1)(messages(some));
    some.forEach(({ platform, contentId, revision }, n) => {
      const u = uniform('boot', `${platform}/${contentId}/${revision}`);
      const outcome = outcomes[n];
      expect(outcome).toMatchObject(
        u < 0.1
          ? { kind: 'emit', values: [{ planId: null, u, probability: 0.1, contentId }] }
          : { kind: 'skip', reason: 'not_drawn' },
      );
    });
  });

  it('draws the same again, and more when the rate is higher', async () => {
    const batch = messages(predictions(300));
    const drawn = async (rate: number) =>
      (await stepOf(rate)(batch)).flatMap((it) =>
        it.kind === 'emit' ? it.values.map((value) => value.contentId) : [],
      );
    const few = await drawn(0.05);
    expect(await drawn(0.05)).toEqual(few);
    expect(await drawn(0.2)).toEqual(expect.arrayContaining([...few]));
  });

  it('names the window of scoredAt and the record that it drew from', async () => {
    const [outcome] = await stepOf(1)(messages(predictions(1, { scoredAt: 5 * HOUR + 1 })));
    expect(outcome).toMatchObject({
      kind: 'emit',
      values: [
        {
          windowFrom: 5 * HOUR,
          windowTo: 6 * HOUR,
          scoredAt: 5 * HOUR + 1,
          source: { topic: 'prediction.scored', partition: 2, offset: 0 },
          drawnAt: 1_800_000_000_000,
        },
      ],
    });
  });
});

it('asks for the plan of each window once for a batch', async () => {
  const asked: number[] = [];
  const plans: PlanBoard = {
    planOf: ({ from }) => {
      asked.push(from);
      return Promise.resolve(null);
    },
  };
  const batch = [...predictions(3, { scoredAt: 1 }), ...predictions(2, { scoredAt: HOUR })];
  await stepOf(1, 'public', plans)(messages(batch));
  expect(asked).toEqual([0, HOUR]);
});

it('takes scores from the effective assignment of its channel, never from a shadow', async () => {
  const all = loadExamples('prediction/scored').map(({ event }) => event);
  const outcomes = await stepOf(1)(messages(all));
  all.forEach(({ assignments }, n) => {
    const effective = assignments.find(({ channel, role }) => channel === 'public' && role !== 'SHADOW');
    const outcome = outcomes[n];
    expect(outcome?.kind === 'emit' ? outcome.values[0]?.deploymentId : null).toBe(effective?.deploymentId ?? null);
  });
});

it('skips a prediction that does not judge the reference channel', async () => {
  expect(await stepOf(1, 'kids-only')(messages(predictions(1)))).toEqual([{ kind: 'skip', reason: 'no_channel' }]);
});
