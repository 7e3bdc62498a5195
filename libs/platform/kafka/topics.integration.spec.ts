import { topicOf, type TopicName } from '#platform/contracts';
import { createTopics, kafkaHealth } from './index.js';
import { quiet } from './testing/quiet.js';
import { startTestCluster, type TestCluster } from './testing/test-cluster.js';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
}, 90_000);
afterAll(async () => {
  await cluster.stop();
}, 60_000);

const create = (prefix: string, names: readonly TopicName[], partitions: number) =>
  createTopics({
    brokers: cluster.brokers,
    clientId: 'test',
    prefix,
    logger: quiet,
    topics: names.map(topicOf),
    partitions,
    replicationFactor: 1,
  });

test('a second run creates nothing and changes nothing', async () => {
  const prefix = cluster.prefix();
  const first = await create(prefix, ['content.submitted', 'policy.published'], 3);
  expect(first).toEqual({ created: [`${prefix}.content.submitted`, `${prefix}.policy.published`], existing: [] });
  const second = await create(prefix, ['content.submitted', 'policy.published'], 3);
  expect(second).toEqual({ created: [], existing: first.created });
  const broker = cluster.broker(prefix);
  expect(await broker.partitionFor('content.submitted', 'demo/a')).toBeLessThan(3);
  await broker.close();
});

test('another number of partitions is refused by name and number', async () => {
  const prefix = cluster.prefix();
  await create(prefix, ['content.submitted'], 3);
  await expect(create(prefix, ['content.submitted', 'prediction.scored'], 4)).rejects.toThrow(
    `${prefix}.content.submitted has 3 partitions, 4 are wanted`,
  );
});

test('health tells whether the cluster answers', async () => {
  const connection = { clientId: 'test', prefix: '', logger: quiet };
  expect(await kafkaHealth({ ...connection, brokers: cluster.brokers })).toMatchObject({ ok: true, brokers: 1 });
  const away = await kafkaHealth({ ...connection, brokers: ['127.0.0.1:9'] });
  expect(away).toMatchObject({ ok: false });
});
