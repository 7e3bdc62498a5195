import type { Server } from 'node:http';
import type { ContentSubmitted } from '#platform/contracts';
import { createMemoryLog } from '#platform/testing';
import { memoryWarehouse, NOW, startBench, type Bench } from './gateway-bench.module.js';

const PORTS = [19_611, 19_612] as const;

describe('two replicas on real sockets', () => {
  const replicas: Bench[] = [];
  let key: string;

  beforeAll(async () => {
    const log = createMemoryLog({ partitions: 4, clock: () => NOW });
    const warehouse = memoryWarehouse();
    for (const port of PORTS) replicas.push(await startBench({ log, warehouse, port }));
    key = (await replicas[0]?.keyFor('forum')) ?? '';
    await replicas[1]?.keyFor('other');
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.stop())));

  const post = (port: number, body: unknown) =>
    fetch(`http://127.0.0.1:${port}/v1/content`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });

  it('forward to the owner of the partition: concurrent retries at both are one event each', async () => {
    const items = Array.from({ length: 40 }, (_, n) => ({ contentId: `r/${n}`, text: `text ${n}` }));
    const answers = await Promise.all([0, 1, 0, 1].map((at) => post(PORTS[at as 0 | 1], { items })));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as {
      readonly accepted: readonly { readonly contentId: string; readonly duplicate: boolean }[];
    }[];
    const fresh = bodies.flatMap(({ accepted }) => accepted.filter(({ duplicate }) => !duplicate));
    expect(fresh.map(({ contentId }) => contentId).sort()).toEqual(items.map(({ contentId }) => contentId).sort());
    const events = (await replicas[0]?.read<ContentSubmitted>('content.submitted')) ?? [];
    expect(events).toHaveLength(items.length);
  });

  it('a stream that is open does not keep the gateway from stopping', async () => {
    const lone = await startBench({ port: 19_613 });
    const lonely = await lone.keyFor('forum');
    const response = await fetch('http://127.0.0.1:19613/v1/verdicts/stream', {
      headers: { authorization: `Bearer ${lonely}`, 'last-event-id': 'public~0-0.1-0.2-0.3-0' },
    });
    expect(response.status).toBe(200);
    await lone.stop();
    await expect(response.text()).resolves.not.toContain('event: verdict');
  });

  it('cut off requests that are sent too slowly', () => {
    const { headersTimeout, requestTimeout } = replicas[0]?.app.getHttpServer() as Server;
    expect([headersTimeout, requestTimeout]).toEqual([5000, 15_000]);
  });
});
