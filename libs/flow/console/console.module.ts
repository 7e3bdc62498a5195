import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import { projectRoot } from '#platform/config';
import { CALL_SEAL_HEADER, createCallSeal, labelDeskSeal } from '#platform/contracts';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { createLogger } from '#platform/telemetry';
import { createAttemptLimit } from './access/attempt-limit.js';
import type { Audit } from './access/audit.js';
import { createOpenIdDoor } from './access/open-id.js';
import { createPreferencesStore } from './access/preferences.js';
import { createSessions } from './access/sessions.js';
import { createUserStore } from './access/user-store.js';
import { consoleLimits as limits } from './console.config.js';
import { DESK, WAREHOUSE } from './console.tokens.js';
import { DatasetController } from './dataset.controller.js';
import { DeadLetterController } from './dead-letter.controller.js';
import type { Desk } from './desk.js';
import { createEntrance } from './http/entrance.js';
import { refuseAddress, shapeConsoleHttp } from './http/shape-console.js';
import { LiveQualityController } from './live-quality.controller.js';
import { createVerdictHub } from './live/verdict-hub.js';
import { ModelController } from './model.controller.js';
import { QualityController } from './quality.controller.js';
import { QueueController } from './queue.controller.js';
import { createLabelDesk } from './queue/label-desk.js';
import { createLeaseVeil } from './queue/lease-veil.js';
import { SessionController } from './session.controller.js';
import { VerdictController } from './verdict.controller.js';

type OpenDesk = Desk & { readonly stop: () => Promise<void> };

@Module({
  controllers: [
    ...[SessionController, QueueController, VerdictController, DeadLetterController],
    ...[QualityController, LiveQualityController, DatasetController, ModelController],
  ],
  providers: [
    {
      provide: WAREHOUSE,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouse =>
        createClickHouse({ ...config.clickhouse, timeoutMs: limits.warehouseMs }),
    },
    { provide: DESK, inject: [PLATFORM], useFactory: openDesk },
    { provide: WORKERS, useValue: [] },
  ],
})
class ConsoleModule implements OnModuleDestroy {
  constructor(
    @Inject(DESK) private readonly desk: OpenDesk,
    @Inject(WAREHOUSE) private readonly warehouse: ClickHouse,
  ) {}

  async onModuleDestroy(): Promise<void> {
    // Streams are open-ended: the server could not close while one is there.
    await this.desk.stop();
    await this.warehouse.close();
  }
}

async function openDesk({ config, clock, broker, serde, logger, secret }: Platform): Promise<OpenDesk> {
  const { home, channels, listenHost } = config;
  const { url, oidc } = config.console;
  const newToken = () => randomBytes(32).toString('base64url');
  const isSecure = url?.startsWith('https:') === true;
  const audit = openAudit(home);
  const users = createUserStore({ home, clock });
  if (oidc === null) {
    const first = await users.ensureFirst();
    if (first !== null) {
      audit({ event: 'first_user_made', userId: first.userId });
      logger.info({ event: 'console_first_user_made', passwordFile: path.join(home, 'console-first-password') });
    }
  }
  const sessions = createSessions({
    clock,
    newToken,
    idleMs: limits.sessionIdleMs,
    lifetimeMs: limits.sessionLifetimeMs,
    perUser: limits.sessionsPerUser,
  });
  const limitAttempts = (free: number) =>
    createAttemptLimit({
      clock,
      free,
      longestMs: limits.longestWaitMs,
      forgetMs: limits.forgetAttemptsMs,
      rememberedKeys: limits.rememberedKeys,
    });
  const hub = createVerdictHub({
    journal: broker.journal,
    serde,
    channels,
    run: randomBytes(6).toString('hex'),
    capacity: limits.recentVerdicts,
    backfill: limits.backfill,
    graceMs: limits.watchGraceMs,
    retryMs: limits.retryMs,
    onFailure: (error) => {
      logger.warn({ event: 'verdicts_not_read', error: error instanceof Error ? error.message : 'unknown' });
    },
  });
  const seal = createCallSeal({ ...labelDeskSeal, secret, clock });
  const stopping = new AbortController();
  return {
    entrance: createEntrance({
      sessions,
      users,
      isSecure,
      host: url === null ? null : new URL(url).host,
      isLoopbackOnly: /^(127\.|localhost$|::1$)/.test(listenHost),
    }),
    sessions,
    users,
    openId:
      oidc === null || url === null
        ? null
        : createOpenIdDoor({
            ...oidc,
            url,
            clock,
            newToken,
            pendingMs: limits.pendingSignInMs,
            mostPending: limits.pendingSignIns,
            fetch: (address, init) => globalThis.fetch(address, init as RequestInit),
          }),
    attempts: limitAttempts(limits.freeAttempts),
    attemptsOfAddress: limitAttempts(limits.freeAttemptsPerAddress),
    audit,
    clock,
    hub,
    label: createLabelDesk({
      urls: config.label.urls,
      seal: (body) => ({ [CALL_SEAL_HEADER]: seal.seal(body) }),
      timeoutMs: limits.labelMs,
      fetch: (address, init) => globalThis.fetch(address, init),
    }),
    veil: createLeaseVeil({ secret, newNonce: () => randomBytes(12) }),
    preferences: createPreferencesStore(home),
    channels,
    isSecure,
    stopping: stopping.signal,
    stop: async () => {
      stopping.abort();
      await hub.close();
    },
  };
}

/** Append-only, a line an event, whatever the level of the log is. */
function openAudit(home: string): Audit {
  const log = createLogger({ stage: 'console', level: 'info', file: path.join(home, 'logs', 'console-audit.log') });
  return (event) => {
    log.info(event);
  };
}

export const consoleRole: RoleDefinition = {
  app: 'console',
  module: ConsoleModule,
  topics: () => [],
  tables: [],
  http: 'own',
  port: (config) => config.console.port,
  refuseAddress,
  shapeHttp: (app, { logger }) => {
    const { entrance } = app.get<Desk>(DESK);
    shapeConsoleHttp(app, {
      entrance,
      web: path.join(projectRoot, 'dist/apps/console/web'),
      onFailure: ({ route, error }) => {
        logger.error({
          event: 'request_failed',
          route,
          error: error instanceof Error ? error.message : 'unknown',
          stack: error instanceof Error ? error.stack : undefined,
        });
      },
    });
  },
};
