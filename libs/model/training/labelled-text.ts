/** A text and what is known of it. */
export interface LabelledText {
  readonly text: string;
  /** Probability that the category applies: 1, 0 or a share of raters between; an absent category is unknown. */
  readonly labels: Readonly<Record<string, number>>;
  readonly weight: number;
}

/** Categories of the 2022 taxonomy, in the column order of the starter model. */
export const nativeCategories = ['S', 'H', 'V', 'HR', 'SH', 'S3', 'H2', 'V2'] as const;

/** The column "any category at all"; unknown counts as no. */
export const anyCategory = 'ANY';

/** Sub-category to the category that contains it: what is not in the outer one cannot be in the inner one. */
export const outerCategory: Readonly<Record<string, string>> = { S3: 'S', H2: 'H', V2: 'V' };

/**
 * Labels with what the taxonomy implies: a sub-category's yes is a yes of its outer category, and an outer no is a no of
 * its sub-categories. Known labels are never changed.
 */
export function withImplied(labels: Readonly<Record<string, number>>): Record<string, number> {
  const implied: Record<string, number> = { ...labels };
  for (const [inner, outer] of Object.entries(outerCategory)) {
    const innerLabel = labels[inner];
    const outerLabel = labels[outer];
    if (innerLabel === 1 && outerLabel === undefined) implied[outer] = 1;
    if (outerLabel === 0 && innerLabel === undefined) implied[inner] = 0;
  }
  return implied;
}

/** Whether any known category applies; unknown counts as no. */
export function anyLabel(labels: Readonly<Record<string, number>>): number {
  return Object.values(labels).some((label) => label > 0.5) ? 1 : 0;
}
