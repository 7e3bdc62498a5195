import path from 'node:path';
import { z } from 'zod';
import { projectRoot } from './project.js';

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    );

/** Every environment variable that Tidegate reads, with its default: the only place where they are named. */
export const environmentSchema = z.object({
  LISTEN_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address that HTTP listens on: loopback, unless a container or a proxy stands before it'),
  TIDEGATE_INFRA: z.string().default('.tidegate/infra').describe('Where the set-up put Kafka and the registry'),
  TIDEGATE_HOME: z.string().default('.tidegate').describe('Data folder: embedded stack, logs, installation secret'),
  KAFKA_BROKERS: z
    .string()
    .optional()
    .describe('Comma-separated brokers; when set, the embedded broker is not started'),
  SCHEMA_REGISTRY_URL: z
    .url()
    .optional()
    .describe('Confluent-compatible registry; when set, the embedded one is not started'),
  CLICKHOUSE_URL: z.url().optional().describe('ClickHouse over HTTP; when set, the embedded engine is not started'),
  CLICKHOUSE_USER: z.string().default('default').describe('ClickHouse user name'),
  CLICKHOUSE_PASSWORD: z.string().default('').describe('ClickHouse password'),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .default('moderation')
    .describe('ClickHouse database'),
  EMBEDDED_KAFKA_PORT: port.default(9092).describe('Port of the embedded broker; 0 takes a free one'),
  EMBEDDED_REGISTRY_PORT: port.default(8081).describe('Port of the embedded registry; 0 takes a free one'),
  EMBEDDED_CLICKHOUSE_PORT: port.default(8123).describe('Port of the embedded ClickHouse engine; 0 takes a free one'),
  CONTENT_PORT: port.default(8080).describe('Port of the gateway'),
  CONTENT_ADDRESS: z.url().optional().describe('Address under which other gateway replicas reach this one'),
  CONTENT_ALLOW_ANONYMOUS: flag
    .optional()
    .describe('Accept loopback calls without a key as platform demo; default: only embedded'),
  CONTENT_BODY_LIMIT: z.coerce.number().int().positive().default(65_536).describe('Largest request body, bytes'),
  OIDC_ISSUER: z.url().optional().describe('OpenID Connect issuer whose tokens the gateway accepts'),
  OIDC_AUDIENCE: z.string().optional().describe('Audience that tokens must carry'),
  CONSOLE_PORT: port.default(3000).describe('Port of the console'),
  CONSOLE_URL: z
    .url()
    .optional()
    .describe('Address under which browsers reach the console, when a proxy or a name stands before it'),
  CONSOLE_OIDC_ISSUER: z
    .url()
    .optional()
    .describe('OpenID Connect issuer that people sign in with; without it the console has named users of its own'),
  CONSOLE_OIDC_CLIENT_ID: z.string().optional().describe('Client id of the console at that issuer'),
  CONSOLE_OIDC_CLIENT_SECRET: z.string().optional().describe('Its client secret'),
  CONSOLE_OIDC_ROLES_CLAIM: z
    .string()
    .default('tidegate_roles')
    .describe('Claim of the id token with a list of roles: reviewer, expert, policy, ml, analyst, admin'),
  SAMPLING_CHANNEL: z
    .string()
    .optional()
    .describe('Channel whose scores and thresholds decide who is drawn for people; default: the first of CHANNELS'),
  SAMPLING_WINDOW_MS: z.coerce
    .number()
    .int()
    .min(10_000)
    .default(3_600_000)
    .describe('Length of a sampling window: a plan holds for whole windows, and people are asked when one has closed'),
  SAMPLING_BOOTSTRAP_RATE: z.coerce
    .number()
    .gt(0)
    .max(1)
    .default(0.02)
    .describe('Share of the contents that is drawn for people while there is no plan'),
  SAMPLING_BUDGETS: z
    .string()
    .optional()
    .describe(
      'YAML file with the labels that people give a day, by team and languages, and the positives wanted of categories; default: 1,000 labels a day (libs/flow/sampling/budgets.yaml)',
    ),
  LABEL_PORT: port.default(8082).describe('Port of the label role, which the console asks'),
  LABEL_URLS: list('').describe(
    'Comma-separated addresses of the replicas of the label role; default: loopback, under LABEL_PORT',
  ),
  LABEL_LEASE_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .default(900_000)
    .describe('How long an item is kept for the person who got it; later it goes to somebody else'),
  LABEL_WINDOW_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .default(604_800_000)
    .describe(
      'How long people may take for the draws of a sampling window; what nobody touched by then counts as missing',
    ),
  LABEL_AUDIT_TASKS: z.coerce
    .number()
    .int()
    .min(0)
    .default(20)
    .describe('Audited items that wait for an expert at one time, beside other work; 0: nobody is asked for audits'),
  HEALTH_PORT: port
    .default(0)
    .describe('Port of health and metrics of a role that has no HTTP of its own; 0 takes a free one'),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]*$/)
    .default('')
    .describe('Put before every topic, group and transactional id'),
  KAFKA_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Partitions of flow topics; default 4 embedded, 12 otherwise'),
  KAFKA_REPLICATION: z.coerce.number().int().min(1).max(9).default(1).describe('Replication factor of new topics'),
  KAFKA_SSL: flag.default(false).describe('TLS to the brokers'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('SASL mechanism to log in with'),
  KAFKA_SASL_USERNAME: z.string().optional().describe('SASL user name'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('SASL password'),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .default(10_000)
    .describe('A member that is silent for so long is replaced'),
  KAFKA_HEARTBEAT_MS: z.coerce
    .number()
    .int()
    .min(50)
    .default(500)
    .describe('Heartbeat interval; a rebalance takes about half of it'),
  KAFKA_GATHER_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(5000)
    .default(100)
    .describe('A stage waits up to so long for more records: longer costs latency and saves CPU time'),
  KAFKA_TRANSACTION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .default(40_000)
    .describe('An abandoned transaction is aborted after so long'),
  MAX_CHUNK: z.coerce.number().int().min(1).max(10_000).default(2000).describe('Records in one transaction, at most'),
  CHANNELS: list('public,internal').describe('Verdict channels'),
  POLICIES_DIR: z.string().default('policies').describe('Folder of policy documents that the policy role publishes'),
  MODELS_DIR: z.string().default('models').describe('Folder of model artefacts'),
  STARTER_MODEL: z
    .string()
    .default('starter')
    .describe('Artefact that a fresh installation serves, a folder of MODELS_DIR'),
  ENCODER_DIR: z
    .string()
    .optional()
    .describe(
      'Folder of the encoder, with model.onnx and tokenizer.json; default: what the set-up fetched into TIDEGATE_INFRA/encoder',
    ),
  ENCODER_THREADS: z.coerce.number().int().min(1).max(64).default(1).describe('Native threads of one encoding'),
  CONTENT_ENCODER_RATE: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share of uncertain contents that synchronous calls send to the encoder; default: the rate of the model, as in the stream',
    ),
  ARTEFACT_STORE: z
    .string()
    .optional()
    .describe(
      'Where models and calibrations are kept: a folder, as a path or as file://; default: artefacts in TIDEGATE_HOME',
    ),
  DATASET_RECIPES: z
    .string()
    .optional()
    .describe('Folder of data set recipes, <name>.yaml; default: the shipped ones (libs/flow/dataset/recipes)'),
  DATASET_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(256)
    .default(1536)
    .describe('A build of a data set that needs a larger heap is given up, MB'),
  DEPLOYMENT_ROLLOUT: z
    .string()
    .optional()
    .describe(
      'YAML file with steps, margins and times of roll-outs (libs/flow/deployment/rollout/README.md); default: those of evaluation 4.5',
    ),
  DEPLOYMENT_GATE: z
    .string()
    .optional()
    .describe(
      'YAML file with the margins of the gate (libs/flow/deployment/rollout/README.md); default: those of evaluation 4.2',
    ),
  DEPLOYMENT_EVERY_MS: z.coerce
    .number()
    .int()
    .min(50)
    .default(5000)
    .describe('Time between two looks at the roll-outs under way'),
  TRAINING_ON_DATASET: z
    .string()
    .default('ngrams')
    .describe('Recipe by which each data set that is built is trained on at once; none: only what is asked for'),
  TRAINING_RECIPES: z
    .string()
    .optional()
    .describe('Folder of training recipes, <name>.yaml; default: the shipped ones (libs/flow/training/recipes)'),
  TRAINING_TRAINERS: z
    .string()
    .optional()
    .describe('YAML file with the external trainers that recipes may name (docs/training.md); default: none'),
  TRAINING_SUITES: z
    .string()
    .default('samples/suites')
    .describe('Functional suites that every trained model is judged by: a .jsonl file or a folder of them; none: none'),
  TRAINING_MINUTES: z.coerce
    .number()
    .positive()
    .default(120)
    .describe('A training that takes longer is ended, where its recipe says nothing else'),
  TRAINING_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(64)
    .default(4096)
    .describe('A training that uses more memory is ended, where its recipe says nothing else'),
  INSTALLATION_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('Key of author hashes and salts; default: made once under TIDEGATE_HOME'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Level of the log'),
  WATCHDOG_STALL_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .default(60_000)
    .describe('Assigned, behind and without progress for so long: the role exits'),
  FAULT_POINT: z
    .string()
    .optional()
    .describe(
      'For fault tests: kill this process at `<point>[:<n>]` of the transaction (before_send, after_send, after_send_offsets, after_commit) or of the training (after_started, after_export, during_training, after_training, after_put, after_evaluation, after_completed)',
    ),
});

export type Environment = z.infer<typeof environmentSchema>;

/** A configuration that does not hold together. The message names each variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Parses the environment once.
 * @throws ConfigError that names every wrong variable and what it must be
 */
export function parseEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const known = Object.fromEntries(
    Object.keys(environmentSchema.shape).flatMap((name) => {
      const value = source[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const parsed = environmentSchema.safeParse(known);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`configuration is wrong\n  ${lines.join('\n  ')}`);
  }
  return parsed.data;
}

/**
 * The process environment, parsed. The only reader of `process.env`.
 * @param defaults hold where the environment says nothing, before those of the schema
 */
export function readEnvironment(
  overrides: Readonly<Record<string, string | undefined>> = {},
  defaults: Readonly<Record<string, string>> = {},
): Environment {
  return parseEnvironment({ ...defaults, ...process.env, ...overrides });
}

/** Where the embedded parts and secrets of one machine live. */
export function homeOf(environment: Pick<Environment, 'TIDEGATE_HOME'>): string {
  return path.resolve(projectRoot, environment.TIDEGATE_HOME);
}
