import type { EventOf, TopicName } from '#platform/contracts';
import { RowBinary } from '#platform/clickhouse';
import type { Decoded, StoredRecord } from '#platform/stream';
import { judgeRecord } from './judge-record.js';
import { tableOf } from './tables.js';
import { content, storedRecord, verdict } from './warehouse.fixture.js';

const broken: Decoded<never> = { ok: false, reason: 'truncated', detail: 'byte 3: ends' };

function judge<N extends TopicName>(topic: N, decoded: Decoded<EventOf<N>>, record: Partial<StoredRecord> = {}) {
  const out = new RowBinary();
  const judgement = judgeRecord(tableOf(topic), out, storedRecord(topic, record), decoded);
  return { judgement, bytes: out.length };
}

describe('judgeRecord', () => {
  it('makes a row of what it can read', () => {
    const { judgement, bytes } = judge('content.submitted', { ok: true, value: content() });
    expect(judgement).toEqual({ kind: 'row' });
    expect(bytes).toBeGreaterThan(0);
  });

  it('leaves what outsiders sent and prediction rejects to the dead letter of prediction', () => {
    const skipped = { judgement: { kind: 'skip', reason: 'judged_by_prediction' }, bytes: 0 };
    expect(judge('content.submitted', broken)).toEqual(skipped);
    expect(judge('content.submitted', { ok: true, value: content({ revision: 0 }) })).toEqual(skipped);
    expect(judge('content.submitted', { ok: true, value: content() }, { key: Buffer.from('forum/c2') })).toEqual(
      skipped,
    );
    expect(judge('content.submitted', { ok: true, value: content() }, { key: null })).toEqual(skipped);
  });

  it('rejects what one of our own stages wrote wrongly', () => {
    expect(judge('verdict.public', broken).judgement).toEqual({
      kind: 'reject',
      reason: 'truncated',
      detail: 'byte 3: ends',
    });
    expect(judge('verdict.public', { ok: true, value: verdict({ textHash: 'x' }) })).toEqual({
      judgement: { kind: 'reject', reason: 'invalid_field', detail: 'text_hash: must be 32 hexadecimal digits' },
      bytes: 0,
    });
  });

  it('skips a tombstone of a compacted topic and rejects an empty record of a flow', () => {
    const missing: Decoded<never> = { ok: false, reason: 'missing_value', detail: 'value: missing' };
    expect(judge('content.erased', missing, { value: null }).judgement).toEqual({ kind: 'skip', reason: 'tombstone' });
    expect(judge('prediction.scored', missing, { value: null }).judgement).toMatchObject({ kind: 'reject' });
  });

  it('never answers an unreadable dead letter of its own with another one', () => {
    expect(judge('dead-letter.warehouse', broken).judgement).toEqual({ kind: 'skip', reason: 'own_dead_letter' });
    expect(judge('dead-letter.verdict', broken).judgement).toMatchObject({ kind: 'reject' });
  });
});
