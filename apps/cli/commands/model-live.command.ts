import { CommandRunner, Option, SubCommand } from 'nest-commander';
import { hashFields } from '#policy';
import { CliSession } from '../cli-session.js';
import { printLine } from '../output/print.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly channel?: string;
  readonly reason?: string;
}

@SubCommand({
  name: 'live',
  arguments: '<artefact>',
  description: 'Put a model (m-), or a calibration of the live one (c-), live in a channel',
})
export class PutLive extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([artefact = '']: string[], { channel, reason }: Options): Promise<void> {
    const { config, connections, writer } = this.session;
    if (!/^[mc]-/.test(artefact))
      throw new UsageError(`${artefact}: must begin with m- or c-; tidegate model list shows them`);
    if (channel === undefined || !config.channels.includes(channel)) {
      throw new UsageError(`--channel ${channel ?? ''}: must be one of ${config.channels.join(', ')}`);
    }
    if (reason === undefined) throw new UsageError('--reason <text> is needed: it stays with the change');
    const requestedAt = Date.now();
    const requestId = hashFields('live', channel, artefact, requestedAt);
    const isModel = artefact.startsWith('m-');
    await connections.serde.prepare(['deployment.requested']);
    await writer.write([
      {
        topic: 'deployment.requested',
        key: requestId,
        value: {
          requestId,
          channel,
          kind: 'GO_LIVE',
          modelId: isModel ? artefact : null,
          artefactId: isModel ? null : artefact,
          mode: null,
          override: null,
          reason,
          requestedBy: 'operator',
          requestedAt,
        },
      },
    ]);
    printLine(`${artefact} is asked for in ${channel}: request ${requestId}`);
  }

  @Option({ flags: '--channel <name>', description: 'The channel' })
  channel(value: string): string {
    return value;
  }

  @Option({ flags: '--reason <text>', description: 'Why' })
  reason(value: string): string {
    return value;
  }
}
