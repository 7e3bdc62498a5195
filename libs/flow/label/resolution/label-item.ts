import type { LabelResolved } from '#platform/contracts';

/** What answers belong to: one revision of a content, whichever task brought them. */
export type LabelItem = Pick<LabelResolved, 'platform' | 'contentId' | 'revision'>;
