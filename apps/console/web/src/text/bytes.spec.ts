import { bytesOf, hexLines, sizeOf, textOf } from './bytes.js';

describe('bytes', () => {
  it('are shown sixteen a line, as numbers and as far as they are ASCII', () => {
    const lines = hexLines(bytesOf(Buffer.from('\u0000hello, tide gates!').toString('base64')));
    expect(lines).toEqual([
      { offset: '000000', hex: '00 68 65 6c 6c 6f 2c 20 74 69 64 65 20 67 61 74', ascii: '.hello, tide gat' },
      { offset: '000010', hex: '65 73 21', ascii: 'es!' },
    ]);
  });

  it('that are no UTF-8 stay visible as such', () => {
    expect(textOf(Uint8Array.from([0x61, 0xff, 0x62]))).toBe('a\ufffdb');
    expect(textOf(Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('\ufeffa');
  });

  it('are counted in units that people read', () => {
    expect([12, 2048, 3 * 1024 ** 2].map(sizeOf)).toEqual(['12 B', '2.0 KiB', '3.0 MiB']);
  });
});
