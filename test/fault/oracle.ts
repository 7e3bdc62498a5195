import type { PredictionScored, SamplingDrawn, VerdictIssued } from '#platform/contracts';

/** What a platform was told is safe. `unsure`: the answer was lost, so the event may be there or not. */
export interface LedgerEntry {
  readonly contentId: string;
  readonly revision: number;
  readonly isAcknowledged: boolean;
}

interface Placed<T> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: T;
}

export interface Evidence {
  readonly ledger: readonly LedgerEntry[];
  readonly channels: readonly string[];
  readonly predictions: readonly Placed<PredictionScored>[];
  readonly verdicts: readonly Placed<VerdictIssued>[];
  readonly draws: readonly Placed<SamplingDrawn>[];
  /** Whether the hash of a revision draws it; there is no plan, so everybody has the same probability. */
  readonly isDrawn: (revision: PredictionScored) => boolean;
  /** Distinct ids that ClickHouse shows, by view. */
  readonly warehouse: Counts;
  /** Rows that ClickHouse shows, by view: more than the ids when something is there twice. */
  readonly rows: Counts;
  readonly openTransactions: readonly string[];
}

interface Counts {
  readonly predictions: number;
  readonly verdicts: number;
  readonly draws: number;
}

/** Streaming 6: each branch is a way in which a pipeline can lie. */
export type Violation =
  | 'lost_prediction'
  | 'doubled_prediction'
  | 'invented_prediction'
  | 'lost_verdict'
  | 'doubled_verdict'
  | 'invented_verdict'
  | 'lost_draw'
  | 'doubled_draw'
  | 'invented_draw'
  | 'order_broken'
  | 'partition_left'
  | 'time_went_back'
  | 'warehouse_differs'
  | 'warehouse_doubled'
  | 'transaction_open';

export interface Finding {
  readonly violation: Violation;
  readonly detail: string;
}

/** Judges what is there against what was promised. Empty: every promise was kept. */
export function judge(evidence: Evidence): readonly Finding[] {
  return [
    ...counts(evidence),
    ...drawn(evidence),
    ...orders('prediction.scored', evidence.predictions),
    ...evidence.channels.flatMap((channel) => {
      const topic = `verdict.${channel}`;
      return orders(
        topic,
        evidence.verdicts.filter((verdict) => verdict.topic === topic),
      );
    }),
    ...orders('sampling.drawn', evidence.draws),
    ...times(evidence.predictions),
    ...partitions(evidence),
    ...warehouse(evidence),
    ...evidence.openTransactions.map((transaction) => finding('transaction_open', transaction)),
  ];
}

const revisionOf = (entry: { readonly contentId: string; readonly revision: number }) =>
  `${entry.contentId}/${entry.revision}`;

function finding(violation: Violation, detail: string): Finding {
  return { violation, detail };
}

function counts({ ledger, channels, predictions, verdicts }: Evidence): readonly Finding[] {
  const findings: Finding[] = [];
  const compare = (
    seen: ReadonlyMap<string, number>,
    where: string,
    [lost, doubled, invented]: readonly [Violation, Violation, Violation],
  ) => {
    const known = new Set(ledger.map(revisionOf));
    for (const entry of ledger) {
      const times = seen.get(revisionOf(entry)) ?? 0;
      if (times === 0 && entry.isAcknowledged) findings.push(finding(lost, `${revisionOf(entry)} in ${where}`));
      if (times > 1) findings.push(finding(doubled, `${revisionOf(entry)} ${times} times in ${where}`));
    }
    for (const id of seen.keys()) if (!known.has(id)) findings.push(finding(invented, `${id} in ${where}`));
  };
  compare(tally(predictions), 'prediction.scored', ['lost_prediction', 'doubled_prediction', 'invented_prediction']);
  for (const channel of channels) {
    const topic = `verdict.${channel}`;
    const inChannel = verdicts.filter((verdict) => verdict.topic === topic);
    compare(tally(inChannel), topic, ['lost_verdict', 'doubled_verdict', 'invented_verdict']);
  }
  return findings;
}

/** Each prediction meets the draw once, and the hash alone decides. */
function drawn({ predictions, draws, isDrawn }: Evidence): readonly Finding[] {
  const seen = tally(draws);
  const expected = new Set(predictions.filter(({ value }) => isDrawn(value)).map(({ value }) => revisionOf(value)));
  return [
    ...[...expected].filter((id) => !seen.has(id)).map((id) => finding('lost_draw', id)),
    ...[...seen].filter(([, times]) => times > 1).map(([id, times]) => finding('doubled_draw', `${id} ${times} times`)),
    ...[...seen.keys()].filter((id) => !expected.has(id)).map((id) => finding('invented_draw', id)),
  ];
}

function tally(
  records: readonly Placed<{ readonly contentId: string; readonly revision: number }>[],
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  for (const { value } of records) seen.set(revisionOf(value), (seen.get(revisionOf(value)) ?? 0) + 1);
  return seen;
}

function orders(
  where: string,
  records: readonly Placed<{ readonly contentId: string; readonly revision: number }>[],
): readonly Finding[] {
  const latest = new Map<string, number>();
  return inOrder(records).flatMap(({ value }) => {
    const before = latest.get(value.contentId) ?? 0;
    latest.set(value.contentId, value.revision);
    return value.revision < before
      ? [finding('order_broken', `${value.contentId} goes from ${before} to ${value.revision} in ${where}`)]
      : [];
  });
}

function times(predictions: readonly Placed<PredictionScored>[]): readonly Finding[] {
  const latest = new Map<number, number>();
  return inOrder(predictions).flatMap(({ partition, offset, value }) => {
    const before = latest.get(partition) ?? 0;
    latest.set(partition, Math.max(before, value.scoredAt));
    return value.scoredAt < before
      ? [finding('time_went_back', `scoredAt at partition ${partition}, offset ${offset}`)]
      : [];
  });
}

function partitions({ predictions, verdicts, draws }: Evidence): readonly Finding[] {
  return [...predictions, ...verdicts, ...draws]
    .filter(({ partition, value }) => value.source.partition !== partition)
    .map(({ topic, partition, value }) =>
      finding(
        'partition_left',
        `${revisionOf(value)} went from partition ${value.source.partition} to ${partition} in ${topic}`,
      ),
    );
}

function warehouse({ predictions, verdicts, draws, warehouse: ids, rows }: Evidence): readonly Finding[] {
  const expected = {
    predictions: new Set(predictions.map(({ value }) => revisionOf(value))).size,
    verdicts: new Set(verdicts.map(({ value }) => value.verdictId)).size,
    draws: new Set(draws.map(({ value }) => value.drawId)).size,
  };
  return (['predictions', 'verdicts', 'draws'] as const).flatMap((view) => [
    ...(ids[view] === expected[view]
      ? []
      : [finding('warehouse_differs', `${view}: Kafka holds ${expected[view]}, ClickHouse ${ids[view]}`)]),
    ...(rows[view] === ids[view]
      ? []
      : [finding('warehouse_doubled', `${view}: ${rows[view]} rows for ${ids[view]} ids`)]),
  ]);
}

function inOrder<T>(records: readonly Placed<T>[]): readonly Placed<T>[] {
  return [...records].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
