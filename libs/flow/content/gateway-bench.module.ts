import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { defaultServices, parseEnvironment, platformConfig } from '#platform/config';
import type { DeploymentBundled, DeploymentChanged, TopicName } from '#platform/contracts';
import { createHealthRegistry, httpAdapter, PlatformModule, WORKERS, type Platform } from '#platform/role';
import { createWriter, type Broker, type Worker } from '#platform/stream';
import { createLogger, createMetrics } from '#platform/telemetry';
import { createMemoryBroker, createMemoryLog, createStaticSerde } from '#platform/testing';
import { createKeyStore, type KeyStore } from './callers/key-store.js';
import { contentRole, type GatewayWarehouse } from './content.module.js';
import { MODEL_LOADER, WAREHOUSE } from './content.tokens.js';

/** Where the clock of a bench begins. */
export const NOW = Date.UTC(2026, 2, 4, 10);
export const serde = createStaticSerde();

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT';
  readonly url: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly payload?: string | Buffer;
  readonly remoteAddress?: string;
}

/** A warehouse that holds keys as ClickHouse does: the latest row of a key counts. */
export function memoryWarehouse() {
  const keys = new Map<string, Record<string, unknown>>();
  const verdicts: Record<string, unknown>[] = [];
  const state = { isAway: false };
  const warehouse = {
    query: (name: string, parameters: Record<string, unknown>) => {
      if (state.isAway) return Promise.reject(new Error('away'));
      if (name === 'api-keys') return Promise.resolve([...keys.values()]);
      if (name === 'content-verdicts') {
        return Promise.resolve(
          verdicts.filter(
            (row) => row['platform'] === parameters['platform'] && row['content_id'] === parameters['content_id'],
          ),
        );
      }
      return Promise.resolve([]);
    },
    execute: (name: string, parameters: Record<string, unknown>) => {
      if (name === 'record-api-key') keys.set(String(parameters['key_id']), parameters);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  return { state, verdicts, warehouse: warehouse as unknown as GatewayWarehouse };
}

function bundle(channel: string, deploymentId: string): DeploymentBundled {
  return {
    deploymentId,
    channel,
    modelId: 'm-1',
    modelSha256: 'ab'.repeat(32),
    calibrationId: 'c-1',
    thresholdSetId: 't-1',
    policyId: 'default',
    policyVersion: 1,
    calibrators: {
      H: { kind: 'IDENTITY', parameters: [], x: [], y: [] },
      SH: { kind: 'IDENTITY', parameters: [], x: [], y: [] },
    },
    thresholds: {
      H: { review: 0.3, block: 0.8, provisional: true },
      SH: { review: 0.3, block: null, provisional: true },
    },
    uncovered: 'ALLOW',
    uncoveredCategories: ['V'],
    bundledAt: NOW,
  };
}

function change(channel: string, live: string): DeploymentChanged {
  return {
    channel,
    sequence: 1,
    mode: 'NORMAL',
    live,
    previous: null,
    canary: null,
    shadows: [],
    reason: 'first',
    changedBy: 'deployment',
    changedAt: NOW,
  };
}

/** A gateway on the in-memory broker, with a warehouse and a model in memory: for tests. */
export interface Bench {
  readonly app: NestFastifyApplication;
  readonly broker: Broker;
  readonly keys: KeyStore;
  readonly warehouse: ReturnType<typeof memoryWarehouse>;
  readonly scoredBatches: number[];
  call(call: Call): Promise<Answer>;
  keyFor(platform: string, rest?: Partial<Parameters<KeyStore['create']>[0]>): Promise<string>;
  read<T>(topic: TopicName): Promise<readonly T[]>;
  stop(): Promise<void>;
}

export async function startBench(
  options: {
    readonly environment?: Record<string, string>;
    readonly wrap?: (broker: Broker) => Broker;
    /** Shared by the replicas of one installation. */
    readonly log?: ReturnType<typeof createMemoryLog>;
    readonly warehouse?: ReturnType<typeof memoryWarehouse>;
    /** Real sockets on this port of loopback. */
    readonly port?: number;
  } = {},
): Promise<Bench> {
  const time = { now: NOW };
  const clock = () => time.now;
  const memory = createMemoryBroker(options.log ?? createMemoryLog({ partitions: 4, clock }), clock);
  const broker = options.wrap?.(memory) ?? memory;
  const environment = parseEnvironment({ CONTENT_PORT: String(options.port ?? 19_600), ...options.environment });
  const config = platformConfig(environment, defaultServices(environment));
  const platform: Platform = {
    app: 'content',
    config,
    broker,
    serde,
    writer: createWriter({ broker, serde, stage: 'content', release: 'test' }),
    clock,
    logger: createLogger({ stage: 'content', level: 'silent' }),
    metrics: createMetrics(),
    health: createHealthRegistry({ clock, stallMs: 60_000 }),
    release: 'test',
    secret: Buffer.alloc(32, 7),
    onFatal: (error) => {
      throw error;
    },
  };
  for (const channel of config.channels) {
    const bundled = bundle(channel, `d-${channel}`);
    await memory.table.put([
      {
        topic: 'deployment.bundled',
        key: bundled.deploymentId,
        value: serde.encode('deployment.bundled', bundled),
        headers: {},
      },
      {
        topic: 'deployment.changed',
        key: channel,
        value: serde.encode('deployment.changed', change(channel, bundled.deploymentId)),
        headers: {},
      },
    ]);
  }
  const warehouse = options.warehouse ?? memoryWarehouse();
  const keys = createKeyStore({ clickhouse: warehouse.warehouse, clock });
  const scoredBatches: number[] = [];
  const model = {
    modelId: 'm-1',
    score: async (texts: readonly string[]) => {
      scoredBatches.push(texts.length);
      // A run of a real model leaves the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      return texts.map((text) => ({ logits: { H: text.includes('vermin') ? 2.5 : -4.123456, SH: -3 } }));
    },
    close: () => Promise.resolve(),
  };
  const testing = await Test.createTestingModule({ imports: [PlatformModule.of(platform), contentRole.module] })
    .overrideProvider(WAREHOUSE)
    .useValue(warehouse.warehouse)
    .overrideProvider(MODEL_LOADER)
    .useValue(() => Promise.resolve(model))
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(httpAdapter(contentRole, config));
  await contentRole.shapeHttp?.(app, platform);
  await app.init();
  const workers = app.get<readonly Worker[]>(WORKERS, { strict: false });
  await Promise.all(workers.map((worker) => worker.start()));
  await app.getHttpAdapter().getInstance().ready();
  if (options.port !== undefined) await app.listen(options.port, '127.0.0.1');
  return {
    app,
    broker: memory,
    keys,
    warehouse,
    scoredBatches,
    call: async ({ method = 'POST', url, key, headers, body, payload, remoteAddress = '203.0.113.9' }) => {
      const sent = payload ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await app.inject({
        method,
        url,
        remoteAddress,
        headers: {
          ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...headers,
        },
        ...(sent === undefined ? {} : { payload: sent }),
      });
      const isJson = String(response.headers['content-type']).includes('json');
      return {
        status: response.statusCode,
        headers: response.headers,
        text: response.body,
        json: isJson ? response.json<Record<string, unknown>>() : {},
      };
    },
    keyFor: async (platform, rest) => {
      const { text } = await keys.create({ platform, name: `key of ${platform}`, channel: 'public', ...rest });
      // An unknown key makes the gateway look again, at most once a second.
      time.now += 1000;
      return text;
    },
    read: async <T>(topic: TopicName) => {
      const values: T[] = [];
      await memory.journal.tail({
        topics: [topic],
        from: 'beginning',
        untilEnd: true,
        signal: new AbortController().signal,
        onRecords: async (records) => {
          for (const decoded of await serde.decode(topic, records)) if (decoded.ok) values.push(decoded.value as T);
        },
      });
      return values;
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await app.close();
      await memory.close();
    },
  };
}
