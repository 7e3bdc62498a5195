import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { sweepDatasets } from '#flow/dataset';
import { labelJobsOf } from '#flow/label';
import { samplingJobs } from '#flow/sampling';
import { calibrationJobOf } from '#flow/training';
import { warehouseDriftJobs } from '#flow/warehouse';
import { catchUp, runJob, verdictRollup, type Job } from '#platform/jobs';
import { openTable } from '#platform/stream';
import { CliSession } from '../cli-session.js';
import { printLine } from '../output/print.js';
import { UsageError } from '../usage-error.js';

/** By name; each is made when it is asked for, because some of them need Kafka and some files. */
const makers: Readonly<Record<string, (session: CliSession) => Promise<Job>>> = {
  'verdict-rollup': ({ config }) => Promise.resolve(verdictRollup(config.channels)),
  'sampling-close': async (session) => (await samplingOf(session)).closing,
  'sampling-plan': async (session) => (await samplingOf(session)).planning,
  'live-quality': async (session) => (await samplingOf(session)).quality,
  'label-resolve': (session) => labelJob(session, 'label-resolve'),
  'label-quality': (session) => labelJob(session, 'label-quality'),
  'calibration-refresh': calibrationOf,
  'drift-roll-up': (session) => driftJob(session, 'drift-roll-up'),
  'drift-alerts': (session) => driftJob(session, 'drift-alerts'),
  'dataset-sweep': () => Promise.resolve(sweepDatasets(tellSwept)),
};
const jobNames = Object.keys(makers);

function tellSwept({ datasets, rows }: { readonly datasets: number; readonly rows: number }): void {
  printLine(`${rows} rows of ${datasets} data sets that were never published were removed`);
}

async function samplingOf({ connections }: CliSession): Promise<ReturnType<typeof samplingJobs>> {
  await connections.serde.prepare(['sampling.planned', 'sampling.closed']);
  return samplingJobs(
    connections.platformOf('sampling', (error) => {
      throw error;
    }),
  );
}

async function calibrationOf({ connections }: CliSession): Promise<Job> {
  await connections.serde.prepare(['training.requested']);
  return calibrationJobOf(
    connections.platformOf('training', (error) => {
      throw error;
    }),
  );
}

async function labelJob({ connections }: CliSession, name: string): Promise<Job> {
  const { broker, serde } = connections;
  const onFatal = (error: Error): never => {
    throw error;
  };
  await serde.prepare(['label.resolved', 'policy.published']);
  const published = await openTable({ broker, serde, topic: 'policy.published', onFatal });
  const job = labelJobsOf(connections.platformOf('label', onFatal), () => published.values()).find(
    (one) => one.name === name,
  );
  if (job === undefined) throw new Error(`the label role has no job ${name}`);
  return job;
}

async function driftJob({ connections }: CliSession, name: string): Promise<Job> {
  await connections.serde.prepare(['drift.alerted']);
  const platform = connections.platformOf('warehouse', (error) => {
    throw error;
  });
  const job = warehouseDriftJobs(platform).find((one) => one.name === name);
  if (job === undefined) throw new Error(`the warehouse role has no job ${name}`);
  return job;
}

@SubCommand({
  name: 'run',
  arguments: '<name>',
  description: `Run one by hand: ${jobNames.join(', ')}`,
})
export class RunJob extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([name = '']: string[], options: { readonly from?: number }): Promise<void> {
    const make = makers[name];
    if (make === undefined) throw new UsageError(`${name}: must be one of ${jobNames.join(', ')}`);
    const job = await make(this.session);
    const { clickhouse } = this.session;
    if (options.from === undefined) {
      const windows = await catchUp(job, clickhouse, Date.now);
      printLine(`${windows.length} closed windows were run`);
      return;
    }
    const from = Math.floor(options.from / job.windowMs) * job.windowMs;
    await runJob(job, { from, to: from + job.windowMs }, clickhouse, Date.now());
    printLine(`the window from ${new Date(from).toISOString()} was run`);
  }

  @Option({
    flags: '--from <time>',
    description: 'Run the window that holds this time again, for example 2026-11-01T12:00:00Z',
  })
  from(value: string): number {
    const time = Date.parse(value);
    if (Number.isNaN(time)) throw new UsageError(`--from ${value}: must be a time like 2026-11-01T12:00:00Z`);
    return time;
  }
}

@Command({ name: 'jobs', description: 'Work on closed windows', subCommands: [RunJob] })
export class JobsCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
