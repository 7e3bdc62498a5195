import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readArtefact } from '../artefact/model-artefact.js';
import type { ArtefactFiles, ModelArtefact } from '../artefact/model-artefact.js';
import type { ModelDocument } from '../artefact/model-document.js';
import { createFeaturiser } from '../features/featuriser.js';
import type { BundleFiles } from './bundle-archive.js';
import { fingerprintOf, isSignedBy, publicPemOf, readPublicKey, signatureOf } from './bundle-signature.js';
import type { ReleaseAbout } from './release-about.js';
import { firstTierAlone, releaseCard } from './release-card.js';
import { ReleaseError } from './release-error.js';
import { scoresOf } from './score-text.js';

const SUMS = 'SHA256SUMS';
const SIGNATURE = 'SHA256SUMS.sig';
const PUBLIC_KEY = 'PUBLIC_KEY.pem';
/** What no sum stands for: the sums themselves, and what only the key decides. */
const UNLISTED: readonly string[] = [SUMS, SIGNATURE, PUBLIC_KEY];
const MODEL = 'model/';
const MAKERS_CARD = 'CARD.md';

/** What lies beside the model in every bundle: examples, featurisers, licence. */
export const companionNames = [
  ...['example.mjs', 'featuriser.mjs', 'featuriser.d.mts'],
  ...['example.py', 'featuriser.py', 'featuriser-tables.json'],
] as const;

/** Our own harmless sentences, by which whoever scores elsewhere sees that the numbers are ours. */
const goldenTexts = [
  '',
  'See you at the harbour at nine, Bob.',
  'Kill the process before you shoot the dragon.',
  'Y0u @re a f.o.o.l and nooooo',
  'Привет, мир! 今天天气很好 🙂',
  'The tide comes in at noon. '.repeat(200),
];

export interface ReleaseInput {
  /** The artefact folder: path to bytes, or undefined. */
  readonly readFile: (path: string) => Uint8Array | undefined;
  readonly about: ReleaseAbout;
  /** Content of `companionNames` and of LICENSE. */
  readonly companions: ReadonlyMap<string, Uint8Array>;
  readonly key: KeyObject;
  /** Logits of one text from the network of the artefact, whatever its family: what the golden scores are made with. */
  readonly runNetwork: (onnx: Uint8Array, ids: Int32Array, weights: Float32Array) => Promise<Float32Array>;
}

export interface Release {
  readonly modelId: string;
  /** Of the bundle's folder. */
  readonly name: string;
  readonly files: BundleFiles;
  readonly fingerprint: string;
}

/**
 * The bundle of one model. Equal artefact and companions give equal bytes, but for signature and public key, which are those of the
 * key. @throws ArtefactError, naming the bad file of the artefact
 */
export async function createRelease(input: ReleaseInput): Promise<Release> {
  const { readFile, about, companions, key } = input;
  const artefact = readArtefact(readFile);
  const { document } = artefact;
  const files = new Map<string, Uint8Array>();
  for (const { path } of [...document.files, ...document.documents, { path: 'model.json' }]) {
    files.set(MODEL + path, readFile(path) ?? new Uint8Array());
  }
  for (const [path, bytes] of companions) files.set(path, bytes);
  const makersCard = readFile(MAKERS_CARD);
  const { modelId } = document;
  const texts: Record<string, string> = {
    'CARD.md': releaseCard(document, about, makersCard === undefined ? null : new TextDecoder().decode(makersCard)),
    'README.md': readmeOf(document),
    'golden.json': `${JSON.stringify({ modelId, scores: await goldenScores(artefact, input.runNetwork) }, null, 1)}\n`,
  };
  for (const [path, text] of Object.entries(texts)) files.set(path, new TextEncoder().encode(text));
  const sums = new TextEncoder().encode(sumsOf(files));
  const encode = (text: string) => new TextEncoder().encode(text);
  files.set(SUMS, sums);
  files.set(SIGNATURE, encode(signatureOf(sums, key)));
  files.set(PUBLIC_KEY, encode(publicPemOf(key)));
  const fingerprint = fingerprintOf(readPublicKey(publicPemOf(key), PUBLIC_KEY));
  return { modelId, name: `tidegate-${modelId}`, files, fingerprint };
}

export interface VerifiedRelease {
  readonly modelId: string;
  readonly files: number;
  readonly fingerprint: string;
  /** Whose key it is was checked; otherwise only that the bundle is whole. */
  readonly isKeyKnown: boolean;
}

/**
 * Checks signature, sums and model of a bundle. @param known the public key that is expected, from somewhere else than the bundle
 * @throws ReleaseError, naming the file that is wrong
 */
export function verifyRelease(files: BundleFiles, known: KeyObject | null): VerifiedRelease {
  const part = (path: string): Uint8Array => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new ReleaseError('FILE_MISSING', path, 'is not in the bundle; fetch it again');
    return bytes;
  };
  const text = (path: string) => new TextDecoder().decode(part(path));
  const enclosed = readPublicKey(text(PUBLIC_KEY), PUBLIC_KEY);
  if (known !== null && !enclosed.equals(known)) {
    throw new ReleaseError('KEY_OTHER', PUBLIC_KEY, 'is another key than yours: somebody else signed this bundle');
  }
  if (!isSignedBy(part(SUMS), text(SIGNATURE), enclosed)) {
    throw new ReleaseError(
      'SIGNATURE_WRONG',
      SIGNATURE,
      `does not fit ${SUMS} and ${PUBLIC_KEY}; fetch the bundle again`,
    );
  }
  const sums = readSums(text(SUMS));
  for (const [path, sum] of sums) {
    if (hashOf(part(path)) !== sum) {
      throw new ReleaseError('FILE_CHANGED', path, `is not what ${SUMS} says; fetch the bundle again`);
    }
  }
  const stranger = [...files.keys()].find((path) => !sums.has(path) && !UNLISTED.includes(path));
  if (stranger !== undefined) {
    throw new ReleaseError('FILE_UNLISTED', stranger, `is not in ${SUMS}: it does not belong to the bundle`);
  }
  const { modelId } = readModel(files);
  return { modelId, files: files.size, fingerprint: fingerprintOf(enclosed), isKeyKnown: known !== null };
}

function readModel(files: ArtefactFiles): { readonly modelId: string } {
  try {
    return readArtefact((path) => files.get(MODEL + path)).document;
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unreadable';
    throw new ReleaseError('MODEL_INVALID', 'model', `${detail}; tell who made the bundle`);
  }
}

/** In the form that `sha256sum --check` reads. */
function sumsOf(files: BundleFiles): string {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => `${hashOf(bytes)}  ${path}\n`)
    .join('');
}

function readSums(text: string): Map<string, string> {
  const sums = new Map<string, string>();
  text
    .trimEnd()
    .split('\n')
    .forEach((line, index) => {
      const [, sum, path] = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line) ?? [];
      if (sum === undefined || path === undefined || sums.has(path)) {
        throw new ReleaseError('SUMS_INVALID', SUMS, `line ${index + 1} is no sum and name; fetch the bundle again`);
      }
      sums.set(path, sum);
    });
  return sums;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function goldenScores(
  { document, onnx, terms }: ModelArtefact,
  runNetwork: ReleaseInput['runNetwork'],
): Promise<object[]> {
  const featuriser = createFeaturiser(document.featuriser);
  const scored: object[] = [];
  for (const text of goldenTexts) {
    const { ids } = featuriser.features(text);
    const weights = Float32Array.from(ids, (id) => terms[id] ?? 0);
    scored.push({ text, scores: scoresOf(document, await runNetwork(onnx, ids, weights)) });
  }
  return scored;
}

function readmeOf({ modelId, family }: Pick<ModelDocument, 'modelId' | 'family'>): string {
  const tiers = family === 'STACKED_ENCODER' ? ` ${firstTierAlone}` : '';
  return `# ${modelId}

A text model that runs on ONNX Runtime alone. What it is for, how good it is and where it fails: \`CARD.md\`.

## Score a text

\`\`\`sh
npm install onnxruntime-node && node example.mjs "a text"     # Node 20 or newer
pip install onnxruntime && python example.py "a text"         # Python 3.9 or newer
\`\`\`

Both print, by category, the logit (rounded to 2^-12) and the calibrated probability. \`featuriser.mjs\` and \`featuriser.py\` turn a text
into the inputs of the network and have no dependencies. \`golden.json\` holds texts and their scores: an implementation of your own gives
the same to 1e-6. Thresholds are in \`model/model.json\`.${tiers}

## Check where it comes from

\`\`\`sh
sha256sum --check SHA256SUMS
npx tidegate model verify . --key the-public-key-you-know.pem
\`\`\`

\`SHA256SUMS.sig\` is the Ed25519 signature of \`SHA256SUMS\` in base64. \`PUBLIC_KEY.pem\` lies beside it for convenience: a key that comes
with the bundle shows that it is whole, not who made it. Compare it with one that its maker published elsewhere. Without Tidegate:

\`\`\`sh
base64 --decode SHA256SUMS.sig > signature.bin
openssl pkeyutl -verify -pubin -inkey the-public-key-you-know.pem -rawin -in SHA256SUMS -sigfile signature.bin
\`\`\`
`;
}
