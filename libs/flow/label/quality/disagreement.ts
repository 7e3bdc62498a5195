import type { Vote } from '../resolution/vote.js';

/** Features of a text, for example weighted n-grams or an embedding; length does not matter, direction does. */
export interface TextFeatures {
  readonly ids: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** How a cluster is divided: people keep to their side, the same people go both ways, or too few voted twice to tell. */
export type Division = 'TWO_READINGS' | 'WAVERING' | 'SPLIT';

export interface DisagreementCluster {
  readonly question: string;
  readonly division: Division;
  /** All items, most contested first. */
  readonly items: readonly string[];
  readonly yes: number;
  readonly no: number;
  /** Labelers who say mostly yes, and mostly no, of at least two items of the cluster. */
  readonly yesCamp: readonly string[];
  readonly noCamp: readonly string[];
  /** For people, for example "question q3 is read two ways, 14 examples". Holds no text of content. */
  readonly summary: string;
}

export interface ClusterSettings {
  /** Cosine from which an item belongs to a cluster's first item. */
  readonly leastSimilarity: number;
  readonly fewestItems: number;
}

export const defaultClusters: ClusterSettings = { leastSimilarity: 0.3, fewestItems: 3 };

interface Contested {
  readonly item: string;
  readonly votes: readonly Vote[];
  readonly yes: number;
  readonly no: number;
}

/**
 * Items of one question on which people split, grouped by likeness, for whoever writes the policy. Deterministic and in one pass: the
 * most contested item starts the first cluster, each next one joins the cluster whose first item it is most like, or starts its own.
 * Items without features stay out. Largest cluster first, then by first item.
 */
export function clusterDisagreement(
  question: string,
  votes: readonly Vote[],
  featuresOf: ReadonlyMap<string, TextFeatures>,
  { leastSimilarity, fewestItems }: ClusterSettings = defaultClusters,
): DisagreementCluster[] {
  const clusters: Contested[][] = [];
  const postings = new Map<number, { readonly cluster: number; readonly value: number }[]>();
  for (const contested of contestedItems(votes)) {
    const features = featuresOf.get(contested.item);
    const length = features === undefined ? 0 : lengthOf(features);
    if (features === undefined || length === 0) continue;
    const nearest = nearestCluster(features, length, postings);
    if (nearest !== null && nearest.similarity >= leastSimilarity) {
      clusters[nearest.cluster]?.push(contested);
      continue;
    }
    const cluster = clusters.length;
    clusters.push([contested]);
    for (let i = 0; i < features.ids.length; i += 1) {
      const id = features.ids[i] ?? 0;
      const posting = { cluster, value: (features.values[i] ?? 0) / length };
      const known = postings.get(id);
      if (known === undefined) postings.set(id, [posting]);
      else known.push(posting);
    }
  }
  return clusters
    .filter((members) => members.length >= fewestItems)
    .map((members) => describe(question, members))
    .sort((a, b) => b.items.length - a.items.length || ((a.items[0] ?? '') < (b.items[0] ?? '') ? -1 : 1));
}

function contestedItems(votes: readonly Vote[]): Contested[] {
  const byItem = new Map<string, Vote[]>();
  for (const vote of votes) {
    if (vote.answer === 'UNSURE') continue;
    const known = byItem.get(vote.item);
    if (known === undefined) byItem.set(vote.item, [vote]);
    else known.push(vote);
  }
  const contested: Contested[] = [];
  for (const [item, own] of byItem) {
    const yes = own.filter(({ answer }) => answer === 'YES').length;
    if (yes > 0 && yes < own.length) contested.push({ item, votes: own, yes, no: own.length - yes });
  }
  const balance = ({ yes, no }: Contested): number => Math.abs(yes - no) / (yes + no);
  return contested.sort(
    (a, b) => balance(a) - balance(b) || b.votes.length - a.votes.length || (a.item < b.item ? -1 : 1),
  );
}

function lengthOf({ values }: TextFeatures): number {
  let squares = 0;
  for (const value of Array.from(values)) squares += value * value;
  return Math.sqrt(squares);
}

function nearestCluster(
  { ids, values }: TextFeatures,
  length: number,
  postings: ReadonlyMap<number, readonly { readonly cluster: number; readonly value: number }[]>,
): { readonly cluster: number; readonly similarity: number } | null {
  const products = new Map<number, number>();
  for (let i = 0; i < ids.length; i += 1) {
    for (const { cluster, value } of postings.get(ids[i] ?? 0) ?? []) {
      products.set(cluster, (products.get(cluster) ?? 0) + (value * (values[i] ?? 0)) / length);
    }
  }
  let nearest: { cluster: number; similarity: number } | null = null;
  for (const [cluster, similarity] of products) {
    if (
      nearest === null ||
      similarity > nearest.similarity ||
      (similarity === nearest.similarity && cluster < nearest.cluster)
    ) {
      nearest = { cluster, similarity };
    }
  }
  return nearest;
}

/** Who says yes (or no) to at least this share of a cluster's items keeps to a side. */
const campFrom = 0.75;

function describe(question: string, members: readonly Contested[]): DisagreementCluster {
  const byLabeler = new Map<string, { yes: number; all: number }>();
  for (const { votes } of members) {
    for (const { labeler, answer } of votes) {
      const { yes, all } = byLabeler.get(labeler) ?? { yes: 0, all: 0 };
      byLabeler.set(labeler, { yes: yes + (answer === 'YES' ? 1 : 0), all: all + 1 });
    }
  }
  const frequent = [...byLabeler].filter(([, { all }]) => all >= 2);
  const yesCamp = frequent.flatMap(([labeler, { yes, all }]) => (yes >= campFrom * all ? [labeler] : [])).sort();
  const noCamp = frequent.flatMap(([labeler, { yes, all }]) => (all - yes >= campFrom * all ? [labeler] : [])).sort();
  const wavering = frequent.length - yesCamp.length - noCamp.length;
  let division: Division = 'SPLIT';
  if (wavering > yesCamp.length + noCamp.length) division = 'WAVERING';
  else if (yesCamp.length > 0 && noCamp.length > 0) division = 'TWO_READINGS';
  return {
    question,
    division,
    items: members.map(({ item }) => item),
    yes: members.reduce((sum, { yes }) => sum + yes, 0),
    no: members.reduce((sum, { no }) => sum + no, 0),
    yesCamp,
    noCamp,
    summary: `question ${question} ${phrases[division]}, ${members.length} examples`,
  };
}

const phrases: Readonly<Record<Division, string>> = {
  TWO_READINGS: 'is read two ways',
  WAVERING: 'is hard to answer',
  SPLIT: 'divides people',
};
