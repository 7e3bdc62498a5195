import { parse } from 'yaml';
import { z } from 'zod';

/** A program of the operator's that trains. Requests name it; only this file says what is run. */
export interface ExternalTrainer {
  readonly command: readonly [string, ...string[]];
  /** Beside PATH, HOME and TMPDIR; nothing of the role's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly minutes: number | null;
  readonly memoryMb: number | null;
}

const schema = z.record(
  z.string().regex(/^(?!builtin$)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be a word, and not builtin'),
  z.strictObject({
    command: z.tuple([z.string().min(1)], z.string()),
    environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
    minutes: z.number().positive().nullable().default(null),
    memoryMb: z.number().int().min(64).nullable().default(null),
  }),
);

/**
 * @param file only named in problems
 * @throws Error that names file and field
 */
export function parseExternalTrainers(text: string, file: string): ReadonlyMap<string, ExternalTrainer> {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch {
    throw new Error(`${file}: is not YAML`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const [issue] = parsed.error.issues;
  throw new Error(`${file}: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`);
}
