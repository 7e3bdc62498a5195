import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { release, type PlatformConfig } from '#platform/config';
import { createKafkaBroker, createRegistrySerde, type KafkaConnection } from '#platform/kafka';
import { createWriter, type Broker, type Serde } from '#platform/stream';
import { createMetrics, type Logger, type Metrics } from '#platform/telemetry';
import { createHealthRegistry, type HealthRegistry } from './health.js';
import { observeKafka } from './observe.js';
import type { Platform } from './platform.js';
import { installationSecret } from './secret.js';

/** What the roles of one process share. */
export interface Connections {
  readonly config: PlatformConfig;
  readonly broker: Broker;
  readonly serde: Serde;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly logger: Logger;
  /** The platform of one role. */
  platformOf(app: string, onFatal: (error: Error) => void): Platform;
}

/** Makes the clients of one process; nothing is connected before it is used. */
export function connect(config: PlatformConfig, logger: Logger): Connections {
  const { kafka } = config;
  const clock = Date.now;
  const metrics = createMetrics();
  const health = createHealthRegistry({ clock, stallMs: kafka.stallMs });
  const broker = createKafkaBroker({
    ...kafkaConnection(config, logger),
    release,
    heartbeatMs: kafka.heartbeatMs,
    gatherMs: kafka.gatherMs,
    sessionTimeoutMs: kafka.sessionTimeoutMs,
    transactionTimeoutMs: kafka.transactionTimeoutMs,
    stallMs: kafka.stallMs,
    observe: observeKafka(metrics),
    ...(kafka.faultPoint === null ? {} : { faultPoint: dieAt(kafka.faultPoint) }),
  });
  const serde = createRegistrySerde({
    url: config.registryUrl,
    prefix: kafka.prefix,
    cacheFile: join(
      config.home,
      `schemas-${createHash('sha256').update(config.registryUrl).digest('hex').slice(0, 8)}.json`,
    ),
  });
  const secret = installationSecret({ home: config.home, configured: config.secret });
  return {
    config,
    broker,
    serde,
    metrics,
    health,
    logger,
    platformOf: (app, onFatal) => ({
      app,
      config,
      broker,
      serde,
      writer: createWriter({ broker, serde, stage: app, release }),
      clock,
      logger: logger.child({ role: app }),
      metrics,
      health,
      release,
      secret,
      onFatal,
    }),
  };
}

/** How this installation reaches Kafka. */
export function kafkaConnection({ kafka }: PlatformConfig, logger: Logger): KafkaConnection {
  const { brokers, prefix, ssl } = kafka;
  const connection = { brokers, clientId: 'tidegate', prefix, logger, ...(ssl ? { ssl } : {}) };
  if (kafka.sasl === null) return connection;
  const { mechanism, ...login } = kafka.sasl;
  switch (mechanism) {
    case 'plain':
      return { ...connection, sasl: { mechanism, ...login } };
    case 'scram-sha-256':
      return { ...connection, sasl: { mechanism, ...login } };
    case 'scram-sha-512':
      return { ...connection, sasl: { mechanism, ...login } };
  }
}

/** Fault tests kill a process in the middle of its n-th transaction, as a power cut would. */
function dieAt(point: { readonly name: string; readonly occurrence: number }): (name: string) => void {
  let seen = 0;
  return (name) => {
    if (name !== point.name || ++seen < point.occurrence) return;
    process.kill(process.pid, 'SIGKILL');
  };
}
