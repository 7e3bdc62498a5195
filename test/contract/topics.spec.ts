import { allTopics, topicDefinitions, topicOf } from '#platform/contracts';
import type { TopicDefinition } from '#platform/contracts';

const definitions: readonly TopicDefinition[] = topicDefinitions;
const day = 86_400_000;

/** Name, class, key, kept, of design section 3; `+` marks what is co-partitioned. */
const golden = `
content.submitted       flow+    platform/contentId                   7d
content.accepted        table+   platform/contentId/revision          1d
content.reported        journal  platform/contentId                   90d
content.erased          table    platform/contentId                   forever
prediction.scored       flow+    platform/contentId                   7d
verdict.requested       flow+    platform/contentId                   30d
verdict.<channel>       flow+    platform/contentId                   30d
verdict.overridden      table+   platform/contentId/revision/channel  forever
sampling.planned        table    planId                               forever
sampling.drawn          flow+    platform/contentId                   30d
sampling.closed         journal  drawId                               365d
label.requested         table    taskId                               forever
label.submitted         journal  taskId                               730d
label.resolved          journal  platform/contentId/revision          730d
policy.published        table    policyId@version                     forever
policy.requested        journal  requestId                            90d
dataset.requested       journal  requestId                            90d
training.requested      journal  requestId                            90d
deployment.requested    journal  requestId                            90d
dataset.progressed      journal  requestId                            30d
training.progressed     journal  requestId                            30d
dataset.published       table    datasetId                            forever
training.completed      table    artefactId                           forever
deployment.bundled      table    deploymentId                         forever
deployment.changed      table    channel                              forever
deployment.progressed   table    rolloutId                            forever
drift.alerted           journal  alertId                              90d
redteam.found           journal  findingId                            365d
dead-letter.<app>       flow+    original key                         30d
`;

/** Who writes, of design section 3. */
const writers: Readonly<Record<string, readonly string[]>> = {
  'content.submitted': ['content', 'platforms'],
  'verdict.requested': ['label', 'policy', 'deployment', 'cli'],
  'label.submitted': ['label', 'cli'],
  'policy.requested': ['cli', 'console', 'policy'],
  'dataset.requested': ['dataset', 'cli', 'console'],
  'dataset.published': ['dataset', 'cli'],
  'training.requested': ['training', 'cli', 'console'],
  'deployment.requested': ['deployment', 'cli', 'console'],
  'drift.alerted': ['warehouse'],
};

const row = ({ topic, per, class: topicClass, copartitioned, key, retentionMs }: TopicDefinition): string =>
  [
    (per === 'installation' ? topic : `${topic}.<${per}>`).padEnd(23),
    (topicClass + (copartitioned ? '+' : '')).padEnd(8),
    key.padEnd(36),
    retentionMs < 0 ? 'forever' : `${retentionMs / day}d`,
  ].join(' ');

describe('the topic catalogue', () => {
  it('has every topic of the design, each in its class, by its key, for its time', () => {
    expect(`\n${definitions.map(row).join('\n')}\n`).toBe(golden);
  });

  it('lets the stage of its name write each topic, and only the named ones besides', () => {
    for (const { topic, per, writers: actual } of definitions) {
      if (per === 'app') continue;
      const [stage = ''] = topic.split('.');
      const expected = writers[topic] ?? [stage];
      expect({ topic, writers: actual.filter((writer) => !expected.includes(writer)) }).toEqual({ topic, writers: [] });
      expect(actual.length).toBeGreaterThan(0);
    }
  });

  it('lets outsiders write content.submitted and nothing else', () => {
    expect(allTopics(['public']).filter(({ outsidersWrite }) => outsidersWrite)).toEqual([
      topicOf('content.submitted'),
    ]);
  });

  it('holds 256 KiB of content and 2 MiB of dead letter, so that a dead letter holds every record that can be rejected', () => {
    expect(topicOf('content.submitted').maxBytes).toBe(256 * 1024);
    expect(topicOf('dead-letter.prediction').maxBytes).toBe(2 * 1024 * 1024);
    const sources = definitions.filter(({ per }) => per !== 'app');
    expect(Math.max(...sources.map(({ maxBytes }) => maxBytes))).toBeLessThan(
      topicOf('dead-letter.prediction').maxBytes,
    );
  });

  it('keeps dead letters at least as long as the text that they hold', () => {
    expect(topicOf('dead-letter.prediction').retentionMs).toBeGreaterThanOrEqual(
      topicOf('content.submitted').retentionMs,
    );
  });

  it.each(['prediction', 'verdict', 'sampling'])('gives %s dead letters in its flow', (app) => {
    expect(topicOf(`dead-letter.${app}`)).toMatchObject({ class: 'flow', copartitioned: true });
  });

  it.each(['content', 'label', 'policy', 'dataset', 'training', 'deployment', 'warehouse'])(
    'gives %s, which reads no flow in transactions, a journal of dead letters',
    (app) => {
      expect(topicOf(`dead-letter.${app}`)).toMatchObject({ class: 'journal', copartitioned: false });
    },
  );

  it('does not take a topic of a stage for a channel of the verdict', () => {
    expect(topicOf('verdict.requested').schema).toBe('verdict/requested');
    expect(topicOf('verdict.overridden').schema).toBe('verdict/overridden');
    expect(topicOf('verdict.public').schema).toBe('verdict/issued');
  });

  it('says which file lacks a name that nobody has described', () => {
    expect(() => topicOf('weather.observed')).toThrow(/topic weather\.observed: avro\/topics\.yaml has no entry/);
    expect(() => topicOf('redteam.found')).toThrow(/no entry with a schema/);
  });

  it('lists one topic per channel and per app', () => {
    const names = allTopics(['public', 'internal']).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['verdict.public', 'verdict.internal', 'dead-letter.prediction']));
    expect(new Set(names).size).toBe(names.length);
  });
});
