import type { DatasetRow } from '../dataset/dataset-row.js';
import { normalise, OBFUSCATIONS } from '../text/normalise.js';
import { createIdentityMatcher } from './identity-matcher.js';

/** What rows are parted by (evaluation 4.2). */
export const sliceKinds = ['language', 'platform', 'kind', 'length', 'emoji', 'identity', 'obfuscated'] as const;
export type SliceKind = (typeof sliceKinds)[number];

export interface Slice {
  readonly by: SliceKind;
  readonly value: string;
  /** 1 for rows of the slice. */
  readonly isIn: Uint8Array;
  readonly rows: number;
}

/** Tokens: runs of letters and digits; in scripts without spaces each character is one. */
const token = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|[\p{L}\p{M}\p{N}'’]+/gu;
const emoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;

const lengths = [
  { upTo: 5, name: '1–5 tokens' },
  { upTo: 20, name: '6–20 tokens' },
  { upTo: 80, name: '21–80 tokens' },
  { upTo: Infinity, name: 'over 80 tokens' },
] as const;

const identityOf = createIdentityMatcher();
const identityEndings = { yes: 'names an identity', no: 'names none' } as const;

/** The values of a row, by slice. A row whose text is gone has only what stands beside the text. */
export function sliceValues(row: DatasetRow): Partial<Record<SliceKind, string>> {
  const beside = {
    ...(row.language === '' ? {} : { language: row.language }),
    ...(row.platform === '' ? {} : { platform: row.platform }),
    ...(row.kind === '' ? {} : { kind: row.kind }),
  };
  if (row.text === '') return beside;
  return { ...beside, ...textValues(row.text) };
}

function textValues(text: string): Partial<Record<SliceKind, string>> {
  const tokens = text.match(token)?.length ?? 0;
  const { counters } = normalise(text);
  const isObfuscated = OBFUSCATIONS.some((kind) => counters[kind] > 0);
  return {
    length: lengths.find(({ upTo }) => tokens <= upTo)?.name ?? '',
    emoji: emoji.test(text) ? 'has emoji' : 'no emoji',
    identity: identityOf(text).length > 0 ? identityEndings.yes : identityEndings.no,
    obfuscated: isObfuscated ? 'disguised' : 'plain',
  };
}

/** All slices of the rows, by kind and value; rows without a value are in no slice of that kind. */
export function slicesOf(rows: readonly DatasetRow[]): Slice[] {
  const found = new Map<string, { by: SliceKind; value: string; isIn: Uint8Array; rows: number }>();
  for (const [i, row] of rows.entries()) {
    const values = sliceValues(row);
    for (const by of sliceKinds) {
      const value = values[by];
      if (value === undefined) continue;
      const key = `${by} ${value}`;
      let slice = found.get(key);
      if (slice === undefined) {
        slice = { by, value, isIn: new Uint8Array(rows.length), rows: 0 };
        found.set(key, slice);
      }
      slice.isIn[i] = 1;
      slice.rows += 1;
    }
  }
  const lengthOrder = lengths.map(({ name }): string => name);
  const place = ({ by, value }: Slice): number => (by === 'length' ? lengthOrder.indexOf(value) : 0);
  return [...found.values()].sort(
    (left, right) =>
      sliceKinds.indexOf(left.by) - sliceKinds.indexOf(right.by) ||
      place(left) - place(right) ||
      right.rows - left.rows ||
      (left.value < right.value ? -1 : 1),
  );
}
