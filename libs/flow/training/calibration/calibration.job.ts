import type { ClickHouse } from '#platform/clickhouse';
import type { TrainingRequested } from '#platform/contracts';
import { createJobScheduler, startWhenMigrated, type Job } from '#platform/jobs';
import type { Platform } from '#platform/role';
import type { Emission, Worker } from '#platform/stream';
import { trainingRequestId } from '../training-request.js';
import { WorkError, type WorkHandler } from '../work.js';
import type { LookAt } from './look.js';
import { lookInThread } from './look-in-thread.js';
import { completedCalibration, type ChannelRefresh } from './refresh-channel.js';
import type { CategoryRefresh } from './refresh-category.js';

/** What a look at one channel found. */
export interface CalibrationReport {
  readonly event: 'calibration_looked_at';
  readonly channel: string;
  readonly modelId: string;
  readonly isDue: boolean;
  readonly categories: readonly Pick<
    CategoryRefresh,
    'category' | 'reasons' | 'kept' | 'rule' | 'labels' | 'positives' | 'languages'
  >[];
}

export interface CalibrationJobOptions {
  /** Appends to training.requested; resolves when all are durable. */
  readonly write: (emissions: readonly Emission[]) => Promise<void>;
  readonly channels: readonly string[];
  /** Channel whose scores draw. */
  readonly reference: string;
  readonly everyMs: number;
  readonly lookAt: LookAt;
  readonly report: (report: CalibrationReport) => void;
}

/**
 * Looks each night at what every channel's labels say of its calibration, and asks the role for another one where it is due. The request
 * hashes channel, model and window: however often the job runs, it is asked once.
 */
export function calibrationJob({ write, channels, reference, everyMs, lookAt, report }: CalibrationJobOptions): Job {
  return {
    name: 'calibration-refresh',
    windowMs: everyMs,
    topics: ['prediction.scored', 'sampling.closed', 'label.resolved'],
    catchUp: 'latest',
    since: async (clickhouse) => (await clickhouse.query('sampling-since', {}))[0]?.drawn ?? null,
    run: async ({ to }, { alive = () => undefined }) => {
      for (const channel of channels) {
        const refresh = await lookAt({ channel, reference, until: to, isAsked: false }, () => {
          alive();
        });
        if (refresh === null) continue;
        const { live, categories, isRefreshed } = refresh;
        const { modelId } = live;
        report({
          event: 'calibration_looked_at',
          channel,
          modelId,
          isDue: isRefreshed,
          categories: categories.map(({ category, reasons, kept, rule, labels, positives, languages }) => {
            return { category, reasons, kept, rule, labels, positives, languages };
          }),
        });
        if (!isRefreshed) continue;
        const value = requestOf(refresh, to);
        await write([{ topic: 'training.requested', key: value.requestId, value }]);
      }
    },
  };
}

/** A day of hourly windows; a demo with windows of a minute looks each 24 minutes. */
const WINDOWS_OF_A_LOOK = 24;

/** The job as the training role, and `tidegate jobs run`, work on it. */
export function calibrationJobOf({ writer, config, logger }: Pick<Platform, 'writer' | 'config' | 'logger'>): Job {
  return calibrationJob({
    write: (emissions) => writer.write(emissions),
    channels: config.channels,
    reference: config.sampling.channel,
    everyMs: WINDOWS_OF_A_LOOK * config.sampling.windowMs,
    lookAt: lookInThread(config.clickhouse),
    report: (report) => {
      logger.info(report);
    },
  });
}

/** Tables that the job reads and writes; the warehouse makes them. */
const TABLES = [
  'prediction_scored',
  'sampling_closed',
  'label_resolved',
  'deployment_bundled',
  'training_completed',
  'job_runs',
] as const;

/**
 * Looks each night once the tables are there.
 * @param system a client of the database `system`, which is there before ours is
 */
export function calibrationWorker(platform: Platform, clickhouse: ClickHouse, system: ClickHouse): Worker {
  const { config, clock, logger, onFatal } = platform;
  const { database } = config.clickhouse;
  const jobs = [calibrationJobOf(platform)];
  return startWhenMigrated(createJobScheduler({ clickhouse, jobs, clock, logger, onFatal }), {
    isMigrated: async () => {
      const [found] = await system.query('sampling-tables', { database, tables: TABLES });
      return found?.present === TABLES.length;
    },
    clock,
    logger,
    onFatal,
  });
}

/** Answers a request for a calibration: with labels of windows that had ended when it was asked. Done again, it gives the same id. */
export function createCalibrationWork({
  lookAt,
  reference,
}: Pick<CalibrationJobOptions, 'lookAt' | 'reference'>): WorkHandler {
  return async ({ requestId, channel, parentModelId, cause, requestedAt }, { progress, release, clock, signal }) => {
    if (channel === null) throw new WorkError('request_invalid', 'channel: a CALIBRATION names one');
    const wanted = { channel, reference, until: requestedAt, isAsked: cause === 'PERSON' };
    const refresh = await lookAt(wanted, (done, total) => {
      signal.throwIfAborted();
      progress('calibrating', done, total);
    });
    if (refresh === null) {
      throw new WorkError('request_invalid', `channel: nothing is live in ${channel}, or no policy names it`);
    }
    const { modelId } = refresh.live;
    if (parentModelId !== null && parentModelId !== modelId) {
      throw new WorkError(
        'parent_missing',
        `parentModelId: ${parentModelId} is not live in ${channel}, ${modelId} is; only what is live has labels of its sample`,
      );
    }
    if (!refresh.isRefreshed) throw new WorkError('labels_insufficient', whyNothing(refresh));
    return completedCalibration(refresh, { requestId, release, completedAt: clock() });
  };
}

function requestOf({ live, categories }: ChannelRefresh, to: number): TrainingRequested {
  const isForPolicy = categories.some(({ reasons, kept }) => kept === null && reasons.includes('POLICY'));
  const wish = {
    kind: 'CALIBRATION',
    datasetId: null,
    recipe: 'calibration',
    parentModelId: live.modelId,
    channel: live.channel,
    cause: isForPolicy ? 'POLICY' : 'SCHEDULE',
    causeId: `until ${new Date(to).toISOString()}`,
  } as const;
  return { ...wish, requestId: trainingRequestId(wish), requestedBy: 'training', requestedAt: to };
}

function whyNothing({ live, categories }: ChannelRefresh): string {
  const each = categories.map(({ category, labels, positives, kept }) => {
    const result = kept === null ? '' : `, ${KEPT[kept]}`;
    return `${category}: ${labels} labels, ${positives} positives${result}`;
  });
  return `nothing would change in ${live.channel} (${each.join('; ')}); label more of the live sample and ask again`;
}

const KEPT = {
  TOO_FEW_POSITIVES: '20 positives are needed',
  WORSE_ON_NEWER_LABELS: 'the newer labels speak against what the older ones gave',
  SLOPE_ON_NEWER_LABELS: 'the newer labels speak against what the older ones gave',
} as const;
