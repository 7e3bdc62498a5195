import type { z } from 'zod';
import { pointerOf, Problem, type FieldError } from './problem.js';

/** The body as `schema` describes it. @throws Problem `invalid_request` with one entry per wrong field */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error.issues);
  throw new Problem('invalid_request', summary(errors), { errors });
}

/** Wrong fields in the order of the schema, at most 20: enough to fix a client, too few to make a large answer. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): readonly FieldError[] {
  return issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            pointer: pointerOf([...issue.path, key]),
            detail: 'There is no field of this name.',
          }))
        : [{ pointer: pointerOf(issue.path), detail: `${issue.message}.` }],
    )
    .slice(0, MAX_ERRORS);
}
const MAX_ERRORS = 20;

export function summary(errors: readonly FieldError[]): string {
  const [first] = errors;
  if (first === undefined) return 'The request is not valid.';
  const where = first.pointer === '' ? 'body' : first.pointer;
  return errors.length === 1
    ? `${where}: ${first.detail}`
    : `${where}: ${first.detail} ${errors.length - 1} more in errors.`;
}
