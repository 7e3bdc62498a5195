import { cookieName, cookieOf, setCookie } from './cookies.js';

describe('cookies', () => {
  it('are found by their whole name', () => {
    const header = 'xtidegate=no; tidegate=a_b-c; theme=dark';
    expect(cookieOf(header, 'tidegate')).toBe('a_b-c');
    expect(cookieOf(header, 'idegate')).toBeNull();
    expect(cookieOf(undefined, 'tidegate')).toBeNull();
  });

  it('are out of reach of scripts and of other sites, and over TLS bound to the host', () => {
    const plain = setCookie('tidegate', 'v', { isSecure: false, sameSite: 'Strict', maxAge: null });
    expect(plain).toBe('tidegate=v; Path=/; HttpOnly; SameSite=Strict');
    expect(setCookie('tidegate', '', { isSecure: true, sameSite: 'Lax', maxAge: 0 })).toBe(
      '__Host-tidegate=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
    );
    expect(cookieName('tidegate', true)).toBe('__Host-tidegate');
  });
});
