import { randomBytes } from 'node:crypto';
import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import type { DeploymentBundled, DeploymentChanged } from '#platform/contracts';
import { loadBundledModel } from '#platform/inference';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import { openTable, type PartitionOwner, type TableView } from '#platform/stream';
import { createCascadeDraw, createKeyedHash, deriveSalt, planChannels } from '#policy';
import { createAdmission, type Admission } from './callers/admission.js';
import { createIdentify } from './callers/identify.js';
import { createKeyRing, type KeyRing } from './callers/key-ring.js';
import { createKeyStore, type KeyStore } from './callers/key-store.js';
import { createTokenVerifier } from './callers/token-verifier.js';
import { gatewayLimits as limits } from './content.config.js';
import { ContentController } from './content.controller.js';
import { CALLERS, DEPLOYMENTS, GATEWAY, MODEL_LOADER, PARTITION_OWNER, WAREHOUSE } from './content.tokens.js';
import type { Gateway } from './gateway.js';
import { createDoor, type Door } from './http/door.js';
import { describeGateway, serveOpenApi } from './http/openapi.js';
import { refuseAddress, shapeGatewayHttp } from './http/shape-http.js';
import { ModerationController } from './moderation.controller.js';
import { createModelShelf, type ModelShelf, type ModelShelfOptions } from './moderation/model-shelf.js';
import { moderate } from './moderation/moderate.js';
import { ReportController } from './report.controller.js';
import { createLocalDesk } from './submission/claim-desk.js';
import { createForwardSeal, createRemoteDesk } from './submission/forward.js';
import { createSubmit } from './submission/submit.js';
import { VerdictStreamController } from './verdict-stream.controller.js';

/** What the gateway reads of the warehouse. */
export type GatewayWarehouse = Pick<ClickHouse, 'query' | 'execute' | 'close'>;

interface Deployments {
  readonly shelf: ModelShelf;
  close(): Promise<void>;
}

interface Callers {
  readonly door: Door;
  readonly admission: Admission;
  /** Reads the keys, and trades counts with the other replicas. */
  refresh(): Promise<void>;
}

/** Answers of the warehouse that a caller waits for; the client of the warehouse itself waits much longer. */
const WAREHOUSE_MS = 5000;

@Module({
  controllers: [ContentController, ReportController, ModerationController, VerdictStreamController],
  providers: [
    {
      provide: WAREHOUSE,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): GatewayWarehouse =>
        createClickHouse({ ...config.clickhouse, timeoutMs: WAREHOUSE_MS }),
    },
    {
      provide: MODEL_LOADER,
      inject: [PLATFORM],
      useFactory: ({ config, secret }: Platform): ModelShelfOptions['load'] => {
        const { encoder, gateway } = config;
        const routing = { encoder, draw: createCascadeDraw(secret), rate: gateway.encoderRate };
        return (bundle) => loadBundledModel(config.modelPlaces, bundle, routing);
      },
    },
    { provide: DEPLOYMENTS, inject: [PLATFORM, MODEL_LOADER], useFactory: openDeployments },
    {
      provide: PARTITION_OWNER,
      inject: [PLATFORM],
      useFactory: ({ app, broker, config, onFatal }: Platform): PartitionOwner =>
        broker.flow.own({
          app,
          table: 'content.accepted',
          address: config.gateway.address ?? `http://127.0.0.1:${config.gateway.port}`,
          onFatal,
        }),
    },
    { provide: WORKERS, inject: [PARTITION_OWNER], useFactory: (owner: PartitionOwner) => [owner] },
    { provide: CALLERS, inject: [PLATFORM, WAREHOUSE], useFactory: createCallers },
    {
      provide: GATEWAY,
      inject: [PLATFORM, WAREHOUSE, DEPLOYMENTS, PARTITION_OWNER, CALLERS],
      useFactory: createGateway,
    },
  ],
})
class ContentModule implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(GATEWAY) private readonly gateway: Gateway & { readonly stop: () => void },
    @Inject(CALLERS) private readonly callers: Callers,
    @Inject(DEPLOYMENTS) private readonly deployments: Deployments,
    @Inject(WAREHOUSE) private readonly warehouse: GatewayWarehouse,
  ) {}

  onApplicationBootstrap(): void {
    const refresh = () => {
      void this.callers.refresh();
      void this.deployments.shelf.retry();
    };
    refresh();
    this.timer = setInterval(refresh, limits.keyRefreshMs);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    // Streams are open-ended: the server could not close while one is there.
    this.gateway.stop();
    await this.callers.refresh();
    await this.deployments.close();
    await this.warehouse.close();
  }
}

async function openDeployments(platform: Platform, load: ModelShelfOptions['load']): Promise<Deployments> {
  const { broker, serde, config, secret, logger, metrics, onFatal } = platform;
  const later: { onChange: () => void } = { onChange: () => undefined };
  const common = {
    broker,
    serde,
    onFatal,
    onChange: () => {
      later.onChange();
    },
  };
  const bundles: TableView<DeploymentBundled> = await openTable({ ...common, topic: 'deployment.bundled' });
  const changes: TableView<DeploymentChanged> = await openTable({ ...common, topic: 'deployment.changed' });
  const salt = deriveSalt(secret, 'canary');
  const shelf = createModelShelf({
    readPlan: () =>
      planChannels({
        channels: config.channels,
        changeOf: (channel) => changes.get(channel),
        bundleOf: (deploymentId) => bundles.get(deploymentId),
        salt,
      }),
    load,
    textsPerRun: limits.textsPerRun,
    maxWaiting: limits.waitingTexts,
    onBacklog: () => {
      metrics.gatewayRejected.inc({ limit: 'model_backlog' });
    },
    onRefused: (modelId, error) => {
      logger.error({ event: 'model_refused', modelId, error: error instanceof Error ? error.message : 'unknown' });
    },
  });
  later.onChange = () => {
    shelf.refresh().catch((error: unknown) => {
      onFatal(error instanceof Error ? error : new Error('unknown'));
    });
  };
  await shelf.refresh();
  return {
    shelf,
    close: async () => {
      await bundles.close();
      await changes.close();
      await shelf.close();
    },
  };
}

function createCallers({ config, clock, logger, metrics }: Platform, warehouse: GatewayWarehouse): Callers {
  const [defaultChannel = 'public'] = config.channels;
  const store: KeyStore = createKeyStore({ clickhouse: warehouse, clock });
  const { oidc, allowAnonymous } = config.gateway;
  const warn = (event: string) => (error: unknown) => {
    logger.warn({ event, error: error instanceof Error ? error.message : 'unknown' });
  };
  const admission = createAdmission({
    clock,
    concurrency: limits.concurrency,
    callerConcurrency: limits.callerConcurrency,
    rememberedCallers: limits.rememberedCallers,
    onRejected: (limit) => {
      metrics.gatewayRejected.inc({ limit });
    },
  });
  const ring: KeyRing = createKeyRing({
    load: () => store.list(),
    clock,
    leastRefreshMs: limits.leastKeyRefreshMs,
    onFailure: warn('keys_not_read'),
  });
  const identify = createIdentify({
    keys: ring,
    tokens: oidc === null ? null : createTokenVerifier({ ...oidc, defaultChannel, clock }),
    allowAnonymous,
    defaultChannel,
  });
  const run = randomBytes(8).toString('hex');
  const tradeCounts = async () => {
    await store.recordUsage(run, admission.changedUsage());
    admission.learn(await store.usageElsewhere(run));
  };
  return {
    admission,
    door: createDoor({ identify, admission, longestUrl: limits.urlLength }),
    refresh: async () => {
      await ring.refresh();
      await tradeCounts().catch(warn('usage_not_traded'));
    },
  };
}

function createGateway(
  platform: Platform,
  warehouse: GatewayWarehouse,
  { shelf }: Deployments,
  owner: PartitionOwner,
  { door, admission }: Callers,
): Gateway & { readonly stop: () => void } {
  const { broker, serde, writer, clock, secret, config, logger, metrics, app, release } = platform;
  const stopping = new AbortController();
  const seal = createForwardSeal({ secret, clock });
  const desk = createLocalDesk({
    owner,
    serde,
    clock,
    headers: { 'tidegate-stage': app, 'tidegate-release': release },
  });
  return {
    door,
    admission,
    seal,
    desk,
    submit: createSubmit({
      owner,
      local: desk,
      remote: (address) => createRemoteDesk({ address, seal, timeoutMs: limits.forwardMs, fetch: globalThis.fetch }),
      maxWaiting: limits.waitingContents,
      timeoutMs: limits.acknowledgementMs,
      handOverMs: limits.handOverMs,
      onBacklog: () => {
        metrics.gatewayRejected.inc({ limit: 'backlog' });
      },
    }),
    moderate: (channel, contents) => moderate(shelf, channel, contents),
    writer,
    journal: broker.journal,
    serde,
    verdictsOf: (platformName, contentId) =>
      warehouse.query('content-verdicts', { platform: platformName, content_id: contentId }),
    keyedHash: createKeyedHash(secret),
    channels: config.channels,
    clock,
    newId: () => randomBytes(12).toString('hex'),
    stopping: stopping.signal,
    onStreamFailure: (error) => {
      logger.warn({ event: 'stream_failed', error: error instanceof Error ? error.message : 'unknown' });
    },
    stop: () => {
      stopping.abort();
    },
  };
}

export const contentRole: RoleDefinition = {
  app: 'content',
  module: ContentModule,
  topics: (channels) => [
    'content.submitted',
    'content.accepted',
    'content.reported',
    'content.erased',
    'deployment.bundled',
    'deployment.changed',
    ...channels.map((channel) => `verdict.${channel}` as const),
  ],
  tables: [],
  http: 'own',
  refuseAddress,
  shapeHttp: (app, { config, metrics, logger, release }) => {
    const { door } = app.get<Callers>(CALLERS);
    shapeGatewayHttp(app, {
      door,
      bodyLimit: config.gateway.bodyLimit,
      headersMs: limits.headersMs,
      requestMs: limits.requestMs,
      keepAliveMs: limits.keepAliveMs,
      onAnswer: ({ route, status, seconds }) => {
        metrics.httpRequests.inc({ route, status: String(status) });
        metrics.httpDuration.observe({ route }, seconds);
      },
      onFailure: ({ route, error }) => {
        logger.error({
          event: 'request_failed',
          route,
          error: error instanceof Error ? error.message : 'unknown',
          stack: error instanceof Error ? error.stack : undefined,
        });
      },
    });
    serveOpenApi(app, describeGateway(app, release));
  },
};
