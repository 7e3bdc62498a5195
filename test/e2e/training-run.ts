import fs from 'node:fs';
import path from 'node:path';
import type { EventOf, TopicName, TrainingProgressed } from '#platform/contracts';
import { createWriter } from '#platform/stream';
import type { Installation } from '../harness/installation.js';
import { makeDataset, storeRows } from '../harness/made-dataset.js';

/**
 * How the training role is killed: at a named point; so long after its next attempt began; or so long after files of a new artefact have come into
 * the store, which is when it publishes.
 */
export type TrainingFault = { readonly point: string } | { readonly begunMs: number } | { readonly storedMs: number };

/** What became of one data set under faults. */
export interface TrainingOutcome {
  readonly datasetId: string;
  /** Of the request that the role made of it; one, however often it was written. */
  readonly requestIds: readonly string[];
  readonly said: readonly TrainingProgressed[];
  /** Faults that struck while the request had not ended. */
  readonly struck: number;
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

/** Ids of what is in the artefact store, whole or not yet. */
export function artefactsIn({ config }: Pick<Installation, 'config'>): readonly string[] {
  const { artefactStore } = config;
  return fs.existsSync(artefactStore) ? fs.readdirSync(artefactStore).filter((name) => name.startsWith('m-')) : [];
}

/**
 * Publishes a data set of this size, twice, as whoever cannot know whether it arrived, and has the training role killed as the faults say, one after
 * the other. It is started again each time, as a supervisor would, until its request has ended.
 */
export async function trainUnderFaults(
  installation: Installation,
  options: {
    readonly name: string;
    readonly size: number;
    readonly faults: readonly TrainingFault[];
  },
): Promise<TrainingOutcome> {
  const { name, size, faults } = options;
  const dataset = makeDataset(name, size);
  const { datasetId } = dataset.published;
  const role = installation.role('training');
  const known = new Set(artefactsIn(installation));
  const isStored = () => artefactsIn(installation).some((id) => !known.has(id));
  await storeRows(installation, dataset);
  if (faults.length > 0) {
    await role.end('SIGTERM');
    await role.start(planted(faults[0]));
  }
  const writer = createWriter({ ...installation.connections, stage: 'dataset', release: 'test' });
  const record = { topic: 'dataset.published', key: datasetId, value: dataset.published } as const;
  await writer.write([record, record]);
  const requestIds = async () =>
    (await readTopic(installation, 'training.requested'))
      .filter((request) => request.datasetId === datasetId)
      .map(({ requestId }) => requestId);
  await until(async () => (await requestIds()).length > 0);
  const ids = new Set(await requestIds());

  let struck = 0;
  let seen = 0;
  for (const [index, fault] of faults.entries()) {
    const isOver = () => toldOf(installation, ids).some(({ event }) => ENDS.has(event));
    const attempts = () => toldOf(installation, ids).filter(({ event }) => event === 'training_started').length;
    if ('point' in fault) await until(() => !role.isRunning() || isOver());
    else {
      await until(() => isOver() || (attempts() > seen && (!('storedMs' in fault) || isStored())));
      await pause('storedMs' in fault ? fault.storedMs : fault.begunMs);
    }
    seen = attempts();
    // What comes too late strikes nothing.
    if (isOver() && role.isRunning()) break;
    struck++;
    if (role.isRunning()) await role.end('SIGKILL');
    await role.start(planted(faults[index + 1]));
  }
  for (;;) {
    const said = (await readTopic(installation, 'training.progressed')).filter(({ requestId }) => ids.has(requestId));
    if (said.some(({ state }) => state === 'COMPLETED' || state === 'FAILED')) {
      return { datasetId, requestIds: [...new Set(await requestIds())], said, struck };
    }
    await pause(100);
  }
}

function planted(fault: TrainingFault | undefined): Readonly<Record<string, string>> {
  return fault !== undefined && 'point' in fault ? { FAULT_POINT: fault.point } : {};
}

const ENDS = new Set(['training_completed', 'training_failed', 'training_skipped']);

interface Told {
  readonly event: string;
  readonly requestId: string;
}

/** What the role has logged of requests. Good enough to aim a fault by; the evidence is in the topics. */
function toldOf({ logs }: Installation, requestIds: ReadonlySet<string>): readonly Told[] {
  return fs
    .readFileSync(path.join(logs, 'training.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Told)
    .filter(({ requestId }) => requestIds.has(requestId));
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(10);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
