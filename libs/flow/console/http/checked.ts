import type { z } from 'zod';
import { Problem } from './problem.js';

/** What a request sent, as its schema says. @throws Problem that tells the person what to send instead */
export function checked<T>(schema: z.ZodType<T>, sent: unknown, otherwise: string): T {
  const parsed = schema.safeParse(sent);
  if (!parsed.success) throw new Problem('invalid_request', otherwise);
  return parsed.data;
}
