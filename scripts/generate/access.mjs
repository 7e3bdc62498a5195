export const nameOf = ({ topic, per }) => (per === 'installation' ? topic : `${topic}.<${per}>`);
export const cleanupOf = ({ class: topicClass, retentionMs }) =>
  topicClass === 'table' ? (retentionMs < 0 ? ['compact'] : ['compact', 'delete']) : ['delete'];
export const partitionsOf = ({ copartitioned }) => (copartitioned ? 12 : 1);

/** Roles that write their tables as the only one, fenced by a transactional id (docs/adr/0017). */
const soleWriters = new Set(['deployment']);

/** What each role may do, in the order of the first topic that names it. */
export function accessByRole(topics) {
  const access = new Map();
  const of = (role) => {
    if (!access.has(role)) access.set(role, { reads: [], writes: [], isTransactional: soleWriters.has(role) });
    return access.get(role);
  };
  for (const topic of topics) {
    for (const writer of topic.writers) {
      const entry = of(writer);
      entry.writes.push(topic.per === 'app' ? `${topic.topic}.${writer}` : nameOf(topic));
      // A role that writes a table restores it before it starts.
      if (topic.class === 'table' && !topic.readers.includes(writer)) entry.reads.push(nameOf(topic));
      // The stage that owns a co-partitioned topic writes it in transactions, its dead letters with them.
      if (topic.copartitioned && topic.topic.split('.')[0] === writer) entry.isTransactional = true;
    }
    for (const reader of topic.readers) of(reader).reads.push(nameOf(topic));
  }
  return access;
}
