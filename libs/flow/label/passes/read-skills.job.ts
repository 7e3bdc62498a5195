import type { ClickHouse } from '#platform/clickhouse';
import type { QuestionSkill } from '../desk/item-status.js';
import type { LabelerSkill } from '../resolution/resolve-votes.js';

export interface PassSkill extends QuestionSkill {
  /** The answer that the pass explained away. */
  readonly vanished: 'YES' | 'NO' | null;
}

/** Parameters of the last exact pass, by question@version; empty before the first. */
export async function readSkills(clickhouse: ClickHouse): Promise<ReadonlyMap<string, PassSkill>> {
  const skills = new Map<string, PassSkill>();
  const labelersOf = new Map<string, Map<string, LabelerSkill>>();
  // The row of all labelers together comes first.
  for (const row of await clickhouse.query('label-skills', {})) {
    const { question, labeler_id, sensitivity, specificity, prevalence, vanished } = row;
    if (labeler_id !== '') {
      labelersOf.get(question)?.set(labeler_id, { sensitivity, specificity });
      continue;
    }
    const labelers = new Map<string, LabelerSkill>();
    labelersOf.set(question, labelers);
    const parameters = { prevalence, pooled: { sensitivity, specificity }, labelers };
    skills.set(question, { parameters, isTrainable: vanished === null, vanished });
  }
  return skills;
}
