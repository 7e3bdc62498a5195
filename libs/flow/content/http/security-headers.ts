/** Nothing here is a page but /docs, and nobody may put either into a frame, guess its type or keep it. */
export function securityHeaders(url: string): Readonly<Record<string, string>> {
  const isPage = url === '/docs' || url.startsWith('/docs/') || url.startsWith('/docs?');
  return {
    'content-security-policy': isPage
      ? "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      : "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'strict-transport-security': 'max-age=31536000',
    ...(isPage ? {} : { 'cache-control': 'no-store' }),
  };
}
