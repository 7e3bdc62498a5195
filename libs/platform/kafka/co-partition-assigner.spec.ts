import fc from 'fast-check';
import { assignPartitions, coPartitionAssigner, describeMember, type Member } from './co-partition-assigner.js';
import { AssignerProtocol } from './kafkajs.js';

const members = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1, maxLength: 4 }), owned: fc.uniqueArray(fc.nat(15), { maxLength: 8 }) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 6 },
);
const partitions = fc.integer({ min: 0, max: 16 });

function owners(shares: ReadonlyMap<string, readonly number[]>): readonly number[] {
  return [...shares.values()].flat().sort((a, b) => a - b);
}

test('every partition has exactly one owner', () => {
  fc.assert(
    fc.property(members, partitions, (group, count) => {
      expect(owners(assignPartitions(group, count))).toEqual(Array.from({ length: count }, (_, p) => p));
    }),
  );
});

test('shares differ by at most one', () => {
  fc.assert(
    fc.property(members, partitions, (group, count) => {
      const sizes = [...assignPartitions(group, count).values()].map((share) => share.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('the order in which members are listed changes nothing', () => {
  fc.assert(
    fc.property(members, partitions, (group, count) => {
      const one = assignPartitions(group, count);
      const other = assignPartitions([...group].reverse(), count);
      expect([...other].sort()).toEqual([...one].sort());
    }),
  );
});

test('a group that stays as it is keeps what it has', () => {
  fc.assert(
    fc.property(members, partitions, (group, count) => {
      const first = assignPartitions(group, count);
      const again = group.map(({ id }): Member => ({ id, owned: first.get(id) ?? [] }));
      expect([...assignPartitions(again, count)].sort()).toEqual([...first].sort());
    }),
  );
});

test('a newcomer takes only its share', () => {
  fc.assert(
    fc.property(members, partitions, (group, count) => {
      const before = assignPartitions(group, count);
      const grown = [
        ...group.map(({ id }): Member => ({ id, owned: before.get(id) ?? [] })),
        { id: 'newcomer', owned: [] },
      ];
      const after = assignPartitions(grown, count);
      const moved = group.flatMap(({ id }) => (before.get(id) ?? []).filter((p) => !(after.get(id) ?? []).includes(p)));
      expect(moved.length).toBe(after.get('newcomer')?.length ?? 0);
    }),
  );
});

test('two members that claim the same partition share it out all the same', () => {
  const shares = assignPartitions(
    [
      { id: 'a', owned: [0, 1] },
      { id: 'b', owned: [0, 1] },
    ],
    4,
  );
  expect(Object.fromEntries(shares)).toEqual({ a: [0, 1], b: [2, 3] });
});

describe('in the group protocol', () => {
  const topics = { 'flow.a': 4, 'flow.b': 4, journal: 1 };
  const cluster = {
    findTopicPartitionMetadata: (topic: keyof typeof topics) =>
      Array.from({ length: topics[topic] }, (_, partitionId) => ({ partitionId })),
  };
  const assigner = coPartitionAssigner(() => ({ owned: [2], address: 'http://a' }))({
    cluster,
    groupId: 'g',
    logger: null,
  } as unknown as Parameters<ReturnType<typeof coPartitionAssigner>>[0]);

  async function assignTwo(): Promise<
    readonly { readonly memberMetadata: Buffer; readonly memberAssignment: Buffer }[]
  > {
    const { metadata } = assigner.protocol({ topics: Object.keys(topics) });
    const stranger = AssignerProtocol.MemberMetadata.encode({
      version: 0,
      topics: [],
      userData: Buffer.from('not json'),
    });
    const group = [
      { memberId: 'one', memberMetadata: metadata },
      { memberId: 'two', memberMetadata: stranger },
    ];
    const assigned = await assigner.assign({ members: group, topics: Object.keys(topics) });
    return group.map(({ memberId, memberMetadata }) => ({
      memberMetadata,
      memberAssignment: assigned.find((a) => a.memberId === memberId)?.memberAssignment ?? Buffer.alloc(0),
    }));
  }

  test('partition p of all topics goes to the same member, and short topics take part with what they have', async () => {
    for (const member of await assignTwo()) {
      const flow = describeMember(member, 'flow.a').partitions;
      expect(describeMember(member, 'flow.b').partitions).toEqual(flow);
      expect(describeMember(member, 'journal').partitions).toEqual(flow.filter((p) => p === 0));
    }
  });

  test('a member tells its address, and one that tells nothing readable is taken in', async () => {
    const [one, two] = await assignTwo();
    expect(one && describeMember(one, 'flow.a')).toMatchObject({ address: 'http://a', partitions: [0, 2] });
    expect(two && describeMember(two, 'flow.a')).toMatchObject({ address: null, partitions: [1, 3] });
  });
});
