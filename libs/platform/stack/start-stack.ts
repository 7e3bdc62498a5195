import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clickhouseUrl, planClickHouse } from './clickhouse-part.js';
import type { ClickHouseUser } from './clickhouse/request.js';
import { messageOf, StackError } from './errors.js';
import { lockFolder } from './folder-lock.js';
import { planKafka } from './kafka.js';
import { createPartProcess, endOrphan, type PartExit, type PartPlan, type PartProcess } from './part-process.js';
import { LOOPBACK, pickPort, requirePort } from './ports.js';
import { requireDisk, requireInfra, requireJava } from './preflight.js';
import { planRegistry, registryUrl } from './registry.js';

/** In the order in which they are stopped from the last to the first: the broker ends last. */
const PARTS = ['kafka', 'registry', 'clickhouse'] as const;
export type StackPart = (typeof PARTS)[number];

const FIXED: Readonly<Record<StackPart, { port: number; portVariable: string; urlVariable: string; what: string }>> = {
  kafka: { port: 9092, portVariable: 'EMBEDDED_KAFKA_PORT', urlVariable: 'KAFKA_BROKERS', what: 'Kafka broker' },
  registry: {
    port: 8081,
    portVariable: 'EMBEDDED_REGISTRY_PORT',
    urlVariable: 'SCHEMA_REGISTRY_URL',
    what: 'schema registry',
  },
  clickhouse: {
    port: 8123,
    portVariable: 'EMBEDDED_CLICKHOUSE_PORT',
    urlVariable: 'CLICKHOUSE_URL',
    what: 'ClickHouse',
  },
};

export interface StackProgress {
  readonly part: StackPart;
  readonly state: 'ready' | 'external';
  /** Milliseconds since the start was asked for. */
  readonly elapsedMs: number;
}

export interface StackOptions {
  /** Holds `data/`, `logs/` and `run/`; made if missing. */
  readonly home: string;
  /** Where `npm run setup` put Kafka and the registry; by default `.tidegate/infra` of this checkout. */
  readonly infra?: string;
  /** Which parts to run; all by default. */
  readonly parts?: readonly StackPart[];
  /** 0 picks a free port; the fixed ports of the design by default. */
  readonly ports?: Readonly<Partial<Record<StackPart, number>>>;
  /** Services that run elsewhere; those parts are not started. */
  readonly external?: Readonly<Partial<Record<'kafkaBrokers' | 'registryUrl' | 'clickhouseUrl', string>>>;
  /** Beside (or instead of) `default`, which may do everything without a password. */
  readonly clickhouseUsers?: readonly ClickHouseUser[];
  readonly java?: string;
  /** Bytes that must be free on the disk of `home`; 512 MiB by default. */
  readonly minimumFreeBytes?: number;
  readonly readyWithinMs?: number;
  /** The broker optimises what it runs often: later ready, less processor time after some minutes. For what runs longer than a test. */
  readonly isLongRunning?: boolean;
  /** Breaks a start off; what was started is stopped. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StackProgress) => void;
  /** A part ended that nobody asked to end. It is not restarted by itself. */
  readonly onExit?: (part: StackPart, exit: PartExit) => void;
}

export interface RunningStack {
  /** `host:port`; throws StackError NOT_EMBEDDED when the part was left out, as do the other two. */
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
  /** The parts that run now, as processes of this machine. */
  readonly pids: Readonly<Partial<Record<StackPart, number>>>;
  /** For fault tests: the end that follows is not reported. Waits for it after SIGKILL and SIGTERM. */
  kill(part: StackPart, signal: NodeJS.Signals): Promise<void>;
  /** Stops the part if it runs and starts it on its data, on the same port. */
  restart(part: StackPart): Promise<void>;
  /** Stops ClickHouse, the registry and Kafka, in this order. May be called twice. */
  stop(): Promise<void>;
}

const checkoutInfra = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, '.tidegate', 'infra');
};

const MINIMUM_FREE = 512 * 1024 * 1024;
/** A cold machine with two busy cores needs some 20 s. */
const READY_WITHIN_MS = 90_000;

const externalUrl = (part: StackPart, { external }: StackOptions): string | undefined =>
  ({ kafka: external?.kafkaBrokers, registry: external?.registryUrl, clickhouse: external?.clickhouseUrl })[part];

const embeddedUrl = (part: StackPart, port: number): string =>
  ({ kafka: `${LOOPBACK}:${port}`, registry: registryUrl(port), clickhouse: clickhouseUrl(port) })[part];

/**
 * Starts Kafka, the schema registry and ClickHouse on loopback, in parallel, each as a process of its own, and waits until each serves.
 * Data, logs and state lie under `home`; a start on the data of an earlier run resumes it, whatever ended that run.
 *
 * @throws StackError with what to do; nothing is left running then.
 */
export const startStack = async (options: StackOptions): Promise<RunningStack> => {
  const began = performance.now();
  const home = resolve(options.home);
  mkdirSync(home, { recursive: true });
  const lock = lockFolder(home);
  const running = new Map<StackPart, PartProcess>();
  const urls = new Map<StackPart, string>();
  let stopping: Promise<void> | undefined;
  // The first part that fails breaks the start of the others off.
  const broken = new AbortController();
  const signal = options.signal === undefined ? broken.signal : AbortSignal.any([options.signal, broken.signal]);

  const stopAll = async (): Promise<void> => {
    for (const part of PARTS.toReversed()) await running.get(part)?.stop();
    lock.release();
  };

  const report = (part: StackPart, state: StackProgress['state']): void => {
    options.onProgress?.({ part, state, elapsedMs: Math.round(performance.now() - began) });
  };

  const wanted = options.parts ?? PARTS;
  const embedded = wanted.filter((part) => externalUrl(part, options) === undefined);

  const planAll = async (): Promise<ReadonlyMap<StackPart, () => Promise<PartPlan>>> => {
    await Promise.all(PARTS.map((part) => endOrphan(join(home, 'run', `${part}.pid`), home, 20_000)));
    const needsJava = embedded.includes('kafka') || embedded.includes('registry');
    const infra = needsJava ? requireInfra(resolve(options.infra ?? checkoutInfra())) : undefined;
    const [java] = await Promise.all([
      needsJava ? requireJava(options.java ?? 'java') : undefined,
      requireDisk(home, options.minimumFreeBytes ?? MINIMUM_FREE),
    ]);
    const plans = new Map<StackPart, () => Promise<PartPlan>>();
    const readyWithinMs = options.readyWithinMs ?? READY_WITHIN_MS;
    for (const part of embedded) {
      const { portVariable, urlVariable, what } = FIXED[part];
      const port = await requirePort(options.ports?.[part] ?? FIXED[part].port, portVariable, urlVariable, what);
      urls.set(part, embeddedUrl(part, port));
      if (part === 'clickhouse') {
        plans.set(part, () =>
          Promise.resolve(planClickHouse({ home, port, users: options.clickhouseUsers ?? [], readyWithinMs })),
        );
      } else if (infra !== undefined && java !== undefined) {
        const common = { home, infra, java, port, readyWithinMs };
        const controllerPort = await pickPort();
        plans.set(part, () =>
          part === 'kafka'
            ? planKafka({ ...common, controllerPort, isLongRunning: options.isLongRunning ?? false })
            : Promise.resolve(planRegistry(common)),
        );
      }
    }
    return plans;
  };

  const startPart = async (part: StackPart, plan: () => Promise<PartPlan>): Promise<void> => {
    const child = createPartProcess(await plan(), (exit) => options.onExit?.(part, exit));
    running.set(part, child);
    await child.start(signal);
    report(part, 'ready');
  };

  try {
    for (const part of wanted) {
      const url = externalUrl(part, options);
      if (url === undefined) continue;
      urls.set(part, url);
      report(part, 'external');
    }
    const plans = await planAll();
    let failure: Error | undefined;
    const starts = [...plans].map(([part, plan]) =>
      startPart(part, plan).catch((error: unknown) => {
        failure ??= error instanceof Error ? error : new StackError('START_FAILED', messageOf(error));
        broken.abort();
      }),
    );
    await Promise.all(starts);
    if (failure !== undefined) throw failure;
  } catch (error) {
    await stopAll();
    throw error;
  }

  const url = (part: StackPart): string => {
    const found = urls.get(part);
    if (found === undefined) throw new StackError('NOT_EMBEDDED', `This stack was started without ${FIXED[part].what}`);
    return found;
  };
  const process = (part: StackPart): PartProcess => {
    const found = running.get(part);
    if (found === undefined) throw new StackError('NOT_EMBEDDED', `${FIXED[part].what} is not run by this stack`);
    return found;
  };

  return {
    get kafkaBrokers() {
      return url('kafka');
    },
    get registryUrl() {
      return url('registry');
    },
    get clickhouseUrl() {
      return url('clickhouse');
    },
    get pids() {
      return Object.fromEntries([...running].flatMap(([part, { pid }]) => (pid === undefined ? [] : [[part, pid]])));
    },
    kill: (part, signal) => process(part).kill(signal),
    async restart(part) {
      await process(part).stop();
      await process(part).start();
    },
    stop: () => (stopping ??= stopAll()),
  };
};
