import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import type { DeploymentProgressed, DeploymentRequested } from '#platform/contracts';
import { hashFields } from '#policy';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { positiveInteger, UsageError } from '../usage-error.js';

const MOST_LISTED = 20;
const HOUR_MS = 3_600_000;
/** Longer than an override may last by default (evaluation 4.2). */
const OVERRIDE_HOURS = 24;
/** Nobody has said anything for so long: the role may not run. */
const SILENCE_MS = 15_000;

interface Wish {
  readonly channel?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** Asks the deployment role for something. */
abstract class RequestDeployment extends CommandRunner {
  protected abstract readonly session: CliSession;

  protected async ask(
    { channel, reason, json }: Wish,
    rest: Pick<DeploymentRequested, 'kind'> & Partial<DeploymentRequested>,
  ): Promise<DeploymentRequested> {
    const { config, connections, writer } = this.session;
    if (channel === undefined || !config.channels.includes(channel)) {
      throw new UsageError(`--channel ${channel ?? ''}: must be one of ${config.channels.join(', ')}`);
    }
    if (reason === undefined || reason.trim() === '') {
      throw new UsageError('--reason <text> is needed: it stays with the change');
    }
    const requestedAt = Date.now();
    const value: DeploymentRequested = {
      ...{ modelId: null, artefactId: null, mode: null, override: null },
      ...rest,
      ...{ channel, reason, requestedBy: 'operator', requestedAt },
      requestId: hashFields(rest.kind, channel, rest.modelId ?? null, rest.artefactId ?? null, requestedAt),
    };
    await connections.serde.prepare(['deployment.requested']);
    await writer.write([{ topic: 'deployment.requested', key: value.requestId, value }]);
    if (json === true) printJson(value);
    return value;
  }

  @Option({ flags: '--channel <name>', description: 'The channel' })
  channel(value: string): string {
    return value;
  }

  @Option({ flags: '--reason <text>', description: 'Why; it stays with the change' })
  reason(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

interface PromoteOptions extends Wish {
  readonly override?: readonly string[];
  readonly expires?: number;
  readonly wait?: boolean;
}

@SubCommand({
  name: 'promote',
  arguments: '<artefact>',
  description:
    'Bring a model (m-), or a calibration of the live one (c-), live through gate, shadow and canary; tidegate deployment list shows how far it is',
})
export class PromoteModel extends RequestDeployment {
  constructor(protected override readonly session: CliSession) {
    super();
  }

  override async run([artefact = '']: string[], options: PromoteOptions): Promise<void> {
    if (!/^[mc]-/.test(artefact)) {
      throw new UsageError(`${artefact}: must begin with m- or c-; tidegate model list shows them`);
    }
    if (options.expires !== undefined && options.override === undefined) {
      throw new UsageError('--expires: goes with --override <check...>');
    }
    const isModel = artefact.startsWith('m-');
    const request = await this.ask(options, {
      kind: 'ROLL_OUT',
      modelId: isModel ? artefact : null,
      artefactId: isModel ? null : artefact,
      override:
        options.override === undefined
          ? null
          : { checks: options.override, expiresAt: Date.now() + (options.expires ?? OVERRIDE_HOURS) * HOUR_MS },
    });
    const { requestId, channel } = request;
    if (options.json !== true) printLine(`${artefact} is asked for in ${channel}: request ${requestId}`);
    if (options.wait !== true) return;
    const last = await this.follow(requestId, options.json === true);
    if (last !== null && last.state !== 'LIVE')
      throw new Error(`${artefact}: ${last.state.toLowerCase()}, ${last.reason}`);
  }

  /** @returns its last word; null when the person leaves */
  private async follow(requestId: string, isJson: boolean): Promise<DeploymentProgressed | null> {
    const { broker, serde } = this.session.connections;
    const ended = new AbortController();
    const leave = (): void => {
      ended.abort();
    };
    process.once('SIGINT', leave);
    const silence = setTimeout(() => {
      process.stderr.write(
        'nobody has answered yet: is the deployment role running? Ctrl-C leaves the request there\n',
      );
    }, SILENCE_MS);
    let last: DeploymentProgressed | null = null;
    await serde.prepare(['deployment.progressed']);
    try {
      await broker.journal.tail({
        topics: ['deployment.progressed'],
        from: 'beginning',
        untilEnd: false,
        signal: ended.signal,
        onRecords: async (records) => {
          for (const said of await serde.decode('deployment.progressed', records)) {
            if (!said.ok || said.value.requestId !== requestId) continue;
            clearTimeout(silence);
            const { state, share, reason } = said.value;
            if (isJson) printJson(said.value);
            else printLine(`${wordOf(state, share)}: ${reason}`);
            if (state === 'GATING' || state === 'SHADOW' || state === 'CANARY') continue;
            last = said.value;
            ended.abort();
          }
        },
      });
    } finally {
      clearTimeout(silence);
      process.removeListener('SIGINT', leave);
    }
    return last;
  }

  @Option({
    flags: '--override <check...>',
    description: 'Checks of the gate that may not keep it shut: a name (slices), or name/category (quality/V2)',
  })
  override(value: string, all: readonly string[] = []): readonly string[] {
    return [...all, value];
  }

  @Option({ flags: '--expires <hours>', description: `When the override ends; default: ${OVERRIDE_HOURS} hours` })
  expires(value: string): number {
    return positiveInteger('--expires', value);
  }

  @Option({ flags: '--wait', description: 'Follow it to its end; exit code 1 unless it goes live' })
  wait(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'rollback',
  arguments: '[model]',
  description: 'Take the canary of a channel back, or, without one, what is live; what it judged is judged anew',
})
export class RollBackModel extends RequestDeployment {
  constructor(protected override readonly session: CliSession) {
    super();
  }

  override async run([model]: string[], options: Wish): Promise<void> {
    if (model !== undefined && !model.startsWith('m-')) throw new UsageError(`${model}: must begin with m-`);
    const request = await this.ask(options, { kind: 'ROLL_BACK', modelId: model ?? null });
    if (options.json !== true)
      printLine(`a roll-back is asked for in ${request.channel}: request ${request.requestId}`);
  }
}

@SubCommand({ name: 'cancel', arguments: '[model]', description: 'Give a roll-out up that is under way' })
export class CancelRollout extends RequestDeployment {
  constructor(protected override readonly session: CliSession) {
    super();
  }

  override async run([model]: string[], options: Wish): Promise<void> {
    const request = await this.ask(options, { kind: 'CANCEL', modelId: model ?? null });
    if (options.json !== true) printLine(`it is asked for in ${request.channel}: request ${request.requestId}`);
  }
}

function wordOf(state: string, share: number): string {
  const word = state.toLowerCase().replace('_', ' ');
  return state === 'CANARY' ? `${word} ${100 * share} %` : word;
}

interface ListOptions {
  readonly count?: number;
  readonly json?: boolean;
}

@SubCommand({ name: 'list', description: 'What runs in each channel, and where roll-outs stand, the newest first' })
export class ListDeployments extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], { count, json }: ListOptions): Promise<void> {
    const { clickhouse } = this.session;
    const channels = await clickhouse.query('deployment-channels', {});
    const rollouts = await clickhouse.query('rollout-list', { most: count ?? MOST_LISTED });
    if (json === true) {
      printJson({ channels, rollouts });
      return;
    }
    printTable(
      ['channel', 'live', 'mode', 'canary', 'shadows', 'since', 'why'],
      channels.map((row) => [
        row.channel,
        row.model_id === '' ? row.deployment_id : row.model_id,
        row.mode,
        row.canary_model_id === '' ? '' : `${row.canary_model_id} ${100 * (row.canary_share ?? 0)} %`,
        String(row.shadows.length),
        new Date(row.changed_ms).toISOString(),
        row.reason,
      ]),
    );
    if (rollouts.length === 0) return;
    printTable(
      ['roll-out', 'channel', 'model', 'state', 'since', 'why'],
      rollouts.map((row) => [
        row.rollout_id,
        row.channel,
        row.artefact_id ?? row.model_id,
        wordOf(row.state, row.share),
        new Date(row.since_ms).toISOString(),
        row.reason,
      ]),
    );
  }

  @Option({ flags: '--count <n>', description: `At most so many roll-outs (default: ${MOST_LISTED})` })
  count(value: string): number {
    return positiveInteger('--count', value);
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'show',
  arguments: '<rollout>',
  description: 'Every step of a roll-out, its gate and its guards; the beginning of its id is enough',
})
export class ShowDeployment extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([id = '']: string[], { json }: ListOptions): Promise<void> {
    const { clickhouse } = this.session;
    const steps = await clickhouse.query('rollout-steps', { rollout_id: id });
    const [first] = steps;
    const last = steps.at(-1);
    if (id === '' || first === undefined || last === undefined) {
      throw new UsageError(`${id}: no roll-out begins like this; tidegate deployment list shows them`);
    }
    if (first.rollout_id !== last.rollout_id) {
      throw new UsageError(`${id}: several roll-outs begin like this; give more of it`);
    }
    const checks = await clickhouse.query('rollout-checks', { rollout_id: first.rollout_id });
    if (json === true) {
      printJson({ steps, checks });
      return;
    }
    printLine(`${first.rollout_id}: ${first.artefact_id ?? first.model_id} in ${first.channel}`);
    printTable(
      ['', 'state', 'at', 'by', 'why'],
      steps.map((row) => [
        String(row.sequence),
        wordOf(row.state, row.share),
        new Date(row.at_ms).toISOString(),
        row.by,
        row.reason,
      ]),
    );
    if (checks.length > 0) {
      printTable(
        ['check', 'measure', 'on', 'category', 'figure', 'limit', 'finding', 'why'],
        checks.map((row) => [
          row.check,
          row.subject === '' ? row.measure : `${row.measure}, ${row.subject}`,
          row.evidence.toLowerCase(),
          row.category,
          rounded(row.figure),
          rounded(row.limit),
          row.override_id === '' ? row.finding.toLowerCase() : 'overridden',
          row.why,
        ]),
      );
    }
    if (last.guards.length > 0) {
      printTable(
        ['guard', 'finding', 'difference', 'low', 'high', 'margin'],
        last.guards.map(([guard, finding, ...figures]) => [
          guard,
          finding.toLowerCase().replace('_', ' '),
          ...figures.map(rounded),
        ]),
      );
    }
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

function rounded(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

@Command({
  name: 'deployment',
  description: 'What runs where, and how it got there',
  subCommands: [ListDeployments, ShowDeployment, CancelRollout],
})
export class DeploymentCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
