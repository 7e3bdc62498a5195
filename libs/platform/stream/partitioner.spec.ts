import fc from 'fast-check';
import { murmur2, partitionOfKey } from './partitioner.js';

describe('the partitioner', () => {
  // Vectors of org.apache.kafka.common.utils.UtilsTest#testMurmur2, with the sign bit cleared.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as the Java client does', (text, expected) => {
    expect(murmur2(Buffer.from(text))).toBe(expected & 0x7fffffff);
  });

  it('always names an existing partition', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
        const partition = partitionOfKey(key, partitions);
        return partition >= 0 && partition < partitions;
      }),
    );
  });
});
