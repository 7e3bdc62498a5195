import type { EventOf, TopicName, TrainingCompleted, TrainingProgressed, TrainingRequested } from '#platform/contracts';
import { createWriter, RetryableError, type Serde, type Worker } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde, loadExamples } from '#platform/testing';
import { createTrainingDesk, type TrainingEvent } from './training-desk.js';
import { requestForDataset, trainingRequestId } from './training-request.js';
import { WorkError, type WorkContext, type WorkHandler, type WorkPoint } from './work.js';

type Log = ReturnType<typeof createMemoryLog>;

const serde: Serde = createStaticSerde();
const sampleCompleted = firstOf(loadExamples('training/completed'));
const sampleDataset = firstOf(loadExamples('dataset/published'));
const base: TrainingRequested = {
  requestId: '',
  kind: 'MODEL',
  datasetId: 'ds-4b8c1d2e3f405162',
  recipe: 'ngrams',
  parentModelId: null,
  channel: null,
  cause: 'PERSON',
  causeId: null,
  requestedBy: 'u-1',
  requestedAt: 1000,
};

function firstOf<E>([first]: readonly { readonly event: E }[]): E {
  if (first === undefined) throw new Error('a schema without examples');
  return first.event;
}

function requestFor(more: Partial<TrainingRequested>): TrainingRequested {
  const request = { ...base, ...more };
  return { ...request, requestId: trainingRequestId(request) };
}

function completed(request: TrainingRequested, artefactId = `m-${request.requestId.slice(0, 16)}`): TrainingCompleted {
  const { requestId, datasetId } = request;
  return { ...sampleCompleted, artefactId, modelId: artefactId, requestId, datasetId };
}

/** Thrown where a process is killed: what comes after never happens. */
class Killed extends Error {}

interface Life {
  readonly desk: Worker;
  readonly told: TrainingEvent[];
  readonly failed: Promise<Error>;
}

/** One process of the role. Dies at the named point, of its own as a killed process does: it says nothing more. */
function life(
  log: Log,
  work: WorkHandler,
  options: { readonly diesAt?: WorkPoint; readonly recipe?: string } = {},
): Life {
  const broker = createMemoryBroker(log);
  const told: TrainingEvent[] = [];
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  let isDead = false;
  let at = 2000;
  const writer = createWriter({ broker, serde, stage: 'training', release: 'test' });
  const desk = createTrainingDesk({
    broker,
    serde,
    writer: {
      write: async (emissions) => {
        if (isDead) throw new Killed();
        await writer.write(emissions);
      },
    },
    release: 'test',
    clock: () => at++,
    backOff: () => Promise.resolve(),
    observer: { onOutcomes: () => undefined, onChunk: () => undefined, onRetry: () => undefined },
    rejectShare: { share: 0.5, least: 20 },
    onFatal: fail,
    report: (event) => told.push(event),
    handlers: { MODEL: work, CALIBRATION: work },
    shelf: { put: () => Promise.resolve('put'), get: () => Promise.resolve(null) },
    folders: { open: (requestId) => `/nowhere/${requestId}`, remove: () => undefined },
    recipeFor: () => options.recipe ?? null,
    at: (point) => {
      if (point !== options.diesAt) return;
      isDead = true;
      throw new Killed();
    },
  });
  return { desk, told, failed };
}

async function write(log: Log, requests: readonly TrainingRequested[]): Promise<void> {
  const writer = createWriter({ broker: createMemoryBroker(log), serde, stage: 'cli', release: 'test' });
  await writer.write(requests.map((value) => ({ topic: 'training.requested' as const, key: value.requestId, value })));
}

async function follow<N extends TopicName>(
  log: Log,
  topic: N,
  enough: ((events: readonly EventOf<N>[]) => boolean) | null,
): Promise<readonly EventOf<N>[]> {
  const events: EventOf<N>[] = [];
  const done = new AbortController();
  await createMemoryBroker(log).journal.tail({
    topics: [topic],
    from: 'beginning',
    untilEnd: enough === null,
    signal: done.signal,
    onRecords: async (records) => {
      for (const it of await serde.decode(topic, records)) if (it.ok) events.push(it.value);
      if (enough?.(events) === true) done.abort();
    },
  });
  return events;
}

function ends(count: number) {
  return (said: readonly TrainingProgressed[]) =>
    said.filter(({ state }) => state === 'COMPLETED' || state === 'FAILED').length >= count;
}

async function untilEnded(log: Log, count: number): Promise<readonly TrainingProgressed[]> {
  return follow(log, 'training.progressed', ends(count));
}

const works: WorkHandler = (request, context) => {
  for (const point of ['after_export', 'during_training', 'after_training', 'after_put', 'after_evaluation'] as const) {
    context.at(point);
  }
  return Promise.resolve(completed(request));
};

describe('training desk', () => {
  it('answers requests one after the other, each with one artefact', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const requests = ['a', 'b', 'c'].map((recipe) => requestFor({ recipe }));
    let atOnce = 0;
    let most = 0;
    const { desk } = life(log, async (request) => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
      return completed(request);
    });
    await write(log, requests);
    await desk.start();
    const said = await untilEnded(log, 3);
    await desk.stop();
    expect(most).toBe(1);
    expect(said.filter(({ state }) => state === 'COMPLETED').map(({ requestId }) => requestId)).toEqual(
      requests.map(({ requestId }) => requestId),
    );
    expect(await follow(log, 'training.completed', null)).toHaveLength(3);
  });

  it('answers a request that was delivered several times once', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const [request, other] = [requestFor({}), requestFor({ recipe: 'other' })];
    let runs = 0;
    const { desk } = life(log, (one) => {
      runs++;
      return Promise.resolve(completed(one));
    });
    await write(log, [request, request, request, other]);
    await desk.start();
    await untilEnded(log, 2);
    await desk.stop();
    expect(runs).toBe(2);
    expect(await follow(log, 'training.completed', null)).toHaveLength(2);
  });

  it.each<WorkPoint>([
    'after_started',
    'after_export',
    'during_training',
    'after_training',
    'after_put',
    'after_evaluation',
    'after_completed',
  ])('killed %s, the next process finds the request again and there is one artefact', async (diesAt) => {
    const log = createMemoryLog({ partitions: 1 });
    const request = requestFor({});
    await write(log, [request]);
    const first = life(log, works, { diesAt });
    await first.desk.start();
    // A killed process: its desk is left as it is, and its place in the group is given up.
    await first.failed.catch(() => undefined);
    await first.desk.stop();
    const second = life(log, works);
    await second.desk.start();
    const said = await untilEnded(log, 1);
    await second.desk.stop();
    expect(said.filter(({ state }) => state === 'STARTED').map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(said.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
    expect(await follow(log, 'training.completed', null)).toEqual([completed(request)]);
  });

  it('a failure says what to do, is committed, and the next request is answered', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const [bad, good] = [requestFor({ recipe: 'bad' }), requestFor({})];
    const work: WorkHandler = (request) =>
      request.recipe === 'bad'
        ? Promise.reject(new WorkError('dataset_missing', 'datasetId: was not published'))
        : Promise.resolve(completed(request));
    await write(log, [bad, good]);
    const first = life(log, work);
    await first.desk.start();
    const said = await untilEnded(log, 2);
    await first.desk.stop();
    expect(said.find(({ state }) => state === 'FAILED')).toMatchObject({
      requestId: bad.requestId,
      detail: 'datasetId: was not published',
    });
    const second = life(log, work);
    await second.desk.start();
    await second.desk.stop();
    expect(second.told).toEqual([]);
  });

  it('what nobody expected fails the request, and its message, which may quote a text, is told to nobody', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const { desk, told } = life(log, () => Promise.reject(new SyntaxError('Unexpected token in "my secret text"')));
    await write(log, [requestFor({})]);
    await desk.start();
    const said = await untilEnded(log, 1);
    await desk.stop();
    expect(JSON.stringify([said, told])).not.toContain('secret');
    expect(told).toContainEqual(expect.objectContaining({ event: 'training_failed', code: 'unexpected' }));
  });

  it('what failed is tried again when somebody asks again later', async () => {
    const log = createMemoryLog({ partitions: 1 });
    let runs = 0;
    const { desk } = life(log, (request) =>
      ++runs === 1 ? Promise.reject(new WorkError('trainer_failed', 'no')) : Promise.resolve(completed(request)),
    );
    await desk.start();
    await write(log, [requestFor({})]);
    await untilEnded(log, 1);
    await write(log, [requestFor({ requestedAt: 1_000_000 })]);
    const said = await untilEnded(log, 2);
    await desk.stop();
    expect(said.map(({ state, attempt }) => `${attempt} ${state}`)).toEqual([
      '1 STARTED',
      '1 FAILED',
      '2 STARTED',
      '2 COMPLETED',
    ]);
  });

  it('what was asked for and answered many times is still answered: only attempts that were broken off are counted', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const { desk } = life(log, () => Promise.reject(new WorkError('trainer_failed', 'no')));
    await desk.start();
    for (let asked = 1; asked <= 12; asked++) {
      await write(log, [requestFor({ requestedAt: asked * 1_000_000 })]);
      const said = await untilEnded(log, asked);
      expect(said.at(-1)).toMatchObject({ state: 'FAILED', attempt: asked, detail: 'no' });
    }
    await desk.stop();
  });

  it('what passes is tried again in place', async () => {
    const log = createMemoryLog({ partitions: 1 });
    let runs = 0;
    const { desk } = life(log, (request) =>
      ++runs < 3 ? Promise.reject(new RetryableError('clickhouse_busy', 'busy')) : Promise.resolve(completed(request)),
    );
    await write(log, [requestFor({})]);
    await desk.start();
    const said = await untilEnded(log, 1);
    await desk.stop();
    expect(runs).toBe(3);
    expect(said.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  });

  it('a request that kills its role each time is given up, and those behind it are answered', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const [deadly, good] = [requestFor({ recipe: 'deadly' }), requestFor({})];
    await write(log, [deadly, good]);
    const said: TrainingProgressed[] = Array.from({ length: 10 }, (_, index) => ({
      requestId: deadly.requestId,
      attempt: index + 1,
      sequence: 0,
      state: 'STARTED',
      step: 'started',
      done: 0,
      total: 0,
      detail: null,
      subjectId: null,
      at: 1500,
    }));
    const writer = createWriter({ broker: createMemoryBroker(log), serde, stage: 'training', release: 'test' });
    await writer.write(said.map((value) => ({ topic: 'training.progressed' as const, key: value.requestId, value })));
    const { desk } = life(log, works);
    await desk.start();
    const all = await untilEnded(log, 2);
    await desk.stop();
    expect(all.filter(({ state }) => state === 'FAILED')).toMatchObject([{ requestId: deadly.requestId, attempt: 11 }]);
    expect(all.filter(({ state }) => state === 'COMPLETED')).toMatchObject([{ requestId: good.requestId }]);
  });

  it('a stop leaves the request to the next process, without a failure', async () => {
    const log = createMemoryLog({ partitions: 1 });
    await write(log, [requestFor({})]);
    let begun: () => void = () => undefined;
    const isUnderWay = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = life(log, async (_, { signal }: WorkContext) => {
      begun();
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      throw new Error('stopped');
    });
    await first.desk.start();
    await isUnderWay;
    await first.desk.stop();
    const second = life(log, works);
    await second.desk.start();
    const said = await untilEnded(log, 1);
    await second.desk.stop();
    expect(said.map(({ state }) => state)).toEqual(['STARTED', 'STARTED', 'COMPLETED']);
  });

  it('a data set is one request, however often it is delivered', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const dataset = sampleDataset;
    const writer = createWriter({ broker: createMemoryBroker(log), serde, stage: 'dataset', release: 'test' });
    await writer.write([1, 2, 3].map(() => ({ topic: 'dataset.published', key: dataset.datasetId, value: dataset })));
    const { desk } = life(log, works, { recipe: 'ngrams' });
    await desk.start();
    await untilEnded(log, 1);
    const requests = await follow(log, 'training.requested', (events) => events.length >= 3);
    await desk.stop();
    expect(new Set(requests.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(requests[0]).toEqual(requestForDataset(dataset, 'ngrams'));
    expect(await follow(log, 'training.completed', null)).toHaveLength(1);
  });

  it('what cannot be decoded goes to the dead letters and holds nobody up', async () => {
    const log = createMemoryLog({ partitions: 1 });
    await createMemoryBroker(log).journal.append([
      { topic: 'training.requested', key: 'x', value: Buffer.from('not avro'), headers: {} },
    ]);
    await write(log, [requestFor({})]);
    const { desk } = life(log, works);
    await desk.start();
    await untilEnded(log, 1);
    await desk.stop();
    expect(await follow(log, 'dead-letter.training', null)).toHaveLength(1);
  });
});
