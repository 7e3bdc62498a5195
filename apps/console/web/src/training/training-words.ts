const reasons: Readonly<Record<string, string>> = {
  NEW_LABEL: 'people answered since',
  SOURCE: 'its source came or went',
  GROUP: 'another row of its near-duplicates stands for it',
  POLICY: 'other policy version',
  RECIPE: 'other recipe',
  ERASED: 'the content was erased',
  TEXT_GONE: 'the text was gone',
  NOT_REGISTERED: 'not in the registry',
  NOT_SETTLED: 'answers not settled',
  ORIGIN: 'origin not wanted',
  TOO_OLD: 'too old',
  LANGUAGE: 'language not wanted',
  NO_LABEL: 'no category known',
  COPY: 'a near-duplicate stands for it',
  UNKNOWN: 'not known from the rows',
};

/** Why a row came, went, changed or was left out. */
export function whyOf(reason: string): string {
  return reasons[reason] ?? reason.toLowerCase().replaceAll('_', ' ');
}

export const changeNames = { ADDED: 'Added', REMOVED: 'Removed', RELABELLED: 'Relabelled' } as const;

const families: Readonly<Record<string, string>> = {
  HASHED_LINEAR: 'n-grams',
  STACKED_ENCODER: 'n-grams and encoder',
  EXTERNAL: 'external trainer',
};

export function familyOf(family: string): string {
  return families[family] ?? family;
}

export function countOf(count: number): string {
  return count.toLocaleString('en-GB');
}

/** Rows that came or went, with its sign. */
export function changeOf(before: number, after: number): string {
  const change = after - before;
  return change === 0 ? 'same' : `${change > 0 ? '+' : '\u2212'}${countOf(Math.abs(change))}`;
}

/** A difference between -1 and 1 with its sign, to three places. */
export function signedOf(value: number | null): string {
  if (value === null) return '';
  const text = Math.abs(value).toFixed(3);
  return value > 0 ? `+${text}` : value < 0 ? `\u2212${text}` : text;
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
