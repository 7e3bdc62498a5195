import fc from 'fast-check';
import { bandOf, cohenKappa, krippendorffAlpha, measureAgreement, type Unit } from './agreement.js';

/** Four observers, twelve units, values 1 to 5, '.' is missing: the example that Krippendorff computes by hand. */
const observers = ['123321412...', '1233224125.3', '.3332342251.', '12332441251.'];

function unitsOf(rows: readonly string[]): Unit[] {
  return Array.from(rows[0] ?? '', (_, u) => rows.map((row) => row.charAt(u)).filter((value) => value !== '.'));
}

/** Fleiss' ten subjects, fourteen raters, five categories. */
const fleiss = [
  [0, 0, 0, 0, 14],
  [0, 2, 6, 4, 2],
  [0, 0, 3, 5, 6],
  [0, 3, 9, 2, 0],
  [2, 2, 8, 1, 1],
  [7, 7, 0, 0, 0],
  [3, 2, 6, 3, 0],
  [2, 5, 3, 2, 2],
  [6, 5, 2, 1, 0],
  [0, 2, 2, 3, 7],
];

/** The definition, written down pair by pair. */
function alphaByPairs(units: readonly Unit[]): number {
  const values = units.filter((unit) => unit.length > 1).flat();
  let observed = 0;
  for (const unit of units) {
    for (const [i, a] of unit.entries()) {
      for (const [k, b] of unit.entries()) if (i !== k && a !== b) observed += 1 / (unit.length - 1);
    }
  }
  let expected = 0;
  for (const a of values) for (const b of values) if (a !== b) expected += 1;
  return 1 - ((values.length - 1) * observed) / expected;
}

describe('agreement', () => {
  it("reproduces Krippendorff's example", () => {
    expect(krippendorffAlpha(unitsOf(observers))).toBeCloseTo(0.743421, 6);
  });

  it("reproduces the textbook table of Fleiss' ten subjects", () => {
    // Kappa of the table; alpha adds the correction for small samples.
    const n = 140;
    const units = fleiss.map((row) =>
      row.flatMap((count, value) => Array.from({ length: count }, () => String(value))),
    );
    const kappa = 1 - ((1 - krippendorffAlpha(units)) * n) / (n - 1);
    expect(kappa).toBeCloseTo(0.209931, 5);
  });

  it("reproduces Cohen's kappa", () => {
    expect(
      cohenKappa([
        [20, 5],
        [10, 15],
      ]),
    ).toBeCloseTo(0.4, 12);
  });

  it('equals its definition pair by pair', () => {
    const units = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 }), { maxLength: 12 });
    fc.assert(
      fc.property(units, (given) => {
        const alpha = krippendorffAlpha(given);
        const own = alphaByPairs(given);
        if (Number.isFinite(own)) expect(alpha).toBeCloseTo(own, 9);
        else expect(alpha).toBeNaN();
      }),
    );
  });

  it('is 1 when all agree on more than one value, and no number when nobody could disagree', () => {
    expect(
      krippendorffAlpha([
        ['YES', 'YES'],
        ['NO', 'NO'],
      ]),
    ).toBe(1);
    expect(
      measureAgreement(
        [
          ['NO', 'NO'],
          ['NO', 'NO'],
        ],
        { draws: 10 },
      ),
    ).toMatchObject({ alpha: Number.NaN, band: null });
  });

  it('shows positive agreement beside an alpha that a rare answer keeps low', () => {
    const units: Unit[] = [
      ...Array.from({ length: 940 }, () => ['NO', 'NO']),
      ...Array.from({ length: 30 }, () => ['YES', 'NO']),
      ...Array.from({ length: 30 }, () => ['YES', 'YES']),
    ];
    const { positiveAgreement, alpha, band } = measureAgreement(units, { draws: 50 });
    expect(positiveAgreement).toBeCloseTo(60 / 90, 12);
    expect(alpha).toBeLessThan(0.667);
    expect(band).toBe('POOR');
  });

  it('has an interval that holds the figure, narrows with items, and is the same for the same seed', () => {
    const units = (size: number): Unit[] =>
      Array.from({ length: size }, (_, i) =>
        i % 5 === 0 ? ['YES', 'NO'] : i % 2 === 0 ? ['YES', 'YES'] : ['NO', 'NO'],
      );
    const small = measureAgreement(units(100), { seed: 3 });
    const large = measureAgreement(units(1600), { seed: 3 });
    expect(small.alphaLow).toBeLessThan(small.alpha);
    expect(small.alphaHigh).toBeGreaterThan(small.alpha);
    const width = ({ alphaLow, alphaHigh }: typeof small): number => alphaHigh - alphaLow;
    expect(width(small) / width(large)).toBeGreaterThan(3);
    expect(width(small) / width(large)).toBeLessThan(5.3);
    expect(measureAgreement(units(100), { seed: 3 })).toEqual(small);
    expect(measureAgreement(units(100), { seed: 4 }).alphaLow).not.toBe(small.alphaLow);
  });

  it('has bands with inclusive borders', () => {
    expect([0.8, 0.7999, 0.667, 0.6669, -1].map(bandOf)).toEqual(['GOOD', 'TENTATIVE', 'TENTATIVE', 'POOR', 'POOR']);
  });
});
