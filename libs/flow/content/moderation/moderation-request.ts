import { z } from 'zod';
import { contentLimits } from '#platform/contracts';
import { MAX_ITEMS } from '../submission/content-request.js';
import { Problem } from '../http/problem.js';
import { categoryNames } from './category-map.js';

const textSchema = z.string().max(contentLimits.text);
const textPartSchema = z.strictObject({ type: z.literal('text'), text: textSchema });
const imagePartSchema = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string() }),
});

/** Request of the OpenAI-shaped endpoint; `store` is an addition of ours. */
export const moderationRequestSchema = z
  .strictObject({
    input: z.union([
      textSchema,
      z.array(textSchema).min(1).max(MAX_ITEMS),
      z
        .array(z.union([textPartSchema, imagePartSchema]))
        .min(1)
        .max(MAX_ITEMS)
        .meta({ description: 'Parts of one content; images are answered with 400, they are not supported yet.' }),
    ]),
    model: z.string().min(1).max(100).optional().meta({ description: 'Echoed; the channel of the key decides.' }),
    store: z
      .boolean()
      .optional()
      .meta({ description: 'false: no event, no row and no log of the text. Only narrows what the key says.' }),
  })
  .meta({ id: 'ModerationRequest', examples: [{ input: 'See you at the library at five.' }] });

const booleans = z.object(
  Object.fromEntries(
    categoryNames.map((name) => [name, name.startsWith('illicit') ? z.boolean().nullable() : z.boolean()]),
  ),
);

export const moderationResponseSchema = z
  .object({
    id: z.string(),
    model: z.string(),
    results: z.array(
      z.object({
        flagged: z.boolean().meta({ description: 'The verdict of the channel is more than ALLOW.' }),
        categories: booleans,
        category_scores: z.object(Object.fromEntries(categoryNames.map((name) => [name, z.number().min(0).max(1)]))),
        category_applied_input_types: z.object(
          Object.fromEntries(categoryNames.map((name) => [name, z.array(z.literal('text'))])),
        ),
      }),
    ),
  })
  .meta({ id: 'ModerationResponse' });

export interface ModerationRequest {
  /** One per result: parts of one content are one text. */
  readonly texts: readonly string[];
  readonly model: string | null;
  readonly store: boolean;
}

/** @throws Problem `invalid_request` whose first error names the parameter as OpenAI does, without a slash */
export function readModerationRequest(body: unknown): ModerationRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) refuse('', 'The body must be a JSON object.');
  const { input, model, store, ...unknown } = body as Record<string, unknown>;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) refuse(stranger.slice(0, 64), 'Unrecognized request argument supplied.');
  if (input === undefined) refuse('input', 'You must provide the input parameter.');
  if (model !== undefined && (typeof model !== 'string' || model === '' || model.length > 100)) {
    refuse('model', 'Must be a string of 1 to 100 characters.');
  }
  if (store !== undefined && typeof store !== 'boolean') refuse('store', 'Must be a boolean.');
  return { texts: readInput(input), model: model ?? null, store: store ?? true };
}

function readInput(input: unknown): readonly string[] {
  if (typeof input === 'string') return [readText('input', input)];
  if (!Array.isArray(input) || input.length === 0) {
    refuse('input', 'Must be a string, an array of strings, or an array of parts, and not empty.');
  }
  const items: readonly unknown[] = input;
  if (items.length > MAX_ITEMS) refuse('input', `Has ${items.length} entries, ${MAX_ITEMS} are allowed.`);
  if (items.every((item) => typeof item === 'string')) {
    return items.map((text, index) => readText(`input[${index}]`, text));
  }
  const parts = items.map((part, index) => readPart(`input[${index}]`, part));
  return [readText('input', parts.join('\n'))];
}

function readPart(param: string, part: unknown): string {
  if (typeof part !== 'object' || part === null) refuse(param, 'Must be a part with type "text".');
  const { type, text, ...others } = part as Record<string, unknown>;
  if (type === 'image_url') refuse(param, 'Images are not supported yet: send text only.');
  if (type !== 'text') refuse(`${param}.type`, 'Must be "text".');
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) refuse(`${param}.${stranger.slice(0, 64)}`, 'Unrecognized request argument supplied.');
  if (typeof text !== 'string') refuse(`${param}.text`, 'Must be a string.');
  return readText(`${param}.text`, text);
}

function readText(param: string, text: string): string {
  if (text.length > contentLimits.text) {
    refuse(param, `Has ${text.length} characters, ${contentLimits.text} are allowed.`);
  }
  if (!text.isWellFormed()) refuse(param, 'Has half of a surrogate pair, which UTF-8 cannot carry.');
  return text;
}

function refuse(param: string, detail: string): never {
  const what = param === '' ? detail : `${param}: ${detail}`;
  throw new Problem('invalid_request', what, { errors: [{ pointer: param, detail }] });
}
