import fs from 'node:fs';
import path from 'node:path';
import { createClickHouse, migrate } from '#platform/clickhouse';
import { defaultServices, parseEnvironment, platformConfig } from '#platform/config';
import { allTopics } from '#platform/contracts';
import { createRegistrySerde, createTopics } from '#platform/kafka';
import { kafkaConnection } from '#platform/role';
import { startStack } from '#platform/stack';
import { createLogger } from '#platform/telemetry';
import { startChild } from './child.js';
import type { GeneratorAnswer, GeneratorCommand } from './generator-process.js';
import { openLagMonitor, type LagMonitor } from './lag.js';
import type { Pids } from './processes.js';
import { startApp, type RoleProcess } from './role-process.js';
import type { Settings } from './settings.js';
import type { ReaderAnswer, ReaderCommand } from './reader-process.js';

const ROLES = ['policy', 'deployment', 'warehouse', 'sampling', 'label', 'verdict', 'prediction', 'content'] as const;
/** What `npm start` gives the flow topics. */
const PARTITIONS = 4;

/** A whole Tidegate of its own: the embedded stack, the roles, and the clients that load and watch it. */
export interface Installation {
  /** What costs processor time, by name. */
  readonly pids: Pids;
  readonly lag: LagMonitor;
  burst(contents: number): Promise<GeneratorAnswer>;
  pace(rate: number): Promise<void>;
  stopPace(): Promise<GeneratorAnswer>;
  /** Verdicts since the last call, by milliseconds from submission; the first call starts the reader. */
  takeLatencies(): Promise<ReaderAnswer>;
  /** Contents published so far. */
  published(): number;
  /** Rows as the warehouse shows them. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/**
 * `together`: all roles in one process, as `npm start` runs them. `apart`: a process for each role, as containers do.
 * Nothing is left running when it throws.
 */
export async function startInstallation(options: {
  readonly settings: Settings;
  readonly layout: 'together' | 'apart';
  readonly onFailure: (error: Error) => void;
}): Promise<Installation> {
  const { settings, layout, onFailure } = options;
  const { print } = settings;
  const home = fs.mkdtempSync(path.join(settings.home, `${layout}-`));
  const logs = path.join(home, 'logs');
  fs.mkdirSync(logs, { recursive: true });
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    const stack = await startStack({
      home,
      ports: { kafka: 0, registry: 0, clickhouse: 0 },
      // As `npm start` runs it.
      isLongRunning: true,
      onExit: (part, { code, signal }) => {
        onFailure(new Error(`${part} ended with ${code ?? signal ?? 'nothing'}; its log is below ${logs}`));
      },
    });
    closing.push(() => stack.stop());
    const environment = {
      // The stack's folder has one owner.
      TIDEGATE_HOME: path.join(home, 'roles'),
      KAFKA_BROKERS: stack.kafkaBrokers,
      SCHEMA_REGISTRY_URL: stack.registryUrl,
      CLICKHOUSE_URL: stack.clickhouseUrl,
      KAFKA_PARTITIONS: String(PARTITIONS),
      MODELS_DIR: settings.model.modelsDir,
      CONTENT_PORT: '0',
      CONSOLE_PORT: '0',
      LABEL_PORT: '0',
      CONTENT_ALLOW_ANONYMOUS: 'true',
    };
    const parsed = parseEnvironment(environment);
    const config = platformConfig(parsed, defaultServices(parsed));
    const connection = kafkaConnection(config, createLogger({ stage: 'bench', level: 'silent' }));
    const clickhouse = createClickHouse(config.clickhouse);
    const topics = allTopics(config.channels);
    await Promise.all([
      createTopics({
        ...connection,
        topics,
        partitions: PARTITIONS,
        replicationFactor: config.kafka.replication,
      }),
      migrate(clickhouse),
      // The roles of an empty installation would race for the first version of each subject.
      createRegistrySerde({ url: config.registryUrl, prefix: '' }).prepare(topics.map(({ name }) => name)),
    ]);
    await clickhouse.close();

    const start = async (
      app: string,
      isReady: (line: string) => boolean,
      args: readonly string[] = [],
    ): Promise<RoleProcess> => {
      const log = path.join(logs, `${app}.log`);
      const ownLog = layout === 'together' ? path.join(environment.TIDEGATE_HOME, 'logs', 'tidegate.log') : null;
      const role = await startApp({ app, args, environment, log, ownLog, isReady, onExit: onFailure });
      closing.push(() => role.end());
      return role;
    };
    const roles: Record<string, number> = {};
    const only = settings.options.roles;
    const chosen = only === null ? [] : ['--roles', only.join(',')];
    const apart = ROLES.filter((app) => only === null || only.includes(app));
    if (layout === 'together') {
      roles['roles'] = (await start('standalone', (line) => line.startsWith('Ready after'), chosen)).pid;
    } else {
      const started = await Promise.all(apart.map((app) => start(app, isStarted)));
      apart.forEach((app, at) => (roles[app] = started[at]?.pid ?? 0));
    }
    print(
      `${layout === 'together' ? `${only?.join(', ') ?? 'all roles'} in one process` : 'a process for each role'} on ${PARTITIONS} partitions`,
    );

    const generator = startChild<GeneratorCommand, GeneratorAnswer>('generator-process');
    closing.push(() => generator.end());
    const { data, corpus } = settings.options;
    await generator.ask({
      kind: 'prepare',
      brokers: stack.kafkaBrokers,
      registryUrl: stack.registryUrl,
      texts: { data, corpus },
    });
    const lag = await openLagMonitor(stack.kafkaBrokers, config.channels);
    closing.push(() => lag.close());
    let reader: ReturnType<typeof startChild<ReaderCommand, ReaderAnswer>> | null = null;
    let published = 0;
    const counted = (answer: GeneratorAnswer) => {
      published += answer.contents;
      return answer;
    };
    return {
      pids: {
        broker: stack.pids.kafka ?? 0,
        registry: stack.pids.registry ?? 0,
        ClickHouse: stack.pids.clickhouse ?? 0,
        ...roles,
        generator: generator.pid,
        benchmark: process.pid,
      },
      lag,
      burst: async (contents) => counted(await generator.ask({ kind: 'burst', contents })),
      pace: async (rate) => {
        await generator.ask({ kind: 'pace', rate });
      },
      stopPace: async () => counted(await generator.ask({ kind: 'stop' })),
      takeLatencies: async () => {
        if (reader !== null) return await reader.ask({ kind: 'take' });
        const started = startChild<ReaderCommand, ReaderAnswer>('reader-process');
        reader = started;
        closing.push(() => started.end());
        return await started.ask({ kind: 'read', brokers: stack.kafkaBrokers, topic: 'verdict.public' });
      },
      published: () => published,
      query: async (sql) => {
        const url = `${stack.clickhouseUrl}/?database=${config.clickhouse.database}`;
        const response = await fetch(url, { method: 'POST', body: `${sql} FORMAT JSONEachRow` });
        const answer = await response.text();
        if (!response.ok) throw new Error(`ClickHouse: ${answer}`);
        const lines = answer.split('\n').filter((line) => line !== '');
        return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function isStarted(line: string): boolean {
  return line.includes('"event":"role_started"');
}
