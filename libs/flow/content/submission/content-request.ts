import { z } from 'zod';
import { contentLimits, validateContent, type ContentSubmitted } from '#platform/contracts';
import { pointerOf, Problem, type FieldError } from '../http/problem.js';
import { fieldErrors, summary } from '../http/read-body.js';

/** Items in one call. */
export const MAX_ITEMS = 256;

const CONTROL = /^\P{Cc}*$/u;

/** An id that a platform chose. */
export const idSchema = z
  .string()
  .min(1)
  .max(contentLimits.id)
  .regex(CONTROL, 'Must not hold control characters')
  .meta({ description: 'Id on the platform; may hold slashes, but no control characters.' });

export const revisionSchema = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)
  .default(1)
  .meta({ description: 'Raised by the platform on each edit.' });

export const itemSchema = z
  .strictObject({
    contentId: idSchema.optional().meta({
      description:
        'Required, unless the call carries an Idempotency-Key: then the gateway derives the id from that key.',
    }),
    revision: revisionSchema,
    platform: z
      .string()
      .regex(/^[a-z0-9._-]{1,64}$/, 'Must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen')
      .optional()
      .meta({ description: 'May be left out; must be the platform of the key.' }),
    kind: z.enum(['POST', 'COMMENT', 'MESSAGE', 'PROFILE', 'PROMPT', 'COMPLETION', 'OTHER']).default('OTHER'),
    text: z.string().max(contentLimits.text).meta({ description: 'Length in UTF-16 code units.' }),
    language: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,35}$/, 'Must be a BCP-47 tag')
      .nullable()
      .default(null)
      .meta({ description: 'BCP-47 tag that the platform knows or assumes.' }),
    authorId: idSchema.nullable().default(null),
    conversationId: idSchema.nullable().default(null),
    metadata: z
      .record(z.string().min(1).max(contentLimits.metadataKey), z.string().max(contentLimits.metadataValue))
      .default({})
      .meta({ description: `At most ${contentLimits.metadataEntries} entries.` }),
    submittedAt: z.iso.datetime({ offset: true }).optional().meta({ description: 'Default: now.' }),
  })
  .meta({
    id: 'ContentItem',
    title: 'One revision of one text',
    examples: [{ contentId: 'post-1042', text: 'See you at the library at five.', kind: 'POST', language: 'en' }],
  });

export const batchSchema = z
  .strictObject({ items: z.array(itemSchema).min(1).max(MAX_ITEMS) })
  .meta({ id: 'ContentBatch', title: 'Up to 256 contents' });

export const acceptedSchema = z
  .strictObject({
    accepted: z.array(
      z.strictObject({
        contentId: z.string(),
        revision: z.int(),
        duplicate: z
          .boolean()
          .meta({ description: 'True: this revision was accepted before, with the same text. There is one event.' }),
      }),
    ),
  })
  .meta({ id: 'Accepted', examples: [{ accepted: [{ contentId: 'post-1042', revision: 1, duplicate: false }] }] });

type Item = z.output<typeof itemSchema>;

/** One content of a call, and where it stands in the body. */
export interface SubmissionItem {
  readonly pointer: string;
  /** Without an id of its own the gateway derives one from the Idempotency-Key. */
  readonly hasOwnId: boolean;
  readonly content: ContentSubmitted;
}

export interface ReadItemsOptions {
  readonly platform: string;
  readonly now: number;
  /** Id of the item at this place when it has none; null: the call carries no Idempotency-Key. */
  readonly derivedId: ((index: number) => string) | null;
}

/**
 * One item or `{"items": [...]}`, all valid, of the caller's platform.
 * @throws Problem `invalid_request`, or `forbidden` when an item names another platform
 */
export function readItems(body: unknown, options: ReadItemsOptions): readonly SubmissionItem[] {
  const isBatch = typeof body === 'object' && body !== null && 'items' in body;
  const parsed = isBatch ? batchSchema.safeParse(body) : itemSchema.safeParse(body);
  if (!parsed.success) refuse('invalid_request', fieldErrors(parsed.error.issues));
  const { data } = parsed;
  const items: readonly Item[] = 'items' in data ? data.items : [data];
  const base = (index: number) => ('items' in data ? ['items', index] : []);

  const foreign = items.flatMap(({ platform }, index) =>
    platform === undefined || platform === options.platform
      ? []
      : [{ pointer: pointerOf([...base(index), 'platform']), detail: 'The key belongs to another platform.' }],
  );
  if (foreign.length > 0) refuse('forbidden', foreign);

  const errors: FieldError[] = [];
  const read = items.map((item, index) => {
    const contentId = item.contentId ?? options.derivedId?.(index);
    if (contentId === undefined) {
      errors.push({
        pointer: pointerOf([...base(index), 'contentId']),
        detail: 'Required, unless the call carries an Idempotency-Key.',
      });
    }
    const content: ContentSubmitted = {
      contentId: contentId ?? '-',
      revision: item.revision,
      platform: options.platform,
      kind: item.kind,
      text: item.text,
      language: item.language,
      authorId: item.authorId,
      conversationId: item.conversationId,
      metadata: item.metadata,
      submittedAt: item.submittedAt === undefined ? options.now : Date.parse(item.submittedAt),
    };
    const rejection = validateContent(content);
    if (rejection !== null) errors.push(asFieldError(base(index), rejection.detail));
    return { pointer: pointerOf(base(index)), hasOwnId: item.contentId !== undefined, content };
  });
  if (errors.length > 0) refuse('invalid_request', errors);
  return read;
}

function refuse(code: 'invalid_request' | 'forbidden', errors: readonly FieldError[]): never {
  throw new Problem(code, summary(errors), { errors });
}

/** `field: what is wrong`, as the contract says it, with the field as a pointer. */
function asFieldError(base: readonly (string | number)[], detail: string): FieldError {
  const [field = '', ...rest] = detail.split(': ');
  const name = /^[A-Za-z]+/.exec(field)?.[0] ?? field;
  const message = rest.join(': ');
  return { pointer: pointerOf([...base, name]), detail: `${message.charAt(0).toUpperCase()}${message.slice(1)}.` };
}
