import { bucketOf, type PlanBucket } from './sampling-plan.js';
import type { BucketAggregate } from './window-aggregates.js';

const MOST_BUCKETS = 200;
const LEAST_FACTOR = 0.2;
const GREATEST_FACTOR = 5;

/** Metadata factors of one stratum. */
export interface MetadataFactors {
  readonly buckets: Readonly<Record<string, PlanBucket>>;
  /** Of contents whose bucket is not listed, at most 1: with 5 the next window drew 1.2 to 1.6 times its budget (sampling 1.2). */
  readonly otherFactor: number;
  readonly of: (bucket: BucketAggregate) => number;
}

/**
 * Re-weighting by the square root of the counts (sampling 0, 1.2): `n^-0.5` of a bucket of language, kind and platform, divided by its
 * mean over contents, within [0.2, 5]. The 199 largest buckets are listed; the others are one bucket together, whose factor is also
 * that of buckets never seen, because a content cannot tell which of the two its bucket is.
 */
export function metadataFactors(aggregates: readonly BucketAggregate[]): MetadataFactors {
  const counts = aggregates
    .map((bucket) => ({ name: bucketOf(bucket), contents: bucket.contents }))
    .sort((left, right) => right.contents - left.contents || (left.name < right.name ? -1 : 1));
  const listed = counts.length <= MOST_BUCKETS ? counts : counts.slice(0, MOST_BUCKETS - 1);
  const merged = counts.slice(listed.length).reduce((sum, { contents }) => sum + contents, 0);
  const sizes =
    merged > 0 ? [...listed.map(({ contents }) => contents), merged] : listed.map(({ contents }) => contents);
  // Mean of n^-0.5 over contents: each bucket has n of them.
  const mean = sizes.reduce((sum, n) => sum + Math.sqrt(n), 0) / sizes.reduce((sum, n) => sum + n, 0);
  const factorOf = (n: number): number => Math.min(Math.max(1 / Math.sqrt(n) / mean, LEAST_FACTOR), GREATEST_FACTOR);
  const buckets: Record<string, PlanBucket> = {};
  for (const { name, contents } of listed) buckets[name] = { contents, factor: factorOf(contents) };
  const otherFactor = merged > 0 ? Math.min(1, factorOf(merged)) : 1;
  return { buckets, otherFactor, of: (bucket) => buckets[bucketOf(bucket)]?.factor ?? otherFactor };
}
