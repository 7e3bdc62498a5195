import { parse } from 'yaml';
import { z } from 'zod';
import { ModelRecipeError, modelRecipeIdOf, parseModelRecipe } from '#model';
import { hashJson } from '#policy';
import { WorkError } from '../work.js';

/** What the role itself reads of a recipe; the trainer gets the whole. */
export interface RoleRecipe {
  /** `r-` and the hash of all that decides the model. */
  readonly recipeId: string;
  readonly name: string;
  /** `builtin`, or the name of an external trainer that the operator has set up. */
  readonly trainer: string;
  /** Model to start from when the request names none: `starter`, `live`, an id; null: none. */
  readonly parent: string | null;
  readonly limits: { readonly minutes: number | null; readonly memoryMb: number | null };
  /** As it was written. */
  readonly text: string;
}

const ID_DIGITS = 16;
const word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be a word of at most 64 letters, digits, _, . and -');

/** What is common to all recipes; the rest of an external trainer's recipe is its own. */
const commonSchema = z.looseObject({
  name: word,
  trainer: word.default('builtin'),
  parent: z
    .string()
    .regex(/^(none|starter|live|m-[0-9a-f]{16})$/, 'must be none, starter, live or the id of a model')
    .default('none'),
  limits: z
    .strictObject({ minutes: z.number().positive().optional(), memoryMb: z.int().min(64).optional() })
    .default({}),
});

/**
 * @param where names the recipe in problems: a file, or the field of the request
 * @throws WorkError `recipe_invalid` with place, field and what to do
 */
export function parseRoleRecipe(text: string, where: string): RoleRecipe {
  const value = yamlOf(text);
  const isBuiltin = z.looseObject({ trainer: z.literal('builtin').default('builtin') }).safeParse(value).success;
  // Of the built-in trainer every field is known, and so is its line.
  const { recipeId, recipe } = isBuiltin || !isRecord(value) ? builtin(text, where) : external(value, where);
  const { name, trainer, parent, limits } = recipe;
  return {
    recipeId,
    name,
    trainer,
    parent: parent === 'none' ? null : parent,
    limits: { minutes: limits.minutes ?? null, memoryMb: limits.memoryMb ?? null },
    text,
  };
}

type Common = z.infer<typeof commonSchema>;

function builtin(text: string, where: string): { readonly recipeId: string; readonly recipe: Common } {
  try {
    const recipe = parseModelRecipe(text, where);
    return { recipeId: modelRecipeIdOf(recipe), recipe };
  } catch (error) {
    if (error instanceof ModelRecipeError) throw invalid(error.message);
    throw error;
  }
}

function external(value: unknown, where: string): { readonly recipeId: string; readonly recipe: Common } {
  const parsed = commonSchema.safeParse(value);
  if (parsed.success) {
    // The name and the limits of a run decide nothing of the model.
    const deciding = Object.entries(parsed.data).filter(([field]) => field !== 'name' && field !== 'limits');
    return { recipeId: `r-${hashJson(Object.fromEntries(deciding)).slice(0, ID_DIGITS)}`, recipe: parsed.data };
  }
  const [issue] = parsed.error.issues;
  throw invalid(`${where}, field "${issue?.path.map(String).join('.') ?? ''}": ${issue?.message ?? 'is wrong'}`);
}

/** Null: not YAML; whoever reads it properly says where. */
function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): WorkError {
  return new WorkError('recipe_invalid', `${message}; correct the recipe and ask again`);
}
