import type { WorkProgress } from './api/index.js';
import { instantOf } from './instants.js';
import type { WorkRow } from './training-rows.js';

/** A row of `dataset_builds` or `trainings` as the browser shows it. */
export function workOf(row: WorkRow): WorkProgress {
  const { request_id, attempt, state, step, done, total, detail, subject_id, at } = row;
  return { requestId: request_id, attempt, state, step, done, total, detail, subjectId: subject_id, at: instantOf(at) };
}

export function policyOf({
  policy_id,
  policy_version,
}: {
  readonly policy_id: string | null;
  readonly policy_version: number | null;
}): string | null {
  return policy_id === null ? null : `${policy_id}@${policy_version ?? 0}`;
}
