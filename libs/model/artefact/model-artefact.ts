import type { FeaturiserSettings } from '../features/settings.js';
import { largestEntry } from './linear-model.js';
import type { LinearModel } from './linear-model.js';
import { decodeEncoderHead, encodeEncoderHead } from '../encoder/encoder-head.js';
import type { EncoderHead } from '../encoder/encoder-head.js';
import { describeFile, modelDocumentSchema, modelIdOf } from './model-document.js';
import type { ModelDocument, ModelIdentity, StackedEncoderDocument } from './model-document.js';
import { exportLinearOnnx, readLinearOnnx } from './onnx-linear.js';

/** A model artefact in memory: path to bytes, as it lies in its folder. */
export type ArtefactFiles = ReadonlyMap<string, Uint8Array>;

export const modelPath = 'model.onnx';
export const termsPath = 'tables/terms.bin';
/** The n-gram part of the encoder tier's logits; the same graph as `model.onnx` has. */
const encoderNgramsPath = 'encoder/ngrams.onnx';
const encoderHeadPath = 'encoder/head.bin';
export const documentPath = 'model.json';
export const cardPath = 'CARD.md';

/** Files larger than this are refused unread; the largest planned model has 34 MB (model 9.3). */
const largestFile = 64 * 1024 * 1024;

export type ArtefactErrorCode = 'FILE_MISSING' | 'FILE_CHANGED' | 'DOCUMENT_INVALID' | 'MODEL_INVALID';

export class ArtefactError extends Error {
  constructor(
    readonly code: ArtefactErrorCode,
    readonly file: string,
    detail: string,
  ) {
    super(`${file}: ${detail}`);
    this.name = 'ArtefactError';
  }
}

export type ArtefactDescription = Omit<
  ModelDocument,
  'format' | 'modelId' | 'family' | 'categories' | 'files' | 'documents' | 'featuriser'
> & { readonly featuriser: FeaturiserSettings };

export interface WrittenArtefact {
  readonly modelId: string;
  readonly files: Map<string, Uint8Array>;
}

/** What describes an artefact once its id is known: the card and reports. */
export type DescribeArtefact = (modelId: string) => ReadonlyMap<string, Uint8Array>;

/** The folder of a linear model. Equal input gives equal bytes. */
export function writeArtefact(
  model: LinearModel,
  description: ArtefactDescription,
  documents: DescribeArtefact,
): WrittenArtefact {
  const parts = new Map<string, Uint8Array>([
    [modelPath, exportLinearOnnx(model, description.release)],
    [termsPath, model.terms],
  ]);
  return write({ family: 'HASHED_LINEAR' }, model, parts, description, documents);
}

/** A graph of a trainer outside, with the inputs and outputs of model 9.3 and the term weights that its inputs are made with. */
export interface ExternalModel {
  readonly categories: readonly string[];
  readonly terms: Uint8Array;
  readonly onnx: Uint8Array;
}

/** The folder of a model that was trained outside. The graph is not judged here: the guard and the dry run do that. */
export function writeExternalArtefact(
  model: ExternalModel,
  description: ArtefactDescription,
  documents: DescribeArtefact,
): WrittenArtefact {
  const parts = new Map([
    [modelPath, model.onnx],
    [termsPath, model.terms],
  ]);
  return write({ family: 'EXTERNAL' }, model, parts, description, documents);
}

/** Two tiers: n-grams for every content, n-grams and an embedding for uncertain ones. Both have the same terms and categories. */
export interface StackedModel {
  readonly ngrams: LinearModel;
  readonly encoderNgrams: LinearModel;
  readonly head: EncoderHead;
  readonly encoder: StackedEncoderDocument['encoder'];
  readonly cascade: StackedEncoderDocument['cascade'];
}

/** The folder of a cascade. The encoder itself is not in it, only the hashes of its files. */
export function writeStackedArtefact(
  { ngrams, encoderNgrams, head, encoder, cascade }: StackedModel,
  description: ArtefactDescription,
  documents: DescribeArtefact,
): WrittenArtefact {
  const parts = new Map<string, Uint8Array>([
    [modelPath, exportLinearOnnx(ngrams, description.release)],
    [termsPath, ngrams.terms],
    [encoderNgramsPath, exportLinearOnnx(encoderNgrams, description.release)],
    [encoderHeadPath, encodeEncoderHead(head)],
  ]);
  return write({ family: 'STACKED_ENCODER', encoder, cascade }, ngrams, parts, description, documents);
}

type Family =
  { readonly family: 'HASHED_LINEAR' | 'EXTERNAL' } | Pick<StackedEncoderDocument, 'family' | 'encoder' | 'cascade'>;

function write(
  family: Family,
  { categories, terms }: Pick<LinearModel, 'categories' | 'terms'>,
  parts: ReadonlyMap<string, Uint8Array>,
  description: ArtefactDescription,
  documents: DescribeArtefact,
): WrittenArtefact {
  if (!sumsAreExact(description.featuriser.cap, terms)) {
    throw new ArtefactError('MODEL_INVALID', termsPath, 'terms too large for the featuriser cap: lower the cap');
  }
  const files = [...parts].map(([path, bytes]) => describeFile(path, bytes));
  const identity: ModelIdentity = { ...family, featuriser: description.featuriser, categories, files };
  const modelId = modelIdOf(identity);
  const described = documents(modelId);
  const document: ModelDocument = {
    format: 1,
    modelId,
    ...family,
    ...description,
    categories,
    files,
    documents: [...described].map(([path, bytes]) => describeFile(path, bytes)),
  };
  const text = `${JSON.stringify(modelDocumentSchema.parse(document), null, 1)}\n`;
  return { modelId, files: new Map([...parts, ...described, [documentPath, new TextEncoder().encode(text)]]) };
}

export interface ModelArtefact {
  readonly document: ModelDocument;
  readonly onnx: Uint8Array;
  readonly terms: Uint8Array;
  /** The encoder's half of a cascade; null in the other families. */
  readonly encoderTier: EncoderTier | null;
}

export interface EncoderTier {
  readonly ngrams: LinearModel;
  readonly head: EncoderHead;
  readonly encoder: StackedEncoderDocument['encoder'];
  readonly cascade: StackedEncoderDocument['cascade'];
}

/**
 * Checks an artefact and returns its parts. Every file is verified against its size and SHA-256 before its content is
 * used. Throws `ArtefactError`, naming the file.
 */
export function readArtefact(readFile: (path: string) => Uint8Array | undefined): ModelArtefact {
  const document = readModelDocument(readFile);
  const verified = new Map(
    [...document.files, ...document.documents].map((entry) => [entry.path, verify(entry, readFile)]),
  );
  const part = (path: string): Uint8Array => {
    const bytes = verified.get(path);
    if (bytes === undefined)
      throw new ArtefactError('FILE_MISSING', path, `not listed in ${documentPath}; rebuild the model`);
    return bytes;
  };
  const onnx = part(modelPath);
  const terms = part(termsPath);
  if (terms.length !== document.featuriser.buckets) {
    throw new ArtefactError(
      'MODEL_INVALID',
      termsPath,
      `${terms.length} entries for ${document.featuriser.buckets} buckets`,
    );
  }
  if (!sumsAreExact(document.featuriser.cap, terms)) {
    throw new ArtefactError(
      'MODEL_INVALID',
      termsPath,
      'terms too large for the featuriser cap: sums would not be exact',
    );
  }
  return { document, onnx, terms, encoderTier: encoderTierOf(document, part, terms) };
}

function encoderTierOf(
  document: ModelDocument,
  part: (path: string) => Uint8Array,
  terms: Uint8Array,
): EncoderTier | null {
  if (document.family !== 'STACKED_ENCODER') return null;
  const { encoder, cascade, categories } = document;
  return {
    ngrams: parsed(encoderNgramsPath, () => readLinearOnnx(part(encoderNgramsPath), terms, categories)),
    head: parsed(encoderHeadPath, () =>
      decodeEncoderHead(part(encoderHeadPath), encoder.dimensions, categories.length),
    ),
    encoder,
    cascade,
  };
}

function parsed<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ArtefactError) throw error;
    throw new ArtefactError('MODEL_INVALID', path, error instanceof Error ? error.message : 'unreadable');
  }
}

/** The linear model of an artefact, for scoring without ONNX Runtime. Throws `ArtefactError` on another graph. */
export function linearModelOf({
  document,
  onnx,
  terms,
}: Pick<ModelArtefact, 'document' | 'onnx' | 'terms'>): LinearModel {
  return parsed(modelPath, () => readLinearOnnx(onnx, terms, document.categories));
}

function readModelDocument(readFile: (path: string) => Uint8Array | undefined): ModelDocument {
  const bytes = readFile(documentPath);
  if (bytes === undefined) {
    throw new ArtefactError('FILE_MISSING', documentPath, 'missing; is this folder a model artefact?');
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ArtefactError('DOCUMENT_INVALID', documentPath, 'not JSON; restore the file or rebuild the model');
  }
  const parsed = modelDocumentSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') ?? '';
    throw new ArtefactError('DOCUMENT_INVALID', documentPath, `field "${where}": ${issue?.message ?? 'invalid'}`);
  }
  const document = parsed.data;
  if (modelIdOf(document) !== document.modelId) {
    throw new ArtefactError('DOCUMENT_INVALID', documentPath, 'field "modelId" does not match the parts it names');
  }
  return document;
}

/** Whether every partial sum fits the integers of float32, so that no order of additions changes a logit. */
function sumsAreExact(cap: number, terms: Uint8Array): boolean {
  let largest = 0;
  for (const term of terms) largest = Math.max(largest, term);
  return cap * largest * largestEntry < 2 ** 24;
}

function verify(entry: ModelDocument['files'][number], readFile: (path: string) => Uint8Array | undefined): Uint8Array {
  if (entry.bytes > largestFile) {
    throw new ArtefactError('DOCUMENT_INVALID', entry.path, `${entry.bytes} bytes exceed the limit of ${largestFile}`);
  }
  const bytes = readFile(entry.path);
  if (bytes === undefined) {
    throw new ArtefactError('FILE_MISSING', entry.path, 'missing; restore the file or rebuild the model');
  }
  if (bytes.byteLength !== entry.bytes || describeFile(entry.path, bytes).sha256 !== entry.sha256) {
    throw new ArtefactError(
      'FILE_CHANGED',
      entry.path,
      `differs from the SHA-256 in ${documentPath}; restore the file`,
    );
  }
  return bytes;
}
