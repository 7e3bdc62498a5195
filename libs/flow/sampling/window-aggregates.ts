import { bucketOf, uncertaintyOf, type SamplingFacts } from './sampling-plan.js';

/** What a plan needs to know of a window: a few numbers for each bucket of language, kind and platform. */
export interface WindowAggregates {
  /** First `scoredAt` of the window, milliseconds since 1970. */
  readonly from: number;
  /** First `scoredAt` after it. */
  readonly to: number;
  readonly buckets: readonly BucketAggregate[];
}

export interface BucketAggregate {
  readonly language: string;
  readonly kind: string;
  readonly platform: string;
  readonly contents: number;
  readonly categories: Readonly<Record<string, CategoryAggregate>>;
}

export interface CategoryAggregate {
  /** Contents that have a score. */
  readonly scored: number;
  /** Contents whose score is at or above the threshold. */
  readonly above: number;
  /** Sum of sqrt(s(1-s)). */
  readonly uncertainty: number;
}

/**
 * The aggregates of a window whose contents are at hand; `sampling-window-aggregates.sql` computes the same in the warehouse, where metadata
 * factors need not be known, because they are the same for a whole bucket.
 * @param thresholds by category; a category without one is never above
 */
export function aggregateWindow(
  contents: Iterable<SamplingFacts>,
  thresholds: Readonly<Record<string, number>>,
  { from, to }: Pick<WindowAggregates, 'from' | 'to'>,
): WindowAggregates {
  const buckets = new Map<
    string,
    BucketAggregate & { contents: number; categories: Record<string, CategoryAggregate> }
  >();
  for (const content of contents) {
    const name = bucketOf(content);
    let bucket = buckets.get(name);
    if (bucket === undefined) {
      const { language, kind, platform } = content;
      bucket = { language, kind, platform, contents: 0, categories: {} };
      buckets.set(name, bucket);
    }
    bucket.contents += 1;
    for (const [category, score] of Object.entries(content.scores)) {
      const { scored, above, uncertainty } = bucket.categories[category] ?? { scored: 0, above: 0, uncertainty: 0 };
      bucket.categories[category] = {
        scored: scored + 1,
        above: above + (score >= (thresholds[category] ?? Infinity) ? 1 : 0),
        uncertainty: uncertainty + uncertaintyOf(score),
      };
    }
  }
  return { from, to, buckets: [...buckets.values()] };
}
