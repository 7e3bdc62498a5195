import type { EventOf, TopicName, TrainingCompleted, TrainingProgressed } from '#platform/contracts';
import { createWriter } from '#platform/stream';
import type { Installation } from '../harness/installation.js';
import { makeDataset, storeRows } from '../harness/made-dataset.js';

/** What became of one data set under faults. */
export interface TrainingOutcome {
  readonly datasetId: string;
  /** Of the request that the role made of it; one, however often it was written. */
  readonly requestIds: readonly string[];
  readonly said: readonly TrainingProgressed[];
  readonly completed: readonly TrainingCompleted[];
}

/** Everything in a topic now. */
export async function readTopic<N extends TopicName>(
  installation: Installation,
  topic: N,
): Promise<readonly EventOf<N>[]> {
  const events: EventOf<N>[] = [];
  const { broker, serde } = installation.connections;
  await broker.journal.tail({
    topics: [topic],
    from: 'beginning',
    untilEnd: true,
    signal: AbortSignal.timeout(30_000),
    onRecords: async (records) => {
      for (const decoded of await serde.decode(topic, records)) if (decoded.ok) events.push(decoded.value);
    },
  });
  return events;
}

/**
 * Publishes a data set of this size and has the training role killed as the faults say, one after the other: at a named point, or after so many
 * milliseconds. It is started again each time, as a supervisor would, until its request has ended.
 */
export async function trainUnderFaults(
  installation: Installation,
  options: {
    readonly name: string;
    readonly size: number;
    readonly faults: readonly (string | number)[];
  },
): Promise<TrainingOutcome> {
  const { name, size, faults } = options;
  const dataset = makeDataset(name, size);
  const { datasetId } = dataset.published;
  const role = installation.role('training');
  await storeRows(installation, dataset);
  const [first] = faults;
  if (typeof first === 'string') {
    await role.end('SIGTERM');
    await role.start({ FAULT_POINT: first });
  }
  const writer = createWriter({ ...installation.connections, stage: 'dataset', release: 'test' });
  await writer.write([{ topic: 'dataset.published', key: datasetId, value: dataset.published }]);
  for (const [index, fault] of faults.entries()) {
    if (typeof fault === 'string') await role.died();
    else {
      await pause(fault);
      await role.end('SIGKILL');
    }
    const next = faults[index + 1];
    await role.start(typeof next === 'string' ? { FAULT_POINT: next } : {});
  }
  for (;;) {
    const requestIds = new Set(
      (await readTopic(installation, 'training.requested'))
        .filter((request) => request.datasetId === datasetId)
        .map(({ requestId }) => requestId),
    );
    const said = (await readTopic(installation, 'training.progressed')).filter(({ requestId }) =>
      requestIds.has(requestId),
    );
    if (said.some(({ state }) => state === 'COMPLETED' || state === 'FAILED')) {
      const completed = (await readTopic(installation, 'training.completed')).filter(
        (one) => one.datasetId === datasetId,
      );
      return { datasetId, requestIds: [...requestIds], said, completed };
    }
    await pause(100);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
