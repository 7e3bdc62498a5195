import { gunzipSync, gzipSync } from 'node:zlib';
import { ReleaseError } from './release-error.js';

/** Path to bytes, as they lie in the folder of a bundle. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

const BLOCK = 512;
/** Of an archive that is read, unpacked: larger than any model that may be served. */
const MOST_BYTES = 512 * 1024 * 1024;
const LONGEST_NAME = 100;
const REGULAR_FILE = '0';
/** In the header of gzip: which system wrote it. "Unknown", so that all write the same. */
const GZIP_SYSTEM = 9;

/** A .tar.gz with one top folder. No times, owners or rights of the machine go in: equal files give equal bytes. */
export function packBundle(folder: string, files: BundleFiles): Uint8Array {
  const parts = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, bytes]) => [
      headerOf(`${folder}/${path}`, bytes.byteLength),
      bytes,
      new Uint8Array((BLOCK - (bytes.byteLength % BLOCK)) % BLOCK),
    ]);
  const packed = gzipSync(Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]), { level: 9 });
  packed[GZIP_SYSTEM] = 255;
  return packed;
}

/**
 * Reads an archive of one top folder into memory; nothing is written, so no path in it can leave a folder.
 * @throws ReleaseError
 */
export function unpackBundle(archive: Uint8Array, file: string): Map<string, Uint8Array> {
  const refuse = (detail: string) => new ReleaseError('ARCHIVE_INVALID', file, `${detail}; fetch it again`);
  let bytes: Buffer;
  try {
    bytes = gunzipSync(archive, { maxOutputLength: MOST_BYTES });
  } catch {
    throw refuse('is no .tar.gz, or more than 512 MiB');
  }
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const name = textIn(header, 0, LONGEST_NAME);
    const size = Number.parseInt(textIn(header, 124, 12), 8);
    if (Number.parseInt(textIn(header, 148, 8), 8) !== checksumOf(header)) throw refuse('has a damaged header');
    at += BLOCK;
    if (!Number.isSafeInteger(size) || at + size > bytes.length) throw refuse(`ends within ${name}`);
    const type = textIn(header, 156, 1) || REGULAR_FILE;
    if (type === REGULAR_FILE) files.set(name.split('/').slice(1).join('/'), bytes.subarray(at, at + size));
    else if (type !== '5') throw refuse(`holds ${name}, which is no file`);
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  throw refuse('has no end');
}

function headerOf(name: string, size: number): Uint8Array {
  if (Buffer.byteLength(name) > LONGEST_NAME) throw new Error(`${name}: longer than ${LONGEST_NAME} bytes`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.write(REGULAR_FILE, 156);
  header.write('ustar\u000000', 257);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** Sum of the bytes, those of the sum itself taken for blanks. */
function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

function textIn(header: Buffer, from: number, length: number): string {
  const text = header.toString('utf8', from, from + length);
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}
