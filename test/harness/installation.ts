import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate } from '#platform/clickhouse';
import { defaultServices, parseEnvironment, platformConfig, projectRoot, type PlatformConfig } from '#platform/config';
import { allTopics } from '#platform/contracts';
import { createTopics } from '#platform/kafka';
import { connect, kafkaConnection, type Connections } from '#platform/role';
import { startStack, type RunningStack } from '#platform/stack';
import { createLogger } from '#platform/telemetry';
import { createWitness } from '../witness/kafka-witness.js';
import { freePorts } from './free-ports.js';
import { createRoleProcess, type RoleProcess } from './role-process.js';

export const flowApps = ['policy', 'deployment', 'prediction', 'sampling', 'verdict', 'warehouse', 'content'] as const;
export type FlowApp = (typeof flowApps)[number] | 'label' | 'dataset' | 'training';

/** A whole Tidegate of its own: the embedded stack in a temporary folder, every role a process, and clients to look at it. */
export interface Installation {
  readonly stack: RunningStack;
  readonly config: PlatformConfig;
  /** Clients of this process, as a platform would have them. */
  readonly connections: Connections;
  readonly witness: ReturnType<typeof createWitness>;
  readonly gatewayUrl: string;
  readonly logs: string;
  /** What its processes are started with. */
  readonly environment: Readonly<Record<string, string>>;
  role(app: FlowApp): RoleProcess;
  /** One more process of a role. */
  replica(app: FlowApp, name: string): RoleProcess;
  /** The answer of ClickHouse, as curl would see it. */
  query(sql: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts the stack, the topics and tables, and the roles named, in this order. */
export async function startInstallation(options: {
  readonly roles: readonly FlowApp[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Installation> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-test-'));
  const logs = path.join(home, 'logs');
  fs.mkdirSync(logs, { recursive: true });
  const stack = await startStack({ home, ports: { kafka: 0, registry: 0, clickhouse: 0 } });
  const [gatewayPort = 0] = await freePorts(1);
  const environment = {
    TIDEGATE_HOME: home,
    KAFKA_BROKERS: stack.kafkaBrokers,
    SCHEMA_REGISTRY_URL: stack.registryUrl,
    CLICKHOUSE_URL: stack.clickhouseUrl,
    KAFKA_PARTITIONS: '4',
    KAFKA_SESSION_TIMEOUT_MS: '3000',
    KAFKA_HEARTBEAT_MS: '300',
    CONTENT_PORT: String(gatewayPort),
    CONTENT_ADDRESS: `http://127.0.0.1:${gatewayPort}`,
    CONTENT_ALLOW_ANONYMOUS: 'true',
    ...options.environment,
  };
  const parsed = parseEnvironment(environment);
  const config = platformConfig(parsed, defaultServices(parsed));
  const logger = createLogger({ stage: 'test', level: 'info', file: path.join(logs, 'test.log') });
  const clickhouse = createClickHouse(config.clickhouse);
  await Promise.all([
    createTopics({
      ...kafkaConnection(config, logger),
      topics: allTopics(config.channels),
      partitions: config.kafka.partitions,
      replicationFactor: 1,
    }),
    migrate(clickhouse),
  ]);
  await clickhouse.close();
  const connections = connect(config, logger);
  const processes = new Map<string, RoleProcess>();
  const make = (app: FlowApp, name: string) => {
    const made = createRoleProcess({ app, name, logs, environment });
    processes.set(name, made);
    return made;
  };
  const installation: Installation = {
    stack,
    config,
    connections,
    witness: createWitness({
      bootstrap: stack.kafkaBrokers,
      libraries: path.join(projectRoot, '.tidegate/infra/kafka'),
    }),
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    logs,
    environment,
    role: (app) => {
      const found = processes.get(app);
      if (found === undefined) throw new Error(`${app} was not started`);
      return found;
    },
    replica: make,
    query: async (sql) => {
      const response = await fetch(stack.clickhouseUrl, { method: 'POST', body: sql });
      const answer = await response.text();
      if (!response.ok) throw new Error(`ClickHouse: ${answer}`);
      return answer.trim();
    },
    close: async () => {
      await Promise.all([...processes.values()].filter((one) => one.isRunning()).map((one) => one.end('SIGKILL')));
      await connections.broker.close();
      await stack.stop();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
  for (const app of options.roles) make(app, app);
  try {
    await Promise.all(options.roles.map((app) => installation.role(app).start()));
  } catch (error) {
    await installation.close();
    throw error;
  }
  return installation;
}
