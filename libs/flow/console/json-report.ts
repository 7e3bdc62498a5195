import { z } from 'zod';

/**
 * Reads what a role wrote as JSON into the warehouse. Null when it is empty, of another release, or damaged: the page then shows the rest.
 */
export function readJsonReport<T>(schema: z.ZodType<T>, text: string): T | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

const figure = z.number().nullable().default(null);

/** A figure with its 95 % interval. */
export const estimateSchema = z.object({ value: figure, low: figure, high: figure });

export const noEstimate = { value: null, low: null, high: null } as const;
