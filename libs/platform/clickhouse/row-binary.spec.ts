import fc from 'fast-check';
import { RowBinary } from './row-binary.js';

function bytes(write: (out: RowBinary) => void): number[] {
  const out = new RowBinary(1);
  write(out);
  return [...out.take()];
}

/** Reads what the writer writes, by the documentation of the format. */
function readString(buffer: Buffer): { readonly value: string; readonly next: number } {
  let length = 0;
  let position = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = buffer.readUInt8(position++);
    length += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  return { value: buffer.toString('utf8', position, position + length), next: position + length };
}

describe('RowBinary', () => {
  it('writes any well-formed text as its length in bytes and its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const out = new RowBinary(1);
        out.string(text);
        expect(readString(out.take())).toEqual({ value: text, next: out.length });
      }),
    );
  });

  it('writes short text with other than ASCII letters like long text', () => {
    expect(
      bytes((out) => {
        out.string('aé');
      }),
    ).toEqual([3, 0x61, 0xc3, 0xa9]);
    expect(
      bytes((out) => {
        out.string('');
      }),
    ).toEqual([0]);
    expect(
      bytes((out) => {
        out.string('é'.repeat(32));
      }).slice(0, 3),
    ).toEqual([64, 0xc3, 0xa9]);
    expect(
      bytes((out) => {
        out.string('x'.repeat(200));
      }).slice(0, 3),
    ).toEqual([200, 1, 0x78]);
  });

  it('writes whole numbers little-endian over their whole range', () => {
    expect(
      bytes((out) => {
        out.uint8(255);
      }),
    ).toEqual([255]);
    expect(
      bytes((out) => {
        out.uint16(0x0102);
      }),
    ).toEqual([2, 1]);
    expect(
      bytes((out) => {
        out.uint32(0xfffefdfc);
      }),
    ).toEqual([0xfc, 0xfd, 0xfe, 0xff]);
    expect(
      bytes((out) => {
        out.int32(-2);
      }),
    ).toEqual([0xfe, 0xff, 0xff, 0xff]);
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const out = new RowBinary();
        out.int64(value);
        expect(out.take().readBigInt64LE()).toBe(BigInt(value));
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const out = new RowBinary();
        out.uint64(value);
        expect(out.take().readBigUInt64LE()).toBe(BigInt(value));
      }),
    );
  });

  it('writes floats as IEEE 754', () => {
    fc.assert(
      fc.property(fc.float(), fc.double(), (single, double) => {
        const out = new RowBinary();
        out.float32(single);
        out.float64(double);
        expect(out.take().readFloatLE(0)).toBe(single);
        expect(out.take().readDoubleLE(4)).toBe(double);
      }),
    );
  });

  it('writes hexadecimal digits as their bytes, in either case', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (id) => {
        const text = Buffer.from(id).toString('hex');
        expect(
          bytes((out) => {
            out.hex(text, 32);
          }),
        ).toEqual([...id]);
        expect(
          bytes((out) => {
            out.hex(text.toUpperCase(), 32);
          }),
        ).toEqual([...id]);
      }),
    );
  });

  it('writes from bytes what it writes from the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.double(), (text, number) => {
        const source = Buffer.alloc(Buffer.byteLength(text) + 9);
        const size = source.write(text, 1);
        source.writeDoubleLE(number, 1 + size);
        const [value, copied] = [new RowBinary(1), new RowBinary(1)];
        value.string(text);
        value.float64(number);
        copied.text(source, 1, size);
        copied.raw(source, 1 + size, 8);
        expect(copied.take()).toEqual(value.take());
      }),
    );
    const id = '0123456789abcdefABCDEF0123456789';
    expect(
      bytes((out) => {
        out.hexText(Buffer.from(`>${id}`), 1, 32);
      }),
    ).toEqual(
      bytes((out) => {
        out.hex(id, 32);
      }),
    );
    expect(() =>
      bytes((out) => {
        out.text(Buffer.from([0x61, 0xff]), 0, 2);
      }),
    ).toThrow('must be UTF-8');
    expect(() =>
      bytes((out) => {
        out.hexText(Buffer.from(id.replace('a', 'g')), 0, 32);
      }),
    ).toThrow('must be 32 hexadecimal digits');
  });

  it('refuses what a type cannot hold, without quoting it', () => {
    const refused: readonly ((out: RowBinary) => void)[] = [
      (out) => {
        out.hex('0123456789abcdef0123456789abcdeg', 32);
      },
      (out) => {
        out.hex('0123', 32);
      },
      (out) => {
        out.hex('é'.repeat(32), 32);
      },
      (out) => {
        out.uint8(256);
      },
      (out) => {
        out.uint16(-1);
      },
      (out) => {
        out.uint32(2 ** 32);
      },
      (out) => {
        out.uint64(-1);
      },
      (out) => {
        out.int32(2 ** 31);
      },
      (out) => {
        out.dateTime(-1);
      },
      (out) => {
        out.dateTime(Number.MAX_SAFE_INTEGER);
      },
      (out) => {
        out.dateTime(0.5);
      },
      (out) => {
        out.date(-1);
      },
    ];
    for (const write of refused) {
      expect(() => bytes(write)).toThrow(RangeError);
      expect(() => bytes(write)).toThrow(/^must be (a whole number from -?\d+ to \d+|32 hexadecimal digits)$/);
    }
  });

  it('writes times in milliseconds and days since 1970', () => {
    const out = new RowBinary();
    out.dateTime(Date.parse('2026-11-23T10:00:00.123Z'));
    out.date(Date.parse('2026-11-23T23:59:59.999Z'));
    expect(out.take().readBigInt64LE()).toBe(BigInt(Date.parse('2026-11-23T10:00:00.123Z')));
    expect(out.take().readUInt16LE(8)).toBe(Date.parse('2026-11-23T00:00:00Z') / 86_400_000);
  });

  it('marks what is missing, and only then leaves the value out', () => {
    const nullable = (value: string | null) =>
      bytes((out) => {
        if (out.present(value)) out.string(value);
      });
    expect(nullable(null)).toEqual([1]);
    expect(nullable('a')).toEqual([0, 1, 0x61]);
  });

  it('forgets a row that was begun', () => {
    const out = new RowBinary(4);
    out.string('kept');
    const start = out.length;
    out.string('begun and longer than the buffer');
    out.rewind(start);
    expect(readString(out.take())).toEqual({ value: 'kept', next: start });
  });

  it('holds any bytes', () => {
    expect(
      bytes((out) => {
        out.binary(Buffer.from([0, 255, 10]));
      }),
    ).toEqual([3, 0, 255, 10]);
  });
});
