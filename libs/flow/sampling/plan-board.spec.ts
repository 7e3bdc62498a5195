import { createPlanBoard, windowAt, type AppendedPlan, type PlanBoard, type VoidPlan } from './plan-board.js';
import { planOf, planRecord, saltIdOf } from './plan-record.js';
import type { SamplingPlan } from './sampling-plan.js';

const HOUR = 3_600_000;
const SALT = 'plan-salt-1';
const WINDOW = { from: 10 * HOUR, to: 11 * HOUR };

function plan(change: Partial<SamplingPlan> = {}): SamplingPlan {
  const { from, to } = WINDOW;
  return {
    planId: 'plan-a',
    salt: SALT,
    channel: 'public',
    from,
    to,
    observedFrom: from - HOUR,
    observedTo: from,
    uniformShare: 0.25,
    thresholdShare: 0.33,
    strata: [],
    ...change,
  };
}

function appended(change: Partial<SamplingPlan> = {}, appendedAt = WINDOW.from - 1): AppendedPlan {
  return { record: planRecord(plan(change), appendedAt), appendedAt };
}

function boardOf(plans: readonly AppendedPlan[]): { board: PlanBoard; reads: () => number; reported: VoidPlan[] } {
  let reads = 0;
  const reported: VoidPlan[] = [];
  const board = createPlanBoard({
    readPlans: () => {
      reads++;
      return Promise.resolve(plans);
    },
    salt: SALT,
    channel: 'public',
    report: (it) => reported.push(it),
  });
  return { board, reads: () => reads, reported };
}

describe('the record of a plan', () => {
  it('gives the plan back to who has its salt, and does not hold the salt', () => {
    const record = planRecord(plan(), 5);
    expect(planOf(record, SALT)).toEqual(plan());
    expect(JSON.stringify(record)).not.toContain(SALT);
    expect(record.saltId).toBe(saltIdOf(SALT));
  });

  it('is no plan for an installation with another secret', () => {
    expect(planOf(planRecord(plan(), 5), 'another salt')).toBeNull();
  });
});

describe('windows', () => {
  it.each([
    [0, 0],
    [HOUR - 1, 0],
    [HOUR, HOUR],
    [10 * HOUR + 5, 10 * HOUR],
  ])('%i is in the window from %i', (moment, from) => {
    expect(windowAt(moment, HOUR)).toEqual({ from, to: from + HOUR });
  });
});

describe('the plan of a window', () => {
  it('is the one that was appended before it began', async () => {
    expect(await boardOf([appended()]).board.planOf(WINDOW)).toEqual(plan());
  });

  it('is the first of two', async () => {
    const { board } = boardOf([appended(), appended({ planId: 'plan-b' })]);
    expect((await board.planOf(WINDOW))?.planId).toBe('plan-a');
  });

  it('holds for every window that it covers whole', async () => {
    const { board } = boardOf([appended({ to: WINDOW.to + HOUR })]);
    expect((await board.planOf({ from: WINDOW.to, to: WINDOW.to + HOUR }))?.planId).toBe('plan-a');
  });

  it('is none where no plan speaks of it', async () => {
    const { board, reported } = boardOf([appended()]);
    expect(await board.planOf({ from: WINDOW.to, to: WINDOW.to + HOUR })).toBeNull();
    expect(reported).toEqual([]);
  });

  it.each([
    ['appended_late', appended({}, WINDOW.from)],
    ['other_salt', appended({ salt: 'another salt' })],
    ['other_channel', appended({ channel: 'internal' })],
    ['other_window', appended({ from: WINDOW.from + 1 })],
    ['other_window', appended({ to: WINDOW.to - 1 })],
  ] as const)('is none when its only plan is void: %s', async (why, it) => {
    const { board, reported } = boardOf([it]);
    expect(await board.planOf(WINDOW)).toBeNull();
    expect(reported).toEqual([{ planId: 'plan-a', why }]);
  });

  it('passes over a void plan to a valid one', async () => {
    const { board } = boardOf([appended({}, WINDOW.from), appended({ planId: 'plan-b' })]);
    expect((await board.planOf(WINDOW))?.planId).toBe('plan-b');
  });

  it('is looked up once, and does not change when a plan is appended later', async () => {
    const plans: AppendedPlan[] = [];
    const { board, reads } = boardOf(plans);
    expect(await board.planOf(WINDOW)).toBeNull();
    plans.push(appended());
    expect(await board.planOf(WINDOW)).toBeNull();
    expect(reads()).toBe(1);
  });

  it('is asked again when the topic could not be read', async () => {
    let isAway = true;
    const board = createPlanBoard({
      readPlans: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve([appended()])),
      salt: SALT,
      channel: 'public',
      report: () => undefined,
    });
    await expect(board.planOf(WINDOW)).rejects.toThrow('away');
    isAway = false;
    expect((await board.planOf(WINDOW))?.planId).toBe('plan-a');
  });
});
