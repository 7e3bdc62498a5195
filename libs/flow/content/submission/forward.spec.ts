import { RetryableError } from '#platform/stream';
import type { Claim } from './claim-desk.js';
import { createForwardSeal, createRemoteDesk, FORWARD_HEADER, forwardSchema } from './forward.js';

const DAY_MS = 86_400_000;

const claim: Claim = {
  key: 'forum/a/1',
  claim: { platform: 'forum', contentId: 'a', revision: 1, textHash: 'x' },
  event: {
    platform: 'forum',
    contentId: 'a',
    revision: 1,
    kind: 'POST',
    text: 'hello',
    language: null,
    authorId: null,
    conversationId: null,
    metadata: { k: 'v' },
    submittedAt: 5,
  },
};

function sealAt(now: number, secret = 'secret of the installation') {
  return createForwardSeal({ secret: Buffer.from(secret), clock: () => now });
}

describe('the seal between replicas', () => {
  const body = '{"partition":1}';

  it('is accepted by replicas with the same secret, whose clocks may differ by an hour', () => {
    const header = sealAt(DAY_MS).seal(body);
    expect(() => {
      sealAt(DAY_MS - 3_600_000).check(header, Buffer.from(body));
    }).not.toThrow();
  });

  it.each([
    ['another secret', sealAt(DAY_MS, 'another').seal(body), body],
    ['another body', sealAt(DAY_MS).seal(body), '{"partition":2}'],
    ['another time', sealAt(DAY_MS).seal(body).replace(/^\d+/, '1'), body],
    ['a time long ago', sealAt(-DAY_MS).seal(body), body],
    ['no seal', undefined, body],
  ])('is refused with %s', (_, header, received) => {
    expect(() => {
      sealAt(DAY_MS).check(header, Buffer.from(received));
    }).toThrow('Only replicas');
  });
});

describe('forwarding', () => {
  const seal = sealAt(0);
  const desk = (fetch: typeof globalThis.fetch) =>
    createRemoteDesk({ address: 'http://10.0.0.3:8080', seal, timeoutMs: 1000, fetch });

  it('sends what the owner can read and check', async () => {
    let received: unknown = null;
    const outcomes = await desk((_url, init) => {
      const text = typeof init?.body === 'string' ? init.body : '';
      seal.check(new Headers(init?.headers).get(FORWARD_HEADER) ?? undefined, Buffer.from(text));
      received = forwardSchema.parse(JSON.parse(text));
      return Promise.resolve(Response.json({ outcomes: ['same'] }));
    }).decide(3, [claim], null);
    expect([outcomes, received]).toEqual([['same'], { partition: 3, claims: [claim], trace: null }]);
  });

  it.each<[string, typeof globalThis.fetch]>([
    ['is away', () => Promise.reject(new TypeError('fetch failed'))],
    ['no longer owns the partition', () => Promise.resolve(Response.json({}, { status: 503 }))],
    ['answers something else', () => Promise.resolve(Response.json({ outcomes: ['maybe'] }))],
    ['answers too little', () => Promise.resolve(Response.json({ outcomes: [] }))],
  ])('asks the caller to come again when the owner %s', async (_, fetch) => {
    await expect(desk(fetch).decide(3, [claim], null)).rejects.toBeInstanceOf(RetryableError);
  });
});
