import fc from 'fast-check';
import { chargeTokens, fullBucket, takeToken, type Bucket } from './token-bucket.js';

const limits = { ratePerSecond: 10, burst: 5 };

describe('a token bucket', () => {
  it('never lets through more than burst + rate x time, whenever the calls come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }), (gaps) => {
        let now = 0;
        let bucket: Bucket = fullBucket(limits, now);
        let allowed = 0;
        for (const gap of gaps) {
          now += gap;
          const taken = takeToken(bucket, limits, now);
          bucket = taken.bucket;
          if (taken.isAllowed) allowed++;
        }
        expect(allowed).toBeLessThanOrEqual(limits.burst + (limits.ratePerSecond * now) / 1000);
      }),
    );
  });

  it('lets the next call through after the time that it named', () => {
    const empty: Bucket = { tokens: 0.25, at: 0 };
    const refused = takeToken(empty, limits, 0);
    expect([refused.isAllowed, refused.retryAfterSeconds]).toEqual([false, 0.075]);
    expect(takeToken(refused.bucket, limits, 75).isAllowed).toBe(true);
  });

  it('makes a batch be paid by the calls after it', () => {
    const charged = chargeTokens(fullBucket(limits, 0), limits, 0, 25);
    const { isAllowed, retryAfterSeconds } = takeToken(charged, limits, 0);
    expect([isAllowed, retryAfterSeconds]).toEqual([false, 2.1]);
  });

  it('is not filled by a clock that goes back', () => {
    const { bucket } = takeToken({ tokens: 1, at: 3_600_000 }, limits, 0);
    expect(takeToken(bucket, limits, 0).isAllowed).toBe(false);
  });
});
