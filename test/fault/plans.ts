import type { FlowApp } from '../harness/installation.js';
import type { Fault } from './fault-run.js';

const POINTS = ['before_send', 'after_send', 'after_send_offsets', 'after_commit'] as const;
/** The gateway commits no offsets. */
const GATEWAY_POINTS = ['before_send', 'after_send', 'after_commit'] as const;

const kills = (app: FlowApp, count: number): readonly Fault[] =>
  Array.from({ length: count }, () => ({ kind: 'kill', app }));
const points = (app: FlowApp, names: readonly string[]): readonly Fault[] =>
  names.map((point, n) => ({ kind: 'point', app, point, occurrence: 1 + n }));

/** What the suite runs: one of each kind. */
export const shortPlan: readonly Fault[] = [
  ...kills('prediction', 1),
  ...kills('sampling', 1),
  ...kills('verdict', 1),
  ...kills('warehouse', 1),
  ...kills('content', 1),
  ...points('prediction', ['after_send']),
  ...points('verdict', ['after_send_offsets']),
  { kind: 'zombie', app: 'prediction' },
  { kind: 'broker' },
];

/** What the proof runs: 20 kills of the prediction role, 5 of each other, every named point, a zombie of each, the broker. */
export const fullPlan: readonly Fault[] = [
  ...kills('prediction', 20),
  ...kills('sampling', 5),
  ...kills('verdict', 5),
  ...kills('warehouse', 5),
  ...kills('content', 5),
  ...points('prediction', POINTS),
  ...points('sampling', POINTS),
  ...points('verdict', POINTS),
  ...points('content', GATEWAY_POINTS),
  { kind: 'zombie', app: 'prediction' },
  { kind: 'zombie', app: 'sampling' },
  { kind: 'zombie', app: 'verdict' },
  { kind: 'broker' },
];

/** The same seed gives the same order. */
export function shuffled(plan: readonly Fault[], random: () => number): readonly Fault[] {
  const order = plan.map((fault) => ({ fault, rank: random() }));
  return order.sort((a, b) => a.rank - b.rank).map(({ fault }) => fault);
}
