import type { DatasetPublished, DatasetRequested, WorkCause } from '#platform/contracts';
import { hashFields } from '#policy';
import type { BuildSchedule } from './core/dataset-recipe.js';
import type { LabelCount } from './dataset-store.js';

/** A recipe that the role has, as far as its schedule is concerned. */
export interface ScheduledRecipe {
  readonly name: string;
  readonly recipeId: string;
  readonly policy: string;
  readonly schedule: BuildSchedule;
}

export interface DueInput {
  readonly recipes: readonly ScheduledRecipe[];
  /** Version in force by policy. */
  readonly versions: ReadonlyMap<string, number>;
  /** By `policyId@version`, as they are readable now. */
  readonly counts: ReadonlyMap<string, LabelCount>;
  /** The same at the look before: a policy's labels are being derived while they differ. */
  readonly countsBefore: ReadonlyMap<string, LabelCount>;
  /** Offset of label.resolved up to which labels are readable. */
  readonly readableUntil: number;
  readonly published: readonly DatasetPublished[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Id of a wish: the same cause for the same recipe is the same request, whoever writes it. */
export function requestIdOf(cause: WorkCause, causeId: string | null, recipe: string): string {
  return hashFields('dataset.requested', cause, causeId, recipe);
}

/**
 * What schedule, new labels and new policies ask for. A function of what is readable: the same look gives the same ids, so that a role that was
 * killed, and one that stands by, ask for nothing twice.
 */
export function dueRequests(input: DueInput): readonly DatasetRequested[] {
  return input.recipes.flatMap((recipe) => {
    const version = input.versions.get(recipe.policy);
    if (version === undefined) return [];
    const key = `${recipe.policy}@${version}`;
    const labels = input.counts.get(key);
    if (labels === undefined || labels.items === 0) return [];
    const causes = causesOf(recipe, version, labels, input);
    return causes.map(({ cause, causeId }): DatasetRequested => ({
      requestId: requestIdOf(cause, causeId, recipe.recipeId),
      recipe: recipe.name,
      policyVersion: version,
      labelsUntil: null,
      cause,
      causeId,
      requestedBy: 'dataset',
      requestedAt: input.now,
    }));
  });
}

interface Cause {
  readonly cause: WorkCause;
  readonly causeId: string;
}

function causesOf(
  { name, policy, schedule }: ScheduledRecipe,
  version: number,
  { items, firstAt }: LabelCount,
  input: DueInput,
): Cause[] {
  const built = input.published.filter((dataset) => dataset.kind === 'BUILT' && dataset.name === name);
  const key = `${policy}@${version}`;
  const causes: Cause[] = [];
  const { every, newLabels, onPolicyChange } = schedule;
  if (newLabels !== null && items >= newLabels) {
    const step = Math.floor(items / newLabels) * newLabels;
    causes.push({ cause: 'LABELS', causeId: `${key}/${step}` });
  }
  const hasVersion = built.some(({ policyVersion }) => policyVersion === version);
  if (onPolicyChange && built.length > 0 && !hasVersion && input.countsBefore.get(key)?.items === items) {
    causes.push({ cause: 'POLICY', causeId: key });
  }
  const newest = Math.max(0, ...built.map(({ labelsUntil }) => labelsUntil ?? 0));
  if (every !== null && input.readableUntil > newest) {
    const from = Math.floor(input.now / every) * every;
    // The first labels of an installation wait for the next window: a data set of one row would take the place of a better one.
    if (firstAt < from) causes.push({ cause: 'SCHEDULE', causeId: new Date(from).toISOString() });
  }
  return causes;
}
