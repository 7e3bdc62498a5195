import { BANDS } from './min-hash.js';
import type { DuplicatePrint } from './duplicate-registry.js';

/** Tells training texts that are, or may be, copies of what models are judged by (labels 2.5). */
export interface ContaminationGuard {
  readonly add: (print: Pick<DuplicatePrint, 'exactKey'> & { readonly bands: ArrayLike<number> }) => void;
  /** Whether it is an exact copy, or one of its 16 band keys is that of an evaluation text: certain for J = .9, 6 % of pairs of J = .5. */
  readonly hits: (print: Pick<DuplicatePrint, 'exactKey'> & { readonly bands: ArrayLike<number> }) => boolean;
}

export function createContaminationGuard(): ContaminationGuard {
  const exact = new Set<string>();
  const keys = Array.from({ length: BANDS }, () => new Set<number>());
  return {
    add({ exactKey, bands }) {
      exact.add(exactKey);
      keys.forEach((band, at) => band.add(bands[at] ?? 0));
    },
    hits: ({ exactKey, bands }) => exact.has(exactKey) || keys.some((band, at) => band.has(bands[at] ?? 0)),
  };
}
