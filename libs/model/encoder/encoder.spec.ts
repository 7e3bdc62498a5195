import fc from 'fast-check';
import { goesToEncoder, isUncertain } from './cascade.js';
import type { Cascade } from './cascade.js';
import { chooseBand } from './choose-band.js';
import { fitEmbeddingScale, scaleEmbeddings } from './embedding-scale.js';
import {
  addEncoderLogits,
  decodeEncoderHead,
  encodeEncoderHead,
  joinUnion,
  noisyOr,
  unitLength,
} from './encoder-head.js';
import { meanPool } from './mean-pool.js';

const cascade: Cascade = {
  bands: [
    { category: 'ANY', low: -2, high: 3 },
    { category: 'SH', low: -5, high: -1 },
  ],
  rate: 0.25,
  saltId: 'one',
};

describe('routing', () => {
  it('takes a content in any band, its lower end included and its upper end not', () => {
    const uncertain = [-2.001, -2, 2.999, 3].map((ANY) => isUncertain(cascade, { ANY, SH: 0 }));
    expect(uncertain).toEqual([false, true, true, false]);
    expect(isUncertain(cascade, { ANY: 9, SH: -3 })).toBe(true);
  });

  it('sends nothing certain to the encoder, and asks for no hash then', () => {
    let draws = 0;
    expect(goesToEncoder(cascade, { ANY: 9, SH: 9 }, () => draws++)).toBe(false);
    expect(draws).toBe(0);
  });

  it('sends at a higher rate all that it sends at a lower one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (draw, rate) => {
          const at = (r: number): boolean => goesToEncoder({ ...cascade, rate: r }, { ANY: 0 }, () => draw);
          return !at(rate) || at(Math.min(1, rate + 0.1));
        },
      ),
    );
  });

  it('sends all that is uncertain at rate 1, and nothing at rate 0', () => {
    expect(goesToEncoder({ ...cascade, rate: 1 }, { ANY: 0 }, () => 0.9999)).toBe(true);
    expect(goesToEncoder({ ...cascade, rate: 0 }, { ANY: 0 }, () => 0)).toBe(false);
  });

  it('knows no band for a category that has no logit', () => {
    expect(isUncertain({ bands: [{ category: 'V', low: -9, high: 9 }] }, { ANY: 0 })).toBe(false);
  });
});

describe('choosing a band', () => {
  const logits = Float64Array.from({ length: 1000 }, (_, i) => ((i * 617) % 1000) / 100);
  const weights = new Float64Array(1000).fill(1);

  it('takes the share of the stream that is asked for, from the top', () => {
    const band = chooseBand('ANY', logits, weights, { share: 0.02, rate: 1 });
    expect([...logits].filter((logit) => logit >= band.low && logit < band.high)).toHaveLength(20);
    expect(band.low).toBe(9.8);
  });

  it('opens the band as the rate falls, so that the share stays', () => {
    const { low, high } = chooseBand('ANY', logits, weights, { share: 0.02, rate: 0.25 });
    expect([...logits].filter((logit) => logit >= low && logit < high)).toHaveLength(80);
  });

  it('counts weights, not rows', () => {
    const heavy = weights.map((_, i) => ((logits[i] ?? 0) >= 9.9 ? 10 : 1));
    const { low } = chooseBand('ANY', logits, heavy, { share: 100 / 1090, rate: 1 });
    expect(low).toBe(9.9);
  });

  it('leaves out what is certain', () => {
    expect(chooseBand('ANY', logits, weights, { share: 0.01, rate: 1, high: 5 })).toEqual({
      category: 'ANY',
      low: 4.9,
      high: 5,
    });
  });
});

describe('embeddings', () => {
  it('are the mean of the token vectors', () => {
    expect([...meanPool(Float32Array.of(1, 2, 3, 4, 5, 9), 3, 2)]).toEqual([3, 5]);
  });

  it('become columns with mean 0 and a mean squared length of 1', () => {
    const embeddings = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * i) + 3);
    const columns = scaleEmbeddings(embeddings, fitEmbeddingScale(embeddings, 4));
    let squares = 0;
    for (let d = 0; d < 4; d++) {
      const column = [...columns].filter((_, i) => i % 4 === d);
      expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
      squares += column.reduce((sum, value) => sum + value * value, 0);
    }
    expect(squares / 15).toBeCloseTo(1, 5);
  });

  it('of one single row are nothing beside the n-grams', () => {
    expect([...scaleEmbeddings(Float32Array.of(2, 3), fitEmbeddingScale(Float32Array.of(2, 3), 2))]).toEqual([0, 0]);
  });

  it('have length 1, however long the text', () => {
    expect([...unitLength(Float32Array.of(3, 4))]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
    expect([...unitLength(Float32Array.of(0, 0))]).toEqual([0, 0]);
  });
});

describe('the head of the encoder', () => {
  const head = { scale: 2, centre: Float32Array.of(0.5, 0), weights: Float32Array.of(1, 2, -1, 0.5) };

  it('adds its weights over the centred and scaled embedding to the logits of the n-grams', () => {
    const logits = Float64Array.of(10, 20);
    addEncoderLogits(head, Float32Array.of(0, 3), logits);
    expect([...logits]).toEqual([10 + 2 * (1 * -0.5 + 2 * 1), 20 + 2 * (-1 * -0.5 + 0.5 * 1)]);
  });

  it('comes back from its bytes', () => {
    expect(decodeEncoderHead(encodeEncoderHead(head), 2, 2)).toEqual(head);
  });

  it('is refused when its bytes are too few or no numbers', () => {
    expect(() => decodeEncoderHead(encodeEncoderHead(head), 3, 2)).toThrow(
      '28 bytes for 2 categories over 3 dimensions',
    );
    const broken = encodeEncoderHead({ ...head, scale: Number.NaN });
    expect(() => decodeEncoderHead(broken, 2, 2)).toThrow('not finite');
  });
});

describe('any category', () => {
  it('is as likely as that not all independent categories are absent', () => {
    const logOdds = (p: number): number => Math.log(p / (1 - p));
    expect(noisyOr([logOdds(0.2), logOdds(0.5)])).toBeCloseTo(logOdds(1 - 0.8 * 0.5), 10);
    expect(noisyOr([-800, 800])).toBeGreaterThan(20);
  });

  it('joins its own head with the others and leaves those alone', () => {
    const logits = Float64Array.of(0, 1, 2);
    joinUnion({ category: 'ANY', own: 2, others: 3, bias: 0.5 }, ['H', 'ANY', 'V'], logits);
    expect([...logits]).toEqual([0, 2 * 1 + 3 * noisyOr([0, 2]) + 0.5, 2]);
  });
});
