import fc from 'fast-check';
import { partitionOfKey } from '#platform/stream';
import { Partitioners } from './kafkajs.js';

const partition = Partitioners.DefaultPartitioner();

function byClient(key: string | Buffer, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [],
    isr: [],
  }));
  return partition({ topic: 't', partitionMetadata, message: { key, value: null } });
}

test('the client places keys where the platform says that they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
      expect(byClient(key, partitions)).toBe(partitionOfKey(key, partitions));
    }),
  );
});

test('byte keys are placed like any others', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(byClient(Buffer.from(bytes), 12)).toBe(partitionOfKey(Buffer.from(bytes), 12));
    }),
  );
});

/** From the tests of the Java client: org.apache.kafka.common.utils.UtilsTest.testMurmur2. */
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('the hash of %s is that of the Java client', (key, hash) => {
  expect(byClient(key, 1_000_003)).toBe((hash & 0x7fffffff) % 1_000_003);
});
