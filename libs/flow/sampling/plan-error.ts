/** Why no plan can be made. */
export type PlanErrorCode =
  'share_out_of_range' | 'window_invalid' | 'no_budget' | 'budget_invalid' | 'languages_overlap' | 'category_invalid';

/** Settings that make no plan; the message names the setting and says what to do. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  constructor(
    readonly code: PlanErrorCode,
    message: string,
  ) {
    super(message);
  }
}
