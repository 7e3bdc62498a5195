import fc from 'fast-check';
import { nextStep, nextStepOfTask, type QuestionState } from './next-step.js';

const state: QuestionState = { answers: [], probability: null, overlap: false, expert: null };

describe('next step of a question', () => {
  it.each([
    ['nobody was asked', state, 'ASK TOO_FEW'],
    ['one answered', { ...state, answers: ['NO'], probability: 0.01 }, 'ASK TOO_FEW'],
    ['two agree', { ...state, answers: ['NO', 'NO'], probability: 0.01 }, 'CLOSED RESOLVED'],
    [
      'two disagree, even when one of them weighs little',
      { ...state, answers: ['NO', 'YES'], probability: 0.05 },
      'ASK DISAGREEMENT',
    ],
    ['two agree but may not be believed', { ...state, answers: ['YES', 'YES'], probability: 0.6 }, 'ASK UNCERTAIN'],
    ['three leave it open', { ...state, answers: ['NO', 'YES', 'YES'], probability: 0.7 }, 'EXPERT UNCERTAIN'],
    ['three decide it', { ...state, answers: ['NO', 'YES', 'YES'], probability: 0.8 }, 'CLOSED RESOLVED'],
    ['somebody is unsure', { ...state, answers: ['UNSURE'] }, 'EXPERT UNSURE'],
    [
      'the overlap sample has two',
      { ...state, answers: ['NO', 'NO'], probability: 0.01, overlap: true },
      'ASK OVERLAP',
    ],
    ['somebody of the overlap sample is unsure', { ...state, answers: ['UNSURE'], overlap: true }, 'ASK TOO_FEW'],
    ['an expert spoke', { ...state, answers: ['NO', 'YES'], probability: 0.5, expert: 'UNSURE' }, 'CLOSED EXPERT'],
  ] as const)('when %s', (_, given, expected) => {
    const { kind, reason } = nextStep(given);
    expect(`${kind} ${reason}`).toBe(expected);
  });

  it('never asks a fourth person, and never closes an unsure answer without an expert', () => {
    const answers = fc.array(fc.constantFrom('YES', 'NO', 'UNSURE'), { maxLength: 5 });
    fc.assert(
      fc.property(answers, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (given, q, overlap) => {
        const { kind } = nextStep({ answers: given, probability: q, overlap, expert: null });
        if (given.length >= 3) expect(kind).not.toBe('ASK');
        if (given.includes('UNSURE')) expect(kind).not.toBe('CLOSED');
      }),
    );
  });

  it('asks people before the expert, and closes a task when all its questions are', () => {
    const ask = nextStep(state);
    const expert = nextStep({ ...state, answers: ['UNSURE'] });
    const closed = nextStep({ ...state, answers: ['NO', 'NO'], probability: 0 });
    expect(nextStepOfTask([closed, expert, ask]).kind).toBe('ASK');
    expect(nextStepOfTask([closed, expert]).kind).toBe('EXPERT');
    expect(nextStepOfTask([closed, closed]).kind).toBe('CLOSED');
    expect(nextStepOfTask([]).kind).toBe('CLOSED');
  });
});
