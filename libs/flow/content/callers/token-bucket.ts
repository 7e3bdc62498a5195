/** Tokens that are left, at a time in milliseconds. May be negative: a batch is charged when its size is known. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface BucketLimits {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface Taken {
  readonly bucket: Bucket;
  readonly isAllowed: boolean;
  /** Seconds until one token is there; 0 when allowed. */
  readonly retryAfterSeconds: number;
}

export function fullBucket(limits: BucketLimits, now: number): Bucket {
  return { tokens: limits.burst, at: now };
}

/** Takes one token when one is there. A clock that goes back adds nothing and takes nothing away. */
export function takeToken(bucket: Bucket, limits: BucketLimits, now: number): Taken {
  const filled = refill(bucket, limits, now);
  if (filled.tokens >= 1) {
    return { bucket: { ...filled, tokens: filled.tokens - 1 }, isAllowed: true, retryAfterSeconds: 0 };
  }
  return { bucket: filled, isAllowed: false, retryAfterSeconds: (1 - filled.tokens) / limits.ratePerSecond };
}

/** Charges what an admitted call turned out to cost beyond its first token: debt delays the next calls. */
export function chargeTokens(bucket: Bucket, limits: BucketLimits, now: number, cost: number): Bucket {
  const filled = refill(bucket, limits, now);
  return { ...filled, tokens: filled.tokens - cost };
}

function refill(bucket: Bucket, { ratePerSecond, burst }: BucketLimits, now: number): Bucket {
  const seconds = Math.max(0, now - bucket.at) / 1000;
  return { tokens: Math.min(burst, bucket.tokens + seconds * ratePerSecond), at: now };
}
