import fc from 'fast-check';
import { frame, unframe } from './wire.js';

describe('the wire format', () => {
  it('gives back every id and body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.uint8Array(), (schemaId, body) => {
        const unframed = unframe(frame(schemaId, body), 1000);
        expect(unframed.ok && unframed.frame.schemaId === schemaId && unframed.frame.body.equals(body)).toBe(true);
      }),
    );
  });

  it('takes a value of the size limit and refuses one byte more before it looks at it', () => {
    expect(unframe(Buffer.alloc(100), 100).ok).toBe(true);
    expect(unframe(Buffer.alloc(101, 1), 100)).toMatchObject({ ok: false, rejection: { code: 'too_large' } });
  });
});
