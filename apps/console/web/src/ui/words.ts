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
  return categoryNames[code] ?? code;
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
