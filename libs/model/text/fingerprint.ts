import { createHash } from 'node:crypto';

const NOT_ASCII = /[^\u0000-\u007f]/;
const IGNORABLES = /\p{Default_Ignorable_Code_Point}/gu;
const ADDRESSES = /\b(?:https?:\/\/|www\.)\S+/g;
const MENTIONS = /@[\p{L}\p{N}_]+/gu;
const DIGITS = /\p{Nd}+/gu;
const GAPS = /\s+/g;

/**
 * What is left of a text once the parts are gone in which copies differ (labels 2.5): NFKC, lower case, no zero-width characters,
 * addresses, mentions and runs of digits masked, white space collapsed. Emoji stay. Masks are in upper case, which nothing else is.
 */
export function fingerprint(text: string): string {
  const folded = NOT_ASCII.test(text)
    ? text.normalize('NFKC').toLowerCase().replace(IGNORABLES, '')
    : text.toLowerCase();
  return folded.replace(ADDRESSES, 'URL').replace(MENTIONS, '@WHO').replace(DIGITS, 'N').replace(GAPS, ' ').trim();
}

/** SHA-256 of the fingerprint, in hex: equal for exact duplicates in the sense of labels 2.5. */
export function exactKey(text: string): string {
  return createHash('sha256').update(fingerprint(text), 'utf8').digest('hex');
}
