import type { WorkerHealth } from '#platform/stream';
import { watermarkOf, type Progress } from './watermark.js';

const progress: Progress = {
  topic: 'verdict.public',
  partition: 1,
  nextOffset: 10,
  endOffset: 12,
  newest: 5000,
  assignedAt: 1000,
  isDurable: true,
};

function health(lag: number, overrides: Partial<WorkerHealth> = {}): WorkerHealth {
  const assigned = [{ topic: 'verdict.public', partition: 1, lag }];
  return { state: 'running', assigned, lastLoopAt: 90_000, lastCommitAt: 0, ...overrides };
}

describe('watermarkOf', () => {
  it('is the newest durable record while the partition is behind', () => {
    expect(watermarkOf(progress, health(2))).toMatchObject({ nextOffset: 10, endOffset: 12, completeUntil: 5000 });
  });

  it('is the last look once all is readable, and passes the markers of transactions', () => {
    expect(watermarkOf(progress, health(0))).toMatchObject({ nextOffset: 12, endOffset: 12, completeUntil: 90_000 });
  });

  it('says nothing of the time while rows wait in the sink', () => {
    expect(watermarkOf({ ...progress, isDurable: false }, health(0))).toMatchObject({ completeUntil: 5000 });
  });

  it('moves on an idle partition that was looked at, and not before', () => {
    const idle = { ...progress, nextOffset: null, endOffset: 0, newest: 0 };
    expect(watermarkOf(idle, health(0))).toMatchObject({ completeUntil: 90_000 });
    expect(watermarkOf({ ...idle, assignedAt: 89_000 }, health(0))).toBeNull();
    expect(watermarkOf(idle, health(0, { state: 'rebalancing' }))).toBeNull();
    expect(watermarkOf(idle, health(0, { assigned: [] }))).toBeNull();
  });

  it('never goes back when a partition gets idle', () => {
    expect(watermarkOf({ ...progress, newest: 95_000 }, health(0))).toMatchObject({ completeUntil: 95_000 });
  });
});
