import { createLeaseVeil } from './lease-veil.js';

let made = 0;
const newNonce = () => {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(made++);
  return nonce;
};
const { veil, lift } = createLeaseVeil({ secret: Buffer.from('a secret'), newNonce });

describe('a lease in a browser', () => {
  it('says nothing about the item, and is the same lease when it comes back', () => {
    const lease = `${Buffer.from('{"purpose":"GOLD"}').toString('base64url')}.seal`;
    const word = veil(lease, 'u-1');
    expect(Buffer.from(word, 'base64url').toString('latin1')).not.toContain('GOLD');
    expect(word).not.toContain(lease.slice(0, 8));
    expect(lift(word, 'u-1')).toBe(lease);
    expect(veil(lease, 'u-1')).not.toBe(word);
  });

  it('cannot be made, changed or used by anybody else', () => {
    const word = veil('lease', 'u-1');
    const bytes = Buffer.from(word, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(lift(changed.toString('base64url'), 'u-1')).toBeNull();
    }
    expect(lift('', 'u-1')).toBeNull();
    expect(lift('lease', 'u-1')).toBeNull();
    const other = createLeaseVeil({ secret: Buffer.from('another secret'), newNonce });
    expect(lift(word, 'u-2')).toBeNull();
    expect(other.lift(word, 'u-1')).toBeNull();
  });
});
