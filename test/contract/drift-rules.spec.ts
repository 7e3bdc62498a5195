import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { schemas } from '#platform/contracts';
import { metricDefinitions } from '#platform/telemetry';

const root = join(import.meta.dirname, '..', '..');
const { groups } = parse(readFileSync(join(root, 'docker/prometheus/drift-rules.yml'), 'utf8')) as {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly description: string };
    }[];
  }[];
};
const rules = groups.flatMap((group) => group.rules);
const metrics = new Map<string, readonly string[]>(
  Object.values(metricDefinitions).map(({ name, labels }) => [name, labels]),
);

describe('alert rules of drift', () => {
  it('have names of their own, a severity and words', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Tidegate[A-Z]\w+$/);
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary.length * annotations.description.length).toBeGreaterThan(0);
    }
  });

  it.each(rules)('$alert asks only for metrics and labels that exist', ({ expr, annotations }) => {
    const asked = expr.match(/tidegate_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    // Prometheus itself puts job and instance on each of them.
    const labels = new Set(
      asked.flatMap((name) => metrics.get(name) ?? [`${name} is no metric`]).concat('job', 'instance'),
    );
    const used = [
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', ')),
      ...[...expr.matchAll(/(\w+)!?=~?"/g)].map(([, name = '']) => name),
      ...[...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, name = '']) => name),
    ];
    expect(asked.filter((name) => !metrics.has(name))).toEqual([]);
    expect(used.filter((name) => !labels.has(name))).toEqual([]);
  });

  it('name levels and suggestions that an alert may have', () => {
    const symbols = new Set(JSON.stringify(schemas['drift/alerted']).match(/[A-Z_]{4,}/g));
    const named = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/(?:level|suggestion)!?="(\w+)"/g)].map(([, value = '']) => value),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((value) => !symbols.has(value))).toEqual([]);
  });
});
