import type { ClickHouse } from '#platform/clickhouse';
import type { Look } from './look.js';
import {
  calibratedCategories,
  CALIBRATION_DAYS,
  refreshChannel,
  type ChannelRefresh,
  type LiveChannel,
} from './refresh-channel.js';

const DAY_MS = 86_400_000;

/** Reads the labels and calibrates in this thread, which is held up for seconds. */
export async function lookAtChannel(
  clickhouse: Pick<ClickHouse, 'query'>,
  { channel, reference, until, isAsked }: Look,
  onCategory: (done: number, total: number) => void,
): Promise<ChannelRefresh | null> {
  const live = await readLive(clickhouse, channel);
  if (live === null) return null;
  const draws = await clickhouse.query('calibration-labels', {
    from: until - CALIBRATION_DAYS * DAY_MS,
    to: until,
    reference,
    model_id: live.modelId,
    policy_id: live.policyId,
    policy_version: live.policyVersion,
    categories: calibratedCategories(live),
  });
  return refreshChannel(live, draws, { isAsked }, onCategory);
}

async function readLive(clickhouse: Pick<ClickHouse, 'query'>, channel: string): Promise<LiveChannel | null> {
  const [row] = await clickhouse.query('calibration-live', { channel });
  if (row === undefined) return null;
  return {
    channel,
    modelId: row.model_id,
    modelSha256: row.model_sha256,
    family: row.family,
    policyId: row.policy_id,
    policyVersion: row.policy_version,
    calibratedUnder: row.calibrated_under,
    calibrators: row.calibrators,
    thresholds: row.thresholds,
    uncovered: row.uncovered,
    targets: Object.fromEntries(
      Object.entries(row.targets).map(([category, target]) => [
        category,
        {
          blockPrecision: target.block_precision,
          reviewRecall: target.review_recall,
          provisionalBlock: target.provisional_block,
          provisionalReview: target.provisional_review,
        },
      ]),
    ),
  };
}
