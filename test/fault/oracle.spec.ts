import type { PredictionScored, SamplingDrawn, VerdictIssued } from '#platform/contracts';
import { judge, type Evidence, type Violation } from './oracle.js';

const contents = Array.from({ length: 12 }, (_, n) => ({
  contentId: `c${n % 4}`,
  revision: Math.floor(n / 4) + 1,
  partition: n % 2,
}));
const channels = ['public', 'internal'];

const predictions = contents.map(({ contentId, revision, partition }, offset) => ({
  topic: 'prediction.scored',
  partition,
  offset,
  value: {
    contentId,
    revision,
    scoredAt: 100 + offset,
    source: { topic: 'content.submitted', partition, offset },
  } as PredictionScored,
}));
const verdicts = channels.flatMap((channel) =>
  contents.map(({ contentId, revision, partition }, offset) => ({
    topic: `verdict.${channel}`,
    partition,
    offset,
    value: {
      contentId,
      revision,
      verdictId: `${channel}/${contentId}/${revision}`,
      source: { topic: 'prediction.scored', partition, offset },
    } as VerdictIssued,
  })),
);
const isDrawn = ({ revision }: { readonly revision: number }) => revision > 1;
const draws = contents.flatMap((content, offset) =>
  isDrawn(content)
    ? [
        {
          topic: 'sampling.drawn',
          partition: content.partition,
          offset,
          value: {
            contentId: content.contentId,
            revision: content.revision,
            drawId: `${content.contentId}/${content.revision}`,
            source: { topic: 'prediction.scored', partition: content.partition, offset },
          } as SamplingDrawn,
        },
      ]
    : [],
);
const honest: Evidence = {
  ledger: contents.map(({ contentId, revision }) => ({ contentId, revision, isAcknowledged: true })),
  channels,
  predictions,
  verdicts,
  draws,
  isDrawn,
  warehouse: { predictions: 12, verdicts: 24, draws: 8 },
  rows: { predictions: 12, verdicts: 24, draws: 8 },
  openTransactions: [],
};

const violationsOf = (evidence: Evidence) => new Set(judge(evidence).map((finding) => finding.violation));
const swapped = predictions.map((record) => {
  const twin = { 0: 4, 4: 0 }[record.offset];
  return twin === undefined ? record : { ...record, offset: twin };
});

describe('the oracle', () => {
  it('finds nothing where every promise was kept', () => {
    expect(judge(honest)).toEqual([]);
  });

  it('asks nothing of an event whose acknowledgement was lost', () => {
    const ledger = [...honest.ledger, { contentId: 'maybe', revision: 1, isAcknowledged: false }];
    expect(judge({ ...honest, ledger })).toEqual([]);
  });

  const planted: readonly (readonly [Violation, Evidence])[] = [
    ['lost_prediction', { ...honest, predictions: predictions.slice(1) }],
    ['doubled_prediction', { ...honest, predictions: [...predictions, ...predictions.slice(-1)] }],
    ['invented_prediction', { ...honest, ledger: honest.ledger.slice(1) }],
    ['lost_verdict', { ...honest, verdicts: verdicts.slice(1) }],
    ['doubled_verdict', { ...honest, verdicts: [...verdicts, ...verdicts.slice(-1)] }],
    ['invented_verdict', { ...honest, ledger: honest.ledger.slice(1) }],
    ['lost_draw', { ...honest, draws: draws.slice(1) }],
    ['doubled_draw', { ...honest, draws: [...draws, ...draws.slice(-1)] }],
    ['invented_draw', { ...honest, isDrawn: ({ revision }) => revision > 2 }],
    ['order_broken', { ...honest, predictions: swapped }],
    ['partition_left', { ...honest, predictions: predictions.map((p) => ({ ...p, partition: 1 - p.partition })) }],
    [
      'time_went_back',
      { ...honest, predictions: predictions.map((p) => ({ ...p, value: { ...p.value, scoredAt: 500 - p.offset } })) },
    ],
    ['warehouse_differs', { ...honest, warehouse: { ...honest.warehouse, predictions: 11 } }],
    ['warehouse_doubled', { ...honest, rows: { ...honest.rows, verdicts: 25 } }],
    ['transaction_open', { ...honest, openTransactions: ['prediction.0 ONGOING'] }],
  ];
  it.each(planted)('sees a planted fault: %s', (violation, evidence) => {
    expect(violationsOf(evidence)).toContain(violation);
  });

  it('has a planted fault for every branch', () => {
    const all: Record<Violation, true> = {
      lost_prediction: true,
      doubled_prediction: true,
      invented_prediction: true,
      lost_verdict: true,
      doubled_verdict: true,
      invented_verdict: true,
      lost_draw: true,
      doubled_draw: true,
      invented_draw: true,
      order_broken: true,
      partition_left: true,
      time_went_back: true,
      warehouse_differs: true,
      warehouse_doubled: true,
      transaction_open: true,
    };
    expect(planted.map(([violation]) => violation).sort()).toEqual(Object.keys(all).sort());
  });
});
