// SPDX-License-Identifier: Apache-2.0
// The featuriser of Tidegate as one file without dependencies, for Node 20 and newer: text in, inputs of the network out.
// Generated from libs/model of Tidegate: do not edit.

const identityCalibrator = {
  kind: 'IDENTITY',
  parameters: [],
  x: [],
  y: [],
};
function sigmoid(logit) {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const grown = Math.exp(logit);
  return grown / (1 + grown);
}
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
function applyCalibrator(calibrator, logit) {
  const [a = 1, b = 0, c = 0] = calibrator.parameters;
  switch (calibrator.kind) {
    case 'IDENTITY':
      return sigmoid(logit);
    case 'PLATT':
      return sigmoid(a * logit + b);
    case 'BETA':
      return sigmoid(-a * softplus(-logit) + b * softplus(logit) + c);
    case 'ISOTONIC':
      return interpolate(calibrator.x, calibrator.y, logit);
  }
}
function interpolate(x, y, at) {
  let low = 0;
  let high = x.length - 1;
  if (high < 0) return sigmoid(at);
  if (at <= (x[0] ?? 0)) return y[0] ?? 0;
  if (at >= (x[high] ?? 0)) return y[high] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  const x0 = x[low] ?? 0;
  const x1 = x[high] ?? 0;
  const y0 = y[low] ?? 0;
  const y1 = y[high] ?? 0;
  return x1 > x0 ? y0 + ((y1 - y0) * (at - x0)) / (x1 - x0) : y1;
}
const UNITS = 65536;
const GENERIC_MARKS = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
const lowerOf = new Uint16Array(UNITS);
const classOf = new Uint8Array(UNITS);
const letterOf = new Uint8Array(UNITS);
const foldsOf = new Uint8Array(UNITS);
const foldOf = new Map();
const looksLikeAscii = new Uint8Array(UNITS);
const everyUnit = (() => {
  const parts = [];
  for (let unit = 0; unit < UNITS; unit++) if (unit < 55296 || unit > 57343) parts.push(String.fromCharCode(unit));
  return parts.join('');
})();
function eachUnit(characterClass, visit) {
  for (const { 0: run, index } of everyUnit.matchAll(new RegExp(`${characterClass}+`, 'gu')))
    for (let i = 0; i < run.length; i++) visit(index + i < 55296 ? index + i : index + i + 2048);
}
for (let unit = 0; unit < UNITS; unit++) lowerOf[unit] = unit;
eachUnit('[\\p{Lu}\\p{Lt}\\u24b6-\\u24cf\\u2160-\\u216f]', (unit) => {
  const lower = String.fromCharCode(unit).toLowerCase();
  if (lower.length === 1) lowerOf[unit] = lower.charCodeAt(0);
});
eachUnit('[\\p{L}\\p{M}\\p{N}]', (unit) => {
  classOf[unit] = 2;
  letterOf[unit] = 3;
});
eachUnit(
  '[\\p{Script=Greek}\\p{Script=Cyrillic}\\p{Script=Armenian}\\p{Script=Cherokee}\\p{Script=Coptic}\\p{Script=Lisu}]',
  (unit) => {
    if (classOf[unit] === 2) letterOf[unit] = 2;
  },
);
eachUnit('\\p{Script=Latin}', (unit) => {
  if (classOf[unit] === 2) letterOf[unit] = 1;
});
eachUnit('\\p{N}', (unit) => {
  letterOf[unit] = 4;
});
eachUnit('[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{So}\\p{Sm}\\p{Sk}]', (unit) => {
  if (unit > 127) classOf[unit] = 3;
});
eachUnit('\\p{Default_Ignorable_Code_Point}', (unit) => {
  classOf[unit] = 0;
  letterOf[unit] = 0;
});
eachUnit('[\\s\\p{Cc}\\p{Z}]', (unit) => {
  classOf[unit] = 1;
});
classOf.fill(4, 55296, 56320);
classOf.fill(3, 56320, 57344);
const JOINS = '[\\p{M}\\p{Default_Ignorable_Code_Point}\\p{Bidi_Control}\\u1100-\\u11ff\\ua960-\\ua97f\\ud7b0-\\ud7ff]';
const joins = new RegExp(JOINS, 'u');
for (let unit = 128; unit < UNITS; unit++)
  if (unit >= 55296 && unit <= 57343) foldsOf[unit] = 2;
  else if (unit < 13312 || (unit > 40959 && unit < 44032) || unit > 55203) {
    const text = String.fromCharCode(unit);
    const compatible = text.normalize('NFKC');
    const folded = compatible.normalize('NFD').replace(GENERIC_MARKS, '').normalize('NFC');
    if (/^[A-Za-z]$/.test(compatible)) looksLikeAscii[unit] = 1;
    if (folded === text) continue;
    foldsOf[unit] = joins.test(folded) ? 1 : 128;
    foldOf.set(unit, folded);
  }
eachUnit(JOINS, (unit) => {
  foldsOf[unit] = 1;
});
for (const selector of [65038, 65039]) {
  foldsOf[selector] = 128;
  foldOf.set(selector, '');
}
const STRONG = [
  ['аеорсухіјѕһԁԛԝӏ', 'aeopcyxijshdqwl'],
  ['АЕОРСУХІЈЅҺԀԚԜӀВКМНТ', 'aeopcyxijshdqwlbkmht'],
  ['αινορτυ', 'aivoptu'],
  ['ΑΙΝΟΡΤΥΒΕΖΗΚΜΧ', 'ainoptybezhkmx'],
  ['օսհոՕՍՀՈ', 'ouhnouhn'],
  ['ⲟⲥⲣⲭⲞⲤⲢⲬ', 'ocpxocpx'],
  ['ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ', 'abcdefghijklmnoprstuvwxyz'],
];
const WEAK = [
  ['вкмнтгпьГПЬ', 'bkmhtrnbrnb'],
  ['βγεηκμσςχωΓΣΩ', 'byenkuocxwroo'],
  ['ցզյլաՑԶՅԼԱՏ', 'gqjlwgqjlws'],
  ['ᎠᎡᎢᎪᎫᎬᎳᎷᎻᏀᏃᏏᏙᏚᏞᏟᏢᏦᏴ', 'drtajewmhgzbvslcpkb'],
];
const SPELLING = [['øØłŁđĐħĦŧŦıȷɨʉ', 'oollddhhttijiu']];
const FANCY = [
  ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnoprstuvwyz'],
  ['ɑɡɩɓɗɠɦƙɱɲʂƭʋƴȥƒƅɛɔɐ', 'agibdghkmnstvyzfbeca'],
  ['℮', 'e'],
];
const TYPOGRAPHY = [
  ['‘’‚‛ʼʻ′', "'''''''"],
  ['“”„‟«»', '""""""'],
  ['‐‒–—―−', '------'],
  ['·•∙⋅‧', '*****'],
];
const asciiOf = new Uint16Array(65536);
const conditionOf = new Uint8Array(65536);
function fill(pairs, condition) {
  for (const [lookalikes, ascii] of pairs) {
    if (lookalikes.length !== ascii.length)
      throw new Error(`confusables: '${ascii}' and its look-alikes differ in length`);
    for (let i = 0; i < ascii.length; i++) {
      const unit = lookalikes.charCodeAt(i);
      if (conditionOf[unit] !== 0) throw new Error(`confusables: U+${unit.toString(16)} stands twice`);
      asciiOf[unit] = ascii.charCodeAt(i);
      conditionOf[unit] = condition;
    }
  }
}
fill(TYPOGRAPHY, 1);
fill(SPELLING, 1);
fill(FANCY, 2);
fill(STRONG, 3);
fill(WEAK, 4);
for (let unit = 128; unit < 55296; unit++) {
  const small = lowerOf[unit] ?? 0;
  const condition = conditionOf[small] ?? 0;
  if (small === unit || conditionOf[unit] !== 0 || condition === 0 || condition > 2) continue;
  asciiOf[unit] = asciiOf[small] ?? 0;
  conditionOf[unit] = condition;
}
const LONGEST = 4096;
const LEVELS = 2;
const LEAST_PRINTABLE = 0.9;
const LEAST_LETTERS = 3;
const LEAST_ROTATED_SHARE = 0.6;
const LEAST_COMMON_PAIRS = 0.25;
const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[ :,]?){8,}/g;
const PERCENT = /(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~+-]*){3,}/g;
const REFERENCES = /(?:&#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6});?[ ]?){3,}/g;
const REFERENCE = /&#(?:(\d{1,7})|[xX]([0-9A-Fa-f]{1,6}));?/g;
const NOTHING = {
  text: '',
  segments: 0,
};
function decode(text) {
  let source = text.slice(0, LONGEST);
  let best = NOTHING;
  let segments = 0;
  for (let level = 0; level < LEVELS; level++) {
    const found = decodeOnce(source);
    if (found.length === 0) break;
    segments += found.length;
    source = found.join(' ').slice(0, LONGEST);
    best = {
      text: source,
      segments,
    };
  }
  return best;
}
function decodeOnce(text) {
  const found = [];
  const take = (encoded, decoded) => {
    if (!isPrintable(decoded) || letterShare(decoded) <= letterShare(encoded)) return;
    if ((decoded.match(/\p{L}/gu)?.length ?? 0) >= LEAST_LETTERS) found.push(decoded);
  };
  for (const [run] of text.matchAll(HEX))
    take(run, Buffer.from(run.replace(/\\x|0x|[ :,]/g, ''), 'hex').toString('utf8'));
  if (found.length === 0)
    for (const [run] of text.matchAll(BASE64)) take(run, Buffer.from(run, 'base64').toString('utf8'));
  if (text.includes('%')) for (const [run] of text.matchAll(PERCENT)) take(run, fromPercent(run));
  if (text.includes('&#')) for (const [run] of text.matchAll(REFERENCES)) take(run, fromReferences(run));
  if (found.length === 0 && evidenceOf(text) < -64 && letterShare(text) > LEAST_ROTATED_SHARE) {
    const turned = rot13(text);
    const likeness = commonPairs(turned);
    if (likeness > LEAST_COMMON_PAIRS && likeness > 2 * commonPairs(text)) found.push(turned);
  }
  return found;
}
function evidenceOf(text) {
  let evidence = 0;
  for (let i = 0; i < text.length; i++) evidence += rotationEvidence[text.charCodeAt(i)] ?? 0;
  return evidence;
}
function fromPercent(encoded) {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return '';
  }
}
function fromReferences(encoded) {
  return encoded.replace(REFERENCE, (_, decimal, hex) => {
    const codePoint = decimal === void 0 ? parseInt(hex ?? '0', 16) : parseInt(decimal, 10);
    return codePoint <= 1114111 ? String.fromCodePoint(codePoint) : '';
  });
}
function isPrintable(text) {
  let printable = 0;
  let all = 0;
  for (const character of text) {
    all++;
    if (!/[\p{C}\ufffd]/u.test(character) || /[\t\n\r]/.test(character)) printable++;
  }
  return all > 0 && printable / all > LEAST_PRINTABLE;
}
function letterShare(text) {
  return (text.match(/[\p{Ll}\p{Lo}\p{M} ]/gu)?.length ?? 0) / Math.max(1, text.length);
}
const A = 97;
const COMMON_PAIRS = new Uint8Array(676);
for (const pair of 'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur'.split(
  ' ',
))
  COMMON_PAIRS[(pair.charCodeAt(0) - A) * 26 + pair.charCodeAt(1) - A] = 1;
function commonPairs(text) {
  let pairs = 0;
  let common = 0;
  let before = -1;
  for (let i = 0; i < text.length; i++) {
    const letter = (text.charCodeAt(i) | 32) - A;
    const now = letter >= 0 && letter < 26 ? letter : -1;
    if (before >= 0 && now >= 0) {
      pairs++;
      common += COMMON_PAIRS[before * 26 + now] ?? 0;
    }
    before = now;
  }
  return pairs === 0 ? 0 : common / pairs;
}
function rot13(text) {
  return text.replace(/[A-Za-z]/g, (letter) => {
    const code = letter.charCodeAt(0);
    const first = code < A ? 65 : A;
    return String.fromCharCode(first + ((code - first + 13) % 26));
  });
}
const PER_MILLE = [82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1];
const rotationEvidence = new Int8Array(65536);
PER_MILLE.forEach((perMille, letter) => {
  const evidence = Math.round(8 * Math.log2(perMille / (PER_MILLE[(letter + 13) % 26] ?? 1)));
  rotationEvidence[A + letter] = evidence;
  rotationEvidence[65 + letter] = evidence;
});
const encodingAlphabet = new Uint8Array(65536);
for (let unit = 0; unit < 128; unit++)
  if (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(unit))) encodingAlphabet[unit] = 1;
const SPACED_HEX = /(?:[0-9A-Fa-f]{2}[ :,]){7}/;
function mayBeEncoded(text, hasLettersBesideDigits) {
  return text.includes('%') || text.includes('&#') || (hasLettersBesideDigits && SPACED_HEX.test(text));
}
const OBFUSCATIONS = ['zeroWidth', 'bidi', 'confusable', 'mixedScript', 'leet', 'spacedLetters', 'repeats', 'encoded'];
function createObfuscationCounters() {
  return {
    zeroWidth: 0,
    bidi: 0,
    confusable: 0,
    mixedScript: 0,
    leet: 0,
    spacedLetters: 0,
    repeats: 0,
    encoded: 0,
  };
}
const CONFUSES = 4;
const LEET = 8;
const APART = 16;
const REPEATS = 32;
const ENCODED = 64;
const flagsOf = Uint8Array.from(foldsOf, (folds, unit) => {
  return folds | (conditionOf[unit] !== 0 || letterOf[unit] === 2 ? CONFUSES : 0);
});
const leetOf = new Uint16Array(65536);
for (const pair of ['0o', '1i', '3e', '4a', '5s', '6g', '7t', '8b', '9g', '@a', '$s', '!i'])
  leetOf[pair.charCodeAt(0)] = pair.charCodeAt(1);
const AT = 64;
const DOLLAR = 36;
const BANG = 33;
const BLANK$1 = 32;
const STOP = 46;
const isSign = (unit) => unit === AT || unit === DOLLAR || unit === BANG;
const isSeparator = (unit) => unit === BLANK$1 || unit === STOP || unit === 45 || unit === 95 || unit === 42;
const shapeOf = new Uint8Array(65536);
for (let unit = 0; unit < 65536; unit++) {
  const letter = letterOf[unit];
  let shape = 0;
  if (letter === 1 || letter === 2) shape |= 1;
  if (isSeparator(unit)) shape |= 2;
  if (letter === 4 || isSign(unit)) shape |= 4;
  if (letter !== 4 && classOf[unit] !== 1) shape |= 8;
  shapeOf[unit] = shape;
}
function isPlainPair(codePoint) {
  return (
    (codePoint >= 127744 && codePoint <= 129791) ||
    (codePoint >= 127462 && codePoint <= 127487) ||
    (codePoint >= 131072 && codePoint <= 173791)
  );
}
function createTextReader() {
  const counters = createObfuscationCounters();
  let spare = new Uint16Array(8192);
  const views = {
    raw: new Uint16Array(8192),
    rawLength: 0,
    normalised: spare,
    normalisedLength: 0,
    same: true,
    decoded: '',
    counters,
  };
  function read(text) {
    for (const name of OBFUSCATIONS) counters[name] = 0;
    if (text.length > views.raw.length) views.raw = new Uint16Array(text.length * 2);
    let flags = look(text, views.raw);
    if ((flags & 2) !== 0) flags |= lookAtPairs(text);
    views.rawLength = text.length;
    views.decoded = '';
    if ((flags & ENCODED) !== 0 || mayBeEncoded(text, (flags & LEET) !== 0)) {
      const decoded = decode(text);
      views.decoded = decoded.text;
      counters.encoded = decoded.segments;
    }
    const length = (flags & 189) === 0 ? -1 : rewriteAll(text, flags);
    views.same = length < 0 || (length === text.length && equal(spare, views.raw, length));
    views.normalised = views.same ? views.raw : spare;
    views.normalisedLength = views.same ? text.length : length;
    return views;
  }
  function rewriteAll(text, flags) {
    const folds = (flags & 129) !== 0;
    let length = text.length;
    if (folds || (flags & CONFUSES) !== 0) {
      length = copyFolded((flags & 1) === 0 ? text : foldCodePoints(text, counters));
      rewriteConfusables(spare, length, counters);
      const lower = lowerOf;
      for (let i = 0; i < length; i++) spare[i] = lower[spare[i] ?? 0] ?? 0;
    } else {
      if (length > spare.length) spare = new Uint16Array(length * 2);
      spare.set(views.raw.subarray(0, length));
    }
    let all = folds || (flags & CONFUSES) !== 0;
    if (all || (flags & LEET) !== 0) {
      rewriteLeet(spare, length, counters);
      all ||= counters.leet > 0;
    }
    if (all || (flags & APART) !== 0) {
      length = joinLetters(spare, length, counters);
      all ||= counters.spacedLetters > 0;
    }
    if (all || (flags & REPEATS) !== 0) {
      length = squeeze(spare, length, counters);
      all ||= counters.repeats > 0;
    }
    return all ? length : -1;
  }
  function copyFolded(text) {
    let length = 0;
    if (text.length > spare.length) spare = new Uint16Array(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (((flagsOf[unit] ?? 0) & 128) === 0) {
        spare[length++] = unit;
        continue;
      }
      counters.confusable += looksLikeAscii[unit] ?? 0;
      const folded = foldOf.get(unit) ?? '';
      if (length + folded.length + text.length - i > spare.length) {
        const wider = new Uint16Array(2 * (spare.length + folded.length));
        wider.set(spare);
        spare = wider;
      }
      for (let k = 0; k < folded.length; k++) spare[length++] = folded.charCodeAt(k);
    }
    return length;
  }
  return { read };
}
function look(text, into) {
  const lowers = lowerOf;
  const shapeTable = shapeOf;
  const flagTable = flagsOf;
  const evidenceTable = rotationEvidence;
  const alphabet = encodingAlphabet;
  let flags = 0;
  let before = 0;
  let same = 0;
  let shapes = 0;
  let run = 0;
  let evidence = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const lower = lowers[unit] ?? 0;
    const shape = shapeTable[unit] ?? 0;
    into[i] = lower;
    flags |= flagTable[unit] ?? 0;
    evidence += evidenceTable[unit] ?? 0;
    run = alphabet[unit] === 0 ? 0 : run + 1;
    if (run === 16) flags |= ENCODED;
    shapes = (shapes << 4) | shape;
    if ((shapes & 20) === 20 || (shapes & 65) === 65) flags |= LEET;
    if ((shapes & 74017) === 74017) flags |= APART;
    same = lower === before ? same + 1 : 1;
    if (same > 2 && (shape & 8) !== 0 && (same > 3 || lower !== STOP)) flags |= REPEATS;
    before = lower;
  }
  if (evidence < -64) flags |= ENCODED;
  return flags;
}
function lookAtPairs(text) {
  let flags = 0;
  let before = -1;
  let beforeThat = -1;
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) ?? 0;
    if (codePoint > 65535) {
      i++;
      if (!isPlainPair(codePoint)) flags |= 1;
      if (codePoint === before && codePoint === beforeThat) flags |= REPEATS;
    }
    beforeThat = before;
    before = codePoint;
  }
  return flags;
}
function equal(a, b, length) {
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}
const ASCII_LETTER = /^[A-Za-z]$/;
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT_OVERRIDE = '‮';
const IGNORABLES = /\p{Default_Ignorable_Code_Point}/gu;
const BADGE_LETTERS = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu;
function foldCodePoints(text, counters) {
  counters.bidi += text.match(BIDI_CONTROLS)?.length ?? 0;
  const ordered = text.includes(RIGHT_TO_LEFT_OVERRIDE) ? turnOverrides(text) : text;
  for (let i = 0; i < ordered.length; i++) {
    const unit = ordered.charCodeAt(i);
    const pair = unit >= 55296 && unit <= 56319 ? (ordered.codePointAt(i) ?? 0) : 0;
    if (looksLikeAscii[unit] === 1) counters.confusable++;
    else if (pair > 65535 && !isPlainPair(pair) && ASCII_LETTER.test(String.fromCodePoint(pair).normalize('NFKC')))
      counters.confusable++;
  }
  return ordered
    .normalize('NFKC')
    .replace(IGNORABLES, (character, offset, whole) => {
      if (isObfuscating(character, offset, whole)) counters.zeroWidth++;
      return '';
    })
    .normalize('NFD')
    .replace(GENERIC_MARKS, '')
    .normalize('NFC')
    .replace(BADGE_LETTERS, (badge) => {
      counters.confusable++;
      const codePoint = badge.codePointAt(0) ?? 0;
      return String.fromCharCode(97 + codePoint - (codePoint >= 127344 ? 127344 : 127312));
    });
}
function isObfuscating(character, offset, text) {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint === 65038 || codePoint === 65039) return false;
  if (codePoint === 65279 && offset === 0) return false;
  if (/\p{Bidi_Control}/u.test(character)) return false;
  const before = offset === 0 ? 0 : text.charCodeAt(offset - 1);
  if (codePoint === 8205 && ((before >= 55296 && before <= 57343) || before >= 8192)) return false;
  if (codePoint >= 917536 && codePoint <= 917631) return !isFlagTag(text, offset);
  return !((codePoint === 8204 || codePoint === 8205) && before >= 1424 && before < 4256);
}
function isFlagTag(text, offset) {
  let start = offset;
  while (start >= 2 && text.charCodeAt(start - 2) === 56128) start -= 2;
  return start >= 2 && text.codePointAt(start - 2) === 127988;
}
const MIRRORED = new Map(
  ['()', ')(', '[]', '][', '{}', '}{', '<>', '><'].map((pair) => [pair.charAt(0), pair.charAt(1)]),
);
function turnOverrides(text) {
  const open = [
    {
      turned: false,
      characters: [],
    },
  ];
  const top = () =>
    open[open.length - 1] ?? {
      turned: false,
      characters: [],
    };
  const close = () => {
    const closed = open.pop();
    if (closed === void 0) return;
    const outer = top().turned;
    const characters = closed.turned === outer ? closed.characters : turn(closed.characters);
    for (const character of characters) top().characters.push(character);
  };
  for (const character of text)
    if (character === RIGHT_TO_LEFT_OVERRIDE)
      open.push({
        turned: true,
        characters: [],
      });
    else if (character === '‭' || character === '‪')
      open.push({
        turned: false,
        characters: [],
      });
    else if (character === '‫')
      open.push({
        turned: top().turned,
        characters: [],
      });
    else if (character === '‬') {
      if (open.length > 1) close();
    } else if (character === '\n' || character === '\r' || character === '\u2029') {
      while (open.length > 1) close();
      top().characters.push(character);
    } else top().characters.push(character);
  while (open.length > 1) close();
  return top().characters.join('');
}
function turn(characters) {
  const clusters = [];
  for (const character of characters) {
    const last = clusters.length - 1;
    if (last >= 0 && /^[\p{M}\u200d]/u.test(character)) clusters[last] = (clusters[last] ?? '') + character;
    else clusters.push(MIRRORED.get(character) ?? character);
  }
  return clusters.reverse();
}
const isWordUnit = (unit) => classOf[unit] === 2;
function rewriteConfusables(units, length, counters) {
  const conditions = conditionOf;
  const letterKinds = letterOf;
  const classes = classOf;
  let alphabets = false;
  for (let i = 0; i < length; i++) {
    const unit = units[i] ?? 0;
    const condition = conditions[unit];
    alphabets ||= letterKinds[unit] === 2;
    if (condition !== 1 && condition !== 2) continue;
    units[i] = asciiOf[unit] ?? 0;
    if (condition === 2) counters.confusable++;
  }
  if (!alphabets) return;
  let besideLatin = false;
  let waiting = -1;
  let i = 0;
  while (i < length) {
    if (classes[units[i] ?? 0] !== 2) {
      i++;
      continue;
    }
    const start = i;
    let latin = 0;
    let foreign = 0;
    let strong = 0;
    let weak = 0;
    let letters = 0;
    for (; i < length && classes[units[i] ?? 0] === 2; i++) {
      const unit = units[i] ?? 0;
      const letter = letterKinds[unit];
      if (letter === 4) continue;
      letters++;
      if (letter === 1) latin++;
      if (letter === 2) foreign++;
      const condition = conditions[unit];
      if (condition === 3) strong++;
      if (condition === 4) weak++;
    }
    if (letters === 0) continue;
    if (latin > 0) {
      if (foreign > 0) counters.mixedScript++;
      if (strong + weak > 0) counters.confusable += rewrite(units, start, i, 4);
      if (waiting >= 0) counters.confusable += rewrite(units, waiting, start, 3);
      waiting = -1;
      besideLatin = true;
    } else if (strong === letters) {
      if (besideLatin) counters.confusable += rewrite(units, start, i, 3);
      else if (waiting < 0) waiting = start;
    } else {
      waiting = -1;
      besideLatin = false;
    }
  }
}
function rewrite(units, from, to, condition) {
  let count = 0;
  for (let i = from; i < to; i++) {
    const unit = units[i] ?? 0;
    const wants = conditionOf[unit] ?? 0;
    if (wants < 3 || wants > condition) continue;
    units[i] = asciiOf[unit] ?? 0;
    count++;
  }
  return count;
}
function chunkEnd(units, length, start) {
  let end = start;
  while (end < length && classOf[units[end] ?? 0] !== 1) end++;
  return end;
}
function isAddress(units, start, end) {
  const W = 119;
  if (
    end - start > 4 &&
    units[start] === W &&
    units[start + 1] === W &&
    units[start + 2] === W &&
    units[start + 3] === 46
  )
    return true;
  for (let i = start + 1; i + 2 < end; i++)
    if (units[i] === 58 && units[i + 1] === 47 && units[i + 2] === 47) return true;
  return false;
}
const isLeetTokenUnit = (unit) => isWordUnit(unit) || isSign(unit);
function rewriteLeet(units, length, counters) {
  for (let start = 0; start < length; start++) {
    if (classOf[units[start] ?? 0] === 1) continue;
    const end = chunkEnd(units, length, start);
    if (!isAddress(units, start, end))
      for (let i = start; i < end; i++) {
        if (!isLeetTokenUnit(units[i] ?? 0)) continue;
        const from = i;
        while (i < end && isLeetTokenUnit(units[i] ?? 0)) i++;
        counters.leet += rewriteLeetToken(units, from, i);
      }
    start = end;
  }
}
function rewriteLeetToken(units, tokenStart, tokenEnd) {
  let start = tokenStart;
  let end = tokenEnd;
  while (start < end && units[start] === BANG) start++;
  while (end > start && (units[end - 1] === BANG || units[end - 1] === AT)) end--;
  if (start === end || units[start] === AT) return 0;
  let latin = 0;
  let readable = 0;
  for (let i = start; i < end; i++) {
    const unit = units[i] ?? 0;
    const letter = letterOf[unit];
    if (letter === 1) latin++;
    else if (letter !== 4 && !isSign(unit)) return 0;
    if (leetOf[unit] !== 0) readable++;
  }
  if (latin === 0 || readable === 0) return 0;
  let count = 0;
  for (let i = start; i < end; i++) {
    if (letterOf[units[i] ?? 0] === 1) continue;
    const from = i;
    let allReadable = true;
    let allSame = true;
    let allSigns = true;
    for (; i < end && letterOf[units[i] ?? 0] !== 1; i++) {
      const unit = units[i] ?? 0;
      if (leetOf[unit] === 0) allReadable = false;
      if (unit !== units[from]) allSame = false;
      if (!isSign(unit)) allSigns = false;
    }
    if (!allReadable || !((from > start && i < end) || allSame || allSigns)) continue;
    for (let k = from; k < i; k++) units[k] = leetOf[units[k] ?? 0] ?? 0;
    count += i - from;
  }
  return count;
}
function joinLetters(units, length, counters) {
  let to = 0;
  let i = 0;
  while (i < length) {
    const unit = units[i] ?? 0;
    const letter = letterOf[unit];
    if ((letter === 1 || letter === 2) && (i === 0 || !isWordUnit(units[i - 1] ?? 0))) {
      let run = 0;
      let at = i;
      while (
        at < length &&
        letterOf[units[at] ?? 0] === letter &&
        (at + 1 >= length || !isWordUnit(units[at + 1] ?? 0))
      ) {
        run++;
        if (at + 2 < length && isSeparator(units[at + 1] ?? 0)) at += 2;
        else break;
      }
      if (run >= 3) {
        for (let k = 0; k < run; k++) units[to++] = units[i + 2 * k] ?? 0;
        counters.spacedLetters += run;
        i += 2 * run - 1;
        continue;
      }
    }
    units[to++] = unit;
    i++;
  }
  return to;
}
function squeeze(units, length, counters) {
  let to = 0;
  let i = 0;
  while (i < length) {
    if (classOf[units[i] ?? 0] === 1) {
      units[to++] = units[i++] ?? 0;
      continue;
    }
    const end = chunkEnd(units, length, i);
    const keep = isAddress(units, i, end);
    while (i < end) {
      const unit = units[i] ?? 0;
      const low = i + 1 < end ? (units[i + 1] ?? 0) : 0;
      const width = unit >= 55296 && unit <= 56319 && low >= 56320 && low <= 57343 ? 2 : 1;
      let run = 1;
      while (
        i + (run + 1) * width <= end &&
        units[i + run * width] === unit &&
        (width === 1 || units[i + run * width + 1] === low)
      )
        run++;
      const most = unit === STOP ? 3 : 2;
      const kept = run <= most || keep || letterOf[unit] === 4 ? run : most;
      if (kept < run) counters.repeats++;
      for (let k = 0; k < kept * width; k++) units[to++] = units[i + k] ?? 0;
      i += run * width;
    }
  }
  return to;
}
createTextReader();
var FeaturiserSettingsError = class extends Error {
  field;
  code = 'FEATURISER_SETTINGS_UNSUPPORTED';
  constructor(field, expected) {
    super(
      `featuriser settings: '${field}' must be ${expected}; use the settings of a model made by this release or retrain`,
    );
    this.field = field;
    this.name = 'FeaturiserSettingsError';
  }
};
const isWhole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
function checkFeaturiserSettings(settings) {
  const { version, buckets, wordNgrams, charNgrams, cap, views } = settings;
  if (version !== 1) throw new FeaturiserSettingsError('version', '1');
  if (!isWhole(buckets, 256, 2 ** 22) || !Number.isInteger(Math.log2(buckets)))
    throw new FeaturiserSettingsError('buckets', 'a power of two from 2^8 to 2^22');
  if (wordNgrams[0] !== 1 || !isWhole(wordNgrams[1], 1, 2))
    throw new FeaturiserSettingsError('wordNgrams', '[1, 1] or [1, 2]');
  if (!isWhole(charNgrams[0], 1, 8) || !isWhole(charNgrams[1], charNgrams[0], 8))
    throw new FeaturiserSettingsError('charNgrams', 'two whole numbers from 1 to 8, the smaller first');
  if (!isWhole(cap, 16, 65536)) throw new FeaturiserSettingsError('cap', 'a whole number from 16 to 65536');
  const known = ['raw', 'normalised', 'decoded'];
  if (views.length === 0 || views.some((view, i) => !known.includes(view) || views.indexOf(view) !== i))
    throw new FeaturiserSettingsError('views', "one or more of 'raw', 'normalised' and 'decoded', each once");
}
function createFeatureBuffer(settings) {
  return {
    ids: new Int32Array(settings.cap),
    count: 0,
    counters: createObfuscationCounters(),
  };
}
const { imul } = Math;
const FNV_PRIME = 16777619;
const WORD_BASIS = -2128831035;
const CHAR_BASIS = imul(-2128831066, FNV_PRIME);
const COUNTER_BASIS = imul(-2128831061, FNV_PRIME);
const RAW = 739982445;
const NORMALISED = -1640531535;
const NONE = 0;
const BLANK = 32;
function createFeaturiser$1(settings) {
  checkFeaturiserSettings(settings);
  const { buckets, cap } = settings;
  const shift = 32 - Math.log2(buckets);
  const [charLeast, charMost] = settings.charNgrams;
  const wordPairs = settings.wordNgrams[1] === 2;
  const rawView = settings.views.includes('raw') ? RAW : NONE;
  const normalisedView = settings.views.includes('normalised') ? NORMALISED : NONE;
  const decodedView = settings.views.includes('decoded');
  const reader = createTextReader();
  const decodedReader = createTextReader();
  const met = new Int32Array(buckets >>> 5);
  const seen = new Int32Array(buckets + 1);
  const histogram = new Int32Array(1024);
  let seenCount = 0;
  let sequence = new Uint16Array(8192);
  function meet(hash, multiplier) {
    const bucket = imul(hash ^ (hash >>> 15), multiplier) >>> shift;
    const bits = met[bucket >>> 5] ?? 0;
    met[bucket >>> 5] = bits | (1 << bucket);
    seen[seenCount] = bucket;
    seenCount += ((bits >>> bucket) & 1) ^ 1;
  }
  function meetWords(units, length, first, second) {
    const classes = classOf;
    let before = 0;
    let i = 0;
    while (i < length) {
      let unit = units[i] ?? 0;
      const kind = classes[unit] ?? 0;
      i++;
      if (kind < 2) continue;
      let hash = imul(WORD_BASIS ^ unit, FNV_PRIME);
      if (kind === 2)
        for (; i < length; i++) {
          unit = units[i] ?? 0;
          if (classes[unit] !== 2) break;
          hash = imul(hash ^ unit, FNV_PRIME);
        }
      else if (kind === 4 && i < length) {
        unit = units[i] ?? 0;
        if (unit >= 56320 && unit <= 57343) {
          hash = imul(hash ^ unit, FNV_PRIME);
          i++;
        }
      }
      meet(hash, first);
      if (second !== NONE) meet(hash, second);
      if (wordPairs) {
        if (before !== 0) {
          const pair = imul(imul(before ^ BLANK, FNV_PRIME) ^ hash, FNV_PRIME);
          meet(pair, first);
          if (second !== NONE) meet(pair, second);
        }
        before = hash;
      }
    }
  }
  function layOut(units, length) {
    if (sequence.length < length + 3) sequence = new Uint16Array(2 * length + 3);
    const classes = classOf;
    const laid = sequence;
    laid[0] = BLANK;
    let to = 1;
    let blank = true;
    for (let i = 0; i < length; i++) {
      const unit = units[i] ?? 0;
      const space = classes[unit] === 1;
      if (space && blank) continue;
      laid[to++] = space ? BLANK : unit;
      blank = space;
    }
    if (!blank) laid[to++] = BLANK;
    return to - 1;
  }
  function meetCharacters(units, length, first, second) {
    const last = layOut(units, length);
    const laid = sequence;
    let open = 0;
    while (open < last) {
      let close = open + 1;
      while (laid[close] !== BLANK) close++;
      if (charLeast === 3 && charMost === 5) meetThreeToFive(laid, open, close, first, second);
      else meetGrams(laid, open, close, first, second);
      open = close;
    }
  }
  function meetGrams(laid, open, close, first, second) {
    for (let start = open; start < close; start++) {
      let hash = CHAR_BASIS;
      const end = Math.min(close + 1, start + charMost);
      for (let at = start; at < end; at++) {
        hash = imul(hash ^ (laid[at] ?? 0), FNV_PRIME);
        if (at - start + 1 < charLeast || at === open) continue;
        meet(hash, first);
        if (second !== NONE) meet(hash, second);
      }
    }
  }
  function meetThreeToFive(laid, open, close, first, second) {
    const bitmap = met;
    const out = seen;
    let count = seenCount;
    let bucket = 0;
    let bits = 0;
    for (let start = open; start + 2 <= close; start++) {
      let hash = imul(CHAR_BASIS ^ (laid[start] ?? 0), FNV_PRIME);
      hash = imul(hash ^ (laid[start + 1] ?? 0), FNV_PRIME);
      const end = Math.min(close, start + 4);
      for (let at = start + 2; at <= end; at++) {
        hash = imul(hash ^ (laid[at] ?? 0), FNV_PRIME);
        const mixed = hash ^ (hash >>> 15);
        bucket = imul(mixed, first) >>> shift;
        bits = bitmap[bucket >>> 5] ?? 0;
        bitmap[bucket >>> 5] = bits | (1 << bucket);
        out[count] = bucket;
        count += ((bits >>> bucket) & 1) ^ 1;
        if (second === NONE) continue;
        bucket = imul(mixed, second) >>> shift;
        bits = bitmap[bucket >>> 5] ?? 0;
        bitmap[bucket >>> 5] = bits | (1 << bucket);
        out[count] = bucket;
        count += ((bits >>> bucket) & 1) ^ 1;
      }
    }
    seenCount = count;
  }
  function meetCounters(counters) {
    for (let i = 0; i < OBFUSCATIONS.length; i++) {
      const count = counters[OBFUSCATIONS[i] ?? 'encoded'];
      if (count === 0) continue;
      const level = count === 1 ? 1 : count <= 3 ? 2 : count <= 7 ? 3 : 4;
      meet(imul(imul(COUNTER_BASIS ^ i, FNV_PRIME) ^ level, FNV_PRIME), NORMALISED);
    }
  }
  function keep(from, to, ids, at, room) {
    let out = at;
    if (to - from <= room) {
      for (let i = from; i < to; i++) ids[out++] = seen[i] ?? 0;
      return out;
    }
    histogram.fill(0);
    for (let i = from; i < to; i++) {
      const mixed = mixedClass(seen[i] ?? 0);
      histogram[mixed] = (histogram[mixed] ?? 0) + 1;
    }
    let last = 0;
    let spare = room;
    while (spare >= (histogram[last] ?? 0)) spare -= histogram[last++] ?? 0;
    for (let i = from; i < to; i++) {
      const bucket = seen[i] ?? 0;
      const mixed = mixedClass(bucket);
      if (mixed < last || (mixed === last && spare-- > 0)) ids[out++] = bucket;
    }
    return out;
  }
  function write(text, into) {
    const { raw, rawLength, normalised, normalisedLength, same, decoded, counters } = reader.read(text);
    seenCount = 0;
    meetCounters(counters);
    const shared = same && rawView !== NONE && normalisedView !== NONE ? normalisedView : NONE;
    const apart = shared === NONE ? normalisedView : NONE;
    if (rawView !== NONE) meetWords(raw, rawLength, rawView, shared);
    if (apart !== NONE) meetWords(normalised, normalisedLength, apart, NONE);
    const further = decodedView && decoded !== '' ? decodedReader.read(decoded) : void 0;
    if (further !== void 0) meetWords(further.normalised, further.normalisedLength, NORMALISED, NONE);
    const words = seenCount;
    if (rawView !== NONE) meetCharacters(raw, rawLength, rawView, shared);
    if (apart !== NONE) meetCharacters(normalised, normalisedLength, apart, NONE);
    if (further !== void 0) meetCharacters(further.normalised, further.normalisedLength, NORMALISED, NONE);
    const kept = keep(0, words, into.ids, 0, cap);
    into.count = keep(words, seenCount, into.ids, kept, cap - kept);
    if (seenCount > met.length >>> 3) met.fill(0);
    else for (let i = 0; i < seenCount; i++) met[(seen[i] ?? 0) >>> 5] = 0;
    for (const name of OBFUSCATIONS) into.counters[name] = counters[name];
    return into.count;
  }
  const own = createFeatureBuffer(settings);
  function features(text) {
    const count = write(text, own);
    return {
      ids: own.ids.slice(0, count),
      count,
      counters: { ...own.counters },
    };
  }
  return {
    settings,
    features,
    write,
  };
}
function mixedClass(bucket) {
  return imul(bucket, 2246822507) >>> 22;
}
function roundLogit(logit) {
  return Math.round(logit * 4096) / 4096 + 0;
}
function createFeaturiser(model, terms) {
  const featuriser = createFeaturiser$1(model.featuriser);
  const buffer = createFeatureBuffer(model.featuriser);
  return function featurise(text) {
    const count = featuriser.write(text, buffer);
    const ids = new BigInt64Array(Math.max(1, count));
    const weights = new Float32Array(ids.length);
    for (let k = 0; k < count; k += 1) {
      const id = buffer.ids[k] ?? 0;
      ids[k] = BigInt(id);
      weights[k] = terms[id] ?? 0;
    }
    return {
      ids,
      weights,
    };
  };
}
function scoresOf(model, logits) {
  return Object.fromEntries(
    model.categories.map((category, column) => {
      const logit = roundLogit(logits[column] ?? NaN);
      return [
        category,
        {
          logit,
          probability: applyCalibrator(model.calibrators[category] ?? identityCalibrator, logit),
        },
      ];
    }),
  );
}
export { createFeaturiser, scoresOf };
