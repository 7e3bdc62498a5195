import type { CategoryVerdict } from '#platform/contracts';

/**
 * The 13 categories of the OpenAI-shaped answer and the category of ours that each one shows. Five have no code of ours: a model that
 * covers them names them as they are. `parent` is the category that contains it.
 */
export const moderationCategories = {
  harassment: { code: 'HR', parent: null, isNullable: false },
  'harassment/threatening': { code: 'harassment/threatening', parent: 'harassment', isNullable: false },
  hate: { code: 'H', parent: null, isNullable: false },
  'hate/threatening': { code: 'H2', parent: 'hate', isNullable: false },
  illicit: { code: 'illicit', parent: null, isNullable: true },
  'illicit/violent': { code: 'illicit/violent', parent: 'illicit', isNullable: true },
  'self-harm': { code: 'SH', parent: null, isNullable: false },
  'self-harm/intent': { code: 'self-harm/intent', parent: 'self-harm', isNullable: false },
  'self-harm/instructions': { code: 'self-harm/instructions', parent: 'self-harm', isNullable: false },
  sexual: { code: 'S', parent: null, isNullable: false },
  'sexual/minors': { code: 'S3', parent: 'sexual', isNullable: false },
  violence: { code: 'V', parent: null, isNullable: false },
  'violence/graphic': { code: 'V2', parent: 'violence', isNullable: false },
} as const satisfies Readonly<
  Record<string, { readonly code: string; readonly parent: string | null; readonly isNullable: boolean }>
>;

export type ModerationCategory = keyof typeof moderationCategories;

export const categoryNames = Object.keys(moderationCategories) as ModerationCategory[];

/** What one text is judged to be, all 13 categories in all three maps. */
export interface ModerationResult {
  readonly flagged: boolean;
  readonly categories: Readonly<Record<ModerationCategory, boolean | null>>;
  readonly category_scores: Readonly<Record<ModerationCategory, number>>;
  readonly category_applied_input_types: Readonly<Record<ModerationCategory, readonly 'text'[]>>;
}

/**
 * A category is true when it alone asks for more than ALLOW. One that the model does not cover has score 0 and is false (`illicit` and
 * `illicit/violent`: null); what it would be is at most its parent's score, since everything in it is in the parent too.
 * @param probabilities calibrated, by category of ours
 * @param verdicts by category of ours; empty under a kill switch
 * @param isFlagged whether the verdict as a whole is more than ALLOW
 */
export function moderationResult(
  probabilities: Readonly<Record<string, number>>,
  verdicts: Readonly<Record<string, CategoryVerdict>>,
  isFlagged: boolean,
): ModerationResult {
  const each = <T>(value: (name: ModerationCategory) => T) =>
    Object.fromEntries(categoryNames.map((name) => [name, value(name)])) as Record<ModerationCategory, T>;
  return {
    flagged: isFlagged,
    categories: each((name) => {
      const { code, isNullable } = moderationCategories[name];
      if (probabilities[code] === undefined) return isNullable ? null : false;
      return (verdicts[code]?.action ?? 'ALLOW') !== 'ALLOW';
    }),
    category_scores: each((name) => probabilities[moderationCategories[name].code] ?? 0),
    category_applied_input_types: each(() => ['text']),
  };
}
