import { loadExamples } from '#platform/testing';
import { verdictIdOf } from '#policy';

describe('the examples of verdicts', () => {
  it.each(loadExamples('verdict/issued'))('$name has the id that its fields hash to', ({ event }) => {
    expect(event.verdictId).toBe(verdictIdOf(event));
  });
});
