import type { DeploymentBundled, DeploymentChanged, Mode, Role } from '#platform/contracts';
import { uniform } from './hashes.js';

/** One bundle that looks at one content for one channel. */
export interface PlannedAssignment {
  readonly channel: string;
  readonly role: Role;
  readonly mode: Mode;
  readonly bundle: DeploymentBundled;
}

/** What a canary split looks at: who wrote it, else where, else what. */
export interface AssignmentFacts {
  readonly platform: string;
  readonly contentId: string;
  readonly authorHash: string | null;
  readonly conversationHash: string | null;
}

interface PlannedChannel {
  readonly share: number;
  readonly live: readonly PlannedAssignment[];
  readonly canary: readonly PlannedAssignment[];
}

/** What runs now, prepared once per change of the deployment tables. Immutable: whoever holds it sees one state of both tables. */
export interface ChannelPlan {
  readonly salt: string;
  readonly channels: readonly PlannedChannel[];
  /** All bundles of the plan, each once. */
  readonly bundles: readonly DeploymentBundled[];
  /** The answer for every content while no canary runs. */
  readonly always: readonly PlannedAssignment[] | null;
}

export type PlanResult =
  | { readonly ok: true; readonly plan: ChannelPlan }
  | { readonly ok: false; readonly channelsWithoutLive: readonly string[]; readonly bundlesNotRead: readonly string[] };

/**
 * Joins both deployment tables into a plan for these channels; not ok while a channel has nothing live or a bundle is not read.
 * @param salt of the canary split, the same for every reader of an installation
 */
export function planChannels(options: {
  readonly channels: readonly string[];
  readonly changeOf: (channel: string) => DeploymentChanged | undefined;
  readonly bundleOf: (deploymentId: string) => DeploymentBundled | undefined;
  readonly salt: string;
}): PlanResult {
  const { channels, changeOf, bundleOf, salt } = options;
  const channelsWithoutLive: string[] = [];
  const bundlesNotRead = new Set<string>();
  const bundles = new Map<string, DeploymentBundled>();
  const planned: PlannedChannel[] = [];

  for (const channel of channels) {
    const change = changeOf(channel);
    if (change === undefined) {
      channelsWithoutLive.push(channel);
      continue;
    }
    const assign = (role: Role, deploymentId: string): readonly PlannedAssignment[] => {
      const bundle = bundleOf(deploymentId);
      if (bundle === undefined) {
        bundlesNotRead.add(deploymentId);
        return [];
      }
      bundles.set(deploymentId, bundle);
      return [{ channel, role, mode: change.mode, bundle }];
    };
    const shadows = change.shadows.flatMap((deploymentId) => assign('SHADOW', deploymentId));
    const live = [...assign('LIVE', change.live), ...shadows];
    const canary = change.canary === null ? live : [...assign('CANARY', change.canary.deploymentId), ...shadows];
    planned.push({ share: change.canary?.share ?? 0, live, canary });
  }

  if (channelsWithoutLive.length > 0 || bundlesNotRead.size > 0) {
    return { ok: false, channelsWithoutLive, bundlesNotRead: [...bundlesNotRead] };
  }
  const always = planned.some(({ share }) => share > 0) ? null : planned.flatMap(({ live }) => live);
  return { ok: true, plan: { salt, channels: planned, bundles: [...bundles.values()], always } };
}

/**
 * Which bundles look at a content: per channel exactly one effective (LIVE or CANARY), then its SHADOWs. The canary side is
 * `u(salt, 'canary|' + who) < share` (evaluation 4.5): an author, else a conversation, stays on one side, and a larger share only adds.
 */
export function assignChannels(plan: ChannelPlan, facts: AssignmentFacts): readonly PlannedAssignment[] {
  if (plan.always !== null) return plan.always;
  const who = facts.authorHash ?? facts.conversationHash ?? `${facts.platform}/${facts.contentId}`;
  const u = uniform(plan.salt, `canary|${who}`);
  return plan.channels.flatMap(({ share, live, canary }) => (u < share ? canary : live));
}
