import { createCallSeal } from './call-seal.js';

const DAY_MS = 86_400_000;

function sealAt(now: number, { secret = 'secret of the installation', purpose = 'claims' } = {}) {
  return createCallSeal({ secret: Buffer.from(secret), purpose, clock: () => now });
}

describe('the seal of a call', () => {
  const body = '{"partition":1}';

  it('is accepted by whoever has the same secret, and whose clock may differ by an hour', () => {
    expect(sealAt(DAY_MS - 3_600_000).isSealed(sealAt(DAY_MS).seal(body), Buffer.from(body))).toBe(true);
  });

  it.each([
    ['another secret', sealAt(DAY_MS, { secret: 'another' }).seal(body), body],
    ['another purpose', sealAt(DAY_MS, { purpose: 'label desk' }).seal(body), body],
    ['another body', sealAt(DAY_MS).seal(body), '{"partition":2}'],
    ['another time', sealAt(DAY_MS).seal(body).replace(/^\d+/, '1'), body],
    ['a time long ago', sealAt(-DAY_MS).seal(body), body],
    ['no seal', undefined, body],
  ])('is refused with %s', (_, header, received) => {
    expect(sealAt(DAY_MS).isSealed(header, Buffer.from(received))).toBe(false);
  });
});
