import { checkCsrf, checkOrigin, type Asking } from './request-origin.js';

const local = { host: null, isLoopbackOnly: true };
const own: Asking = {
  method: 'POST',
  headers: {
    host: '127.0.0.1:3000',
    origin: 'http://127.0.0.1:3000',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json; charset=utf-8',
  },
};
const changed = (headers: Asking['headers']): Asking => ({ ...own, headers: { ...own.headers, ...headers } });

describe('the origin of a request', () => {
  it('may be our own pages', () => {
    expect(() => {
      checkOrigin(own, local);
    }).not.toThrow();
    expect(() => {
      checkOrigin({ method: 'GET', headers: { host: 'localhost:3000' } }, local);
    }).not.toThrow();
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:8080' }],
    ['an old browser on another site', { 'sec-fetch-site': undefined, origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a form', { 'content-type': 'text/plain' }],
    ['a form with fields', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a name that resolves to this machine', { host: 'evil.example:3000', origin: 'http://evil.example:3000' }],
  ])('is refused when it is %s', (_, headers) => {
    expect(() => {
      checkOrigin(changed(headers), local);
    }).toThrow();
  });

  it('is the configured address and no other', () => {
    const options = { host: 'console.example', isLoopbackOnly: false };
    expect(() => {
      checkOrigin({ method: 'GET', headers: { host: 'console.example' } }, options);
    }).not.toThrow();
    expect(() => {
      checkOrigin({ method: 'GET', headers: { host: '127.0.0.1:3000' } }, options);
    }).toThrow(/own address/);
  });
});

describe('the secret of a session', () => {
  it('goes with everything that changes something, and with nothing else', () => {
    const withSecret = changed({ 'x-tidegate-csrf': 'secret' });
    expect(() => {
      checkCsrf(withSecret, 'secret');
    }).not.toThrow();
    for (const wrong of [own, changed({ 'x-tidegate-csrf': 'secreT' }), changed({ 'x-tidegate-csrf': ['secret'] })]) {
      expect(() => {
        checkCsrf(wrong, 'secret');
      }).toThrow(/Reload/);
    }
    expect(() => {
      checkCsrf({ method: 'GET', headers: {} }, 'secret');
    }).not.toThrow();
  });
});
