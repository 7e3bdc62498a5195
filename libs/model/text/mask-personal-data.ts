import { isIPv6 } from 'node:net';
import { classOf, DIGIT, LETTER, MASKED, SPACE, viewOf } from './mask-personal-data-view.js';
import { isVersion, numberAt } from './mask-personal-data-numbers.js';

export type PersonalDataKind = 'MAIL' | 'PHONE' | 'CARD' | 'IP' | 'HANDLE';

/** A stretch of the original text that was replaced, in UTF-16 code units. */
export interface PersonalDataMask {
  readonly kind: PersonalDataKind;
  readonly from: number;
  readonly to: number;
}

export interface MaskedText {
  readonly text: string;
  /** In the order of the text, without overlaps. */
  readonly masks: readonly PersonalDataMask[];
}

/** A mask may uncover another one, for example a number before a handle; no more than this many rounds are made. */
const mostRounds = 4;

/**
 * Replaces mail addresses, phone numbers, card numbers, IP addresses and handles by `[MAIL]`, `[PHONE]`, `[CARD]`, `[IP]` and `[HANDLE]`, whatever
 * they were: the same in every text, so that models and fingerprints see one feature. Hosts of URLs stay, because the site is evidence; an IP as
 * a host, mail addresses, handles and dialled numbers in a URL are masked. Time is linear in the length; every string is accepted; a masked text
 * stays as it is.
 */
export function maskPersonalData(text: string): MaskedText {
  const view = viewOf(text);
  let units = view.text;
  let found: PersonalDataMask[] = [];
  for (let round = 0; round < mostRounds; round += 1) {
    const more = findIn(units);
    if (more.length === 0) break;
    units = blank(units, more);
    found = [...found, ...more];
  }
  if (found.length === 0) return { text, masks: [] };
  const { from, until } = view;
  const masks = found
    .map((mask) => ({
      kind: mask.kind,
      from: from?.[mask.from] ?? mask.from,
      to: until?.[mask.to - 1] ?? mask.to,
    }))
    .sort((a, b) => a.from - b.from);
  const parts: string[] = [];
  let at = 0;
  for (const mask of masks) {
    parts.push(text.slice(at, mask.from), `[${mask.kind}]`);
    at = mask.to;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), masks };
}

function blank(view: string, masks: readonly PersonalDataMask[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of masks) {
    parts.push(view.slice(at, from), String.fromCharCode(MASKED).repeat(to - from));
    at = to;
  }
  parts.push(view.slice(at));
  return parts.join('');
}

/** One pass from left to right; places are those of the view. */
function findIn(view: string): PersonalDataMask[] {
  const found: PersonalDataMask[] = [];
  let end = 0;
  let urlEnd = 0;
  const add = (kind: PersonalDataKind, from: number, to: number): void => {
    found.push({ kind, from, to });
    end = to;
  };
  for (let i = 0; i < view.length; i += 1) {
    if (i < end) i = end;
    if (i >= view.length) break;
    const unit = view.charCodeAt(i);
    const sign = view.charAt(i);
    const kind = classOf(unit);
    if (i >= urlEnd && startsUrl(view, i)) urlEnd = endOfUrl(view, i);
    if (sign === '@' || sign === '(' || sign === '[') {
      const mail = mailAt(view, i, end);
      if (mail !== null) {
        add('MAIL', mail.from, mail.to);
        continue;
      }
    }
    if (sign === '@') {
      const to = handleEnd(view, i);
      if (to > i) add('HANDLE', i, to);
      continue;
    }
    if (kind === DIGIT || sign === ':' || isHexLetter(unit)) {
      const to = addressEnd(view, i);
      if (to > i) {
        add('IP', i, to);
        continue;
      }
    }
    if ((kind === DIGIT || sign === '+' || sign === '(') && (i >= urlEnd || isDialled(view, i))) {
      const number = numberAt(view, i) ?? (i < urlEnd ? dialledAt(view, i) : null);
      if (number !== null) {
        add(number.kind, i, number.to);
        continue;
      }
    }
    // The rest of a run of digits starts nothing.
    if (kind === DIGIT) while (classOf(view.charCodeAt(i + 1)) === DIGIT) i += 1;
  }
  return found;
}

function isWord(unit: number): boolean {
  const kind = classOf(unit);
  return kind === LETTER || kind === DIGIT || unit === 0x5f;
}

const schemes = ['http://', 'https://', 'www.'];

function startsUrl(view: string, at: number): boolean {
  const first = view.charCodeAt(at) | 0x20;
  if ((first !== 0x68 && first !== 0x77) || (at > 0 && isWord(view.charCodeAt(at - 1)))) return false;
  const head = view.slice(at, at + 8).toLowerCase();
  return schemes.some((scheme) => head.startsWith(scheme));
}

function endOfUrl(view: string, from: number): number {
  let i = from;
  while (i < view.length && classOf(view.charCodeAt(i)) !== SPACE && !'<>"'.includes(view.charAt(i))) i += 1;
  return i;
}

/** Where a URL dials: `wa.me/`, `phone=`. Other digits of a URL are names of things. */
const dialling = ['wa.me/', 'wa.me/+', 'phone=', 'phone=+', 'tel=', 'tel=+'];

function isDialled(view: string, at: number): boolean {
  const before = view.slice(Math.max(0, at - 7), at).toLowerCase();
  return dialling.some((prefix) => before.endsWith(prefix));
}

function dialledAt(view: string, at: number): { readonly kind: 'PHONE'; readonly to: number } | null {
  let to = view.charAt(at) === '+' ? at + 1 : at;
  while (to - at < 17 && classOf(view.charCodeAt(to)) === DIGIT) to += 1;
  return to - at >= 7 ? { kind: 'PHONE', to } : null;
}

const longestLocalPart = 64;
const longestDomain = 253;

/** The mail address around the at sign (or `(at)`, `[at]`) at this place, not reaching back over `least`. */
function mailAt(view: string, at: number, least: number): { readonly from: number; readonly to: number } | null {
  let leftEnd = at;
  let right = at + 1;
  if (view.charAt(at) !== '@') {
    const spelled = /^[([] ?(?:at|arroba|arobase|ät) ?[)\]] ?/i.exec(view.slice(at, at + 12));
    if (spelled === null) return null;
    right = at + spelled[0].length;
    if (view.charAt(at - 1) === ' ') leftEnd = at - 1;
  }
  let from = leftEnd;
  while (from > least && leftEnd - from < longestLocalPart && isLocal(view.charCodeAt(from - 1))) from -= 1;
  while (from < leftEnd && !isWord(view.charCodeAt(from))) from += 1;
  if (from === leftEnd) return null;
  const to = domainEnd(view, right);
  return to > right ? { from, to } : null;
}

function isLocal(unit: number): boolean {
  return isWord(unit) || ".%+'-".includes(String.fromCharCode(unit));
}

const spelledDot = /^ ?[([] ?(?:dot|punto|punkt|point|ponto|nokta) ?[)\]] ?/i;

/** End of a domain with at least one dot and a last label of two letters or more; `at` when there is none. */
function domainEnd(view: string, at: number): number {
  let i = at;
  let best = at;
  let labels = 0;
  while (i - at < longestDomain) {
    const start = i;
    let letters = 0;
    while (i - start < 64 && (isAlphanumeric(view.charCodeAt(i)) || (view.charAt(i) === '-' && i > start))) {
      if (classOf(view.charCodeAt(i)) === LETTER) letters += 1;
      i += 1;
    }
    let end = i;
    while (end > start && view.charAt(end - 1) === '-') end -= 1;
    if (end === start) break;
    labels += 1;
    if (labels > 1 && letters >= 2) best = end;
    if (end < i) break;
    if (view.charAt(i) === '.') i += 1;
    else {
      const dot = spelledDot.exec(view.slice(i, i + 12));
      if (dot === null) break;
      i += dot[0].length;
    }
  }
  return best;
}

function isAlphanumeric(unit: number): boolean {
  const kind = classOf(unit);
  return kind === LETTER || kind === DIGIT;
}

/** End of a handle after the at sign: `@name`, `@name@host.example`; `at` when there is none, as in "@ 5" and "2@10". */
function handleEnd(view: string, at: number): number {
  const from = at + 1;
  let to = from;
  let letters = 0;
  while (to < view.length) {
    const unit = view.charCodeAt(to);
    if (isWord(unit)) {
      if (classOf(unit) === LETTER) letters += 1;
      to += 1;
    } else if ((unit === 0x2e || unit === 0x2d) && to > from && isWord(view.charCodeAt(to + 1))) to += 1;
    else break;
  }
  // "@5pm" is a time.
  if (letters === 0 || (classOf(view.charCodeAt(from)) === DIGIT && letters < 4)) return at;
  if (view.charAt(to) === '@') return Math.max(to, domainEnd(view, to + 1));
  return to;
}

function isHexLetter(unit: number): boolean {
  const small = unit | 0x20;
  return small >= 0x61 && small <= 0x66;
}

/** Longest written form of an IPv6 address. */
const longestAddress = 45;

/** End of the IP address at this place, `at` when there is none. */
function addressEnd(view: string, at: number): number {
  const before = at > 0 ? view.charCodeAt(at - 1) : 0x20;
  if (isWord(before) || before === 0x3a || before === 0x2e) return at;
  let to = at;
  let colons = 0;
  let dots = 0;
  let digits = 0;
  while (to < view.length && to - at <= longestAddress) {
    const unit = view.charCodeAt(to);
    if (unit === 0x3a) colons += 1;
    else if (unit === 0x2e) dots += 1;
    else if (classOf(unit) === DIGIT) digits += 1;
    else if (!isHexLetter(unit)) break;
    to += 1;
  }
  if (colons < 2) return dots < 3 ? at : ipv4End(view, at);
  if (isWord(view.charCodeAt(to))) return at;
  while (to > at && (view.charAt(to - 1) === '.' || (view.charAt(to - 1) === ':' && view.charAt(to - 2) !== ':')))
    to -= 1;
  const written = view.slice(at, to);
  // "5::" and "::1" are no address of anybody.
  return digits > 0 && /[^:]+:.*[^:]/.test(written) && isIPv6(written) ? to : at;
}

function ipv4End(view: string, at: number): number {
  let i = at;
  for (let part = 0; part < 4; part += 1) {
    const from = i;
    while (i - from < 4 && classOf(view.charCodeAt(i)) === DIGIT) i += 1;
    const written = view.slice(from, i);
    // A leading zero is a date or a list.
    if (written === '' || written.length > 3 || Number(written) > 255 || /^0\d/.test(written)) return at;
    if (part < 3) {
      if (view.charAt(i) !== '.') return at;
      i += 1;
    }
  }
  if (isWord(view.charCodeAt(i)) || (view.charAt(i) === '.' && classOf(view.charCodeAt(i + 1)) === DIGIT)) return at;
  return isVersion(view, at) ? at : i;
}
