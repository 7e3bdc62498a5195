import type { ServerResponse } from 'node:http';
import { Module, type ArgumentsHost, type DynamicModule, type Type } from '@nestjs/common';
import { BaseExceptionFilter, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { throwError } from 'rxjs';
import type { PlatformConfig } from '#platform/config';
import type { TopicName } from '#platform/contracts';
import { StreamServer, type Worker } from '#platform/stream';
import { runnerObserver } from './observe.js';
import { PlatformModule } from './platform.module.js';
import { WORKERS, type Platform } from './platform.js';

/** What makes a role: data, so that standalone, the containers and the tests start the same thing. */
export interface RoleDefinition {
  readonly app: string;
  readonly module: Type;
  /** Topics that the role reads or writes: their schemas are registered before the first message. */
  readonly topics: (channels: readonly string[]) => readonly TopicName[];
  /** Co-partitioned tables that the role writes in its flow transactions. */
  readonly tables: readonly TopicName[];
  /** Nobody waits for what the role writes to its flows: larger transactions, about a second later. */
  readonly isPatient?: boolean;
  /** `own`: the role answers requests on its own port. `health`: only health and metrics. */
  readonly http: 'own' | 'health';
  /** Of a role with `own`; without it, the gateway's. */
  readonly port?: (config: PlatformConfig) => number;
  /** Answers an address that no route can be looked up for, such as `/%zz`; without it Fastify does, in its own words. */
  readonly refuseAddress?: (url: string, status: number) => Refusal;
  /** Shapes the HTTP side of a role with its own port: documents, limits, hooks. */
  readonly shapeHttp?: (app: NestFastifyApplication, platform: Platform) => Promise<void> | void;
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RunningRole {
  readonly app: string;
  /** Null when the role has no HTTP. */
  readonly url: string | null;
  /** Stops in order: consuming, chunks in hand, HTTP, followers. The broker is closed by its owner. */
  stop(): Promise<void>;
}

/** An id of 256 characters, percent-encoded; longer addresses are answered 414. */
const LONGEST_PARAMETER = 1024;
const REJECT_SHARE = { share: 0.5, least: 20 };

/**
 * Starts one role: wiring is checked and tables are read before the first message is taken.
 * @param port null: no HTTP for a role that has only health (another role of the process answers for it)
 */
export async function startRole(
  definition: RoleDefinition,
  platform: Platform,
  port: number | null,
): Promise<RunningRole> {
  const { config, logger } = platform;
  await platform.serde.prepare(definition.topics(config.channels));
  const root: DynamicModule = { module: RoleModule, imports: [PlatformModule.of(platform), definition.module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, httpAdapter(definition, config), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  const strategy = new StreamServer({
    app: definition.app,
    release: platform.release,
    serde: platform.serde,
    clock: platform.clock,
    broker: platform.broker,
    maxChunk: config.kafka.maxChunk,
    isPatient: definition.isPatient ?? false,
    tables: definition.tables,
    observer: runnerObserver(platform),
    backOff: backOffWithJitter,
    rejectShare: REJECT_SHARE,
    onFatal: platform.onFatal,
  });
  // Nest turns each error of a handler into `{status, message}`; the runner must see it as it was to tell what may be retried.
  const httpErrors = new BaseExceptionFilter(app.getHttpAdapter());
  app.useGlobalFilters({
    catch: (error: unknown, host: ArgumentsHost) => {
      if (host.getType() === 'rpc') return throwError(() => error);
      httpErrors.catch(error, host);
      return undefined;
    },
  });
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await definition.shapeHttp?.(app, platform);
  await app.init();
  const workers = app.get<readonly Worker[]>(WORKERS, { strict: false, each: false });
  platform.health.add(definition.app, () => [...strategy.health(), ...workers.map((worker) => worker.health())]);
  await app.startAllMicroservices();
  await Promise.all(workers.map((worker) => worker.start()));
  let url: string | null = null;
  if (port !== null) {
    await app.listen(port, config.listenHost);
    url = await app.getUrl();
  }
  logger.info({ event: 'role_started', role: definition.app, url });
  return {
    app: definition.app,
    url,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await app.close();
      platform.health.remove(definition.app);
      logger.info({ event: 'role_stopped', role: definition.app });
    },
  };
}

/** The HTTP server of a role, before anything is listened to. */
export function httpAdapter({ refuseAddress }: RoleDefinition, { gateway }: PlatformConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: gateway.bodyLimit,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    ...(refuseAddress !== undefined && {
      frameworkErrors: ({ statusCode = 400 }, { url }: { url: string }, { raw }: { raw: ServerResponse }) => {
        const { status, headers, body } = refuseAddress(url, statusCode);
        raw.writeHead(status, headers).end(body);
      },
    }),
  });
}

/** Root of every role: the platform and the stage. */
@Module({})
class RoleModule {}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

/** Doubles from 50 ms to 5 s, with up to a half of jitter so that replicas do not knock together. */
async function backOffWithJitter(attempt: number): Promise<void> {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
}
