import { Command, CommandRunner, Option } from 'nest-commander';
import { createPaint, verdictLine } from '#platform/terminal';
import { CliSession } from '../cli-session.js';
import { printJson, printLine } from '../output/print.js';
import { positiveInteger, UsageError } from '../usage-error.js';

interface Options {
  readonly json?: boolean;
  readonly fromBeginning?: boolean;
  readonly count?: number;
}

@Command({
  name: 'tail',
  arguments: '[channels...]',
  description: 'Print verdicts as they come, of all channels or of those named',
})
export class TailCommand extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(channels: string[], options: Options): Promise<void> {
    const { config, connections } = this.session;
    const unknown = channels.find((channel) => !config.channels.includes(channel));
    if (unknown !== undefined)
      throw new UsageError(`${unknown}: is not a channel; there are ${config.channels.join(', ')}`);
    const topics = (channels.length > 0 ? channels : config.channels).map((channel) => `verdict.${channel}` as const);
    const enough = new AbortController();
    process.once('SIGINT', () => {
      enough.abort();
    });
    const paint = createPaint(process.stdout.isTTY);
    let left = options.count ?? Infinity;
    await connections.serde.prepare(topics);
    await connections.broker.journal.tail({
      topics,
      from: options.fromBeginning === true ? 'beginning' : 'end',
      untilEnd: false,
      signal: enough.signal,
      onRecords: async (records) => {
        for (const record of records) {
          const [decoded] = await connections.serde.decode(record.topic as (typeof topics)[number], [record]);
          if (decoded?.ok !== true || left <= 0) continue;
          if (options.json === true) printJson(decoded.value);
          else printLine(verdictLine(decoded.value, paint));
          if (--left <= 0) enough.abort();
        }
      },
    });
  }

  @Option({ flags: '--from-beginning', description: 'Start with the oldest verdict that is kept' })
  fromBeginning(): boolean {
    return true;
  }

  @Option({ flags: '--count <n>', description: 'Stop after n verdicts' })
  count(value: string): number {
    return positiveInteger('--count', value);
  }

  @Option({ flags: '--json', description: 'One JSON document a line' })
  json(): boolean {
    return true;
  }
}
