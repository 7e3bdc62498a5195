import { consoleRole } from '#flow/console';
import { contentRole } from '#flow/content';
import { datasetRole } from '#flow/dataset';
import { deploymentRole } from '#flow/deployment';
import { labelRole } from '#flow/label';
import { policyRole } from '#flow/policy';
import { predictionRole } from '#flow/prediction';
import { samplingRole } from '#flow/sampling';
import { trainingRole } from '#flow/training';
import { verdictRole } from '#flow/verdict';
import { warehouseRole } from '#flow/warehouse';
import type { RoleDefinition } from '#platform/role';

/** What writes comes before what reads it; the gateway opens its door last. */
const everyRole: readonly RoleDefinition[] = [
  policyRole,
  deploymentRole,
  warehouseRole,
  samplingRole,
  labelRole,
  datasetRole,
  trainingRole,
  verdictRole,
  predictionRole,
  contentRole,
  consoleRole,
];

/**
 * The roles of these names, in the order of {@link everyRole}; null: all.
 * @throws TypeError that names an unknown role
 */
export function rolesNamed(names: readonly string[] | null): readonly RoleDefinition[] {
  if (names === null) return everyRole;
  const known = everyRole.map(({ app }) => app);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw new TypeError(`--roles: ${unknown ?? 'an empty list'}: name some of ${known.join(', ')}`);
  }
  return everyRole.filter(({ app }) => names.includes(app));
}
