import fc from 'fast-check';
import { createTextReader, normalise, OBFUSCATIONS, textOf } from '../text/normalise.js';
import { classOf, HIGH, SOLO, SPACE, WORD } from '../text/units.js';
import { createFeatureBuffer, createFeaturiser } from './featuriser.js';
import { GOLDEN_FEATURES } from './featuriser.goldens.js';
import { DEFAULT_FEATURISER_SETTINGS, FeaturiserSettingsError, type FeaturiserSettings } from './settings.js';

const { imul } = Math;
const settings = DEFAULT_FEATURISER_SETTINGS;
const featuriser = createFeaturiser(settings);

/** The definition of README.md, written for reading: strings and sets, one view after the other. */
function featuresByDefinition(text: string, { buckets, charNgrams }: FeaturiserSettings): Set<number> {
  const fnv = (units: readonly number[], basis: number): number =>
    units.reduce((hash, unit) => imul(hash ^ unit, 0x01000193), basis);
  const wordBasis = 0x811c9dc5 | 0;
  const bucket = (hash: number, multiplier: number): number =>
    imul(hash ^ (hash >>> 15), multiplier) >>> (32 - Math.log2(buckets));
  const found = new Set<number>();
  const views = createTextReader().read(text);
  const unitsOf = (units: Uint16Array, length: number): number[] => [...units.subarray(0, length)];
  const readings: [number[], number][] = [
    [unitsOf(views.raw, views.rawLength), 0x2c1b3c6d],
    [unitsOf(views.normalised, views.normalisedLength), 0x9e3779b1 | 0],
  ];
  for (const [units, multiplier] of readings) {
    const words: number[][] = [];
    let open = false;
    units.forEach((unit, i) => {
      const kind = classOf[unit];
      const low = unit >= 0xdc00 && unit <= 0xdfff;
      if (low && classOf[units[i - 1] ?? 0] === HIGH) words[words.length - 1]?.push(unit);
      else if (kind === WORD && open) words[words.length - 1]?.push(unit);
      else if (kind === WORD || kind === SOLO || kind === HIGH) words.push([unit]);
      open = kind === WORD;
    });
    const hashes = words.map((word) => fnv(word, wordBasis));
    for (const hash of hashes) found.add(bucket(hash, multiplier));
    hashes.slice(1).forEach((hash, i) => {
      found.add(bucket(fnv([0x20, hash], hashes[i] ?? 0), multiplier));
    });
    const chunks: number[][] = [[]];
    for (const unit of units) {
      if (classOf[unit] === SPACE) chunks.push([]);
      else chunks[chunks.length - 1]?.push(unit);
    }
    for (const chunk of chunks.filter(({ length }) => length > 0)) {
      const padded = [0x20, ...chunk, 0x20];
      for (let size = charNgrams[0]; size <= charNgrams[1]; size++) {
        for (let at = 0; at + size <= padded.length; at++) {
          if (size === 1 && padded[at] === 0x20) continue;
          found.add(bucket(fnv(padded.slice(at, at + size), imul(wordBasis ^ 0x63, 0x01000193)), multiplier));
        }
      }
    }
  }
  OBFUSCATIONS.forEach((name, i) => {
    const count = views.counters[name];
    const level = count === 0 ? 0 : count === 1 ? 1 : count <= 3 ? 2 : count <= 7 ? 3 : 4;
    if (level > 0) found.add(bucket(fnv([i, level], imul(wordBasis ^ 0x6e, 0x01000193)), 0x9e3779b1 | 0));
  });
  return found;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        'you',
        'IDIOT',
        ' ',
        '!!!',
        '1d10t',
        'f.o.o.l',
        '汉字',
        'かな',
        '😂',
        '\ud800',
        '\udc00',
        'é',
        'оо',
        '\u200b',
        '\n',
      ),
    )
    .map((parts) => parts.join('')),
);

function checksum(ids: Int32Array): string {
  return ids.reduce((hash, id) => imul(hash ^ id, 0x01000193), 0x811c9dc5 | 0).toString(16);
}

describe('featuriser', () => {
  it.each(GOLDEN_FEATURES)('gives %j the ids that models were trained with', (text, count, sum, ids) => {
    const features = featuriser.features(text);
    expect([features.count, checksum(features.ids)]).toEqual([count, sum]);
    if (ids.length > 0) expect([...features.ids]).toEqual(ids);
  });

  it('gives any text the features of the definition', () => {
    for (const charNgrams of [
      [3, 5],
      [1, 2],
      [2, 2],
      [5, 8],
    ] as const) {
      const these = { ...settings, charNgrams };
      const { features } = createFeaturiser(these);
      fc.assert(
        fc.property(anyText, (text) => {
          expect(new Set(features(text).ids)).toEqual(featuresByDefinition(text, these));
        }),
        { numRuns: 150 },
      );
    }
  });

  it('gives distinct ids inside the buckets, the same each time, whatever was read before', () => {
    const buffer = createFeatureBuffer(settings);
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const { ids, count, counters } = featuriser.features(text);
        featuriser.write(other, buffer);
        expect(featuriser.write(text, buffer)).toBe(count);
        expect(buffer.ids.slice(0, count)).toEqual(ids);
        expect(buffer.counters).toEqual(counters);
        expect(new Set(ids).size).toBe(count);
        expect(ids.every((id) => id >= 0 && id < settings.buckets)).toBe(true);
      }),
    );
  });

  it('takes 32,768 characters, keeps to the cap, and still sees the end of the text', () => {
    const filler = Array.from({ length: 5000 }, (_, i) => `w${i.toString(36)}q`)
      .join(' ')
      .slice(0, 32_000);
    const head = featuriser.features(filler);
    const whole = featuriser.features(`${filler} ${Array.from({ length: 100 }, (_, i) => `zz${i}y`).join(' ')}`);
    expect(head.count).toBe(settings.cap);
    expect(whole.count).toBe(settings.cap);
    expect(whole.ids).not.toEqual(head.ids);
    expect(featuriser.features('x'.repeat(32_768)).count).toBeLessThan(20);
  });

  it('keeps every word of a text whose words fit under the cap', () => {
    const words = Array.from({ length: 400 }, (_, i) => `word${i.toString(36)}`).join(' ');
    const { charNgrams, ...rest } = settings;
    const onlyWords = createFeaturiser({ ...rest, charNgrams: [8, 8], cap: 65_536 }).features(
      words.replace(/\w{6,}/g, (word) => word.slice(0, 5)),
    );
    expect(charNgrams).toEqual([3, 5]);
    const kept = new Set(featuriser.features(words.replace(/\w{6,}/g, (word) => word.slice(0, 5))).ids);
    expect([...onlyWords.ids].every((id) => kept.has(id))).toBe(true);
  });

  it('has no features for a text without content', () => {
    for (const text of ['', ' ', '\n\t\u00a0']) expect(featuriser.features(text).count).toBe(0);
  });

  it('adds what is decoded to the normalised view when asked to', () => {
    const encoded = Buffer.from('You are all idiots').toString('base64');
    const { features } = createFeaturiser({ ...settings, views: ['raw', 'normalised', 'decoded'] });
    const normalisedOnly = createFeaturiser({ ...settings, views: ['normalised'] });
    const ids = new Set(features(encoded).ids);
    expect([...normalisedOnly.features('you are all idiots').ids].every((id) => ids.has(id))).toBe(true);
    expect(featuriser.features(encoded).counters.encoded).toBe(1);
  });

  it('gives a disguised text the normalised features of the plain one', () => {
    const { features } = createFeaturiser({ ...settings, views: ['normalised'] });
    const plain = features('you are an idiot').ids;
    const disguised = new Set(features('Yоu  are an 1d1\u200bot').ids);
    expect(normalise('Yоu are an 1d1\u200bot').text).toBe('you are an idiot');
    expect([...plain].every((id) => disguised.has(id))).toBe(true);
  });

  it('reads the views as they are documented', () => {
    const views = createTextReader().read('NoOoO');
    expect([textOf(views.raw, views.rawLength), textOf(views.normalised, views.normalisedLength)]).toEqual([
      'noooo',
      'noo',
    ]);
  });
});

describe('featuriser settings', () => {
  it.each([
    ['buckets', { buckets: 1000 }],
    ['wordNgrams', { wordNgrams: [1, 3] as const }],
    ['charNgrams', { charNgrams: [5, 3] as const }],
    ['cap', { cap: 0 }],
    ['views', { views: [] }],
    ['views', { views: ['raw', 'raw'] as const }],
  ] as const)('that cannot be served are refused by the name of the field: %s', (field, wrong) => {
    const create = (): unknown => createFeaturiser({ ...settings, ...wrong });
    expect(create).toThrow(FeaturiserSettingsError);
    expect(create).toThrow(new RegExp(`\\b${field}\\b`));
  });
});
