import { topicDefinitions, type EventByTopic, type EventOfFamily, type FamilyName } from './generated/topics.js';
import type { SchemaName } from './generated/schemas.js';
import type { TopicClass, TopicDefinition } from './topic-definition.js';

/** Name of a topic without the configured prefix. */
export type TopicName = keyof EventByTopic | FamilyName;
export type EventOf<N extends TopicName> = N extends keyof EventByTopic ? EventByTopic[N] : EventOfFamily<N>;

/** Apps whose input is a flow: their dead letters are written in the flow's transaction, partition by partition. */
const FLOW_APPS: ReadonlySet<string> = new Set(['prediction', 'verdict', 'sampling']);

/** One concrete topic: channels and apps filled in. */
export interface Topic {
  readonly name: TopicName;
  readonly class: TopicClass;
  readonly copartitioned: boolean;
  readonly retentionMs: number;
  readonly maxBytes: number;
  readonly schema: SchemaName;
  /** Platforms write here: bytes are untrusted, and rejected records never stop the stage. */
  readonly outsidersWrite: boolean;
  /** Stages that read it. */
  readonly readers: readonly string[];
  readonly doc: string;
}

function concrete(definition: TopicDefinition, name: string, schema: SchemaName): Topic {
  const isJournalOfApp = definition.per === 'app' && !FLOW_APPS.has(name.slice(definition.topic.length + 1));
  return {
    name: name as TopicName,
    class: isJournalOfApp ? 'journal' : definition.class,
    copartitioned: definition.copartitioned && !isJournalOfApp,
    retentionMs: definition.retentionMs,
    maxBytes: definition.maxBytes,
    schema,
    outsidersWrite: definition.writers.includes('platforms'),
    readers: definition.readers,
    doc: definition.doc,
  };
}

const definitions: readonly TopicDefinition[] = topicDefinitions;

/**
 * The topic of a name without prefix.
 * @throws Error when no entry of avro/topics.yaml describes the name, or its stage has no schema yet.
 */
export function topicOf(name: string): Topic {
  const cached = byName.get(name);
  if (cached !== undefined) return cached;
  const definition =
    definitions.find((d) => d.per === 'installation' && d.topic === name) ??
    definitions.find((d) => d.per !== 'installation' && name.startsWith(`${d.topic}.`));
  if (definition?.schema == null) throw new Error(`topic ${name}: avro/topics.yaml has no entry with a schema for it`);
  const topic = concrete(definition, name, definition.schema as SchemaName);
  byName.set(name, topic);
  return topic;
}
const byName = new Map<string, Topic>();

/** Every topic that an installation with these channels has, in the order of avro/topics.yaml; one for each app that writes it where each has its own. */
export function allTopics(channels: readonly string[]): readonly Topic[] {
  return definitions.flatMap(({ topic, per, schema, writers }) => {
    if (schema === null) return [];
    const suffixes = { installation: [''], channel: channels.map((c) => `.${c}`), app: writers.map((a) => `.${a}`) };
    return suffixes[per].map((suffix) => topicOf(`${topic}${suffix}`));
  });
}

/** Apps that can reject a record. */
export const deadLetterApps: readonly string[] =
  definitions.find(({ topic }) => topic === 'dead-letter')?.writers ?? [];

/** Key of a flow record. */
export function contentKey(content: { readonly platform: string; readonly contentId: string }): string {
  return `${content.platform}/${content.contentId}`;
}

/** Key of one revision. */
export function revisionKey(content: {
  readonly platform: string;
  readonly contentId: string;
  readonly revision: number;
}): string {
  return `${content.platform}/${content.contentId}/${content.revision}`;
}
