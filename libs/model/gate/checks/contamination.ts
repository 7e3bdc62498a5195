import { judged, notRun } from '../check-row.js';
import type { Demanded } from '../check-row.js';
import type { GateCheck } from '../gate-check.js';
import { setsOf } from '../gate-input.js';
import type { GateInput } from '../gate-input.js';

/** Near-copies of training texts among the evaluated rows: none (labels 2.5). */
export function judgeContamination(input: GateInput): GateCheck[] {
  const base = {
    check: 'contamination',
    measure: 'near-copies',
    rule: 'no evaluated row is a near-copy of a training text',
    bound: 'AT_MOST',
    limit: 0,
  } as const;
  const sets = setsOf(input);
  if (sets.length === 0) return [notRun({ ...base, on: 'GOLD' }, 'there is no evaluation')];
  return sets.map(({ on, comparison }) => {
    const found = comparison.evaluations.challenger.contamination;
    const draft: Demanded = { ...base, on, figure: found?.hits.length ?? null };
    if (found === null) return notRun(draft, 'what the model was trained on was not at hand');
    if (found.checked === 0 || found.against === 0) return notRun(draft, 'there was no text to look up');
    return judged(draft, `${found.checked} rows among ${found.against} training texts`);
  });
}
