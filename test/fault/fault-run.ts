import { codecFor, unframe, type EventOf, type TopicName } from '#platform/contracts';
import { deriveSalt, uniform } from '#policy';
import type { FlowApp, Installation } from '../harness/installation.js';
import type { WitnessedRecord } from '../witness/kafka-witness.js';
import type { Evidence, LedgerEntry } from './oracle.js';
import type { Traffic } from './traffic.js';

/** One fault of streaming 6. */
export type Fault =
  | { readonly kind: 'kill'; readonly app: FlowApp }
  | { readonly kind: 'point'; readonly app: FlowApp; readonly point: string; readonly occurrence: number }
  | { readonly kind: 'zombie'; readonly app: 'prediction' | 'sampling' | 'verdict' }
  | { readonly kind: 'broker' };

/** What the installation under test is started with, so that the hash of each draw can be foretold. */
export const DRAW_ENVIRONMENT = {
  INSTALLATION_SECRET: 'the secret of an installation under faults',
  SAMPLING_BOOTSTRAP_RATE: '0.3',
} as const;

const MOST_BYTES = 4_194_304;
const DRAIN_MS = 120_000;
const POLL_MS = 250;
/** Longer than the session time-out of the installation under test. */
const FROZEN_MS = 5000;

export interface FaultRun {
  readonly installation: Installation;
  readonly traffic: Traffic;
  readonly random: () => number;
  /** Contents sent around each fault, half of them through the gateway when it is up. */
  readonly slice: number;
  readonly log: (line: string) => void;
}

/** Sends a slice of traffic and does the fault in the middle of it; whatever was killed is started again, as a supervisor would. */
export async function strike(run: FaultRun, fault: Fault): Promise<void> {
  const { installation, log } = run;
  const began = performance.now();
  const sending = send(run);
  await doFault(run, fault);
  await sending;
  for (const app of ['prediction', 'sampling', 'verdict', 'warehouse', 'content'] as const) {
    if (installation.role(app).isRunning()) continue;
    log(`${app} had stopped and is started again`);
    await installation.role(app).start();
  }
  log(`${describeFault(fault)}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.app}`;
    case 'point':
      return `kill -9 ${fault.app} at ${fault.point}`;
    case 'zombie':
      return `stop ${fault.app} past its session and continue`;
    case 'broker':
      return 'kill -9 the broker';
  }
}

async function send({ traffic, slice }: FaultRun): Promise<void> {
  await Promise.all([traffic.publish(Math.ceil(slice / 2)), traffic.post(Math.floor(slice / 2))]);
}

async function doFault(run: FaultRun, fault: Fault): Promise<void> {
  const { installation, random } = run;
  switch (fault.kind) {
    case 'kill': {
      const role = installation.role(fault.app);
      await pause(random() * 400);
      await role.end('SIGKILL');
      await role.start();
      return;
    }
    case 'point': {
      const role = installation.role(fault.app);
      await role.end('SIGTERM');
      await role.start({ FAULT_POINT: `${fault.point}:${fault.occurrence}` });
      // The slice may have been swallowed by the start: more traffic leads to the point for sure.
      const died = role.died();
      const nudges: Promise<void>[] = [];
      while (role.isRunning()) {
        const nudge = fault.app === 'content' ? run.traffic.post(1) : run.traffic.publish(10);
        nudges.push(nudge);
        await Promise.race([nudge.then(() => pause(100)), died]);
      }
      await role.start();
      await Promise.all(nudges);
      return;
    }
    case 'zombie': {
      const role = installation.role(fault.app);
      const heir = installation.replica(fault.app, `${fault.app}-heir`);
      await heir.start();
      role.signal('SIGSTOP');
      await pause(FROZEN_MS);
      await send(run);
      role.signal('SIGCONT');
      await send(run);
      await heir.end('SIGTERM');
      return;
    }
    case 'broker':
      await pause(random() * 400);
      await installation.stack.kill('kafka', 'SIGKILL');
      await installation.stack.restart('kafka');
      return;
  }
}

/** Waits until ClickHouse shows everything that was acknowledged, or the time is over; then takes down what is there. */
export async function drain(installation: Installation, ledger: readonly LedgerEntry[]): Promise<Evidence> {
  const { channels, clickhouse } = installation.config;
  const acknowledged = ledger.filter((entry) => entry.isAcknowledged).length;
  const count = async (what: string, view: string) =>
    Number(await installation.query(`SELECT ${what} FROM ${clickhouse.database}.${view}`));
  await until(async () => {
    const verdicts = await count('count()', 'verdicts');
    return verdicts >= acknowledged * channels.length && (await count('count()', 'predictions')) >= acknowledged;
  });
  const isDrawn = drawnBy(installation);
  const records = await installation.witness.read([
    'prediction.scored',
    ...channels.map((channel) => `verdict.${channel}`),
  ]);
  const predictions = records
    .filter((record) => record.topic === 'prediction.scored')
    .map(decoded('prediction.scored'));
  const verdicts = records
    .filter((record) => record.topic.startsWith('verdict.'))
    .map((record) => decoded(record.topic as `verdict.${string}`)(record));
  // Events whose acknowledgement was lost may still be on their way to ClickHouse.
  // A doubled one is one row there: it is the judge who has to find it, not a wait without end.
  const distinct = new Set(verdicts.map(({ value }) => value.verdictId)).size;
  await until(async () => (await count('count()', 'verdicts')) >= distinct);
  const drawn = predictions.filter(({ value }) => isDrawn(value));
  const expected = new Set(
    drawn.map(({ value: { platform, contentId, revision } }) => `${platform}/${contentId}/${revision}`),
  ).size;
  await until(async () => (await count('uniqExact(draw_id)', 'sampling_drawn')) >= expected);
  const draws = (await installation.witness.read(['sampling.drawn'])).map(decoded('sampling.drawn'));
  return {
    ledger,
    channels,
    predictions,
    verdicts,
    draws,
    isDrawn,
    warehouse: {
      predictions: await count('uniqExact(platform, content_id, revision)', 'predictions'),
      verdicts: await count('uniqExact(verdict_id)', 'verdicts'),
      draws: await count('uniqExact(draw_id)', 'sampling_drawn'),
    },
    rows: {
      predictions: await count('count()', 'predictions'),
      verdicts: await count('count()', 'verdicts'),
      draws: await count('count()', 'sampling_drawn FINAL'),
    },
    openTransactions: await installation.witness.openTransactions(),
  };
}

function drawnBy({ config }: Installation): Evidence['isDrawn'] {
  const salt = deriveSalt(Buffer.from(DRAW_ENVIRONMENT.INSTALLATION_SECRET), 'sampling-bootstrap');
  const { bootstrapRate } = config.sampling;
  return ({ platform, contentId, revision }) => uniform(salt, `${platform}/${contentId}/${revision}`) < bootstrapRate;
}

/** Polls until it is so, or until the time for a drain is over: the oracle then says what is missing. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + DRAIN_MS; Date.now() < deadline && !(await isSo());) await pause(POLL_MS);
}

/** What the witness read, as an event. @throws Error with the place of what is none */
export function decoded<N extends TopicName>(topic: N) {
  const codec = codecFor(topic);
  return (record: WitnessedRecord) => {
    const framed = unframe(record.value, MOST_BYTES);
    if (!framed.ok) throw new Error(`${record.topic}/${record.partition}/${record.offset}: ${framed.rejection.detail}`);
    const value: EventOf<N> = codec.decode(framed.frame.body);
    return { topic: record.topic, partition: record.partition, offset: record.offset, value };
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
