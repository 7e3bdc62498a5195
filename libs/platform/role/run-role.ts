import { ConfigError, defaultServices, platformConfig, readEnvironment } from '#platform/config';
import { createLogger, type Logger } from '#platform/telemetry';
import { connect } from './connect.js';
import { startRole, type RoleDefinition } from './start-role.js';

/** The whole life of a process that runs one role: configure, connect, start, and stop in order at SIGTERM or SIGINT. */
export async function runRole(definition: RoleDefinition): Promise<void> {
  const config = configured();
  if (process.argv.includes('--print-config')) {
    process.stdout.write(`${JSON.stringify(withoutSecrets(config), null, 2)}\n`);
    return;
  }
  const logger = createLogger({ stage: definition.app, level: config.logLevel });
  const life = createLifecycle(logger);
  const connections = connect(config, logger);
  life.onStop('broker', () => connections.broker.close());
  const platform = connections.platformOf(definition.app, life.fail);
  try {
    const role = await startRole(
      definition,
      platform,
      definition.http === 'own' ? (definition.port?.(config) ?? config.gateway.port) : config.healthPort,
    );
    life.onStop(definition.app, () => role.stop());
  } catch (error) {
    life.fail(error);
  }
  process.exitCode = await life.ended;
  // Native threads and sockets of a failed start must not keep a stopped role alive.
  process.exit();
}

export interface Lifecycle {
  /** Steps run last to first, one after the other. */
  onStop(name: string, step: () => Promise<void>): void;
  /** Stops with exit code 1. */
  readonly fail: (error: unknown) => void;
  /** Stops with exit code 0. */
  readonly stop: () => void;
  /** The exit code, once everything has stopped. */
  readonly ended: Promise<number>;
}

const STOP_LIMIT_MS = 30_000;

/**
 * Start and stop of a process, written out: the first signal or failure stops everything in order, once.
 * @param onFailure told why, for whoever looks at the terminal and not at the log
 */
export function createLifecycle(logger: Logger, onFailure: (message: string) => void = () => undefined): Lifecycle {
  const steps: { readonly name: string; readonly run: () => Promise<void> }[] = [];
  let finish: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    finish = resolve;
  });
  let isStopping = false;

  async function stopWith(code: number): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    const deadline = setTimeout(() => {
      logger.error({ event: 'stop_timed_out', afterMs: STOP_LIMIT_MS });
      process.exit(1);
    }, STOP_LIMIT_MS);
    for (const { name, run } of steps.toReversed()) {
      try {
        await run();
      } catch (error) {
        logger.error({ event: 'stop_failed', step: name, error: describe(error) });
      }
    }
    clearTimeout(deadline);
    finish(code);
  }

  const fail = (error: unknown) => {
    if (!isStopping) {
      logger.fatal({ event: 'role_failed', ...describe(error) });
      onFailure(describe(error).message);
    }
    void stopWith(1);
  };
  process.once('SIGTERM', () => void stopWith(0));
  process.once('SIGINT', () => void stopWith(0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  return {
    onStop: (name, run) => steps.push({ name, run }),
    fail,
    stop: () => void stopWith(0),
    ended,
  };
}

function configured() {
  try {
    const environment = readEnvironment();
    return platformConfig(environment, defaultServices(environment));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function withoutSecrets(config: ReturnType<typeof platformConfig>) {
  const hidden = '***';
  return {
    ...config,
    secret: config.secret === null ? null : hidden,
    kafka: { ...config.kafka, sasl: config.kafka.sasl === null ? null : { ...config.kafka.sasl, password: hidden } },
    clickhouse: { ...config.clickhouse, password: hidden },
    console: {
      ...config.console,
      oidc: config.console.oidc === null ? null : { ...config.console.oidc, clientSecret: hidden },
    },
  };
}

function describe(error: unknown): {
  readonly code: string;
  readonly message: string;
  readonly stack: string | undefined;
} {
  if (!(error instanceof Error))
    return { code: 'unknown', message: 'a value that is not an Error was thrown', stack: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  return { code, message: error.message, stack: error.stack };
}
