import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { readEnvironment, platformConfig, defaultServices } from '#platform/config';
import type { Encoder, EncoderReading } from './encoder.js';

// As in inference.integration.spec.ts: the runtime compares constructors of Node's own realm.
Object.assign(globalThis, runInThisContext('({ Float32Array, BigInt64Array })'));
const { openEncoder } = await import('./encoder.js');

interface Golden extends EncoderReading {
  readonly model: string;
  readonly tokenizer: string;
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[]; readonly embedding: number[] }[];
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'encoder.golden.json'), 'utf8')) as Golden;
const environment = readEnvironment();
const folder = platformConfig(environment, defaultServices(environment)).encoder.folder;
const isThere = existsSync(join(folder, 'model.onnx'));
// The encoder is optional: whoever set up without it has nothing to compare.
const describeEncoder = isThere ? describe : describe.skip;
if (!isThere) process.stderr.write(`no encoder in ${folder}: its golden is not compared\n`);

describeEncoder('the encoder of the set-up', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    encoder = await openEncoder(folder);
  });
  afterAll(() => encoder.close());

  it('is the one that the golden was made with', () => {
    expect(encoder.files).toEqual({ model: golden.model, tokenizer: golden.tokenizer });
  });

  it.each(golden.cases.map((it, index) => [index, it] as const))(
    'cuts golden text %i into the tokens of the Python package',
    (_, { text, ids }) => {
      expect(encoder.tokens(text, golden)).toEqual(ids);
    },
  );

  it('embeds the golden texts like the Python packages, to 1e-4', async () => {
    let largest = 0;
    for (const { text, embedding } of golden.cases) {
      const found = await encoder.embed(text, golden);
      expect(found).toHaveLength(embedding.length);
      embedding.forEach((value, d) => {
        largest = Math.max(largest, Math.abs(value - (found[d] ?? Number.NaN)));
      });
    }
    expect(largest).toBeLessThan(1e-4);
  });

  it('gives a text the same embedding to the last bit alone and beside concurrent calls', async () => {
    const texts = golden.cases.slice(0, 6).map(({ text }) => text);
    const alone: Float32Array[] = [];
    for (const text of texts) alone.push(await encoder.embed(text, golden));
    expect(await Promise.all(texts.map((text) => encoder.embed(text, golden)))).toEqual(alone);
  });

  it('looks at the beginning of an endless text only', async () => {
    const endless = 'water and wind '.repeat(20_000);
    expect(encoder.tokens(endless, golden)).toHaveLength(256);
    expect(await encoder.embed(endless, golden)).toEqual(await encoder.embed(endless.slice(0, 6000), golden));
  });
});

describe('a folder that holds no encoder', () => {
  let empty: string;
  beforeAll(() => {
    empty = mkdtempSync(join(tmpdir(), 'encoder-'));
  });
  afterAll(() => {
    rmSync(empty, { recursive: true });
  });

  it('is refused with the name of what is missing and the way to get it', async () => {
    await expect(openEncoder(empty)).rejects.toMatchObject({
      code: 'ENCODER_MISSING',
      message: expect.stringMatching(/model\.onnx is missing: .*npm run setup.*ENCODER_DIR/) as string,
    });
  });

  it('is refused when its files are something else', async () => {
    writeFileSync(join(empty, 'model.onnx'), 'no model');
    writeFileSync(join(empty, 'tokenizer.json'), '{}');
    await expect(openEncoder(empty)).rejects.toMatchObject({
      code: 'ENCODER_REFUSED',
      message: expect.stringContaining('tokenizer.json') as string,
    });
  });
});
