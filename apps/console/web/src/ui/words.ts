const categoryNames: Readonly<Record<string, string>> = {
  S: 'Sexual',
  H: 'Hate',
  V: 'Violence',
  HR: 'Harassment',
  SH: 'Self-harm',
  S3: 'Sexual, minors',
  H2: 'Hate, threatening',
  V2: 'Violence, graphic',
};

/** Categories of the taxonomy; a policy may know others, which are shown by their code. */
export const categories = Object.entries(categoryNames).map(([id, name]) => ({ id, name: `${name} (${id})` }));

export function categoryName(code: string): string {
  return code === 'ANY' ? 'Any of them' : (categoryNames[code] ?? code);
}

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** A BCP-47 tag in words. */
export function languageName(tag: string): string {
  if (tag === '' || tag === 'und') return 'language not known';
  try {
    return languageNames.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

export function placesOf(count: number): string {
  return count === 1 ? 'one place' : `${count} places`;
}

/** What a text is on its platform. */
export function kindName(kind: string): string {
  return kind === 'OTHER' ? 'Text' : kind.charAt(0) + kind.slice(1).toLowerCase();
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const momentFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Time of day here. */
export function timeOf(instant: string): string {
  return timeFormat.format(new Date(instant));
}

/** Day and time here. */
export function momentOf(instant: string): string {
  return momentFormat.format(new Date(instant));
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const hourFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

/** Day in UTC, as windows are. */
export function dayOf(instant: string): string {
  return dayFormat.format(new Date(instant));
}

const DAY_MS = 86_400_000;

/** A day, or a part of one. */
export function windowOf({ from, to }: { readonly from: string; readonly to: string }): string {
  const isDay = Date.parse(to) - Date.parse(from) >= DAY_MS;
  return isDay
    ? dayOf(from)
    : `${dayOf(from)}, ${hourFormat.format(new Date(from))} to ${hourFormat.format(new Date(to))}`;
}

/** A share in per cent, with as many digits as the scale up to `most` needs. */
export function shareOf(value: number | null, most = value ?? 1): string {
  if (value === null) return 'none';
  const digits = most >= 0.2 ? (most > 0.999 ? 0 : 1) : most >= 0.01 ? 1 : 2;
  return `${(100 * value).toFixed(value === 0 || value === 1 ? 0 : digits)} %`;
}

interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}

/** 95 % interval in per cent. */
export function intervalOf({ low, high }: Interval): string {
  if (low === null || high === null) return '';
  const digits = high < 0.01 ? 2 : 1;
  return `${(100 * low).toFixed(digits)} to ${(100 * high).toFixed(digits)}`;
}

/** A figure between -1 and 1, to two places. */
export function figureOf(value: number | null): string {
  return value === null ? 'none' : value.toFixed(2);
}

export function rangeOf({ low, high }: Interval): string {
  return low === null || high === null ? '' : `${low.toFixed(2)} to ${high.toFixed(2)}`;
}

/** Milliseconds in seconds. */
export function secondsOf(ms: number | null): string {
  return ms === null ? 'none' : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

export function probabilityOf(value: number | null): string {
  return value === null ? 'none' : value.toFixed(2);
}

/** Why a verdict is what it is, in a sentence. */
export function reasonOf(verdict: {
  readonly decidedBy: string;
  readonly mode: string;
  readonly action: string;
  readonly decisive: {
    readonly category: string;
    readonly probability: number;
    readonly threshold: number | null;
    readonly provisional: boolean;
  } | null;
}): string {
  const { decidedBy, mode, decisive } = verdict;
  switch (decidedBy) {
    case 'PERSON':
      return 'decided by a person';
    case 'MODE':
      return mode === 'ALLOW_ALL' ? 'kill switch: allow all' : 'kill switch: review all';
    case 'UNCOVERED':
      return 'a category that no model covers';
  }
  if (decisive === null) return 'no category was scored';
  const { category, probability, threshold, provisional } = decisive;
  const name = categoryName(category);
  if (threshold === null) return `highest: ${name} ${probability.toFixed(2)}`;
  return `${name} ${probability.toFixed(2)}, threshold ${threshold.toFixed(2)}${provisional ? ' (provisional)' : ''}`;
}
