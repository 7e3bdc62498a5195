import { FatalError, RetryableError, type Worker } from '#platform/stream';
import { startWhenMigrated } from './start-when-migrated.js';

function rig(answers: readonly (boolean | Error)[]) {
  const acts: string[] = [];
  const scheduler: Worker = {
    start: () => {
      acts.push('start');
      started();
      return Promise.resolve();
    },
    stop: () => {
      acts.push('stop');
      return Promise.resolve();
    },
    health: () => ({ state: 'running', assigned: [], lastLoopAt: 7, lastCommitAt: 0 }),
  };
  let started: () => void = () => undefined;
  const hasStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  let failed: (error: Error) => void = () => undefined;
  const hasFailed = new Promise<Error>((resolve) => {
    failed = resolve;
  });
  const left = [...answers];
  const worker = startWhenMigrated(scheduler, {
    isMigrated: () => {
      const next = left.shift() ?? false;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    clock: () => 3,
    logger: { debug: () => undefined },
    onFatal: (error) => {
      failed(error);
    },
    everyMs: 1,
  });
  return { worker, acts, hasStarted, hasFailed };
}

describe('startWhenMigrated', () => {
  it('starts the jobs once the tables are there, whatever passes before', async () => {
    const { worker, acts, hasStarted } = rig([false, new RetryableError('clickhouse_unavailable', 'away'), true]);
    await worker.start();
    expect(worker.health()).toMatchObject({ state: 'running', lastLoopAt: 3 });
    await hasStarted;
    expect(worker.health().lastLoopAt).toBe(7);
    await worker.stop();
    expect(acts).toEqual(['start', 'stop']);
  });

  it('stops nothing that has not begun', async () => {
    const { worker, acts } = rig([]);
    await worker.start();
    await worker.stop();
    expect(acts).toEqual([]);
  });

  it('says what no waiting mends', async () => {
    const { worker, hasFailed } = rig([new FatalError('configuration', 'wrong password')]);
    await worker.start();
    expect((await hasFailed).message).toBe('wrong password');
    await worker.stop();
  });
});
