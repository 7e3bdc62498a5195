import fc from 'fast-check';
import { scoreLinearModel } from '../artefact/linear-model.js';
import { linearModelOf, readArtefact } from '../artefact/model-artefact.js';
import { packBundle, unpackBundle } from './bundle-archive.js';
import { newReleaseKey, readPrivateKey, readPublicKey } from './bundle-signature.js';
import { checkReleaseAbout } from './release-about.js';
import { createRelease, verifyRelease } from './release-bundle.js';
import { ReleaseError } from './release-error.js';
import { releasedModel } from './released-model.fixture.js';

const model = releasedModel();
const companions = new Map([['example.mjs', new TextEncoder().encode('// ten lines\n')]]);
const keyOf = (pem: string) => readPrivateKey(pem, 'key.pem');
const pem = newReleaseKey();
const linear = linearModelOf(readArtefact((path) => model.get(path)));
/** As the network does it, without a runtime. */
const runNetwork = (_: Uint8Array, ids: Int32Array): Promise<Float32Array> => {
  const logits = new Float32Array(linear.categories.length);
  scoreLinearModel(linear, ids, ids.length, logits);
  return Promise.resolve(logits);
};
const release = (key = pem, about = {}) =>
  createRelease({ readFile: (path) => model.get(path), about, companions, key: keyOf(key), runNetwork });
const textOf = (files: ReadonlyMap<string, Uint8Array>, path: string) => new TextDecoder().decode(files.get(path));

const { files, name, modelId, fingerprint } = await release();

describe('a release bundle', () => {
  it('verifies after a round trip through its archive, without and with the key that is known', () => {
    const read = unpackBundle(packBundle(name, files), 'model.tar.gz');
    expect([...read.keys()].sort()).toEqual([...files.keys()].sort());
    expect(verifyRelease(read, null)).toEqual({ modelId, fingerprint, files: files.size, isKeyKnown: false });
    const known = readPublicKey(textOf(files, 'PUBLIC_KEY.pem'), 'known.pem');
    expect(verifyRelease(read, known)).toMatchObject({ isKeyKnown: true });
  });

  it('is the same to the byte for the same model and key, and differs for another key in signature and key alone', async () => {
    expect(packBundle(name, (await release()).files)).toEqual(packBundle(name, files));
    const other = (await release(newReleaseKey())).files;
    const changed = [...files.keys()].filter((path) => textOf(files, path) !== textOf(other, path));
    expect(changed.sort()).toEqual(['PUBLIC_KEY.pem', 'SHA256SUMS.sig']);
  });

  it('names the file in which any one bit was turned', () => {
    const paths = [...files.keys()];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.nat(), fc.integer({ min: 0, max: 7 }), (path, at, bit) => {
        const bytes = Uint8Array.from(files.get(path) ?? []);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        const tampered = new Map(files).set(path, bytes);
        const sealed = ['SHA256SUMS', 'SHA256SUMS.sig', 'PUBLIC_KEY.pem'].includes(path);
        try {
          verifyRelease(tampered, null);
        } catch (error) {
          expect(error).toBeInstanceOf(ReleaseError);
          if (!sealed) expect(error).toMatchObject({ code: 'FILE_CHANGED', file: path });
          return;
        }
        // Bits of PEM and base64 that mean nothing: the key and the signature are the same.
        expect(['SHA256SUMS.sig', 'PUBLIC_KEY.pem']).toContain(path);
      }),
      { numRuns: 60 },
    );
  });

  it('names what is missing and what does not belong to it', () => {
    const without = new Map(files);
    without.delete('model/model.onnx');
    expect(() => verifyRelease(without, null)).toThrow(/^model\/model.onnx: is not in the bundle/);
    const more = new Map(files).set('run-me.mjs', new Uint8Array());
    expect(() => verifyRelease(more, null)).toThrow(/^run-me.mjs: is not in SHA256SUMS/);
  });

  it('is refused when somebody else signed it anew, if one knows the key', async () => {
    const forged = (await release(newReleaseKey())).files;
    const known = readPublicKey(textOf(files, 'PUBLIC_KEY.pem'), 'known.pem');
    expect(() => verifyRelease(forged, known)).toThrow(expect.objectContaining({ code: 'KEY_OTHER' }) as Error);
  });

  it('never tells the key, and takes no key of another kind', () => {
    for (const path of files.keys()) expect(textOf(files, path)).not.toContain('PRIVATE KEY');
    expect(() => keyOf('-----BEGIN nonsense')).toThrow(/no private Ed25519 key/);
  });

  it('has a card with what was measured, what was not, and what its maker wrote', async () => {
    const card = textOf(files, 'CARD.md');
    expect(card).toContain('| H | 90 / 900 | 10.0 % | 0.700 | 0.600 to 0.800 | 0.900 |');
    expect(card).toContain('Fewer than 30 positive texts stand behind the figures of HR, ANY');
    expect(card).toContain('| H | none, 0.93 | 0.40, 0.80 |');
    expect(card).toContain('### Small model\n\n#### Where it fails');
    expect(card).toContain('Licence of the weights: not stated');
    const about = checkReleaseAbout(
      { licence: 'CC-BY-4.0', data: [{ name: 'a | b', licence: 'CC0-1.0', rows: 7 }] },
      'about.yaml',
    );
    const told = textOf((await release(pem, about)).files, 'CARD.md');
    expect(told).toContain('Licence of the weights: CC-BY-4.0');
    expect(told).toContain('| a \\| b | CC0-1.0 | 7 | |');
  });

  it('says which field of what its maker adds is wrong', () => {
    expect(() => checkReleaseAbout({ data: [{ name: 'x' }] }, 'about.yaml')).toThrow(
      /^about.yaml: field "data.0.licence"/,
    );
    expect(() => checkReleaseAbout({ license: 'MIT' }, 'about.yaml')).toThrow(/^about.yaml: /);
  });
});

describe('an archive', () => {
  it('that is cut, damaged or no archive at all is refused by its name', () => {
    const packed = packBundle('folder', new Map([['a.txt', Uint8Array.of(1, 2, 3)]]));
    expect(() => unpackBundle(packed.subarray(0, packed.length - 9), 'a.tar.gz')).toThrow(/^a.tar.gz: /);
    expect(() => unpackBundle(Uint8Array.of(1, 2), 'a.tar.gz')).toThrow(ReleaseError);
  });
});
