import { revisionKey } from '#platform/contracts';
import {
  createFeatureBuffer,
  createFeaturiser,
  DEFAULT_FEATURISER_SETTINGS,
  duplicateKey,
  inverseDocumentFrequency,
  weigh,
} from '#model';
import { clusterDisagreement, type DisagreementCluster, type TextFeatures } from '../quality/disagreement.js';
import type { LabelItem } from '../resolution/label-item.js';
import type { Steps } from '../steps.js';
import type { Answer, Vote } from '../resolution/vote.js';

/** An item on which people split over a question. The text stays here: nothing of it is kept. */
export interface ContestedItem {
  readonly item: LabelItem;
  readonly votes: readonly { readonly labeler: string; readonly answer: Answer }[];
  readonly text: string;
}

export interface ContestedCluster extends Omit<DisagreementCluster, 'items'> {
  readonly items: readonly LabelItem[];
}

/** Groups alike items by their words, tf-idf over the contested ones; of near-copies the first stands for all. */
export function* clusterContested(
  question: string,
  contested: readonly ContestedItem[],
): Steps<readonly ContestedCluster[]> {
  const featuriser = createFeaturiser(DEFAULT_FEATURISER_SETTINGS);
  const buffer = createFeatureBuffer(DEFAULT_FEATURISER_SETTINGS);
  const frequency = new Int32Array(DEFAULT_FEATURISER_SETTINGS.buckets);
  const seen = new Set<string>();
  const ids = new Map<string, Int32Array>();
  const items = new Map<string, LabelItem>();
  const votes: Vote[] = [];
  for (const one of contested) {
    yield;
    const copies = duplicateKey(one.text);
    if (seen.has(copies)) continue;
    seen.add(copies);
    const key = revisionKey(one.item);
    const own = buffer.ids.slice(0, featuriser.write(one.text, buffer));
    for (const id of own) frequency[id] = (frequency[id] ?? 0) + 1;
    ids.set(key, own);
    items.set(key, one.item);
    votes.push(...one.votes.map(({ labeler, answer }) => ({ item: key, labeler, answer })));
  }
  const idf = inverseDocumentFrequency(frequency, ids.size);
  const features = new Map<string, TextFeatures>();
  for (const [key, own] of ids) {
    const values = new Float32Array(own.length);
    weigh(own, own.length, idf, values);
    features.set(key, { ids: own, values });
  }
  return clusterDisagreement(question, votes, features).map((cluster) => ({
    ...cluster,
    items: cluster.items.flatMap((key) => items.get(key) ?? []),
  }));
}
