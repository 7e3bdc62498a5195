/** Value of a cookie, or null. Values of ours are base64url and need no decoding. */
export function cookieOf(header: string | string[] | undefined, name: string): string | null {
  if (typeof header !== 'string') return null;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

export interface CookieOptions {
  readonly isSecure: boolean;
  /** Lax: also sent when another site sends the browser here, as the issuer of identities does. */
  readonly sameSite: 'Strict' | 'Lax';
  /** Seconds; 0 removes the cookie; null: until the browser ends. */
  readonly maxAge: number | null;
}

/** Header `set-cookie`. With TLS the name gets the prefix that binds a cookie to this host (RFC 6265bis). */
export function setCookie(name: string, value: string, { isSecure, sameSite, maxAge }: CookieOptions): string {
  return [
    `${cookieName(name, isSecure)}=${value}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(isSecure ? ['Secure'] : []),
    ...(maxAge === null ? [] : [`Max-Age=${maxAge}`]),
  ].join('; ');
}

export function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}
