import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EventOf, SchemaName, TopicName } from '#platform/contracts';
import { projectRoot } from '#platform/config';
import { createClickHouse, migrate, RowBinary, type ClickHouse } from '#platform/clickhouse';
import { startStack, type RunningStack } from '#platform/stack';
import type { Broker, WriteRecord } from '#platform/stream';
import { createMemoryBroker, createMemoryLog, createStaticSerde, loadExamples } from '#platform/testing';
import { createSink, type SinkOptions } from './sink.js';
import { tableOf, tables, type StoredSchema } from './tables.js';
import { content, hash, NOON, prediction, storedRecord, verdict } from './warehouse.fixture.js';

let home: string;
let stack: RunningStack;
let clickhouse: ClickHouse;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-warehouse-'));
  stack = await startStack({ home, parts: ['clickhouse'], ports: { clickhouse: 0 } });
  clickhouse = createClickHouse({ url: stack.clickhouseUrl, user: 'default', password: '', database: 'moderation' });
  await migrate(clickhouse);
}, 60_000);

afterAll(async () => {
  await clickhouse.close();
  await stack.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const { name } of Object.values(tables)) await clickhouse.command('empty', `TRUNCATE TABLE ${name}`);
});

/** As an analyst does: HTTP and nothing else. */
async function curl<T = Record<string, unknown>>(sql: string): Promise<readonly T[]> {
  const query = encodeURIComponent(`${sql} FORMAT JSONEachRow`);
  const answer = await fetch(`${stack.clickhouseUrl}/?database=${clickhouse.database}&query=${query}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

let tokens = 0;

/** Inserts events as the sink does, at these offsets of partition 0. */
async function plant<N extends TopicName>(
  topic: N,
  events: readonly EventOf<N>[],
  place: { readonly offset?: number; readonly timestamp?: number; readonly key?: string } = {},
): Promise<void> {
  const table = tableOf(topic);
  const out = new RowBinary();
  events.forEach((event, index) => {
    const record = storedRecord(topic, {
      offset: (place.offset ?? 0) + index,
      timestamp: place.timestamp ?? NOON,
      key: Buffer.from(place.key ?? 'forum/c1'),
    });
    expect(table.write(out, event, record)).toBeNull();
  });
  await clickhouse.insertRows(table.name, out.take(), { columns: table.columnNames, token: `planted-${++tokens}` });
}

describe('tables', () => {
  it('have exactly the columns that the events fill, of the same types', async () => {
    for (const table of Object.values(tables)) {
      const stored = await curl<{ name: string; type: string }>(
        `SELECT name, type FROM system.columns WHERE database = '${clickhouse.database}' AND table = '${table.name}' ORDER BY position`,
      );
      const filled = table.columns.map(({ name, type }) => ({ name, type }));
      expect(sorted(stored.map(spaced))).toEqual(sorted(filled.map(spaced)));
    }
  });

  it.each(Object.keys(tables) as StoredSchema[])('keep every example of %s', async (schema) => {
    const examples = loadExamples(schema as SchemaName);
    const topic = topicFor(schema);
    for (const [index, { event }] of examples.entries()) {
      await plant(topic, [event as EventOf<TopicName>], { offset: index });
    }
    const [row] = await curl<{ rows: number }>(`SELECT count() AS rows FROM ${tables[schema].name} FINAL`);
    expect(row?.rows).toBe(examples.length);
  });
});

function topicFor(schema: StoredSchema): TopicName {
  if (schema === 'verdict/issued') return 'verdict.public';
  if (schema === 'dead-letter/rejected') return 'dead-letter.prediction';
  return schema.replace('/', '.') as TopicName;
}

function spaced({ name, type }: { readonly name: string; readonly type: string }) {
  return { name, type: type.replaceAll(/\s+/g, ' ') };
}

function sorted(columns: readonly { readonly name: string; readonly type: string }[]) {
  return [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));
}

describe('views', () => {
  it('show a repeated event once, wherever the sink was killed', async () => {
    const events = Array.from({ length: 200 }, (_, index) => `c${index}`);
    for (const [from, to] of [
      [0, 200],
      [0, 120],
      [50, 200],
    ] as const) {
      const some = events.slice(from, to);
      await plant(
        'content.submitted',
        some.map((contentId) => content({ contentId, text: contentId })),
        { offset: from },
      );
      await plant(
        'prediction.scored',
        some.map((contentId, index) =>
          prediction({ contentId, source: { topic: 'content.submitted', partition: 0, offset: from + index } }),
        ),
        { offset: from },
      );
      await plant(
        'verdict.public',
        some.map((contentId) => verdict({ contentId })),
        { offset: from },
      );
      await plant(
        'verdict.internal',
        some.map((contentId) => verdict({ contentId, channel: 'internal' })),
        { offset: from },
      );
    }
    expect(
      await curl(
        'SELECT (SELECT count() FROM content) AS contents, (SELECT count() FROM predictions) AS predictions, (SELECT count() FROM verdicts) AS verdicts, (SELECT uniqExact(verdict_id) FROM verdicts) AS ids',
      ),
    ).toEqual([{ contents: 200, predictions: 200, verdicts: 400, ids: 400 }]);
  });

  it('fold an event that one insert holds twice', async () => {
    await plant('verdict.public', [verdict(), verdict({ contentId: 'c2' }), verdict()]);
    expect(await curl('SELECT count() AS verdicts FROM verdicts')).toEqual([{ verdicts: 2 }]);
  });

  it('show the fields of an event as they were', async () => {
    await plant('content.submitted', [content({ text: 'Straße, 港, 🙂', language: 'de' })], { offset: 7 });
    await plant('prediction.scored', [prediction()], { offset: 8 });
    await plant('verdict.public', [verdict({ reason: 'because' })], { offset: 9 });
    expect(await curl('SELECT * FROM content')).toEqual([
      {
        platform: 'forum',
        content_id: 'c1',
        revision: 1,
        kind: 'COMMENT',
        text: 'Straße, 港, 🙂',
        text_hash: hash('Straße, 港, 🙂'),
        language: 'de',
        metadata: { board: 'harbour' },
        erased: false,
        submitted_at: '2026-11-23 10:00:00.000',
        day: '2026-11-23',
        record_partition: 0,
        record_offset: 7,
      },
    ]);
    expect(
      await curl(
        'SELECT author_hash, conversation_hash, duplicate_key, scores, probabilities, scored_at, source_offset, record_offset FROM predictions',
      ),
    ).toEqual([
      {
        author_hash: hash('a1'),
        conversation_hash: null,
        duplicate_key: hash('c1').slice(0, 16),
        scores: [{ model_id: 'm-1', tier: 'NGRAM', logits: { H: -2, S: 0 } }],
        probabilities: { public: { H: 0.125, S: 0.5 }, internal: { H: 0.125, S: 0.5 } },
        scored_at: '2026-11-23 10:00:00.020',
        source_offset: 0,
        record_offset: 8,
      },
    ]);
    expect(await curl('SELECT * FROM verdicts')).toEqual([
      expect.objectContaining({
        verdict_id: verdict().verdictId,
        kind: 'ISSUED',
        current: true,
        action: 'REVIEW',
        categories: {
          H: { probability: 0.125, action: 'ALLOW', review_threshold: 0.4, block_threshold: 0.9, provisional: true },
          S: { probability: 0.5, action: 'REVIEW', review_threshold: 0.4, block_threshold: null, provisional: true },
        },
        supersedes: null,
        reason: 'because',
        text_hash: hash('c1'),
        issued_at: '2026-11-23 10:00:00.040',
        record_offset: 9,
      }),
    ]);
  });

  it('say which verdicts were replaced or withdrawn', async () => {
    const first = verdict({ contentId: 'a' });
    const other = verdict({ contentId: 'b' });
    const replacing = verdict({ contentId: 'a', kind: 'SUPERSEDED', supersedes: first.verdictId, causeId: 'appeal' });
    const withdrawing = verdict({ contentId: 'b', kind: 'RETRACTED', supersedes: other.verdictId, causeId: 'policy' });
    await plant('verdict.public', [first, other, verdict({ contentId: 'c' }), replacing, withdrawing]);
    expect(await curl('SELECT content_id, kind, current FROM verdicts ORDER BY content_id, record_offset')).toEqual([
      { content_id: 'a', kind: 'ISSUED', current: false },
      { content_id: 'a', kind: 'SUPERSEDED', current: true },
      { content_id: 'b', kind: 'ISSUED', current: false },
      { content_id: 'b', kind: 'RETRACTED', current: false },
      { content_id: 'c', kind: 'ISSUED', current: true },
    ]);
  });

  it('show no text of an erased content, in the content or in its dead letters, and the text of its neighbours', async () => {
    await plant('content.submitted', [content({ contentId: 'c1' }), content({ contentId: 'c2' })]);
    await plant('dead-letter.prediction', [deadLetter(1)], { key: 'forum/c1' });
    await plant('content.erased', [{ contentId: 'c1', platform: 'forum', requestedBy: null, erasedAt: NOON }]);
    expect(await curl('SELECT content_id, text, metadata, erased FROM content ORDER BY content_id')).toEqual([
      { content_id: 'c1', text: '', metadata: {}, erased: true },
      { content_id: 'c2', text: content().text, metadata: { board: 'harbour' }, erased: false },
    ]);
    expect(await curl('SELECT key, value_base64 FROM dead_letters')).toEqual([{ key: 'forum/c1', value_base64: null }]);
  });

  it('show a dead letter byte for byte', async () => {
    await plant('dead-letter.prediction', [deadLetter(5)]);
    expect(await curl('SELECT dead_letter_id, value_base64, value_bytes, headers FROM dead_letters')).toEqual([
      {
        dead_letter_id: 'prediction/content.submitted/2/5',
        value_base64: Buffer.from([0, 255, 10]).toString('base64'),
        value_bytes: 3,
        headers: { traceparent: Buffer.from([1, 254]).toString('base64') },
      },
    ]);
  });

  it('show since when and until when a bundle was live', async () => {
    const [bundle] = loadExamples('deployment/bundled');
    if (bundle === undefined) throw new Error('no example');
    const { deploymentId, channel } = bundle.event;
    const change = { channel, mode: 'NORMAL', previous: null, canary: null, shadows: [], changedBy: 'cli' } as const;
    await plant('deployment.bundled', [bundle.event]);
    await plant('deployment.changed', [
      { ...change, sequence: 1, live: deploymentId, reason: 'first', changedAt: NOON },
      { ...change, sequence: 2, live: 'd-unknown', reason: 'next', changedAt: NOON + 60_000 },
    ]);
    expect(
      await curl(
        'SELECT sequence, deployment_id, model_id, changed_at, changed_until FROM deployments ORDER BY sequence',
      ),
    ).toEqual([
      {
        sequence: 1,
        deployment_id: deploymentId,
        model_id: bundle.event.modelId,
        changed_at: '2026-11-23 10:00:00.000',
        changed_until: '2026-11-23 10:01:00.000',
      },
      {
        sequence: 2,
        deployment_id: 'd-unknown',
        model_id: '',
        changed_at: '2026-11-23 10:01:00.000',
        changed_until: null,
      },
    ]);
  });
});

function deadLetter(offset: number) {
  return {
    stage: 'prediction',
    release: '0.1.0',
    reason: 'bad_key',
    detail: 'key: must be platform/contentId of the value',
    source: { topic: 'content.submitted', partition: 2, offset },
    key: Buffer.from('forum/c1'),
    value: Buffer.from([0, 255, 10]),
    headers: [{ key: 'traceparent', value: Buffer.from([1, 254]) }],
    recordTimestamp: NOON,
    rejectedAt: NOON + 5,
  };
}

describe('explain-verdict', () => {
  it('joins a verdict with its prediction, bundle and policy', async () => {
    const [bundle] = loadExamples('deployment/bundled');
    const [policy] = loadExamples('policy/published');
    if (bundle === undefined || policy === undefined) throw new Error('no example');
    const { deploymentId, modelId } = bundle.event;
    const scores = [{ modelId, tier: 'NGRAM', logits: { H: -2 } }] as const;
    const assignments = prediction().assignments.map((a) => ({ ...a, deploymentId, modelId }));
    await plant('deployment.bundled', [bundle.event]);
    await plant('policy.published', [policy.event]);
    await plant('prediction.scored', [prediction({ contentId: 'other' }), prediction({ scores, assignments })], {
      offset: 41,
    });
    const subject = verdict({
      deploymentId,
      modelId,
      policyId: policy.event.policyId,
      policyVersion: policy.event.version,
      source: { topic: 'prediction.scored', partition: 0, offset: 42 },
    });
    const replacing = verdict({ kind: 'SUPERSEDED', supersedes: subject.verdictId });
    await plant('verdict.public', [verdict({ contentId: 'other' }), subject, replacing]);
    expect(await clickhouse.query('explain-verdict', { verdict_id: subject.verdictId })).toEqual([
      expect.objectContaining({
        verdict_id: subject.verdictId,
        action: 'REVIEW',
        source: 'prediction.scored/0/42',
        superseded_by: [replacing.verdictId],
        logits: { H: -2 },
        probabilities: { H: 0.125, S: 0.5 },
        model_error: null,
        language: 'en',
        scored_at: '2026-11-23 10:00:00.020',
        policy_title: policy.event.title,
        calibrators: expect.objectContaining({}) as unknown,
      }),
    ]);
    const [explained] = await clickhouse.query('explain-verdict', { verdict_id: subject.verdictId });
    expect(Object.keys(explained?.calibrators ?? {})).toEqual(Object.keys(bundle.event.calibrators));
  });

  it('explains a verdict of a person, which has no prediction of its own and no bundle', async () => {
    const person = verdict({
      kind: 'SUPERSEDED',
      decidedBy: 'PERSON',
      deploymentId: '',
      modelId: '',
      categories: {},
      source: { topic: 'verdict.requested', partition: 0, offset: 3 },
    });
    await plant('verdict.public', [person]);
    expect(await clickhouse.query('explain-verdict', { verdict_id: person.verdictId })).toEqual([
      expect.objectContaining({
        decided_by: 'PERSON',
        scored_at: null,
        bundled_at: null,
        logits: {},
        superseded_by: [],
      }),
    ]);
    expect(await clickhouse.query('explain-verdict', { verdict_id: hash('nothing') })).toEqual([]);
    expect(await clickhouse.query('explain-verdict', { verdict_id: 'not an id' })).toEqual([]);
  });
});

describe('dead-letter queries', () => {
  it('list by stage and reason, newest first, and show one whole', async () => {
    await plant('dead-letter.prediction', [
      deadLetter(1),
      { ...deadLetter(2), rejectedAt: NOON + 9 },
      { ...deadLetter(3), reason: 'truncated' },
    ]);
    const listed = await clickhouse.query('dead-letter-list', { stage: 'prediction', reason: 'bad_key', limit: 10 });
    expect(listed.map((row) => row.source_offset)).toEqual([2, 1]);
    expect(await clickhouse.query('dead-letter-list', { stage: '', reason: '', limit: 2 })).toHaveLength(2);
    const [shown] = await clickhouse.query('dead-letter-inspect', {
      stage: 'prediction',
      topic: 'content.submitted',
      partition: 2,
      offset: 3,
    });
    expect(shown).toMatchObject({ reason: 'truncated', value_base64: Buffer.from([0, 255, 10]).toString('base64') });
  });
});

describe('docs/queries.md', () => {
  const file = path.join(projectRoot, 'docs/queries.md');
  let heading = '';
  const queries = [...fs.readFileSync(file, 'utf8').matchAll(/^## (.+?)$|```sql\n([\s\S]+?)```/gm)].reduce<
    { readonly title: string; readonly sql: string }[]
  >((found, [, title, sql]) => {
    if (title !== undefined) heading = title;
    return sql === undefined ? found : [...found, { title: heading, sql }];
  }, []);

  /** Two channels, three contents and what happened to them a minute ago. */
  async function plantRecentDay(): Promise<void> {
    const now = Date.now() - 60_000;
    const at = { submittedAt: now, scoredAt: now + 30 };
    const ids = ['c1', 'c2', 'c3'];
    await plant(
      'prediction.scored',
      ids.map((contentId, offset) =>
        prediction({
          contentId,
          platform: 'demo',
          ...at,
          source: { topic: 'content.submitted', partition: 0, offset },
        }),
      ),
    );
    const verdictOf = (contentId: string, channel: 'public' | 'internal') =>
      verdict({
        contentId,
        channel,
        platform: 'demo',
        submittedAt: now,
        issuedAt: now + 50,
        action: channel === 'public' ? 'ALLOW' : 'REVIEW',
      });
    await plant(
      'verdict.public',
      ids.map((id) => verdictOf(id, 'public')),
    );
    await plant(
      'verdict.internal',
      ids.map((id) => verdictOf(id, 'internal')),
    );
    await plant('dead-letter.prediction', [{ ...deadLetter(1), rejectedAt: now }]);
    await plant('deployment.changed', [
      {
        channel: 'public',
        sequence: 1,
        mode: 'NORMAL',
        live: 'd-1',
        previous: null,
        canary: null,
        shadows: [],
        reason: 'first',
        changedBy: 'cli',
        changedAt: now,
      },
    ]);
    await clickhouse.command(
      'roll-up',
      "INSERT INTO verdict_hourly_runs SELECT toStartOfHour(now()), 'public', 'demo', 'ALLOW', '', 3, now64(3)",
    );
    await clickhouse.command(
      'roll-up',
      "INSERT INTO job_runs SELECT 'verdict-rollup', toStartOfHour(now()), now(), run_at FROM verdict_hourly_runs",
    );
    await plantLabels(now);
    await plantDrift(now);
    await clickhouse.command(
      'watermark',
      "INSERT INTO warehouse_watermark SELECT arrayJoin(['verdict.public', 'verdict.internal']), 0, 3, 3, now64(3), now64(3)",
    );
  }

  /** Two people and what became of their answers. */
  async function plantLabels(now: number): Promise<void> {
    const item = { platform: 'demo', contentId: 'c1', revision: 1 };
    const submitted = loadExamples('label/submitted').find(({ event }) => event.outcome === 'ANSWERED');
    const resolved = loadExamples('label/resolved').find(({ event }) => event.kind === 'RESOLVED');
    const derived = loadExamples('label/resolved').find(({ event }) => event.kind === 'DERIVED');
    if (submitted === undefined || resolved === undefined || derived === undefined) throw new Error('no examples');
    await plant(
      'label.submitted',
      ['u-1', 'u-2'].map((labelerId) => {
        const [leaseId, submissionId] = [hash(labelerId), hash(`${labelerId} 0`)];
        return { ...submitted.event, ...item, labelerId, leaseId, submissionId, submittedAt: now };
      }),
    );
    await plant('label.resolved', [
      { ...resolved.event, ...item, resolvedAt: now },
      { ...derived.event, ...item, resolvedAt: now },
    ]);
    const runs = [
      "labeler_quality_runs (run_at, labeler_id, answers, standing) VALUES (now64(3), 'u-1', 20, 'WARN')",
      "label_agreement_runs (run_at, kind, subject, alpha, band) VALUES (now64(3), 'QUESTION', 'attack@1', 0.2, 'POOR')",
      "label_disagreement_runs (run_at, question, place, examples) VALUES (now64(3), 'attack@1', 1, 14)",
      "label_error_runs (run_at, policy_id, platform, content_id, score, audit) VALUES (now64(3), 'default', 'demo', 'c1', 0.1, 'OPEN')",
    ];
    for (const run of runs) {
      const [table = ''] = run.split(' ');
      await clickhouse.command('quality', `TRUNCATE TABLE ${table}`);
      await clickhouse.command('quality', `INSERT INTO ${run.replace('now64(3)', "'2026-11-23 10:00:00'")}`);
    }
    await clickhouse.command(
      'quality',
      "INSERT INTO job_runs VALUES ('label-quality', '2026-11-23 09:00:00', '2026-11-23 10:00:00', '2026-11-23 10:00:00')",
    );
  }

  /** An hour of counters, a comparison that exceeds, and an alert. */
  async function plantDrift(now: number): Promise<void> {
    const alert = loadExamples('drift/alerted')[0]?.event;
    if (alert === undefined) throw new Error('no examples');
    await plant('drift.alerted', [{ ...alert, alertedAt: now }]);
    const [hour, runAt] = ['toStartOfHour(now()) - INTERVAL 1 HOUR', "toDateTime64('2026-11-23 11:00:00', 3, 'UTC')"];
    const histogram = 'arrayMap(i -> if(i = 32, 90, if(i = 48, 10, 0)), range(80))';
    const probabilities = 'arrayMap(i -> if(i = 32, 9., if(i = 48, 8., 0.)), range(80))';
    const scope = `SELECT 'public', toStartOfHour(now()), 1, 'logit', 'm-1', 'H', 'all', ''`;
    for (const [into, select] of [
      [
        'drift_score_runs',
        `SELECT ${hour}, 'public', 'm-1', 'H', 'all', '', 100, ${histogram}, ${probabilities}, -160., 440., 10, 17., 8., 9., 2., ${runAt}`,
      ],
      ['drift_mix_runs', `SELECT ${hour}, 'public', 'language', 100, map('en', 80, 'pt', 20), ${runAt}`],
      [
        'drift_window_runs (channel, window_to, width_hours, feature, model_id, category, slice_by, slice_value, window_from, reference, reference_counts, counts, reference_histogram, histogram, reference_contents, contents, reference_variance, run_at)',
        `${scope}, ${hour}, 'WEEKS', [50, 50], [90, 10], ${histogram}, ${histogram}, 100, 100, 4., ${runAt}`,
      ],
      [
        'drift_judgement_runs (channel, window_to, width_hours, feature, model_id, category, slice_by, slice_value, signs, run_at)',
        `${scope}, ['PSI'], ${runAt}`,
      ],
      ['job_runs', `SELECT arrayJoin(['drift-roll-up', 'drift-alerts']), ${hour}, toStartOfHour(now()), ${runAt}`],
      [
        'live_quality_totals (channel, category, window_from, window_to, contents, flagged, drawn, labels, flagged_labels, positive_labels, weights, squared_weights, positive_weights, positives, true_positives, squares, nn, bb)',
        `SELECT 'public', 'H', ${hour}, toStartOfHour(now()), 100, 10, 40, 40, 10, 8, 100., 250., 20., 20., 8., 30., 100., 20.`,
      ],
    ] as const) {
      await clickhouse.command(
        'drift',
        `TRUNCATE TABLE ${into === 'job_runs' ? 'drift_training_profiles' : into.replace(/ .*/, '')}`,
      );
      await clickhouse.command('drift', `INSERT INTO ${into} ${select}`);
    }
  }

  it('has at least twenty queries, each of which finds something in a day of data', async () => {
    await plantRecentDay();
    expect(new Set(queries.map(({ title }) => title)).size).toBeGreaterThanOrEqual(20);
    for (const { title, sql } of queries) {
      const rows = await curl(sql.trim());
      expect({ title, finds: rows.length > 0 }).toEqual({ title, finds: true });
    }
  });

  it('counts what is there', async () => {
    await plantRecentDay();
    const rates = queries.find(({ title }) => title.startsWith('2.'));
    expect(await curl(rates?.sql.trim() ?? '')).toEqual([
      { channel: 'internal', verdicts: 3, allowed: 0, reviewed: 1, blocked: 0 },
      { channel: 'public', verdicts: 3, allowed: 1, reviewed: 0, blocked: 0 },
    ]);
    const disagreement = queries.find(({ title }) => title.startsWith('9.'));
    expect(await curl(disagreement?.sql.trim() ?? '')).toEqual([
      { in_public: 'ALLOW', in_internal: 'REVIEW', contents: 3 },
    ]);
    const latency = queries.find(({ title }) => title.startsWith('3.'));
    expect(await curl(latency?.sql.trim() ?? '')).toEqual([
      { channel: 'internal', verdicts: 3, p50_p95_p99_ms: [50, 50, 50] },
      { channel: 'public', verdicts: 3, p50_p95_p99_ms: [50, 50, 50] },
    ]);
  });
});

describe('the sink on a real engine', () => {
  const CONTENTS = 3000;
  const serde = createStaticSerde();
  const topics: readonly TopicName[] = ['content.submitted', 'prediction.scored', 'verdict.public', 'verdict.internal'];

  async function publish(broker: Broker): Promise<void> {
    const records = Array.from({ length: CONTENTS }, (_, index): readonly WriteRecord[] => {
      const contentId = `c${index}`;
      const key = `forum/${contentId}`;
      const partition = index % 2;
      const source = { topic: 'content.submitted', partition, offset: Math.floor(index / 2) };
      const write = <N extends TopicName>(topic: N, event: EventOf<N>) => ({
        topic,
        partition,
        key,
        value: serde.encode(topic, event),
        headers: {},
      });
      return [
        write('content.submitted', content({ contentId })),
        write('prediction.scored', prediction({ contentId, source })),
        write('verdict.public', verdict({ contentId })),
        write('verdict.internal', verdict({ contentId, channel: 'internal' })),
      ];
    });
    await broker.flow.publish(records.flat());
  }

  function openSink(broker: Broker, overrides: Partial<SinkOptions> = {}) {
    const failures: Error[] = [];
    const sink = createSink({
      broker,
      serde,
      store: clickhouse,
      createBuffer: () => new RowBinary(),
      topics,
      release: '0.1.0',
      clock: Date.now,
      backOff: () => new Promise((resolve) => setTimeout(resolve, 50)),
      limits: {
        fullRows: 400,
        fullBytes: 1_000_000,
        maxAgeMs: 100,
        busyRows: 1000,
        busyAgeMs: 100,
        maxWaitingBytes: 10_000_000,
        maxInserts: 2,
        watermarkMs: 100,
        drainMs: 20_000,
      },
      observer: { onOutcomes: ignore, onInsert: ignore, onRetry: ignore, onProgress: ignore },
      onFatal: (error) => failures.push(error),
      ...overrides,
    });
    return { sink, failures };
  }

  function isDrained(log: ReturnType<typeof createMemoryLog>): boolean {
    return topics.every((topic) =>
      [0, 1].every((p) => log.position('warehouse', topic, p).offset === log.end(topic, p)),
    );
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  const counts = () =>
    curl(
      'SELECT (SELECT count() FROM content) AS contents, (SELECT count() FROM predictions) AS predictions, (SELECT count() FROM verdicts) AS verdicts',
    );
  const exact = [{ contents: CONTENTS, predictions: CONTENTS, verdicts: 2 * CONTENTS }];

  it('has every event once after the engine was killed in the middle of inserts', async () => {
    const log = createMemoryLog({ partitions: 2 });
    const broker = createMemoryBroker(log);
    await publish(broker);
    let inserts = 0;
    const { sink, failures } = openSink(broker, {
      onPoint: (point) => {
        if (point === 'before_insert' && ++inserts === 8) void stack.kill('clickhouse', 'SIGKILL');
      },
    });
    await sink.start();
    await until(() => inserts >= 8);
    await stack.restart('clickhouse');
    await until(() => isDrained(log));
    await sink.stop();
    expect(failures).toEqual([]);
    expect(await counts()).toEqual(exact);
  }, 60_000);

  it('has every event once when a sink dies between insert and commit, and another forms other batches', async () => {
    const log = createMemoryLog({ partitions: 2 });
    await publish(createMemoryBroker(log));
    let inserted = 0;
    const dying = openSink(createMemoryBroker(log), {
      limits: {
        fullRows: 170,
        fullBytes: 1_000_000,
        maxAgeMs: 100,
        busyRows: 1000,
        busyAgeMs: 100,
        maxWaitingBytes: 10_000_000,
        maxInserts: 4,
        watermarkMs: 100,
        drainMs: 0,
      },
      onPoint: async (point) => {
        if (point !== 'after_insert' || ++inserted <= 4) return;
        await new Promise<never>(ignore);
      },
    });
    await dying.sink.start();
    // The in-memory broker hands over the topics of a partition one after the other: two batches are out.
    await until(() => inserted === 6);
    await dying.sink.stop();
    expect(isDrained(log)).toBe(false);
    const next = openSink(createMemoryBroker(log));
    await next.sink.start();
    await until(() => isDrained(log));
    await next.sink.stop();
    expect(next.failures).toEqual([]);
    expect(await counts()).toEqual(exact);
    const [raw] = await curl<{ rows: number }>('SELECT count() AS rows FROM verdict_issued');
    expect(raw?.rows).toBeGreaterThanOrEqual(2 * CONTENTS);
  }, 60_000);

  it('says in freshness how far it is', async () => {
    const log = createMemoryLog({ partitions: 2 });
    const broker = createMemoryBroker(log);
    await publish(broker);
    await clickhouse.command('empty', 'TRUNCATE TABLE warehouse_watermark');
    const { sink } = openSink(broker);
    await sink.start();
    await until(() => isDrained(log));
    await sink.stop();
    expect(
      await curl('SELECT topic, partition, next_offset, lag_records FROM freshness ORDER BY topic, partition'),
    ).toEqual(
      [...topics]
        .sort()
        .flatMap((topic) =>
          [0, 1].map((partition) => ({ topic, partition, next_offset: CONTENTS / 2, lag_records: 0 })),
        ),
    );
  }, 60_000);
});

function ignore(): void {
  // Not looked at.
}
