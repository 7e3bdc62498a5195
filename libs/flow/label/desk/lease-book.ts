import { revisionKey } from '#platform/contracts';
import type { ItemBoard } from './item-board.js';
import type { Lease } from './lease.js';

/** Who has which item now. Known to one process: an answer is taken by its lease's seal, not by what is written here. */
export interface LeaseBook {
  take(lease: Lease): void;
  end(leaseId: string): void;
  find(leaseId: string): Lease | undefined;
  /** Of one person. */
  of(labelerId: string): readonly Lease[];
  /** Ends those whose time is over. */
  expire(now: number): void;
  /** An answer is on its way into the journal: its lease holds as long. */
  await(submissionId: string, lease: Pick<Lease, 'leaseId' | 'labelerId'>, item: string): void;
  settled(submissionId: string): void;
  isAwaited(leaseId: string): boolean;
  /** Whether this person answers the item under another lease at this moment. */
  isAnsweredElsewhere(lease: Pick<Lease, 'leaseId' | 'labelerId'>, item: string): boolean;
  readonly size: number;
}

export function createLeaseBook(board: ItemBoard, hasSeen: (labelerId: string, item: string) => boolean): LeaseBook {
  const leases = new Map<string, Lease>();
  const leasesOf = new Map<string, Set<string>>();
  /** By submission. A few: as many as people press a key at once. */
  const awaited = new Map<string, { readonly leaseId: string; readonly labelerId: string; readonly item: string }>();

  function of(labelerId: string): readonly Lease[] {
    return [...(leasesOf.get(labelerId) ?? [])].flatMap((leaseId) => leases.get(leaseId) ?? []);
  }

  function isAwaited(leaseId: string): boolean {
    return [...awaited.values()].some((answer) => answer.leaseId === leaseId);
  }

  function end(leaseId: string): void {
    const lease = leases.get(leaseId);
    if (lease === undefined) return;
    const { labelerId } = lease;
    leases.delete(leaseId);
    const own = leasesOf.get(labelerId);
    own?.delete(leaseId);
    if (own?.size === 0) leasesOf.delete(labelerId);
    const item = revisionKey(lease);
    const entry = lease.purpose === 'FRESH' ? board.find(item) : undefined;
    if (entry === undefined) return;
    entry.leases.delete(leaseId);
    if (entry.tasks.size === 0) return;
    const isHeld = of(labelerId).some((other) => revisionKey(other) === item);
    if (!isHeld && !hasSeen(labelerId, item)) board.queues.unbar(item, labelerId);
    board.place(entry);
  }

  return {
    take: (lease) => {
      const { leaseId, labelerId, queue, purpose } = lease;
      leases.set(leaseId, lease);
      const own = leasesOf.get(labelerId);
      if (own === undefined) leasesOf.set(labelerId, new Set([leaseId]));
      else own.add(leaseId);
      const entry = purpose === 'FRESH' ? board.find(revisionKey(lease)) : undefined;
      if (entry === undefined || entry.tasks.size === 0) return;
      board.queues.bar(entry.item, labelerId);
      // One from before a restart may come when others have taken its place: the answer is welcome, the place is theirs.
      const isOfQueue = entry.status?.kind === 'waiting' && entry.status.queue === queue;
      if (!isOfQueue || !board.isTaken(entry)) entry.leases.set(leaseId, queue);
      board.place(entry);
    },
    end,
    find: (leaseId) => leases.get(leaseId),
    of,
    expire: (now) => {
      for (const [leaseId, { expiresAt }] of leases) if (expiresAt <= now && !isAwaited(leaseId)) end(leaseId);
    },
    await: (submissionId, { leaseId, labelerId }, item) => {
      awaited.set(submissionId, { leaseId, labelerId, item });
    },
    settled: (submissionId) => {
      awaited.delete(submissionId);
    },
    isAwaited,
    isAnsweredElsewhere: ({ leaseId, labelerId }, item) =>
      [...awaited.values()].some(
        (answer) => answer.labelerId === labelerId && answer.item === item && answer.leaseId !== leaseId,
      ),
    get size() {
      return leases.size;
    },
  };
}
