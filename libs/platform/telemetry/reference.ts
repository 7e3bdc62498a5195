import { metricDefinitions } from './metric-definitions.js';

/** docs/generated/metrics.md */
export function metricsTable(): string {
  const rows = Object.values(metricDefinitions).map(
    ({ name, kind, labels, help }) => `| \`${name}\` | ${kind} | ${labels.join(', ')} | ${help} |`,
  );
  return [
    '# Metrics',
    '',
    'Generated from `libs/platform/telemetry`. `GET /metrics` of every role answers them beside the metrics of the process.',
    '',
    '| metric | kind | labels | what |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
