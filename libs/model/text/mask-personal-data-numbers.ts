import { classOf, DIGIT, LETTER, SPACE } from './mask-personal-data-view.js';

/** Digits that stand together, and what separates them from the group before. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly separator: string;
}

/** Longest card; a longer run of digits is no number of a person. */
const mostDigits = 19;
const mostGroups = 8;
/** Of a local number behind a word such as "call". */
const fewestDigits = 6;
const separators = ' -./()';

export interface NumberFound {
  readonly kind: 'PHONE' | 'CARD';
  readonly to: number;
}

/**
 * The phone or card number that starts at `at` (a digit, `+` or `(`), the longest that makes sense, or null. Looks at 19 digits in 8 groups and
 * 48 characters back, so the work per place is bounded.
 */
export function numberAt(view: string, at: number): NumberFound | null {
  if (!mayStart(view, at)) return null;
  const plus = view.charAt(at) === '+' || view.startsWith('(+', at);
  const groups = readGroups(view, at);
  // Years, scores and prices end here.
  if (groups.reduce((sum, { from, to }) => sum + to - from, 0) < fewestDigits) return null;
  const cue = cueBefore(view, at);
  for (let count = groups.length; count > 0; count -= 1) {
    const last = groups[count - 1];
    if (last === undefined || !mayEnd(view, last.to, groups[count])) continue;
    const chosen = groups.slice(0, count);
    const digits = chosen.map(({ from, to }) => view.slice(from, to)).join('');
    if (digits.length > mostDigits) continue;
    if (digits.length < fewestDigits) break;
    const sizes = chosen.map(({ from, to }) => to - from);
    const between = chosen.slice(1).map(({ separator }) => separator);
    if (!plus && isCard(digits, sizes, between)) return { kind: 'CARD', to: last.to };
    if (isPhone({ digits, sizes, between, plus, parenthesis: view.charAt(at) === '(', cue })) {
      return { kind: 'PHONE', to: view.charAt(last.to) === ')' && unclosed(view, at, last.to) ? last.to + 1 : last.to };
    }
  }
  return null;
}

/** Whether a parenthesis of the number itself is still open. */
function unclosed(view: string, from: number, to: number): boolean {
  let open = 0;
  for (let i = from; i < to; i += 1) {
    if (view.charAt(i) === '(') open += 1;
    else if (view.charAt(i) === ')') open -= 1;
  }
  return open > 0;
}

/** Not inside a word, a code or an amount. */
function mayStart(view: string, at: number): boolean {
  if (at === 0) return true;
  const before = view.charCodeAt(at - 1);
  const kind = classOf(before);
  if (kind === LETTER || kind === DIGIT) return false;
  const sign = view.charAt(at - 1);
  if ('_#$€£@&=+'.includes(sign)) return false;
  if ('-.,:'.includes(sign) && at > 1) {
    const earlier = classOf(view.charCodeAt(at - 2));
    if (earlier === DIGIT || (sign === '-' && earlier === LETTER)) return false;
  }
  return true;
}

/** Not in the middle of a longer code: where groups follow, only white space or a slash may divide two numbers. */
function mayEnd(view: string, to: number, next: Group | undefined): boolean {
  if (next !== undefined && !/[ /]/.test(next.separator)) return false;
  const kind = classOf(view.charCodeAt(to));
  if (kind === LETTER || kind === DIGIT) return false;
  const sign = view.charAt(to);
  if (sign !== '' && '_@%€$£'.includes(sign)) return false;
  return !(sign !== '' && '.,:-'.includes(sign) && classOf(view.charCodeAt(to + 1)) === DIGIT) || next !== undefined;
}

function readGroups(view: string, at: number): Group[] {
  const groups: Group[] = [];
  let i = at;
  let digits = 0;
  if (view.charAt(i) === '(') i += 1;
  if (view.charAt(i) === '+') i += 1;
  if (view.charAt(i) === '(') i += 1;
  let separator = '';
  while (groups.length < mostGroups) {
    const from = i;
    while (classOf(view.charCodeAt(i)) === DIGIT && i - from <= mostDigits) i += 1;
    if (i === from || digits + i - from > mostDigits) break;
    digits += i - from;
    groups.push({ from, to: i, separator });
    let end = i;
    while (end - i < 3 && end < view.length && separators.includes(view.charAt(end))) end += 1;
    if (end === i || classOf(view.charCodeAt(end)) !== DIGIT) break;
    separator = view.slice(i, end);
    i = end;
  }
  return groups;
}

/** Issuers' first digits and lengths: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro. */
const issuers =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6[0-9])\d{14,17})$/;
const cardShapes = new Set(['4 4 4 4', '4 4 4 4 3', '4 6 5', '4 6 4']);

function isCard(digits: string, sizes: readonly number[], between: readonly string[]): boolean {
  if (digits.length < 13 || !issuers.test(digits)) return false;
  if (sizes.length > 1) {
    if (!cardShapes.has(sizes.join(' '))) return false;
    if (between[0]?.length !== 1 || '()/'.includes(between[0]) || new Set(between).size > 1) return false;
  }
  return luhn(digits);
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30;
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
}

interface Candidate {
  readonly digits: string;
  readonly sizes: readonly number[];
  readonly between: readonly string[];
  readonly plus: boolean;
  readonly parenthesis: boolean;
  readonly cue: Cue;
}

const wideSeparator = /^(?:[ -]?\(|\)[ -/]?| - | ?\/ ?|\. )$/;

/** How numbers without a leading zero are written in Spain, Portugal and Italy (nine or ten digits), Turkey, and Brazil. */
const nineDigits = new Set(['3 3 3', '3 2 2 2', '2 3 2 2', '2 3 4', '3 6']);

function isPhone({ digits, sizes, between, plus, parenthesis, cue }: Candidate): boolean {
  const total = digits.length;
  if (isRepeated(digits)) return false;
  if (plus) return total >= 8 && total <= 15 && !digits.startsWith('0');
  // Two dots in a row or a lonely bracket are no way to write a number.
  if (!between.every((separator) => separator.length === 1 || wideSeparator.test(separator))) return false;
  if (/^00[1-9]/.test(digits)) return total >= 10 && total <= 17 && sizes[0] !== 1;
  if (isDate(sizes, between) || isPostcode(sizes, between)) return false;
  if (cue === 'OTHER' && sizes.length === 1) return false;
  const shape = sizes.join(' ');
  if (cue === 'PHONE' && total <= 15 && total >= (sizes.length > 1 ? 6 : 7)) return true;
  if (/^(?:1 )?3 3 4$/.test(shape)) {
    const national = digits.slice(-10);
    return (total === 10 || digits.startsWith('1')) && /^[2-9]\d\d[2-9]/.test(national);
  }
  if (parenthesis && shape === '3 7') return /^[2-9]/.test(digits);
  if (digits.startsWith('0')) {
    if (sizes.length === 1) return total === 10 || total === 11;
    if (total < 9 || total > 12 || (sizes[0] === 1 && !parenthesis)) return false;
    return !between.every((separator) => separator === '.') || sizes.length > 3;
  }
  // With full stops between threes, or noughts at the end, it is an amount.
  if (total === 9 && nineDigits.has(shape)) {
    return /^[26-9]/.test(digits) && !between.includes('.') && !digits.endsWith('000');
  }
  if (shape === '3 3 2 2') return digits.startsWith('5');
  if (shape === '3 3 4' || shape === '3 7') return digits.startsWith('3');
  if (shape === '2 5 4') return /^[1-9][1-9]9/.test(digits);
  if (shape === '2 1 4 4') return /^[1-9][1-9]9/.test(digits);
  if (shape === '2 4 4') return parenthesis && /^[1-9][1-9][2-9]/.test(digits);
  return false;
}

function isRepeated(digits: string): boolean {
  return digits === digits.charAt(0).repeat(digits.length);
}

/** Day, month and year in either order, alone or with a time behind it. */
function isDate(sizes: readonly number[], between: readonly string[]): boolean {
  if (between[0] !== between[1] || between[0] === undefined || !'-./ '.includes(between[0])) return false;
  const [a = 0, b = 0, c = 0] = sizes;
  return (a <= 2 && b <= 2 && c === 4) || (a === 4 && b <= 2 && c <= 2);
}

/** Brazilian, five and three. */
function isPostcode(sizes: readonly number[], between: readonly string[]): boolean {
  return sizes.length === 2 && sizes[0] === 5 && sizes[1] === 3 && between[0] === '-';
}

const cues = new Set(
  (
    'call phone phones tel telephone cell cellphone mobile whatsapp text sms dial fax ring ' +
    'ruf rufe anrufen telefon telefonnummer handy handynummer mobil festnetz durchwahl ' +
    'llama llame llamame llámame llamar teléfono telefono móvil movil celular fijo ' +
    'appelle appeler appelez téléphone telephone tél portable joindre ' +
    'liga ligue ligar telefone telemóvel telemovel zap whats fone ' +
    'chiama chiamami cellulare ara arayın telefonum cep numaram ' +
    'اتصل هاتف هاتفي جوال جوالي موبايل تلفون واتساب'
  ).split(' '),
);
/** What is numbered here is no phone. */
const otherNumbers = new Set(
  (
    'order ticket invoice account case reference tracking serial isbn version bestellung rechnung vorgang pedido factura ' +
    'referencia commande facture dossier encomenda fatura processo sipariş fatura takip'
  ).split(' '),
);
const farthestCue = 48;
const mostCueWords = 5;

/** What the words before a number say that it is. */
type Cue = 'PHONE' | 'OTHER' | null;

/** From the last five words. Only words and simple punctuation lie between: no digits, brackets or masks. */
function cueBefore(view: string, at: number): Cue {
  const words = wordsBefore(view, at);
  if (words.some((word) => otherNumbers.has(word))) return 'OTHER';
  return words.some((word) => cues.has(word)) ? 'PHONE' : null;
}

/** Whether the word before names a version, which is written like an address. */
export function isVersion(view: string, at: number): boolean {
  const [word = ''] = wordsBefore(view, at);
  return /^(?:version|versión|versão|sürüm|firmware|release|build)$/.test(word);
}

function wordsBefore(view: string, at: number): string[] {
  const words: string[] = [];
  const least = Math.max(0, at - farthestCue);
  let end = at;
  let i = at - 1;
  for (; i >= least && words.length < mostCueWords; i -= 1) {
    const kind = classOf(view.charCodeAt(i));
    if (kind === LETTER) continue;
    if (i + 1 < end) words.push(view.slice(i + 1, end).toLowerCase());
    end = i;
    if (kind !== SPACE && !":.,'-".includes(view.charAt(i))) return words;
    if (view.charAt(i) === '\n') return words;
  }
  if (i < least && i + 1 < end && words.length < mostCueWords) words.push(view.slice(i + 1, end).toLowerCase());
  return words;
}
