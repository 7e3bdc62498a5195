import { allTopics, topicOf, type EventBySchema, type SchemaName, type TopicName } from '#platform/contracts';
import type { Table } from './table.js';
import { contentErased, contentReported, contentSubmitted } from './tables/content.js';
import { datasetProgressed, datasetPublished } from './tables/dataset.js';
import { deadLetterRejected } from './tables/dead-letter.js';
import { deploymentBundled, deploymentChanged, deploymentProgressed, policyPublished } from './tables/deployment.js';
import { driftAlerted } from './tables/drift.js';
import { labelResolved, labelSubmitted } from './tables/label.js';
import { predictionScored } from './tables/prediction.js';
import { samplingClosed, samplingDrawn, samplingPlanned } from './tables/sampling.js';
import { trainingCompleted, trainingProgressed } from './tables/training.js';
import { verdictIssued } from './tables/verdict.js';

/** Every schema that has a table, and its table. */
export const tables = {
  'content/submitted': contentSubmitted,
  'content/reported': contentReported,
  'content/erased': contentErased,
  'prediction/scored': predictionScored,
  'verdict/issued': verdictIssued,
  'sampling/planned': samplingPlanned,
  'sampling/drawn': samplingDrawn,
  'sampling/closed': samplingClosed,
  'label/submitted': labelSubmitted,
  'label/resolved': labelResolved,
  'dataset/published': datasetPublished,
  'dataset/progressed': datasetProgressed,
  'training/completed': trainingCompleted,
  'training/progressed': trainingProgressed,
  'policy/published': policyPublished,
  'deployment/bundled': deploymentBundled,
  'deployment/changed': deploymentChanged,
  'deployment/progressed': deploymentProgressed,
  'drift/alerted': driftAlerted,
  'dead-letter/rejected': deadLetterRejected,
} as const satisfies { readonly [S in SchemaName]?: Table<EventBySchema[S]> };

export type StoredSchema = keyof typeof tables;

/** The table of a topic's events. @throws Error when the warehouse does not keep the topic */
export function tableOf(topic: TopicName): Table<unknown> {
  const { schema } = topicOf(topic);
  const found: Table<never> | undefined = schema in tables ? tables[schema as StoredSchema] : undefined;
  if (found === undefined) throw new Error(`${topic}: the warehouse has no table for ${schema}`);
  // The serde decodes the events of a topic by the schema that chose the table.
  return found as unknown as Table<unknown>;
}

/** Every topic of these channels that avro/topics.yaml lets the warehouse read. */
export function warehouseTopics(channels: readonly string[]): readonly TopicName[] {
  return allTopics(channels)
    .filter(({ readers }) => readers.includes('warehouse'))
    .map(({ name }) => name);
}
