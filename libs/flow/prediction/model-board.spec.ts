import type { DeploymentBundled, DeploymentChanged } from '#platform/contracts';
import { RetryableError } from '#platform/stream';
import { planChannels } from '#policy';
import { createModelBoard, type BoardEvent } from './model-board.js';
import { bundle, change, scorer } from './prediction.fixture.js';

function world(changes: readonly DeploymentChanged[]) {
  const table = new Map(changes.map((it) => [it.channel, it]));
  const refused = new Set<string>();
  const unread = new Set<string>();
  const models = new Map<string, ReturnType<typeof scorer>>();
  const loads: string[] = [];
  const events: BoardEvent[] = [];
  let gate: Promise<void> = Promise.resolve();
  let retries = 0;
  const board = createModelBoard({
    readPlan: () =>
      planChannels({
        channels: ['public'],
        changeOf: (channel) => table.get(channel),
        bundleOf: (id) => (unread.has(id) ? undefined : bundle(id)),
        salt: 'salt',
      }),
    load: async ({ modelId }: DeploymentBundled) => {
      loads.push(modelId);
      await gate;
      if (refused.has(modelId)) throw new Error('its bytes have another hash');
      const it = scorer(modelId);
      models.set(modelId, it);
      return it;
    },
    report: (event) => events.push(event),
    tryLater: () => {
      retries++;
    },
  });
  const put = (it: DeploymentChanged) => {
    table.set(it.channel, it);
    return board.refresh();
  };
  const live = () => {
    const snapshot = board.acquire();
    board.release(snapshot);
    return snapshot.plan.bundles.map(({ deploymentId }) => deploymentId);
  };
  return {
    board,
    put,
    live,
    refused,
    unread,
    models,
    loads,
    events,
    retries: () => retries,
    hold: () => {
      let open: () => void = () => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
  };
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof RetryableError ? error.code : 'another error';
  }
}

describe('createModelBoard', () => {
  it('makes the role wait until every channel has a live bundle, and says so once', async () => {
    const it = world([]);
    await it.board.refresh();
    await it.board.refresh();
    expect(codeOf(() => it.board.acquire())).toBe('bundle_not_read');
    expect(it.events).toEqual([{ event: 'waiting_for_bundles', channels: ['public'], bundles: [] }]);
    await it.put(change('public', 'd-1'));
    expect(it.live()).toEqual(['d-1']);
  });

  it('swaps with one border: a chunk keeps the snapshot that it began with', async () => {
    const it = world([change('public', 'd-1')]);
    await it.board.refresh();
    const begun = it.board.acquire();
    await it.put(change('public', 'd-2'));
    expect(it.live()).toEqual(['d-2']);
    expect(begun.plan.bundles.map(({ deploymentId }) => deploymentId)).toEqual(['d-1']);
    expect(it.models.get('m-1')?.released()).toBe(false);
    it.board.release(begun);
    await it.board.refresh();
    expect(it.models.get('m-1')?.released()).toBe(true);
    expect(it.models.get('m-2')?.released()).toBe(false);
  });

  it('serves the old state while the new model loads', async () => {
    const it = world([change('public', 'd-1')]);
    await it.board.refresh();
    const open = it.hold();
    const swapped = it.put(change('public', 'd-2'));
    expect(it.live()).toEqual(['d-1']);
    open();
    await swapped;
    expect(it.live()).toEqual(['d-2']);
  });

  it('sees a change that comes while it loads', async () => {
    const it = world([change('public', 'd-1')]);
    await it.board.refresh();
    const open = it.hold();
    void it.put(change('public', 'd-2'));
    const last = it.put(change('public', 'd-3'));
    open();
    await last;
    expect(it.live()).toEqual(['d-3']);
    expect(it.models.get('m-2')?.released()).toBe(true);
  });

  it('waits for a bundle that the change names before it is read', async () => {
    const it = world([change('public', 'd-1')]);
    await it.board.refresh();
    it.unread.add('d-2');
    await it.put(change('public', 'd-2'));
    expect(it.live()).toEqual(['d-1']);
    it.unread.clear();
    await it.board.refresh();
    expect(it.live()).toEqual(['d-2']);
  });

  it('leaves the old state in force when the new live model is refused, and tries again', async () => {
    const it = world([change('public', 'd-1')]);
    await it.board.refresh();
    it.refused.add('m-2');
    await it.put(change('public', 'd-2'));
    expect(it.live()).toEqual(['d-1']);
    expect(it.events.at(-1)).toEqual({
      event: 'model_refused',
      modelId: 'm-2',
      why: 'its bytes have another hash',
      holdsSwap: true,
    });
    expect(it.retries()).toBe(1);
    it.refused.clear();
    await it.board.refresh();
    expect(it.live()).toEqual(['d-2']);
  });

  it('needs no model for a channel under a kill switch', async () => {
    const it = world([change('public', 'd-1', { mode: 'REVIEW_ALL' })]);
    it.refused.add('m-1');
    await it.board.refresh();
    expect(it.live()).toEqual(['d-1']);
  });

  it('goes on without a shadow that is refused', async () => {
    const it = world([change('public', 'd-1', { shadows: ['d-2'] })]);
    it.refused.add('m-2');
    await it.board.refresh();
    const { scorers } = it.board.acquire();
    expect([...scorers.keys()]).toEqual(['m-1']);
  });

  it('loads a model once, however many bundles use it', async () => {
    const it = world([change('public', 'd-1')]);
    await it.board.refresh();
    await it.put(change('public', 'd-1', { mode: 'REVIEW_ALL', sequence: 2 }));
    expect(it.loads).toEqual(['m-1']);
  });

  it('releases everything when it closes', async () => {
    const it = world([change('public', 'd-1', { shadows: ['d-2'] })]);
    await it.board.refresh();
    await it.board.close();
    expect([...it.models.values()].every((model) => model.released())).toBe(true);
    expect(codeOf(() => it.board.acquire())).toBe('bundle_not_read');
  });
});
