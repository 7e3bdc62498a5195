const NOTHING = Buffer.alloc(0);
/** 8 x 7 bits less the sign: beyond 2^52 - 1 avsc reads another number than was written, so such a long is left to it. */
const LARGEST_ZIGZAG = 2 ** 53 - 1;
const single = new Float32Array(1);
const singleBytes = new Uint8Array(single.buffer);

/**
 * Reads the values of an Avro body one after another, in the order of its schema, without an object per value. What it does not read, it leaves
 * to the decoder by a RangeError: bytes that end too early, numbers that JavaScript does not hold, and forms that are allowed but written by
 * none of ours (a map in several blocks).
 */
export class AvroCursor {
  bytes: Buffer = NOTHING;
  private at = 0;

  /** @param at where in the bytes the body begins */
  open(bytes: Buffer, at = 0): void {
    this.bytes = bytes;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** An int or a long. */
  long(): number {
    const { bytes } = this;
    const { length } = bytes;
    let { at } = this;
    if (at >= length) throw new RangeError('ends too early');
    let byte = bytes[at++] ?? 0;
    if (byte < 128) {
      this.at = at;
      return (byte >>> 1) ^ -(byte & 1);
    }
    let sum = byte & 127;
    let factor = 128;
    do {
      if (at >= length) throw new RangeError('ends too early');
      byte = bytes[at++] ?? 0;
      sum += (byte & 127) * factor;
      factor *= 128;
      if (sum > LARGEST_ZIGZAG || factor > 2 ** 63) throw new RangeError('must be a number of at most 53 bits');
    } while (byte >= 128);
    this.at = at;
    return sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
  }

  /** Index of an enum's symbol or of a union's branch. */
  choice(choices: number): number {
    const index = this.long();
    if (index < 0 || index >= choices) throw new RangeError(`must be one of ${choices}`);
    return index;
  }

  boolean(): boolean {
    const byte = this.bytes[this.pass(1)] ?? 0;
    if (byte > 1) throw new RangeError('must be 0 or 1');
    return byte === 1;
  }

  /** Start of the next `size` bytes, which are passed over. */
  pass(size: number): number {
    const start = this.at;
    if (size < 0 || size > this.bytes.length - start) throw new RangeError('ends too early');
    this.at = start + size;
    return start;
  }

  float(): number {
    const start = this.pass(4);
    for (let index = 0; index < 4; index++) singleBytes[index] = this.bytes[start + index] ?? 0;
    return single[0] ?? 0;
  }

  /**
   * Items of an array or map that is written in one block, as `endItems` then makes sure.
   * @param smallest bytes of an item: a count that the rest cannot hold is refused before anything is written
   */
  items(smallest: number): number {
    const count = this.long();
    if (count < 0 || count * smallest > this.bytes.length - this.at) throw new RangeError('must be one sound block');
    return count;
  }

  endItems(count: number): void {
    if (count > 0 && this.long() !== 0) throw new RangeError('must be one block');
  }
}
