import fc from 'fast-check';
import { frame, schemaIdOf, unframe } from './wire.js';

describe('the wire format', () => {
  it('gives back every id and body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.uint8Array(), (schemaId, body) => {
        const unframed = unframe(frame(schemaId, body), 1000);
        expect(unframed.ok && unframed.frame.schemaId === schemaId && unframed.frame.body.equals(body)).toBe(true);
      }),
    );
  });

  it('has a schema id exactly where it has a frame', () => {
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
      fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.concat([Buffer.from([0]), bytes])),
      fc.constant(null),
    );
    fc.assert(
      fc.property(value, (bytes) => {
        const unframed = unframe(bytes, 10);
        expect(schemaIdOf(bytes, 10)).toBe(unframed.ok ? unframed.frame.schemaId : null);
      }),
    );
  });

  it('takes a value of the size limit and refuses one byte more before it looks at it', () => {
    expect(unframe(Buffer.alloc(100), 100).ok).toBe(true);
    expect(unframe(Buffer.alloc(101, 1), 100)).toMatchObject({ ok: false, rejection: { code: 'too_large' } });
  });
});
