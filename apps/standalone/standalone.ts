import path from 'node:path';
import { homeOf, projectRoot, platformConfig, type Environment, type PlatformConfig } from '#platform/config';
import { allTopics } from '#platform/contracts';
import { createClickHouse, migrate } from '#platform/clickhouse';
import { consoleRole, readFirstPassword } from '#flow/console';
import { contentRole, createKeyStore } from '#flow/content';
import { createTopics } from '#platform/kafka';
import {
  connect,
  kafkaConnection,
  startRole,
  type Connections,
  type Lifecycle,
  type RoleDefinition,
  type RunningRole,
} from '#platform/role';
import { startStack } from '#platform/stack';
import type { Logger } from '#platform/telemetry';
import { readyKey } from './demo-key.js';

export interface Standalone {
  readonly config: PlatformConfig;
  readonly connections: Connections;
  /** Null when the gateway does not run here; so for the console. */
  readonly gatewayUrl: string | null;
  /** A key of the platform `demo`. */
  readonly demoKey: string;
  readonly consoleUrl: string | null;
  /** Null once the one-time password of the console's first user was replaced. */
  readonly consoleSignIn: { readonly name: string; readonly password: string } | null;
}

/** Starts the stack, topics, tables and these roles in this process; each step that started is stopped by the lifecycle. */
export async function startStandalone(options: {
  readonly environment: Environment;
  readonly roles: readonly RoleDefinition[];
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly report: (line: string) => void;
}): Promise<Standalone> {
  const { environment, roles, logger, lifecycle, report } = options;
  const stack = await startStack({
    home: homeOf(environment),
    infra: path.resolve(projectRoot, environment.TIDEGATE_INFRA),
    ports: {
      kafka: environment.EMBEDDED_KAFKA_PORT,
      registry: environment.EMBEDDED_REGISTRY_PORT,
      clickhouse: environment.EMBEDDED_CLICKHOUSE_PORT,
    },
    external: {
      ...(environment.KAFKA_BROKERS === undefined ? {} : { kafkaBrokers: environment.KAFKA_BROKERS }),
      ...(environment.SCHEMA_REGISTRY_URL === undefined ? {} : { registryUrl: environment.SCHEMA_REGISTRY_URL }),
      ...(environment.CLICKHOUSE_URL === undefined ? {} : { clickhouseUrl: environment.CLICKHOUSE_URL }),
    },
    isLongRunning: true,
    onProgress: ({ part, state, elapsedMs }) => {
      report(`${part.padEnd(10)} ${state} after ${(elapsedMs / 1000).toFixed(1)} s`);
    },
    onExit: (part, exit) => {
      lifecycle.fail(new Error(`${part} ended: ${JSON.stringify(exit)}`));
    },
  });
  lifecycle.onStop('stack', () => stack.stop());
  const config = platformConfig(environment, stackUrls(environment, stack));
  const connections = connect(config, logger);
  lifecycle.onStop('broker', () => connections.broker.close());
  const clickhouse = createClickHouse(config.clickhouse);
  const [demoKey] = await Promise.all([
    migrate(clickhouse).then(() =>
      readyKey({
        home: config.home,
        channel: config.channels[0] ?? '',
        store: createKeyStore({ clickhouse, clock: Date.now }),
      }),
    ),
    createTopics({
      ...kafkaConnection(config, logger),
      topics: allTopics(config.channels),
      partitions: config.kafka.partitions,
      replicationFactor: config.kafka.replication,
    }),
  ]);
  await clickhouse.close();
  report('topics and tables are there');
  const started = new Map<string, RunningRole>();
  lifecycle.onStop('roles', async () => {
    for (const { app } of roles.toReversed()) await started.get(app)?.stop();
  });
  await Promise.all(
    roles.map(async (definition) => {
      const platform = connections.platformOf(definition.app, lifecycle.fail);
      const port = definition.http === 'own' ? (definition.port?.(config) ?? config.gateway.port) : null;
      started.set(definition.app, await startRole(definition, platform, port));
    }),
  );
  report(`${roles.length} roles run: ${roles.map((role) => role.app).join(', ')}`);
  return {
    config,
    connections,
    gatewayUrl: started.get(contentRole.app)?.url ?? null,
    demoKey,
    consoleUrl: consoleUrlOf(config, started.get(consoleRole.app)),
    consoleSignIn: await readFirstPassword(config.home),
  };
}

function consoleUrlOf(config: PlatformConfig, role: RunningRole | undefined): string | null {
  return role === undefined ? null : (config.console.url ?? role.url);
}

function stackUrls(environment: Environment, stack: Awaited<ReturnType<typeof startStack>>) {
  return {
    kafkaBrokers: environment.KAFKA_BROKERS ?? stack.kafkaBrokers,
    registryUrl: environment.SCHEMA_REGISTRY_URL ?? stack.registryUrl,
    clickhouseUrl: environment.CLICKHOUSE_URL ?? stack.clickhouseUrl,
  };
}
