import { loadExamples } from '#platform/testing';
import { createVerdictSteps } from './verdict.step.js';
import { messages, overrides } from './verdict.fixture.js';

const bundles = new Map(loadExamples('deployment/bundled').map(({ event }) => [event.deploymentId, event]));
const issued = new Map(loadExamples('verdict/issued').map(({ event }) => [event.verdictId, event]));
const overridden = loadExamples('verdict/overridden').map(({ event }) => event);
const steps = createVerdictSteps({
  channels: ['public', 'internal', 'kids'],
  bundleOf: (deploymentId) => bundles.get(deploymentId),
  bundlesAreRead: () => true,
  clock: () => 2e12,
});

describe('the examples of prediction.scored', () => {
  it.each(loadExamples('prediction/scored'))('$name becomes a verdict in each channel', async ({ event }) => {
    const [outcome] = await steps.judge(messages('prediction.scored', event), overrides());
    const effective = event.assignments.filter(({ role }) => role !== 'SHADOW');
    expect(outcome?.kind === 'emit' ? outcome.values.map(({ channel }) => channel) : outcome).toEqual(
      effective.map(({ channel }) => channel),
    );
  });

  it('and the examples of verdicts tell the same story', async () => {
    const predictions = loadExamples('prediction/scored').map(({ event }) => event);
    const outcomes = await steps.judge(messages('prediction.scored', ...predictions), overrides());
    const verdicts = outcomes.flatMap((outcome) => (outcome.kind === 'emit' ? outcome.values : []));
    const told = verdicts.filter(({ verdictId }) => issued.has(verdictId));
    expect(told.length).toBeGreaterThan(0);
    for (const { verdictId, action, decidedBy } of told) {
      expect(issued.get(verdictId)).toMatchObject({ action, decidedBy });
    }
  });
});

describe('the examples of verdict.requested', () => {
  it.each(loadExamples('verdict/requested'))('$name is answered', async ({ event }) => {
    const decided =
      event.kind === 'WITHDRAW_OVERRIDE'
        ? overrides(...overridden, { ...event, action: 'ALLOW', verdictId: 'v', overriddenAt: 1 })
        : overrides();
    const [outcome] = await steps.answer(messages('verdict.requested', event), decided);
    const verdicts =
      outcome?.kind === 'emit' ? outcome.values.flatMap((it) => (it.kind === 'verdict' ? [it.verdict] : [])) : [];
    expect(verdicts).toHaveLength(1);
    for (const { verdictId, kind, action, decidedBy } of verdicts) {
      const told = issued.get(verdictId);
      if (told !== undefined) expect(told).toMatchObject({ kind, action, decidedBy });
    }
  });
});
