import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClickHouse, migrate } from '#platform/clickhouse';
import { defaultServices, parseEnvironment, platformConfig, type PlatformConfig } from '#platform/config';
import { allTopics } from '#platform/contracts';
import { createTopics } from '#platform/kafka';
import { connect, kafkaConnection, startRole, type Connections, type RunningRole } from '#platform/role';
import { startStack, type RunningStack } from '#platform/stack';
import { createLogger } from '#platform/telemetry';
import { contentRole } from './index.js';

const PORT = 19_710;
const logger = createLogger({ stage: 'content', level: 'silent' });

describe('the content role on a real broker', () => {
  let home: string;
  let stack: RunningStack;
  let config: PlatformConfig;
  let connections: Connections;
  let role: RunningRole;

  async function start(): Promise<void> {
    connections = connect(config, logger);
    role = await startRole(contentRole, connections.platformOf('content', fail), PORT);
  }
  async function stop(): Promise<void> {
    await role.stop();
    await connections.broker.close();
  }

  beforeAll(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-content-'));
    stack = await startStack({ home, ports: { kafka: 0, registry: 0, clickhouse: 0 } });
    const environment = parseEnvironment({ TIDEGATE_HOME: home, CONTENT_PORT: String(PORT) });
    config = platformConfig(environment, { ...defaultServices(environment), ...stackUrls(stack) });
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
    await start();
  }, 120_000);
  afterAll(async () => {
    await stop();
    await stack.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }, 60_000);

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${PORT}/v1/content`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  /** A commit is acknowledged a moment before its records become readable. */
  async function submitted(atLeast: number): Promise<number> {
    for (;;) {
      const count = await readable();
      if (count >= atLeast) return count;
    }
  }

  async function readable(): Promise<number> {
    let count = 0;
    await connections.broker.journal.tail({
      topics: ['content.submitted'],
      from: 'beginning',
      untilEnd: true,
      signal: AbortSignal.timeout(10_000),
      onRecords: (records) => {
        count += records.length;
      },
    });
    return count;
  }

  it('makes one event of concurrent retries with one Idempotency-Key, and of one after a restart', async () => {
    const items = Array.from({ length: 50 }, (_, n) => ({ text: `text ${n}` }));
    const headers = { 'idempotency-key': 'upload-1' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => post({ items }, headers)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(await submitted(items.length)).toBe(items.length);
    await stop();
    await start();
    const after = (await (await post({ items }, headers)).json()) as {
      readonly accepted: readonly { readonly duplicate: boolean }[];
    };
    expect(after.accepted.every(({ duplicate }) => duplicate)).toBe(true);
    expect(await submitted(items.length)).toBe(items.length);
  }, 60_000);

  it('answers 503 with Retry-After while the broker is away, and goes on when it is back', async () => {
    const before = await readable();
    await stack.kill('kafka', 'SIGKILL');
    const refused = await post({ contentId: 'during', text: 'x' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    await stack.restart('kafka');
    let accepted = await post({ contentId: 'during', text: 'x' });
    while (accepted.status === 503) accepted = await post({ contentId: 'during', text: 'x' });
    expect(accepted.status).toBe(202);
    expect(await submitted(before + 1)).toBe(before + 1);
  }, 90_000);
});

function stackUrls({ kafkaBrokers, registryUrl, clickhouseUrl }: RunningStack) {
  return { kafkaBrokers, registryUrl, clickhouseUrl };
}

function fail(error: Error): never {
  throw error;
}
