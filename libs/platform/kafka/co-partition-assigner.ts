import type { PartitionAssigner } from 'kafkajs';
import { AssignerProtocol } from './kafkajs.js';

const NAME = 'tidegate-copartition';
const VERSION = 1;

export interface Member {
  readonly id: string;
  /** Partition numbers that it had in the last generation. */
  readonly owned: readonly number[];
}

/** What a member tells the group with its subscription. */
interface UserData {
  readonly owned: readonly number[];
  readonly address: string | null;
}

/**
 * Partition numbers by member id: every number has one owner, shares differ by at most one, owners keep what they may.
 * The same answer for the same members in any order.
 */
export function assignPartitions(
  members: readonly Member[],
  partitions: number,
): ReadonlyMap<string, readonly number[]> {
  const ordered = [...members].sort((a, b) => b.owned.length - a.owned.length || compare(a.id, b.id));
  const least = Math.floor(partitions / ordered.length);
  const larger = partitions % ordered.length;
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const shares = ordered.map((member, index) => {
    const quota = index < larger ? least + 1 : least;
    const kept: number[] = [];
    for (const partition of [...member.owned].sort((a, b) => a - b)) {
      if (kept.length < quota && free.delete(partition)) kept.push(partition);
    }
    return { id: member.id, quota, partitions: kept };
  });
  const rest = [...free].values();
  for (const share of shares) {
    while (share.partitions.length < share.quota) {
      const { value } = rest.next();
      if (value === undefined) break;
      share.partitions.push(value);
    }
    share.partitions.sort((a, b) => a - b);
  }
  return new Map(shares.map((share) => [share.id, share.partitions]));
}

/**
 * Gives partition p of every subscribed topic to the same member (streaming 2): kafkajs' round robin does not promise that.
 * A topic with fewer partitions takes part with those that it has.
 */
export function coPartitionAssigner(
  state: () => { readonly owned: readonly number[]; readonly address: string | null },
): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(state())),
      }),
    }),
    assign: ({ members, topics }) => {
      const partitionsOf = new Map(
        topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)]),
      );
      const count = Math.max(0, ...[...partitionsOf.values()].map((partitions) => partitions.length));
      const shares = assignPartitions(
        members.map(({ memberId, memberMetadata }) => ({ id: memberId, owned: userDataOf(memberMetadata).owned })),
        count,
      );
      return Promise.resolve(
        [...shares].map(([memberId, share]) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: VERSION,
            assignment: Object.fromEntries(
              [...partitionsOf].map(([topic, partitions]) => [topic, share.filter((p) => partitions.includes(p))]),
            ),
            userData: Buffer.alloc(0),
          }),
        })),
      );
    },
  });
}

/** Partitions and address of one member, from what the group's coordinator tells. */
export function describeMember(
  member: { readonly memberMetadata: Buffer; readonly memberAssignment: Buffer },
  topic: string,
): { readonly address: string | null; readonly partitions: readonly number[] } {
  const assigned = AssignerProtocol.MemberAssignment.decode(member.memberAssignment);
  return {
    address: userDataOf(member.memberMetadata).address,
    partitions: assigned?.assignment[topic] ?? [],
  };
}

/** Other members' words are read with care: an old release may say less. */
function userDataOf(metadata: Buffer): UserData {
  const nothing: UserData = { owned: [], address: null };
  try {
    const text = AssignerProtocol.MemberMetadata.decode(metadata)?.userData.toString('utf8') ?? '';
    const data: unknown = JSON.parse(text);
    if (typeof data !== 'object' || data === null) return nothing;
    const owned: unknown = 'owned' in data ? data.owned : [];
    const address: unknown = 'address' in data ? data.address : null;
    return {
      owned: Array.isArray(owned) ? owned.filter((p): p is number => Number.isSafeInteger(p)) : [],
      address: typeof address === 'string' ? address : null,
    };
  } catch {
    return nothing;
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
