import type { FeaturiserSettings } from '../features/settings.js';
import { largestEntry } from './linear-model.js';
import type { LinearModel } from './linear-model.js';
import { describeFile, modelDocumentSchema, modelIdOf } from './model-document.js';
import type { ModelDocument } from './model-document.js';
import { exportLinearOnnx, readLinearOnnx } from './onnx-linear.js';

/** A model artefact in memory: path to bytes, as it lies in its folder. */
export type ArtefactFiles = ReadonlyMap<string, Uint8Array>;

export const modelPath = 'model.onnx';
export const termsPath = 'tables/terms.bin';
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

/**
 * The folder of a linear model. `documents` writes the card (and reports) once the id is known. Equal input gives equal
 * bytes.
 */
export function writeArtefact(
  model: LinearModel,
  description: ArtefactDescription,
  documents: (modelId: string) => ReadonlyMap<string, Uint8Array>,
): WrittenArtefact {
  const parts = new Map<string, Uint8Array>([
    [modelPath, exportLinearOnnx(model, description.release)],
    [termsPath, model.terms],
  ]);
  if (!sumsAreExact(description.featuriser.cap, model.terms)) {
    throw new ArtefactError('MODEL_INVALID', termsPath, 'terms too large for the featuriser cap: lower the cap');
  }
  const files = [...parts].map(([path, bytes]) => describeFile(path, bytes));
  const family = 'HASHED_LINEAR';
  const modelId = modelIdOf({ family, featuriser: description.featuriser, categories: model.categories, files });
  const described = documents(modelId);
  const document: ModelDocument = {
    format: 1,
    modelId,
    family,
    ...description,
    categories: model.categories,
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
  return { document, onnx, terms };
}

/** The linear model of an artefact, for scoring without ONNX Runtime. Throws `ArtefactError` on another graph. */
export function linearModelOf({ document, onnx, terms }: ModelArtefact): LinearModel {
  try {
    return readLinearOnnx(onnx, terms, document.categories);
  } catch (error) {
    throw new ArtefactError('MODEL_INVALID', modelPath, error instanceof Error ? error.message : 'unreadable');
  }
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
