import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { BudgetLine } from './make-plan.js';

/** Who gives how many labels, and how many positives each category shall have. */
export interface SamplingBudgets {
  readonly budgets: readonly BudgetLine[];
  /** By category; a category that is not named has the default target and no nearest one. */
  readonly categories: Readonly<Record<string, CategoryWish>>;
  readonly target: number;
}

interface CategoryWish {
  /** Positives wanted. */
  readonly target: number;
  /** Category whose score stands in while the own one cannot be used; null: none. */
  readonly nearest: string | null;
}

export type ParsedBudgets =
  | { readonly ok: true; readonly budgets: SamplingBudgets }
  /** Each `file:line:column: field: what to do`. */
  | { readonly ok: false; readonly problems: readonly string[] };

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be a letter or digit and up to 63 of a-z, A-Z, 0-9, _, . and -');
const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a tag like en or pt-BR, or und');
const target = z.number().gt(0, 'must be above 0');

const documentSchema = z.strictObject({
  /** Labels that people give on a day. */
  budgets: z
    .array(
      z.strictObject({
        team: name,
        languages: z.array(language).default([]),
        labelsPerDay: z.number().gt(0, 'must be above 0: remove a team that does not label'),
      }),
    )
    .min(1, 'is empty: say how many labels a team gives a day'),
  /** Positives wanted of a category that is not named below (sampling 1.2). */
  target: target.default(500),
  categories: z.record(name, z.strictObject({ target: target.optional(), nearest: name.optional() })).default({}),
});

type Field = readonly (string | number)[];

/**
 * Reads a budget document. All problems are reported at once, each with its place.
 * @param file only named in problems
 */
export function parseBudgets(text: string, file: string): ParsedBudgets {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    return { ok: false, problems: [`${at(syntaxError.pos[0])}: not YAML: ${syntaxError.message}`] };
  }
  /** Where a field stands, or the nearest one above it that is there. */
  const placeOf = (field: Field): string => {
    for (let length = field.length; length > 0; length -= 1) {
      const node = document.getIn(field.slice(0, length), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(0);
  };
  const problem = (field: Field, message: string): string =>
    `${placeOf(field)}: ${field.length === 0 ? '' : `${field.join('.')}: `}${message}`;
  const parsed = documentSchema.safeParse(document.toJS());
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.map((issue) =>
        problem(
          issue.path.filter((part) => typeof part !== 'symbol'),
          issue.code === 'unrecognized_keys' ? `does not know ${issue.keys.join(', ')}` : issue.message,
        ),
      ),
    };
  }
  const { budgets, categories } = parsed.data;
  const problems = [
    ...overlapsOf(budgets).map(({ index, message }) => problem(['budgets', index, 'languages'], message)),
    ...Object.entries(categories).flatMap(([category, { nearest }]) =>
      nearest === category
        ? [
            problem(
              ['categories', category, 'nearest'],
              'names the category itself: name one that people label already',
            ),
          ]
        : [],
    ),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    budgets: {
      budgets,
      target: parsed.data.target,
      categories: Object.fromEntries(
        Object.entries(categories).map(([category, wish]) => [
          category,
          { target: wish.target ?? parsed.data.target, nearest: wish.nearest ?? null },
        ]),
      ),
    },
  };
}

/** A language stands in one group of lines only: it would be drawn twice otherwise. */
function overlapsOf(lines: readonly BudgetLine[]): readonly { readonly index: number; readonly message: string }[] {
  const groupOf = new Map<string, string>();
  return lines.flatMap(({ languages }, index) => {
    const group = [...new Set(languages)].sort().join(' ');
    return languages.flatMap((one) => {
      const other = groupOf.get(one);
      groupOf.set(one, other ?? group);
      return other === undefined || other === group
        ? []
        : [
            {
              index,
              message: `'${one}' stands in '${other}' and in '${group}': give both lines the same languages, or each language its own line`,
            },
          ];
    });
  });
}
