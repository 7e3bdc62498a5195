import type { Bound, GateCheck } from './gate-check.js';

/** A row before it is judged; what is left out is null. */
export type CheckDraft = Pick<GateCheck, 'check' | 'measure' | 'on' | 'rule'> &
  Partial<
    Pick<
      GateCheck,
      'category' | 'subject' | 'bound' | 'figure' | 'judgedBy' | 'low' | 'high' | 'limit' | 'champion' | 'challenger'
    >
  >;

export type Demanded = CheckDraft & { readonly bound: Bound; readonly limit: number };

function rowOf(draft: CheckDraft, finding: GateCheck['finding'], why: string): GateCheck {
  return {
    check: draft.check,
    measure: draft.measure,
    on: draft.on,
    category: draft.category ?? null,
    subject: draft.subject ?? null,
    rule: draft.rule,
    bound: draft.bound ?? null,
    figure: knownOf(draft.figure),
    judgedBy: draft.judgedBy ?? 'figure',
    low: knownOf(draft.low),
    high: knownOf(draft.high),
    limit: knownOf(draft.limit),
    champion: knownOf(draft.champion),
    challenger: knownOf(draft.challenger),
    finding,
    why,
    blocks: false,
    overrideId: null,
  };
}

/** JSON has neither NaN nor infinities. */
function knownOf(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}

/** Holds the figure, or the end of its interval that `judgedBy` names, against the limit. What is no number fails; what is not there was not run. */
export function judged(draft: Demanded, more = ''): GateCheck {
  const { bound, limit } = draft;
  const value = draft[draft.judgedBy ?? 'figure'];
  if (value === null || value === undefined) return notRun(draft, 'there is no figure to hold against the limit');
  if (Number.isNaN(value) || Number.isNaN(limit)) return rowOf(draft, 'FAILS', 'the figure is not a number');
  const holds = meets(value, bound, limit);
  return rowOf(
    draft,
    holds ? 'PASSES' : 'FAILS',
    `${ends[draft.judgedBy ?? 'figure']}${words(value, bound, limit, holds)}${more === '' ? '' : `; ${more}`}`,
  );
}

export function passes(draft: CheckDraft, why: string): GateCheck {
  return rowOf(draft, 'PASSES', why);
}

export function failed(draft: CheckDraft, why: string): GateCheck {
  return rowOf(draft, 'FAILS', why);
}

export function reported(draft: CheckDraft, why: string): GateCheck {
  return rowOf(draft, 'REPORTED', why);
}

export function notRun(draft: CheckDraft, why: string): GateCheck {
  return rowOf(draft, 'NOT_RUN', why);
}

export function meets(value: number, bound: Bound, limit: number): boolean {
  switch (bound) {
    case 'AT_LEAST':
      return value >= limit;
    case 'AT_MOST':
      return value <= limit;
    case 'BELOW':
      return value < limit;
    case 'WITHIN':
      return Math.abs(value) <= limit;
  }
}

export const boundWords: Readonly<Record<Bound, string>> = {
  AT_LEAST: 'at least',
  AT_MOST: 'at most',
  BELOW: 'below',
  WITHIN: 'within ±',
};

const ends = { figure: '', low: 'the lower end ', high: 'the upper end ' } as const;

function words(value: number, bound: Bound, limit: number, holds: boolean): string {
  const [short, shortLimit] = [figureText(value), figureText(limit)];
  // Rounded alike, the sentence would contradict itself.
  const shown = short === shortLimit && !holds ? String(value).replace('-', '−') : short;
  return `${shown} is ${holds ? '' : 'not '}${boundWords[bound]}${bound === 'WITHIN' ? '' : ' '}${shortLimit}`;
}

/** Three significant digits; with thousands from 10,000 on. */
export function figureText(value: number | null): string {
  if (value === null) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB').replace('-', '−');
  return String(Number(value.toPrecision(3))).replace('-', '−');
}
