import { codecFor, frame } from '#platform/contracts';
import type { Serde } from '#platform/stream';
import { createStaticSerde } from '#platform/testing';
import { createLocalDesk } from './claim-desk.js';

const OLD_SCHEMA = 4711;

describe('a claim that another release wrote', () => {
  it('is read through the registry before it is compared', async () => {
    const own = createStaticSerde();
    const held = { platform: 'forum', contentId: 'a', revision: 1, textHash: 'x', acceptedAt: 0 };
    // Bytes that only the registry's schema can explain: here the body is the one of this release, reversed.
    const body = Buffer.from(codecFor('content.accepted').encode(held)).reverse();
    const table = new Map([['forum/a/1', frame(OLD_SCHEMA, body)]]);
    let decoded = 0;
    const serde = {
      ...own,
      decode: (_topic, records) => {
        decoded += records.length;
        return Promise.resolve(records.map(() => ({ ok: true, value: held })));
      },
    } as Serde;
    const desk = createLocalDesk({
      owner: { transact: (_, decide) => Promise.resolve(decide(table).result) },
      serde,
      clock: () => 0,
      headers: {},
    });
    const claim = { platform: 'forum', contentId: 'a', revision: 1, textHash: 'x' };
    const outcomes = await desk.decide(
      0,
      [
        { key: 'forum/a/1', claim, event: null },
        { key: 'forum/a/1', claim: { ...claim, textHash: 'y' }, event: null },
      ],
      null,
    );
    expect([outcomes, decoded]).toEqual([['same', 'other'], 1]);
  });
});
