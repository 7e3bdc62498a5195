import { HttpException, Inject, Module, type ArgumentsHost, type OnApplicationShutdown } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createClickHouse, type ClickHouse } from '#platform/clickhouse';
import { createCallSeal, labelDeskSeal, type CallSeal } from '#platform/contracts';
import { createJobScheduler } from '#platform/jobs';
import { PLATFORM, WORKERS, type Platform, type RoleDefinition } from '#platform/role';
import type { Worker } from '#platform/stream';
import { DeskProblem } from './desk/desk-problem.js';
import { openLabelDesk, type LabelDesk } from './desk/desk-runtime.js';
import type { TaskWarehouse } from './desk/task-reader.js';
import { LABEL_DESK, LABEL_SEAL, LabelDeskController } from './label-desk.controller.js';
import { LabelTaskController } from './label-task.controller.js';
import { readSkills } from './passes/read-skills.job.js';
import { labelJobsOf } from './passes/role-jobs.job.js';
import { columnsOf } from './passes/said.js';
import { labelSalts } from './quality/quality-draws.js';

const WAREHOUSE = Symbol('warehouse');
/** Of the jobs, which read for longer than a person waits. */
const JOB_WAREHOUSE = Symbol('warehouse of the jobs');
/** People wait for it. */
const WAREHOUSE_MS = 5000;
/** The topic by whose only partition the group names the replica that answers. */
const OWNED = 'sampling.closed';

@Module({
  controllers: [LabelTaskController, LabelDeskController],
  providers: [
    {
      provide: WAREHOUSE,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouse =>
        createClickHouse({ ...config.clickhouse, timeoutMs: WAREHOUSE_MS }),
    },
    {
      provide: JOB_WAREHOUSE,
      inject: [PLATFORM],
      useFactory: ({ config }: Platform): ClickHouse => createClickHouse(config.clickhouse),
    },
    { provide: LABEL_DESK, inject: [PLATFORM, WAREHOUSE], useFactory: openDesk },
    {
      provide: LABEL_SEAL,
      inject: [PLATFORM],
      useFactory: ({ secret, clock }: Platform): CallSeal => createCallSeal({ ...labelDeskSeal, secret, clock }),
    },
    {
      provide: WORKERS,
      inject: [PLATFORM, LABEL_DESK, JOB_WAREHOUSE],
      useFactory: (platform: Platform, desk: LabelDesk, clickhouse: ClickHouse): readonly Worker[] => [
        deskWorker(desk),
        createJobScheduler({ ...platform, clickhouse, jobs: labelJobsOf(platform, () => desk.published()) }),
      ],
    },
  ],
})
class LabelModule implements OnApplicationShutdown {
  constructor(
    @Inject(WAREHOUSE) private readonly warehouse: ClickHouse,
    @Inject(JOB_WAREHOUSE) private readonly jobWarehouse: ClickHouse,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.warehouse.close();
    await this.jobWarehouse.close();
  }
}

/** Starts to answer when the group has given it the journals, and stops before they are left. */
function deskWorker(desk: LabelDesk): Worker {
  let state: 'starting' | 'running' | 'stopped' = 'starting';
  return {
    start: () => {
      desk.start();
      state = 'running';
      return Promise.resolve();
    },
    stop: async () => {
      await desk.stop();
      state = 'stopped';
    },
    health: () => ({ state, assigned: [], lastLoopAt: 0, lastCommitAt: 0 }),
  };
}

function openDesk(platform: Platform, clickhouse: ClickHouse): Promise<LabelDesk> {
  const { app, broker, serde, writer, config, clock, logger, metrics, health, secret, onFatal } = platform;
  const { leaseMs, windowMs } = config.label;
  const { sessionTimeoutMs } = config.kafka;
  return openLabelDesk({
    broker,
    serde,
    writer,
    salts: labelSalts(secret),
    secret,
    leaseMs,
    windowMs,
    clock,
    onFatal,
    warehouse: taskWarehouse(clickhouse),
    readSkills: () => readSkills(clickhouse),
    // A member that has not heard of its group for a session was replaced, and does not know it yet.
    isOwner: () =>
      (health.report().roles[app] ?? []).some(
        ({ state, assigned, lastLoopAt }) =>
          state === 'running' &&
          clock() - lastLoopAt < sessionTimeoutMs &&
          assigned.some(({ topic }) => topic === OWNED),
      ),
    report: (event) => {
      const isFine = !['submission_unreadable', 'write_delayed', 'skills_not_read'].includes(event.event);
      logger[isFine ? 'info' : 'warn'](event);
    },
    measure: ({ open, leases, oldestMs, isActive }) => {
      metrics.labelActive.set(isActive ? 1 : 0);
      for (const [queue, items] of Object.entries(open)) metrics.labelOpenItems.set({ queue }, items);
      metrics.labelLeases.set(leases);
      metrics.labelOldestTask.set(oldestMs / 1000);
    },
    count: (outcome, state) => {
      metrics.labelAnswers.inc({ outcome, state });
    },
  });
}

function taskWarehouse(clickhouse: ClickHouse): TaskWarehouse {
  const key = ({ platform, contentId, revision }: { platform: string; contentId: string; revision: number }) => ({
    platform,
    content_id: contentId,
    revision,
  });
  return {
    contents: async (items) => {
      const rows = await clickhouse.query('label-task-contents', columnsOf(items));
      return rows.map((row) => ({
        platform: row.platform,
        contentId: row.content_id,
        revision: row.revision,
        kind: row.kind,
        text: row.text,
        textHash: row.text_hash,
        submittedAt: row.submitted_at,
        language: orNull(row.detected_language) ?? orNull(row.given_language),
        authorHash: orNull(row.author_hash),
        conversationHash: orNull(row.conversation_hash),
        probabilities: row.probabilities,
      }));
    },
    context: async ({ platform, contentId, conversationHash, authorHash, submittedAt }) => {
      const rows = await clickhouse.query('label-task-context', {
        platform,
        content_id: contentId,
        conversation_hash: conversationHash ?? '',
        author_hash: authorHash ?? '',
        at: submittedAt,
      });
      return rows.map((row) => ({
        isBefore: row.is_before === 1,
        isSameAuthor: row.is_same_author === 1,
        submittedAt: row.submitted_at,
        text: row.text,
      }));
    },
    verdictsOf: async (item) => {
      const rows = await clickhouse.query('label-task-verdicts', key(item));
      const replaced = new Set(rows.map(({ supersedes }) => supersedes));
      return rows.map((row) => ({
        platform: item.platform,
        contentId: item.contentId,
        revision: item.revision,
        verdictId: row.verdict_id,
        channel: row.channel,
        action: row.action,
        flagged: row.flagged,
        textHash: row.text_hash,
        isCurrent: row.kind !== 'RETRACTED' && !replaced.has(row.verdict_id),
        causeId: row.cause_id,
        partition: row.record_partition,
      }));
    },
    verdict: async (verdictId) => {
      const [row] = await clickhouse.query('label-task-verdict', { verdict_id: verdictId });
      if (row === undefined) return null;
      return {
        verdictId,
        platform: row.platform,
        contentId: row.content_id,
        revision: row.revision,
        channel: row.channel,
        action: row.action,
        textHash: row.text_hash,
        partition: row.record_partition,
      };
    },
    appeal: async (item, reportId) => {
      const [row] = await clickhouse.query('label-task-appeal', { ...key(item), report_id: reportId });
      return row?.reason ?? null;
    },
  };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

/** Bodies reach the controllers as bytes, problems the callers as JSON. */
function shapeDeskHttp(app: NestFastifyApplication, { config, metrics, logger }: Platform): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.httpRequests.inc({ route, status: String(reply.statusCode) });
    metrics.httpDuration.observe({ route }, reply.elapsedTime / 1000);
    await Promise.resolve();
  });
  app.useBodyParser('application/json', { bodyLimit: config.gateway.bodyLimit }, (_request, body, done) => {
    done(null, body);
  });
  app.useGlobalFilters({
    catch: (error: unknown, host: ArgumentsHost) => {
      const http = host.switchToHttp();
      const { routeOptions } = http.getRequest<{ routeOptions?: { url?: string } }>();
      const reply = http.getResponse<Reply>();
      if (reply.sent) return;
      if (error instanceof DeskProblem) {
        reply.code(error.status).send({ code: error.code, detail: error.detail });
        return;
      }
      if (error instanceof HttpException) {
        reply.code(error.getStatus()).send(error.getResponse());
        return;
      }
      logger.error({
        event: 'request_failed',
        route: routeOptions?.url ?? 'none',
        error: error instanceof Error ? error.message : 'unknown',
        stack: error instanceof Error ? error.stack : undefined,
      });
      reply.code(500).send({ code: 'internal', detail: 'the label role failed; its log says why' });
    },
  });
}

interface Reply {
  readonly sent: boolean;
  code(status: number): this;
  send(body: unknown): void;
}

export const labelRole: RoleDefinition = {
  app: 'label',
  module: LabelModule,
  topics: () => [
    'sampling.closed',
    'content.reported',
    'content.erased',
    'policy.published',
    'label.requested',
    'label.submitted',
    'label.resolved',
    'verdict.requested',
    'dead-letter.label',
  ],
  tables: [],
  http: 'own',
  port: (config) => config.label.port,
  shapeHttp: shapeDeskHttp,
};
