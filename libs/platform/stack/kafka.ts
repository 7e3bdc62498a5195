import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { classArchiveFlags } from './class-archive.js';
import { messageOf, StackError } from './errors.js';
import { fenceKilledBroker } from './kafka-fence.js';
import { probeKafka } from './kafka-probe.js';
import { hintFor } from './log-tail.js';
import type { PartPlan } from './part-process.js';
import { LOOPBACK } from './ports.js';
import type { Infra, Java } from './preflight.js';

const run = promisify(execFile);

const LOG_SETTINGS = `status=error
appender.console.type=Console
appender.console.name=STDOUT
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{yyyy-MM-dd HH:mm:ss.SSS} %p %c{1} %m%n
rootLogger.level=info
rootLogger.appenderRefs=stdout
rootLogger.appenderRef.stdout.ref=STDOUT
`;

/** Dead letters may hold 2 MiB (topics.yaml); twice that leaves room for headers and for batches that hold two. */
const LARGEST_MESSAGE = 4 * 1024 * 1024;

/** What the controller is, whether a broker runs beside it in the process or not. */
const quorumSettings = (controllerPort: number, data: string): Readonly<Record<string, string | number>> => ({
  'node.id': 1,
  'controller.quorum.voters': `1@${LOOPBACK}:${controllerPort}`,
  'controller.listener.names': 'CONTROLLER',
  'log.dirs': data,
  'controller.quorum.election.timeout.ms': 300,
  'controller.quorum.election.backoff.max.ms': 100,
  'controller.quorum.fetch.timeout.ms': 1_000,
});

/** One broker that is its own controller, sized for a laptop. */
export const brokerSettings = (
  port: number,
  controllerPort: number,
  data: string,
): Readonly<Record<string, string | number>> => ({
  ...quorumSettings(controllerPort, data),
  'process.roles': 'broker,controller',
  listeners: `PLAINTEXT://${LOOPBACK}:${port},CONTROLLER://${LOOPBACK}:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://${LOOPBACK}:${port}`,
  'inter.broker.listener.name': 'PLAINTEXT',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  // A typing error in a topic name must fail, not make a topic.
  'auto.create.topics.enable': 'false',
  'delete.topic.enable': 'true',
  'message.max.bytes': LARGEST_MESSAGE,
  'replica.fetch.max.bytes': LARGEST_MESSAGE,
  'num.network.threads': 2,
  'num.io.threads': 2,
  'num.replica.fetchers': 1,
  'background.threads': 2,
  'num.recovery.threads.per.data.dir': 1,
  'log.cleaner.threads': 1,
  'log.cleaner.dedupe.buffer.size': 4_194_304,
  'log.cleaner.backoff.ms': 1_000,
  'num.partitions': 1,
  'default.replication.factor': 1,
  'min.insync.replicas': 1,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'offsets.topic.segment.bytes': 10_485_760,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 1,
  'transaction.state.log.segment.bytes': 10_485_760,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1_000,
  'transaction.max.timeout.ms': 900_000,
  'log.segment.bytes': 67_108_864,
  'log.index.size.max.bytes': 1_048_576,
  'log.retention.check.interval.ms': 30_000,
  // After a kill -9 the controller holds the old registration until its session ends: 12-15 s with the defaults, 3-6 s with these. A shorter
  // session would let a busy machine fence its own broker.
  'broker.session.timeout.ms': 2_500,
  'broker.heartbeat.interval.ms': 250,
  'initial.broker.registration.timeout.ms': 60_000,
});

/** The controller alone on the broker's data; nobody sends it heartbeats, so it may lose patience at once. */
const controllerSettings = (controllerPort: number, data: string): Readonly<Record<string, string | number>> => ({
  ...quorumSettings(controllerPort, data),
  'process.roles': 'controller',
  listeners: `CONTROLLER://${LOOPBACK}:${controllerPort}`,
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT',
  'broker.session.timeout.ms': 300,
  'broker.heartbeat.interval.ms': 100,
});

/** 16 bytes as Kafka writes ids. One that began with a hyphen, as 1 of 64 would, is taken for an option by its tools. */
export const clusterId = ([first = 0, ...rest]: Uint8Array): string =>
  Buffer.from([first & 0x7f, ...rest]).toString('base64url');

const asProperties = (settings: Readonly<Record<string, string | number>>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('');

const JVM_FLAGS = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError', '-Djava.awt.headless=true'];

/** The quick compiler only: 0.7 s less to start; 26 instead of 18 % of a core at 2,200 events/s once the other one has done its work. */
const QUICK_START = '-XX:TieredStopAtLevel=1';

export interface KafkaOptions {
  readonly home: string;
  readonly infra: Infra;
  readonly java: Java;
  readonly port: number;
  readonly controllerPort: number;
  readonly isLongRunning: boolean;
  readonly readyWithinMs: number;
}

/** Writes the broker's files and, on an empty folder, formats its storage. */
export const planKafka = async ({
  home,
  infra,
  java,
  port,
  controllerPort,
  isLongRunning,
  readyWithinMs,
}: KafkaOptions): Promise<PartPlan> => {
  const data = join(home, 'data', 'kafka');
  const config = join(home, 'run');
  const settings = join(config, 'kafka.properties');
  const logging = join(config, 'kafka-log4j2.properties');
  mkdirSync(config, { recursive: true });
  mkdirSync(data, { recursive: true });
  writeFileSync(settings, asProperties(brokerSettings(port, controllerPort, data)));
  writeFileSync(logging, LOG_SETTINGS);
  const base = [...JVM_FLAGS, `-Dlog4j2.configurationFile=${logging}`];
  if (!existsSync(join(data, 'meta.properties'))) {
    const id = clusterId(randomBytes(16));
    const format = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', id, '-c', settings];
    try {
      await run(java.command, [QUICK_START, ...base, '-Xshare:auto', '-cp', infra.kafkaClassPath, ...format]);
    } catch (error) {
      const text = messageOf(error);
      const hint = hintFor([text]);
      throw new StackError(
        hint?.code ?? 'START_FAILED',
        `Kafka could not format its folder ${data}. ${hint?.advice ?? ''}\n${text}`,
      );
    }
  }
  const controller = join(config, 'kafka-controller.properties');
  writeFileSync(controller, asProperties(controllerSettings(controllerPort, data)));
  return {
    name: 'Kafka',
    beforeStart: (signal) =>
      fenceKilledBroker({
        command: java.command,
        args: [QUICK_START, ...base, '-Xshare:auto', '-cp', infra.kafkaClassPath, 'kafka.Kafka', controller],
        data,
        signal,
      }),
    command: java.command,
    args: [
      ...classArchiveFlags(infra.folder, 'kafka'),
      ...(isLongRunning ? [] : [QUICK_START]),
      ...base,
      '-cp',
      infra.kafkaClassPath,
      'kafka.Kafka',
      settings,
    ],
    logFile: join(home, 'logs', 'kafka.log'),
    pidFile: join(config, 'kafka.pid'),
    isReady: () => probeKafka(LOOPBACK, port),
    readyWithinMs,
    stopWithinMs: 20_000,
  };
};
