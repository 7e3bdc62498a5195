import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, homeOf, type Environment } from './environment.js';
import { projectRoot } from './project.js';

/** Where the encoder lies, whether or not there is one, and how it runs. */
export interface EncoderConfig {
  readonly folder: string;
  readonly threads: number;
}

/** What every role needs, nested and read-only. */
export interface PlatformConfig {
  readonly home: string;
  readonly listenHost: string;
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly prefix: string;
    readonly partitions: number;
    readonly replication: number;
    readonly ssl: boolean;
    readonly sasl: {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    } | null;
    readonly sessionTimeoutMs: number;
    readonly heartbeatMs: number;
    readonly gatherMs: number;
    readonly transactionTimeoutMs: number;
    readonly stallMs: number;
    readonly maxChunk: number;
    readonly faultPoint: { readonly name: string; readonly occurrence: number } | null;
  };
  readonly registryUrl: string;
  readonly clickhouse: {
    readonly url: string;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  readonly channels: readonly string[];
  readonly policiesDir: string;
  readonly modelsDir: string;
  /** Where a model is looked for by its id: MODELS_DIR, then the artefact store. */
  readonly modelPlaces: readonly string[];
  readonly starterModel: string;
  readonly encoder: EncoderConfig;
  /** A folder or a URL. */
  readonly artefactStore: string;
  readonly training: {
    /** Recipe for each data set that is built; null: none. */
    readonly onDataset: string | null;
    /** Null: the ones that the role ships. */
    readonly recipesDir: string | null;
    /** Null: no external trainers. */
    readonly trainersFile: string | null;
    /** A file or a folder; null: none. */
    readonly suites: string | null;
    readonly minutes: number;
    readonly memoryMb: number;
  };
  readonly deployment: {
    /** Null: the defaults. */
    readonly rolloutFile: string | null;
    /** Null: the defaults. */
    readonly gateFile: string | null;
    readonly everyMs: number;
  };
  /** Null: the role reads or makes it under `home`. */
  readonly secret: string | null;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly healthPort: number;
  readonly gateway: {
    readonly port: number;
    readonly address: string | null;
    readonly allowAnonymous: boolean;
    readonly bodyLimit: number;
    readonly oidc: { readonly issuer: string; readonly audience: string } | null;
    /** Share of uncertain contents that synchronous calls send to the encoder; null: the rate of the model. */
    readonly encoderRate: number | null;
  };
  readonly sampling: {
    readonly channel: string;
    readonly windowMs: number;
    readonly bootstrapRate: number;
    /** Null: the one that the role ships. */
    readonly budgetsFile: string | null;
  };
  readonly dataset: {
    /** Null: the folder that the role ships. */
    readonly recipesDir: string | null;
    /** Most of the heap of a build. */
    readonly memoryMb: number;
  };
  readonly label: {
    readonly port: number;
    /** Where the console reaches the replicas, in the order in which it asks them. */
    readonly urls: readonly string[];
    readonly leaseMs: number;
    /** From the end of a sampling window. */
    readonly windowMs: number;
    /** Audited items that wait for an expert at one time. */
    readonly auditTasks: number;
  };
  readonly console: {
    readonly port: number;
    /** Where browsers reach it; null: on loopback, under the port. */
    readonly url: string | null;
    readonly oidc: {
      readonly issuer: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly rolesClaim: string;
    } | null;
  };
}

/** Addresses of the three services, wherever they run. */
export interface ServiceUrls {
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
}

/** The documented addresses of the embedded stack. */
export function defaultServices(environment: Environment): ServiceUrls {
  return {
    kafkaBrokers: environment.KAFKA_BROKERS ?? `127.0.0.1:${environment.EMBEDDED_KAFKA_PORT}`,
    registryUrl:
      environment.SCHEMA_REGISTRY_URL ?? `http://127.0.0.1:${environment.EMBEDDED_REGISTRY_PORT}/apis/ccompat/v7`,
    clickhouseUrl: environment.CLICKHOUSE_URL ?? `http://127.0.0.1:${environment.EMBEDDED_CLICKHOUSE_PORT}`,
  };
}

/**
 * @throws ConfigError when variables contradict each other
 */
export function platformConfig(environment: Environment, services: ServiceUrls): PlatformConfig {
  const embedded = environment.KAFKA_BROKERS === undefined;
  const artefactStore = environment.ARTEFACT_STORE ?? path.join(homeOf(environment), 'artefacts');
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = environment;
  if (mechanism !== undefined && (username === undefined || password === undefined)) {
    throw new ConfigError('KAFKA_SASL_MECHANISM needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  }
  if ((environment.OIDC_ISSUER === undefined) !== (environment.OIDC_AUDIENCE === undefined)) {
    throw new ConfigError('OIDC_ISSUER and OIDC_AUDIENCE are set together or not at all');
  }
  if (environment.KAFKA_SESSION_TIMEOUT_MS < 3 * environment.KAFKA_HEARTBEAT_MS) {
    throw new ConfigError('KAFKA_SESSION_TIMEOUT_MS must be at least three times KAFKA_HEARTBEAT_MS');
  }
  const [point, occurrence = '1'] = environment.FAULT_POINT?.split(':') ?? [];
  return {
    home: homeOf(environment),
    listenHost: environment.LISTEN_HOST,
    kafka: {
      brokers: services.kafkaBrokers.split(',').map((broker) => broker.trim()),
      prefix: environment.KAFKA_TOPIC_PREFIX,
      partitions: environment.KAFKA_PARTITIONS ?? (embedded ? 4 : 12),
      replication: environment.KAFKA_REPLICATION,
      ssl: environment.KAFKA_SSL,
      sasl:
        mechanism !== undefined && username !== undefined && password !== undefined
          ? { mechanism, username, password }
          : null,
      sessionTimeoutMs: environment.KAFKA_SESSION_TIMEOUT_MS,
      heartbeatMs: environment.KAFKA_HEARTBEAT_MS,
      gatherMs: environment.KAFKA_GATHER_MS,
      transactionTimeoutMs: environment.KAFKA_TRANSACTION_TIMEOUT_MS,
      stallMs: environment.WATCHDOG_STALL_MS,
      maxChunk: environment.MAX_CHUNK,
      faultPoint: point === undefined ? null : { name: point, occurrence: Number(occurrence) },
    },
    registryUrl: services.registryUrl,
    clickhouse: {
      url: services.clickhouseUrl,
      user: environment.CLICKHOUSE_USER,
      password: environment.CLICKHOUSE_PASSWORD,
      database: environment.CLICKHOUSE_DATABASE,
    },
    channels: environment.CHANNELS,
    policiesDir: path.resolve(projectRoot, environment.POLICIES_DIR),
    modelsDir: path.resolve(projectRoot, environment.MODELS_DIR),
    modelPlaces: [path.resolve(projectRoot, environment.MODELS_DIR), folderOf(artefactStore)],
    starterModel: environment.STARTER_MODEL,
    encoder: {
      folder: path.resolve(projectRoot, environment.ENCODER_DIR ?? path.join(environment.TIDEGATE_INFRA, 'encoder')),
      threads: environment.ENCODER_THREADS,
    },
    artefactStore,
    training: {
      onDataset: environment.TRAINING_ON_DATASET === 'none' ? null : environment.TRAINING_ON_DATASET,
      recipesDir:
        environment.TRAINING_RECIPES === undefined ? null : path.resolve(projectRoot, environment.TRAINING_RECIPES),
      trainersFile:
        environment.TRAINING_TRAINERS === undefined ? null : path.resolve(projectRoot, environment.TRAINING_TRAINERS),
      suites: environment.TRAINING_SUITES === 'none' ? null : path.resolve(projectRoot, environment.TRAINING_SUITES),
      minutes: environment.TRAINING_MINUTES,
      memoryMb: environment.TRAINING_MEMORY_MB,
    },
    deployment: {
      rolloutFile:
        environment.DEPLOYMENT_ROLLOUT === undefined ? null : path.resolve(projectRoot, environment.DEPLOYMENT_ROLLOUT),
      gateFile:
        environment.DEPLOYMENT_GATE === undefined ? null : path.resolve(projectRoot, environment.DEPLOYMENT_GATE),
      everyMs: environment.DEPLOYMENT_EVERY_MS,
    },
    secret: environment.INSTALLATION_SECRET ?? null,
    logLevel: environment.LOG_LEVEL,
    healthPort: environment.HEALTH_PORT,
    gateway: {
      port: environment.CONTENT_PORT,
      address: environment.CONTENT_ADDRESS ?? null,
      allowAnonymous: environment.CONTENT_ALLOW_ANONYMOUS ?? embedded,
      bodyLimit: environment.CONTENT_BODY_LIMIT,
      oidc:
        environment.OIDC_ISSUER !== undefined && environment.OIDC_AUDIENCE !== undefined
          ? { issuer: environment.OIDC_ISSUER, audience: environment.OIDC_AUDIENCE }
          : null,
      encoderRate: environment.CONTENT_ENCODER_RATE ?? null,
    },
    sampling: {
      channel: environment.SAMPLING_CHANNEL ?? environment.CHANNELS[0] ?? '',
      windowMs: environment.SAMPLING_WINDOW_MS,
      bootstrapRate: environment.SAMPLING_BOOTSTRAP_RATE,
      budgetsFile:
        environment.SAMPLING_BUDGETS === undefined ? null : path.resolve(projectRoot, environment.SAMPLING_BUDGETS),
    },
    dataset: {
      recipesDir:
        environment.DATASET_RECIPES === undefined ? null : path.resolve(projectRoot, environment.DATASET_RECIPES),
      memoryMb: environment.DATASET_MEMORY_MB,
    },
    label: {
      port: environment.LABEL_PORT,
      urls: environment.LABEL_URLS.length > 0 ? environment.LABEL_URLS : [`http://127.0.0.1:${environment.LABEL_PORT}`],
      leaseMs: environment.LABEL_LEASE_MS,
      windowMs: environment.LABEL_WINDOW_MS,
      auditTasks: environment.LABEL_AUDIT_TASKS,
    },
    console: {
      port: environment.CONSOLE_PORT,
      url: environment.CONSOLE_URL ?? null,
      oidc: consoleOidc(environment),
    },
  };
}

/** The artefact store lays models out as MODELS_DIR does, so that roles load them where they lie. */
function folderOf(artefactStore: string): string {
  return artefactStore.startsWith('file://') ? fileURLToPath(artefactStore) : path.resolve(artefactStore);
}

function consoleOidc(environment: Environment): PlatformConfig['console']['oidc'] {
  const {
    CONSOLE_OIDC_ISSUER: issuer,
    CONSOLE_OIDC_CLIENT_ID: clientId,
    CONSOLE_OIDC_CLIENT_SECRET: clientSecret,
    CONSOLE_OIDC_ROLES_CLAIM: rolesClaim,
    CONSOLE_URL: url,
  } = environment;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return null;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined || url === undefined) {
    throw new ConfigError(
      'CONSOLE_OIDC_ISSUER, CONSOLE_OIDC_CLIENT_ID, CONSOLE_OIDC_CLIENT_SECRET and CONSOLE_URL are set together or not at all',
    );
  }
  return { issuer, clientId, clientSecret, rolesClaim };
}
