import fc from 'fast-check';
import type { EventBySchema } from '#platform/contracts';
import { topicDefinitions, topicOf } from '#platform/contracts';
import { RowBinary } from '#platform/clickhouse';
import { arbitraryEvent, loadExamples } from '#platform/testing';
import { tableOf, tables, warehouseTopics, type StoredSchema } from './tables.js';
import { eventDay } from './tables/content.js';
import { content, hash, NOON, storedRecord, verdict } from './warehouse.fixture.js';

const DAY = 86_400_000;
const schemas = Object.keys(tables) as StoredSchema[];

describe('tables of the warehouse', () => {
  it('exist for every topic that the catalogue lets the warehouse read, and for no other', () => {
    const read = topicDefinitions
      .filter(({ schema, readers }) => schema !== null && (readers as readonly string[]).includes('warehouse'))
      .map(({ schema }) => schema);
    expect([...new Set(read)].sort()).toEqual([...schemas].sort());
    for (const topic of warehouseTopics(['public'])) expect(topicOf(topic).schema).toBe(schemaOf(topic));
  });

  it('name every channel and every app', () => {
    expect(warehouseTopics(['public', 'kids'])).toEqual(
      expect.arrayContaining(['verdict.public', 'verdict.kids', 'dead-letter.prediction', 'dead-letter.warehouse']),
    );
  });

  it.each(schemas)('take every example of %s', (schema) => {
    const out = new RowBinary();
    for (const { event } of loadExamples(schema)) {
      const start = out.length;
      expect(tables[schema].write(out, event as never, storedRecord('content.submitted'))).toBeNull();
      expect(out.length).toBeGreaterThan(start);
    }
  });

  it.each(schemas)('write a whole row of any %s or none of it', (schema) => {
    fc.assert(
      fc.property(arbitraryEvent(schema), (event) => {
        const out = new RowBinary();
        out.string('before');
        const start = out.length;
        const rejection = tables[schema].write(out, event as never, storedRecord('content.submitted'));
        expect(out.length === start).toBe(rejection !== null);
      }),
      { numRuns: 50 },
    );
  });

  it('reject an id that is no id, naming the column and not the value', () => {
    const out = new RowBinary();
    const rejection = tables['verdict/issued'].write(
      out,
      verdict({ supersedes: 'words of somebody' }),
      storedRecord('verdict.public'),
    );
    expect(rejection).toEqual({ code: 'invalid_field', detail: 'supersedes: must be 32 hexadecimal digits' });
    expect(out.length).toBe(0);
  });

  it('reject a symbol that came with a newer release', () => {
    const newer = { ...verdict(), action: 'SHADOW_BAN' } as unknown as EventBySchema['verdict/issued'];
    expect(tables['verdict/issued'].write(new RowBinary(), newer, storedRecord('verdict.public'))).toEqual({
      code: 'invalid_field',
      detail: 'action: is a symbol that this release does not know',
    });
  });

  it('keep neither author nor conversation of a content', () => {
    const out = new RowBinary();
    const secret = content({ authorId: 'author-4711', conversationId: 'room-0815' });
    tableOf('content.submitted').write(out, secret, storedRecord('content.submitted'));
    expect(out.take().includes('4711') || out.take().includes('0815')).toBe(false);
  });

  it('hash the text as predictions do', () => {
    const out = new RowBinary();
    const text = 'Straße 🙂';
    tableOf('content.submitted').write(out, content({ text }), storedRecord('content.submitted'));
    expect(out.take().includes(Buffer.from(hash(text), 'hex'))).toBe(true);
  });
});

function schemaOf(topic: string): string {
  if (topic.startsWith('verdict.')) return 'verdict/issued';
  if (topic.startsWith('dead-letter.')) return 'dead-letter/rejected';
  return topic.replace('.', '/');
}

describe('eventDay', () => {
  it('believes a clock that is near the record', () => {
    expect(eventDay(NOON - 6 * DAY, NOON)).toBe(NOON - 6 * DAY);
    expect(eventDay(NOON + 3_600_000, NOON)).toBe(NOON + 3_600_000);
  });

  it('counts a backfill and a clock of the future to the day of the record', () => {
    expect(eventDay(NOON - 400 * DAY, NOON)).toBe(NOON);
    expect(eventDay(NOON + 2 * DAY, NOON)).toBe(NOON);
  });

  it('lets no platform reach more than nine days of one day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_102_444_800_000 }), (submittedAt) => {
        const day = Math.floor(eventDay(submittedAt, NOON) / DAY) - Math.floor(NOON / DAY);
        expect(day).toBeGreaterThanOrEqual(-7);
        expect(day).toBeLessThanOrEqual(1);
      }),
    );
  });
});
