import { z } from 'zod';
import { checked } from './checked.js';
import { Problem } from './problem.js';

describe('what a request sent', () => {
  const schema = z.strictObject({ from: z.coerce.number().int() });

  it('is what its schema makes of it', () => {
    expect(checked(schema, { from: '7' }, 'Send from.')).toEqual({ from: 7 });
  });

  it('is refused in our words alone: nothing of it comes back', () => {
    const send = () => checked(schema, { from: 'a secret' }, 'Send from.');
    expect(send).toThrow(Problem);
    expect(send).toThrow(expect.objectContaining({ code: 'invalid_request', detail: 'Send from.' }) as Error);
    expect(send).not.toThrow(/a secret/);
  });
});
