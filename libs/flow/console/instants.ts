/** `2026-03-04 10:00:00.123`, UTC, as ClickHouse writes it, in RFC 3339. */
export function instantOf(text: string): string {
  return `${text.replace(' ', 'T')}Z`;
}

/** The latest of moments as ClickHouse writes them; null: there are none. */
export function latestOf(texts: readonly string[]): string | null {
  const latest = texts.reduce((one, other) => (other > one ? other : one), '');
  return latest === '' ? null : instantOf(latest);
}
