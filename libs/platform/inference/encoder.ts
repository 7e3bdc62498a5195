import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { meanPool } from '#model';
import { createTokenise } from './encoder-tokens.js';
import type { Tokenise } from './encoder-tokens.js';

export const ENCODER_FILES = { model: 'model.onnx', tokenizer: 'tokenizer.json' } as const;
/** Beside the tokenizer in most folders; some tokenizers need what it says. */
const TOKENIZER_CONFIG = 'tokenizer_config.json';

/** 34 MB is the encoder of the set-up; a base model in fp32 has 440 MB. */
const LARGEST_MODEL = 1024 * 1024 * 1024;
const LARGEST_TOKENIZER = 64 * 1024 * 1024;

/** SHA-256 of the files that decide an embedding. */
export interface EncoderFiles {
  readonly model: string;
  readonly tokenizer: string;
}

/** How texts are read: part of a model artefact, because another prefix or limit gives other embeddings. */
export interface EncoderReading {
  /** Put before each text; `query: ` for e5. */
  readonly prefix: string;
  /** At most this many tokens, special ones included. */
  readonly maxTokens: number;
}

/** A loaded encoder. */
export interface Encoder {
  readonly files: EncoderFiles;
  readonly dimensions: number;
  /** Token ids as they go into the model. */
  tokens(text: string, reading: EncoderReading): readonly number[];
  /** Mean of the token vectors. One document a run, one run at a time: neither neighbours nor concurrency move a bit of it. */
  embed(text: string, reading: EncoderReading): Promise<Float32Array>;
  close(): Promise<void>;
}

export class EncoderError extends Error {
  constructor(
    readonly code: 'ENCODER_MISSING' | 'ENCODER_DIFFERS' | 'ENCODER_REFUSED',
    detail: string,
  ) {
    super(detail);
    this.name = 'EncoderError';
  }
}

export interface EncoderOptions {
  /** Native threads of one run. One by default: roles scale by partitions, and one thread gives one order of additions. */
  readonly threads?: number;
}

/**
 * Loads the encoder in `folder`: any Hugging Face style folder with `model.onnx` and `tokenizer.json`.
 * @throws EncoderError that says what is missing or cannot be used
 */
export async function openEncoder(folder: string, { threads = 1 }: EncoderOptions = {}): Promise<Encoder> {
  const model = readPart(folder, ENCODER_FILES.model, LARGEST_MODEL);
  const tokenizer = readPart(folder, ENCODER_FILES.tokenizer, LARGEST_TOKENIZER);
  const tokenise = readTokenizer(folder, tokenizer);
  const session = await openSession(folder, model, threads);
  const run = createRun(session);
  let queue: Promise<unknown> = Promise.resolve();
  try {
    const { dimensions } = await run(tokenise('a', 16));
    return {
      files: { model: sha256(model), tokenizer: sha256(tokenizer) },
      dimensions,
      tokens: (text, { prefix, maxTokens }) => tokenise(`${prefix}${text}`, maxTokens),
      embed: (text, { prefix, maxTokens }) => {
        const ids = tokenise(`${prefix}${text}`, maxTokens);
        const embedded = queue.then(async () => (await run(ids)).embedding);
        queue = embedded.catch(() => undefined);
        return embedded;
      },
      close: async () => {
        await queue;
        await session.release();
      },
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** SHA-256 of the files in `folder`, without loading them into the runtime. @throws EncoderError when one is missing */
export function encoderFilesIn(folder: string): EncoderFiles {
  return {
    model: sha256(readPart(folder, ENCODER_FILES.model, LARGEST_MODEL)),
    tokenizer: sha256(readPart(folder, ENCODER_FILES.tokenizer, LARGEST_TOKENIZER)),
  };
}

function readPart(folder: string, name: string, most: number): Buffer {
  const path = join(folder, name);
  const found = existsSync(path) ? statSync(path) : undefined;
  if (found?.isFile() !== true) {
    throw new EncoderError(
      'ENCODER_MISSING',
      `${path} is missing: run "npm run setup", which fetches an encoder, or name a folder with ${ENCODER_FILES.model} and ` +
        `${ENCODER_FILES.tokenizer} in ENCODER_DIR`,
    );
  }
  if (found.size > most) {
    throw new EncoderError('ENCODER_REFUSED', `${path} has ${found.size} bytes, at most ${most} are read`);
  }
  return readFileSync(path);
}

function readTokenizer(folder: string, bytes: Buffer): Tokenise {
  try {
    const config = join(folder, TOKENIZER_CONFIG);
    return createTokenise(parseObject(bytes), existsSync(config) ? parseObject(readFileSync(config)) : {});
  } catch (error) {
    throw refused(folder, ENCODER_FILES.tokenizer, error);
  }
}

async function openSession(folder: string, model: Buffer, threads: number): Promise<InferenceSession> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw refused(folder, ENCODER_FILES.model, error);
  }
  if (session.inputNames.includes('input_ids') && session.inputNames.every((name) => isInput(name))) return session;
  const inputs = session.inputNames.join(', ');
  await session.release();
  throw new EncoderError(
    'ENCODER_REFUSED',
    `${join(folder, ENCODER_FILES.model)} has the inputs ${inputs}; expected input_ids and any of attention_mask and token_type_ids`,
  );
}

function isInput(name: string): boolean {
  return ['input_ids', 'attention_mask', 'token_type_ids'].includes(name);
}

function createRun(session: InferenceSession) {
  // Exporters name it differently; that of Hugging Face's own is preferred where a model has several outputs.
  const output = session.outputNames.find((name) => name === 'last_hidden_state') ?? session.outputNames[0] ?? '';
  return async function run(ids: readonly number[]): Promise<{ embedding: Float32Array; dimensions: number }> {
    const tokens = ids.length;
    const shape = [1, tokens];
    const values: Readonly<Record<string, BigInt64Array>> = {
      input_ids: BigInt64Array.from(ids, BigInt),
      attention_mask: new BigInt64Array(tokens).fill(1n),
      token_type_ids: new BigInt64Array(tokens),
    };
    const feeds = Object.fromEntries(
      session.inputNames.map((name) => [name, new Tensor('int64', values[name] ?? new BigInt64Array(tokens), shape)]),
    );
    const hidden = (await session.run(feeds, [output]))[output];
    const dimensions = hidden?.dims[2];
    if (hidden?.type !== 'float32' || hidden.dims[1] !== tokens || dimensions === undefined) {
      throw new EncoderError(
        'ENCODER_REFUSED',
        `model.onnx: output "${output}" is no float [batch, tokens, dimensions]`,
      );
    }
    return { embedding: meanPool(hidden.data as Float32Array, tokens, dimensions), dimensions };
  };
}

function refused(folder: string, name: string, error: unknown): EncoderError {
  const why = error instanceof Error ? error.message : 'unreadable';
  return new EncoderError('ENCODER_REFUSED', `${join(folder, name)} cannot be used: ${why}`);
}

function parseObject(bytes: Buffer): object {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new Error('not a JSON object');
  return value;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
