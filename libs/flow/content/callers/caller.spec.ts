import { isFromLoopback } from './caller.js';

describe('a call without a key', () => {
  const local = { remoteAddress: '127.0.0.1', host: '127.0.0.1:8080', isProxied: false };

  it.each([
    local,
    { ...local, remoteAddress: '::ffff:127.0.0.1', host: 'localhost' },
    { ...local, remoteAddress: '::1', host: '[::1]:8080' },
  ])('is local: %j', (origin) => {
    expect(isFromLoopback(origin)).toBe(true);
  });

  it.each([
    ['from another machine', { ...local, remoteAddress: '10.0.0.5' }],
    ['through a proxy on this machine', { ...local, isProxied: true }],
    ['of a page whose name was rebound to loopback', { ...local, host: 'evil.example:8080' }],
    ['that names loopback in a longer host', { ...local, host: '127.0.0.1.evil.example' }],
    ['without a host', { ...local, host: undefined }],
  ])('%s is not local', (_, origin) => {
    expect(isFromLoopback(origin)).toBe(false);
  });
});
