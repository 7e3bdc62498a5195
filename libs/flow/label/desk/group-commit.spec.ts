import { createGroupCommit } from './group-commit.js';

describe('a group commit', () => {
  it('writes in order, together what came while it was writing, and fails only what failed', async () => {
    const written: (readonly number[])[] = [];
    const commit = createGroupCommit<number>(async (values) => {
      written.push(values);
      await Promise.resolve();
      if (values.includes(2)) throw new Error('away');
    }, 2);
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map((value) => commit(value)));
    expect(written).toEqual([[1], [2, 3], [4, 5]]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
