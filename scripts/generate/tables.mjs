import { accessByRole, cleanupOf, nameOf, partitionsOf } from './access.mjs';

const row = (...cells) => `| ${cells.join(' | ')} |\n`;
const code = (names) => (names.length === 0 ? '-' : names.map((name) => `\`${name}\``).join(', '));

/** docs/generated/topics.md */
export function topicTable({ topics }) {
  const rows = topics.map((topic) =>
    row(
      `\`${nameOf(topic)}\``,
      topic.copartitioned && topic.class === 'table' ? 'table, co-partitioned' : topic.class,
      topic.key,
      topic.retention === 'forever' ? 'for ever' : topic.retention,
      cleanupOf(topic).join(', '),
      partitionsOf(topic),
      `${topic.maxBytes / 1024} KiB`,
      topic.schema === null ? 'with its stage' : `[${topic.schema}](../../avro/${topic.schema}.avsc)`,
      topic.writers.join(', '),
      topic.readers.join(', '),
      topic.doc,
    ),
  );
  return `# Topics

Generated from \`avro/topics.yaml\` by \`npm run generate\`. Names go behind the configured prefix. Partitions are the default; the embedded stack
has 4 instead of 12. Dead letters of apps that read no flow are journals: one partition.

${row('topic', 'class', 'key', 'kept', 'cleanup', 'partitions', 'record limit', 'schema', 'written by', 'read by', 'what')}${row(...Array(11).fill('---'))}${rows.join('')}`;
}

/** docs/generated/acls.md */
export function aclTable({ topics }) {
  const rows = [...accessByRole(topics)].map(([role, { reads, writes, isTransactional }]) =>
    row(
      role === 'platforms' ? 'each platform' : `\`${role}\``,
      code(role === 'cli' ? ['every topic'] : reads),
      code(writes),
      role === 'platforms' ? 'its own' : role === 'cli' ? '-' : `\`${role}\``,
      isTransactional ? `\`${role}.\`` : '-',
    ),
  );
  return `# Access to Kafka

Generated from \`avro/topics.yaml\` by \`npm run generate\`. One principal per role, with nothing beyond this table (streaming 7). Topics, groups and
transactional ids go behind the configured prefix.

- *reads*: \`Read\` and \`Describe\` on the topic; *group*: \`Read\` on the group of that name. A role also reads the tables that it writes.
- *writes*: \`Write\` and \`Describe\` on the topic, and \`IdempotentWrite\` on the cluster.
- *transactional ids*: \`Write\` and \`Describe\` on all ids that start so, one per partition.
- A platform gets \`Write\` on \`content.submitted\` and \`Read\` on \`verdict.<channel>\` of the channels that it may see.
- Whoever replays dead letters needs \`Write\` on the topic that the record came from: give it to the operator, not to \`cli\`.
- In the registry, roles and platforms read schemas; only the release that brings a schema registers it.

${row('principal', 'reads', 'writes', 'group', 'transactional ids')}${row(...Array(5).fill('---'))}${rows.join('')}`;
}
