import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** What an external trainer leaves (docs/training.md). */
export interface ExternalOutput {
  readonly categories: readonly string[];
  readonly onnx: Uint8Array;
  readonly terms: Uint8Array;
  readonly card: Uint8Array | null;
  /** Its own scores of some rows, by key and category: proof that it means what the product computes. */
  readonly parity: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** Names the file, the line where there is one, and what to do; never quotes it. */
export class ExternalOutputError extends Error {
  override readonly name = 'ExternalOutputError';
}

const LARGEST_FILE = 64 * 1024 * 1024;

const documentSchema = z.looseObject({
  categories: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be names of categories'))
    .min(1)
    .refine((names) => new Set(names).size === names.length, { error: 'names a category twice' }),
});
const paritySchema = z.strictObject({ key: z.string(), logits: z.record(z.string(), z.number()) });

/** @throws ExternalOutputError */
export function readExternalOutput(folder: string): ExternalOutput {
  const document = documentSchema.safeParse(json(bytesOf(folder, 'model.json'), 'model.json'));
  if (!document.success) {
    const [issue] = document.error.issues;
    throw new ExternalOutputError(
      `model.json: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`,
    );
  }
  const parity = new Map<string, Readonly<Record<string, number>>>();
  const lines = Buffer.from(bytesOf(folder, 'parity.jsonl')).toString('utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `parity.jsonl line ${index + 1}`;
    const row = paritySchema.safeParse(json(Buffer.from(line), where));
    if (!row.success)
      throw new ExternalOutputError(`${where}: must be {"key": "...", "logits": {"<category>": <number>}}`);
    parity.set(row.data.key, row.data.logits);
  }
  return {
    categories: document.data.categories,
    onnx: bytesOf(folder, 'model.onnx'),
    terms: bytesOf(folder, 'tables/terms.bin'),
    card: optional(folder, 'CARD.md'),
    parity,
  };
}

function bytesOf(folder: string, file: string): Uint8Array {
  const bytes = optional(folder, file);
  if (bytes === null)
    throw new ExternalOutputError(`${file}: is missing; docs/training.md names the files of the output folder`);
  return bytes;
}

function optional(folder: string, file: string): Uint8Array | null {
  const full = path.join(folder, file);
  const found = statSync(full, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile() || found.size > LARGEST_FILE) {
    throw new ExternalOutputError(`${file}: must be a file of at most ${LARGEST_FILE} bytes`);
  }
  return readFileSync(full);
}

function json(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new ExternalOutputError(`${where}: is not JSON`);
  }
}
