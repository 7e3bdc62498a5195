import { labelDeskProblems, type LabelDeskProblem } from '#platform/contracts';

/** An answer that is not a success. `detail` names fields, never content. */
export class DeskProblem extends Error {
  override readonly name = 'DeskProblem';

  constructor(
    readonly code: LabelDeskProblem,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }

  get status(): number {
    return labelDeskProblems[this.code];
  }
}
