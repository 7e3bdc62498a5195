import { FatalError, type Broker, type Serde, type StoredRecord } from '#platform/stream';
import type { AppendedPlan } from './plan-board.js';

const TOPIC = 'sampling.planned';

/** Reads sampling.planned to the end that it has now, in the order of its records. A plan that cannot be read is fatal: draws would differ. */
export async function readPlans(
  { broker, serde }: { readonly broker: Broker; readonly serde: Serde },
  onFatal: (error: Error) => void,
): Promise<readonly AppendedPlan[]> {
  const records: StoredRecord[] = [];
  const follower = await broker.table.open({
    topic: TOPIC,
    onRecord: (record) => {
      records.push(record);
    },
    onFatal,
  });
  await follower.close();
  const kept = records.filter(({ value }) => value !== null);
  const decoded = await serde.decode(TOPIC, kept);
  return kept.map(({ partition, offset, timestamp }, index) => {
    const plan = decoded[index];
    if (plan?.ok === true) return { record: plan.value, appendedAt: timestamp };
    throw new FatalError(
      'configuration',
      `${TOPIC}/${partition}/${offset} cannot be read: ${plan?.reason ?? 'nothing'}`,
    );
  });
}
