import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { catchUp, runJob, verdictRollup } from '#platform/jobs';
import { CliSession } from '../cli-session.js';
import { printLine } from '../output/print.js';
import { UsageError } from '../usage-error.js';

const jobsOf = (channels: readonly string[]) => [verdictRollup(channels)];
const jobNames = jobsOf([]).map((job) => job.name);

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
    const job = jobsOf(this.session.config.channels).find((known) => known.name === name);
    if (job === undefined) throw new UsageError(`${name}: must be one of ${jobNames.join(', ')}`);
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
