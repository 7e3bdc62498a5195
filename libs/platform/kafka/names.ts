/** Prefixed names on the cluster; everything above the adapter speaks of topics without prefix. */
export interface Names {
  topic(name: string): string;
  /** Without the prefix. */
  plain(topic: string): string;
  group(app: string): string;
  transactionalId(app: string, partition: number): string;
}

/** Maps are kept because topics are named per record. */
export function namesOf(prefix: string): Names {
  const start = prefix === '' ? '' : `${prefix}.`;
  const prefixed = new Map<string, string>();
  const plain = new Map<string, string>();
  return {
    topic: (name) => {
      let topic = prefixed.get(name);
      if (topic === undefined) prefixed.set(name, (topic = start + name));
      return topic;
    },
    plain: (topic) => {
      let name = plain.get(topic);
      if (name === undefined) plain.set(topic, (name = topic.slice(start.length)));
      return name;
    },
    group: (app) => start + app,
    transactionalId: (app, partition) => `${start}${app}.${partition}`,
  };
}
