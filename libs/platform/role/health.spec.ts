import type { WorkerHealth } from '#platform/stream';
import { assessHealth } from './health.js';

const NOW = 1_000_000;
const well: WorkerHealth = {
  state: 'running',
  assigned: [{ topic: 'content.submitted', partition: 0, lag: 5 }],
  lastLoopAt: NOW - 100,
  lastCommitAt: NOW - 100,
};
const assess = (worker: Partial<WorkerHealth>) => assessHealth({ verdict: [{ ...well, ...worker }] }, NOW, 60_000);

describe('health', () => {
  it('is live and ready while the loop turns and commits', () => {
    expect(assess({})).toMatchObject({ live: true, ready: true, problems: [] });
  });

  it('is live but not ready while the group is being joined', () => {
    expect(assess({ state: 'rebalancing' })).toMatchObject({ live: true, ready: false });
  });

  it('is dead when a consumer stopped silently, although it is connected', () => {
    expect(assess({ lastLoopAt: NOW - 61_000 })).toMatchObject({ live: false, ready: false });
  });

  it('is dead when it is behind and commits nothing', () => {
    expect(assess({ lastCommitAt: NOW - 61_000 }).problems[0]).toContain('5 records behind');
  });

  it('is well when it is idle, however long ago the last commit was', () => {
    const idle = { assigned: [{ topic: 'content.submitted', partition: 0, lag: 0 }], lastCommitAt: NOW - 3_600_000 };
    expect(assess(idle)).toMatchObject({ live: true, ready: true });
  });

  it('is dead when a worker failed', () => {
    expect(assess({ state: 'failed' })).toMatchObject({ live: false, problems: ['verdict: failed'] });
  });
});
