import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricDefinitions, type MetricKey } from './metric-definitions.js';

type Definitions = typeof metricDefinitions;
type Instrument<D> = D extends { kind: 'counter'; labels: readonly (infer L extends string)[] }
  ? Counter<L>
  : D extends { kind: 'gauge'; labels: readonly (infer L extends string)[] }
    ? Gauge<L>
    : D extends { kind: 'histogram'; labels: readonly (infer L extends string)[] }
      ? Histogram<L>
      : never;

export type Metrics = { readonly [K in keyof Definitions]: Instrument<Definitions[K]> } & {
  /** Prometheus text format. */
  render(): Promise<string>;
};

/** All instruments of the catalogue on a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments: Partial<Record<MetricKey, unknown>> = Object.fromEntries(
    Object.entries(metricDefinitions).map(([key, definition]): [string, unknown] => {
      const common = {
        name: definition.name,
        help: definition.help,
        labelNames: [...definition.labels],
        registers: [registry],
      };
      switch (definition.kind) {
        case 'counter':
          return [key, new Counter(common)];
        case 'gauge':
          return [key, new Gauge(common)];
        case 'histogram':
          return [key, new Histogram({ ...common, buckets: [...definition.buckets] })];
      }
    }),
  );
  return { ...instruments, render: () => registry.metrics() } as Metrics;
}
