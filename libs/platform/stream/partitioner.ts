const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * Kafka's murmur2 over bytes, as the Java client's default partitioner uses it.
 * @returns unsigned 32-bit hash with the sign bit cleared
 */
export function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k = Math.imul(bytes.readInt32LE(at), M);
    k ^= k >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(k, M);
  }
  const rest = length - at;
  if (rest >= 3) hash ^= bytes.readUInt8(at + 2) << 16;
  if (rest >= 2) hash ^= bytes.readUInt8(at + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes.readUInt8(at), M);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  hash ^= hash >>> 15;
  return hash & 0x7fffffff;
}

/** Partition of a key by the Java-compatible partitioner. */
export function partitionOfKey(key: string | Buffer, partitions: number): number {
  return murmur2(typeof key === 'string' ? Buffer.from(key, 'utf8') : key) % partitions;
}
