import type { ClickHouse } from '#platform/clickhouse';
import { contentKey, revisionKey, type DeploymentBundled, type VerdictRequested } from '#platform/contracts';
import type { Broker, Serde, WriteRecord } from '#platform/stream';
import { hashFields } from '#policy';
import type { Rollout } from './rollout.js';

/** Logits of texts by the model of a bundle, in their order. */
export type ScoreBy = (
  bundle: DeploymentBundled,
  texts: readonly { readonly id: string; readonly text: string }[],
) => Promise<readonly Readonly<Record<string, number>>[]>;

export interface RescoreDeps {
  readonly clickhouse: Pick<ClickHouse, 'query'>;
  readonly broker: Broker;
  readonly serde: Serde;
  readonly scoreBy: ScoreBy;
  readonly release: string;
  /** What was issued after the roll-back was said may still be on its way to the warehouse for so long. */
  readonly lateness: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly report: (event: RescoreEvent) => void;
}

export interface RescoreEvent {
  readonly event: 'rescore_asked';
  readonly rolloutId: string;
  readonly verdicts: number;
  /** Whose text is gone: they stay as they are. */
  readonly withoutText: number;
}

const PAGE = 500;
/** Verdicts of a bundle that ran for longer are old news to whoever acted on them. */
const OLDEST_MS = 30 * 86_400_000;

/**
 * Asks for another verdict wherever a candidate judged that was rolled back. Ids follow from roll-out and verdict, so asking twice gives one
 * verdict; what was answered is not found again, so a role that takes over goes on.
 */
export function createRescore(
  deps: RescoreDeps,
): (rollout: Rollout, champion: DeploymentBundled) => Promise<'more' | 'done'> {
  const { clickhouse, broker, serde } = deps;
  /** Verdicts that were asked about; the warehouse shows the answers later. */
  const asked = new Map<string, Set<string>>();

  return async (rollout, champion) => {
    const { rolloutId, channel, candidate, at } = rollout;
    if (candidate === null || deps.clock() - at > OLDEST_MS) return 'done';
    const known = asked.get(rolloutId) ?? new Set<string>();
    asked.set(rolloutId, known);
    const since = rollout.requestedAt - OLDEST_MS;
    const page = { channel, rollout_id: rolloutId, model_id: champion.modelId, since, most: PAGE };
    let found = 0;
    let withoutText = 0;
    let isOpen = false;
    for (let skip = 0; ; skip += PAGE) {
      const rows = await clickhouse.query('rollout-rescore', { ...page, skip });
      const fresh = rows.filter(({ verdict_id: id }) => !known.has(id));
      const scored = await logitsOf(champion, fresh);
      const records: WriteRecord[] = [];
      for (const [index, row] of fresh.entries()) {
        const logits = scored[index] ?? null;
        if (logits === null) withoutText += 1;
        else records.push(recordOf(rollout, champion, row, logits));
      }
      if (records.length > 0) await broker.flow.publish(records);
      for (const { verdict_id: id } of fresh) known.add(id);
      found += records.length;
      isOpen ||= rows.some(({ text, logits }) => text !== '' || Object.keys(logits).length > 0);
      if (rows.length < PAGE) break;
    }
    if (found > 0) deps.report({ event: 'rescore_asked', rolloutId, verdicts: found, withoutText });
    const [seen] = await clickhouse.query('complete-until', { topics: [`verdict.${channel}`] });
    const isComplete = (seen?.complete_until ?? 0) > at + deps.lateness;
    return isComplete && !isOpen ? 'done' : 'more';
  };

  async function logitsOf(
    champion: DeploymentBundled,
    rows: readonly Row[],
  ): Promise<readonly (Readonly<Record<string, number>> | null)[]> {
    const unseen = rows.filter(({ logits, text }) => Object.keys(logits).length === 0 && text !== '');
    const scores = await deps.scoreBy(
      champion,
      unseen.map((row) => ({ id: revisionKey(itemOf(row)), text: row.text })),
    );
    const byVerdict = new Map(unseen.map((row, index) => [row.verdict_id, scores[index]]));
    return rows.map((row) =>
      Object.keys(row.logits).length > 0 ? row.logits : (byVerdict.get(row.verdict_id) ?? null),
    );
  }

  function recordOf(
    { rolloutId, channel }: Rollout,
    { deploymentId, modelId }: DeploymentBundled,
    row: Row,
    logits: Readonly<Record<string, number>>,
  ): WriteRecord {
    const value: VerdictRequested = {
      ...itemOf(row),
      ...{ channel, kind: 'RESCORE', causeId: rolloutId, supersedes: row.verdict_id, action: null },
      ...{ deploymentId, modelId, logits, textHash: row.text_hash, reason: 'rolled back', requestedBy: 'deployment' },
      requestId: hashFields('RESCORE', rolloutId, row.verdict_id),
      requestedAt: deps.clock(),
    };
    return {
      topic: 'verdict.requested',
      partition: row.record_partition,
      key: contentKey(value),
      value: serde.encode('verdict.requested', value),
      headers: { 'tidegate-stage': 'deployment', 'tidegate-release': deps.release },
    };
  }
}

interface Row {
  readonly verdict_id: string;
  readonly platform: string;
  readonly content_id: string;
  readonly revision: number;
  readonly text_hash: string;
  readonly record_partition: number;
  readonly logits: Readonly<Record<string, number>>;
  readonly text: string;
}

function itemOf({ platform, content_id: contentId, revision }: Row) {
  return { platform, contentId, revision };
}
