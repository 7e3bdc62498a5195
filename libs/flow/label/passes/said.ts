import type { LabelItem } from '../resolution/label-item.js';
import { withImpliedAnswers } from '../resolution/implied-answers.js';
import type { PolicyShelf } from '../desk/policy-shelf.js';
import type { Answer } from '../resolution/vote.js';

/** How ClickHouse writes an item. */
export interface ItemRow {
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
}

export function itemOf({ platform, content_id, revision }: ItemRow): LabelItem {
  return { platform, contentId: content_id, revision };
}

/** Items as the parameters of a query: one array for each part of their names. */
export interface ItemColumns {
  readonly platforms: readonly string[];
  readonly content_ids: readonly string[];
  readonly revisions: readonly number[];
}

export function columnsOf(items: readonly LabelItem[]): ItemColumns {
  return {
    platforms: items.map(({ platform }) => platform),
    content_ids: items.map(({ contentId }) => contentId),
    revisions: items.map(({ revision }) => revision),
  };
}

/** One answer to one question that counts. */
export interface SaidAnswer {
  readonly labeler: string;
  readonly answer: Answer;
  readonly isExpert: boolean;
}

/** What was said of one item, in the order in which it was said. */
export interface SaidOfItem {
  readonly item: LabelItem;
  readonly said: readonly SaidAnswer[];
}

/** By question@version. */
export type Answers = Readonly<Record<string, Answer>>;

/** With what follows from them, by the policies under which they were asked. */
export function completed(
  answers: Answers,
  policies: readonly string[],
  shelf: Pick<PolicyShelf, 'questionsOf'>,
): Answers {
  return withImpliedAnswers(answers, shelf.questionsOf(policies));
}
