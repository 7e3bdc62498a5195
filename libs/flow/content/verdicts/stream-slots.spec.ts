import { createStreamSlots } from './stream-slots.js';

describe('slots for streams', () => {
  it('are limited for each caller and for all', () => {
    const slots = createStreamSlots({ streams: 3, perCaller: 2 });
    const leave = slots.take('a');
    slots.take('a');
    expect(() => slots.take('a')).toThrow('rate_limited');
    slots.take('b');
    expect(() => slots.take('c')).toThrow('overloaded');
    leave();
    slots.take('c');
  });
});
