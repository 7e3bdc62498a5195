import fc from 'fast-check';
import { codecOf, type LabelResolved, type PolicyPublished } from '#platform/contracts';
import { derivedEvents } from './derived-events.js';
import { withImpliedAnswers } from './implied-answers.js';
import { resolvedEvent, resolveFact, type FactState } from './resolved-event.js';

const item = { platform: 'forum', contentId: 'post/7', revision: 2 };
const at = { isSettled: true, passId: null, resolvedAt: 1_790_006_490_000 };
const fact: FactState = { probability: 0.9, votes: 2, unsure: 0, expert: null, isTrainable: true };

const anyState = fc.record<FactState>({
  probability: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  votes: fc.nat(5),
  unsure: fc.nat(5),
  expert: fc.constantFrom(null, 'YES' as const, 'NO' as const, 'UNSURE' as const),
  isTrainable: fc.boolean(),
});
const anyFacts = fc
  .dictionary(fc.constantFrom('attack@1', 'threat@1', 'identity@2'), anyState)
  .map((facts) => new Map(Object.entries(facts)));

const policy = (document: string, overrides: Partial<PolicyPublished> = {}): PolicyPublished => ({
  policyId: 'house',
  version: 3,
  title: '',
  owner: '',
  changelog: '',
  categories: [],
  channels: {},
  document,
  documentHash: '',
  publishedAt: 0,
  ...overrides,
});
const house = policy(`
id: house
version: 3
title: House rules
owner: trust@example.org
changelog: first
categories: [HR, V]
questions:
  - { id: attack, version: 1, wording: Is it an attack? }
  - { id: threat, version: 1, wording: Is it a threat? }
rules:
  HR: { when: [attack] }
  V: { when: [threat and attack] }
channels: {}
`);

const resolved = (facts: Readonly<Record<string, FactState>>): LabelResolved =>
  resolvedEvent(item, new Map(Object.entries(facts)), at);

describe('a resolved fact', () => {
  it('is what an expert says, over all votes', () => {
    expect(resolveFact({ ...fact, expert: 'NO' })).toEqual({
      fact: 'NO',
      probability: 0,
      votes: 2,
      unsure: 0,
      isExpert: true,
      isTrainable: true,
    });
    expect(resolveFact({ ...fact, probability: null, expert: 'YES' })).toMatchObject({ fact: 'YES', probability: 1 });
  });

  it('stays unknown when the expert is unsure, however sure the others are', () => {
    expect(resolveFact({ ...fact, probability: 0.999, expert: 'UNSURE' })).toMatchObject({
      fact: 'UNKNOWN',
      probability: 0.999,
      isExpert: true,
    });
  });

  it('is unknown while nobody said yes or no', () => {
    expect(resolveFact({ ...fact, probability: null, votes: 0, unsure: 2 })).toMatchObject({
      fact: 'UNKNOWN',
      probability: null,
      isExpert: false,
    });
  });
});

describe('the event of an item', () => {
  it('fits its schema, whatever the facts', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const event = resolvedEvent(item, facts, at);
        const codec = codecOf('label/resolved');
        expect(codec.decode(codec.encode(event))).toEqual(event);
      }),
      { numRuns: 50 },
    );
  });

  it('has an id of what it says, not of when or by which pass it is said, nor of the order of the questions', () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(), (facts, later) => {
        const again = new Map([...facts].reverse());
        const { resolvedId } = resolvedEvent(item, facts, at);
        expect(resolvedEvent(item, again, { ...at, passId: 'p', resolvedAt: later }).resolvedId).toBe(resolvedId);
        expect(resolvedEvent(item, facts, { ...at, isSettled: false }).resolvedId).not.toBe(resolvedId);
        expect(resolvedEvent({ ...item, revision: 3 }, facts, at).resolvedId).not.toBe(resolvedId);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what policies make of facts', () => {
  it('is one event per policy, which names what it follows from', () => {
    const event = resolved({ 'attack@1': { ...fact, probability: 0.05 }, 'threat@1': { ...fact, probability: 0.5 } });
    const [derived, ...others] = derivedEvents(event, [house]);
    expect(others).toEqual([]);
    expect(derived).toMatchObject({
      kind: 'DERIVED',
      fromResolvedId: event.resolvedId,
      policyId: 'house',
      policyVersion: 3,
      facts: {},
      isSettled: true,
    });
    expect(derived?.categories).toEqual({
      HR: { value: 'NO', weight: expect.closeTo(0.9, 12) as number, decidedBy: ['attack@1'] },
      V: { value: 'NO', weight: expect.closeTo(0.9, 12) as number, decidedBy: ['attack@1'] },
    });
  });

  it('weighs the weakest of the facts that decided it', () => {
    const event = resolved({ 'attack@1': { ...fact, probability: 0.95 }, 'threat@1': { ...fact, probability: 0.85 } });
    expect(derivedEvents(event, [house])[0]?.categories).toMatchObject({
      HR: { value: 'YES', weight: expect.closeTo(0.9, 12) as number },
      V: { value: 'YES', weight: expect.closeTo(0.7, 12) as number, decidedBy: ['attack@1', 'threat@1'] },
    });
  });

  it('weighs nothing where the fact must not train, and everything where an expert decided', () => {
    const noise = resolved({ 'attack@1': { ...fact, probability: 0.999, isTrainable: false } });
    expect(derivedEvents(noise, [house])[0]?.categories['HR']).toMatchObject({ value: 'YES', weight: 0 });
    const expert = resolved({ 'attack@1': { ...fact, expert: 'YES', isTrainable: false } });
    expect(derivedEvents(expert, [house])[0]?.categories['HR']).toMatchObject({ value: 'YES', weight: 1 });
  });

  it('leaves a category unknown that the facts do not decide', () => {
    const event = resolved({ 'attack@1': { ...fact, probability: 0.9 } });
    expect(derivedEvents(event, [house])[0]?.categories['V']).toEqual({ value: 'UNKNOWN', weight: 0, decidedBy: [] });
  });

  it('is nothing for a policy that asks other questions, other versions, none, or cannot be read', () => {
    const event = resolved({ 'attack@2': fact });
    const without = policy(house.document.replace(/questions:[^]*channels/, 'channels'));
    expect(derivedEvents(event, [house, without, policy('format: 2')])).toEqual([]);
  });

  it('has an id for each policy and each version', () => {
    const event = resolved({ 'attack@1': fact });
    const ids = derivedEvents(event, [house, { ...house, version: 4 }, { ...house, policyId: 'kids' }]);
    expect(new Set(ids.map(({ resolvedId }) => resolvedId)).size).toBe(3);
  });
});

describe('implied answers', () => {
  const asked = [
    { key: 'graphic@1', under: 'threat@1' },
    { key: 'detail@1', under: 'graphic@1' },
    { key: 'threat@1', under: null },
    { key: 'attack@1', under: null },
  ];

  it('say no to every sub-level of a no, over any number of steps', () => {
    expect(withImpliedAnswers({ 'threat@1': 'NO', 'attack@1': 'YES' }, asked)).toEqual({
      'threat@1': 'NO',
      'attack@1': 'YES',
      'graphic@1': 'NO',
      'detail@1': 'NO',
    });
  });

  it('leave a sub-level open whose question is yes, unsure or not answered, and keep what was said', () => {
    expect(withImpliedAnswers({ 'threat@1': 'YES' }, asked)).toEqual({ 'threat@1': 'YES' });
    expect(withImpliedAnswers({ 'threat@1': 'UNSURE' }, asked)).toEqual({ 'threat@1': 'UNSURE' });
    expect(withImpliedAnswers({ 'threat@1': 'NO', 'graphic@1': 'UNSURE' }, asked)).toEqual({
      'threat@1': 'NO',
      'graphic@1': 'UNSURE',
    });
  });

  it('do not depend on the order of the questions', () => {
    const answers = fc.dictionary(
      fc.constantFrom('threat@1', 'graphic@1', 'attack@1'),
      fc.constantFrom('YES' as const, 'NO' as const, 'UNSURE' as const),
    );
    fc.assert(
      fc.property(answers, fc.shuffledSubarray(asked, { minLength: asked.length }), (given, order) => {
        expect(withImpliedAnswers(given, order)).toEqual(withImpliedAnswers(given, asked));
      }),
    );
  });
});
