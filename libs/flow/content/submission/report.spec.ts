import { createKeyedHash } from '#policy';
import { reportedEvent, type Reporting } from './report.js';

const context: Parameters<typeof reportedEvent>[1] = {
  platform: 'forum',
  idempotencyScope: null,
  now: Date.UTC(2026, 2, 4, 10),
  keyedHash: createKeyedHash(Buffer.alloc(32, 1)),
};
const reporting: Reporting = {
  kind: 'REPORT',
  contentId: 'a',
  revision: 1,
  channel: null,
  verdictId: null,
  category: 'HR',
  reason: 'rude',
  personId: 'user-7',
};
const idOf = (rest: Partial<Reporting>, other: Partial<typeof context> = {}) =>
  reportedEvent({ ...reporting, ...rest }, { ...context, ...other }).reportId;

describe('a report', () => {
  it('repeated on the same day is one report, on the next day another', () => {
    expect(idOf({}, { now: context.now + 3_600_000 })).toBe(idOf({}));
    expect(idOf({}, { now: context.now + 86_400_000 })).not.toBe(idOf({}));
  });

  it('with an Idempotency-Key is one report whatever the day', () => {
    const scope = { idempotencyScope: 'k' };
    expect(idOf({}, { ...scope, now: 0 })).toBe(idOf({}, scope));
  });

  it.each<Partial<Reporting>>([
    { kind: 'APPEAL' },
    { contentId: 'b' },
    { revision: 2 },
    { reason: 'other' },
    { personId: 'user-8' },
    { category: null },
  ])('is another one with %j', (rest) => {
    expect(idOf(rest)).not.toBe(idOf({}));
  });

  it('keeps who reported only as a keyed hash', () => {
    const event = reportedEvent(reporting, context);
    expect(JSON.stringify(event)).not.toContain('user-7');
    expect(event.reporterHash).toHaveLength(32);
  });
});
