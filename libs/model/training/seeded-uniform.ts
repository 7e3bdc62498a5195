/** 32-bit FNV-1a of a string's UTF-16 code units. */
export function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Finaliser of MurmurHash3: spreads every input bit over the 32 output bits. */
export function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Uniform in [0, 1), a pure function of seed, draw and key; there is no hidden state that a replay could miss. */
export function seededUniform(seed: number, draw: number, keyHash: number): number {
  const high = mix(mix(seed + Math.imul(draw + 1, 0x9e3779b1)) ^ keyHash);
  const low = mix(high ^ 0x6a09e667);
  return (high * 0x200000 + (low >>> 11)) / 0x20000000000000;
}
