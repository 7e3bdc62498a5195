import fs from 'node:fs';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { formatPolicyProblem, hashFields, lintPolicy, parsePolicy } from '#policy';
import { openTable } from '#platform/stream';
import type { Mode } from '#platform/contracts';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { UsageError } from '../usage-error.js';

const modes: Readonly<Record<string, Mode>> = {
  normal: 'NORMAL',
  'review-all': 'REVIEW_ALL',
  'allow-all': 'ALLOW_ALL',
};

/** @throws UsageError with every problem, each with file, line, column and field */
function readPolicy(file: string, channels: readonly string[]): string {
  if (!fs.existsSync(file)) throw new UsageError(`${file}: there is no such file`);
  const text = fs.readFileSync(file, 'utf8');
  const parsed = parsePolicy(text, file);
  const problems = parsed.ok
    ? lintPolicy(parsed, channels).filter((finding) => finding.severity === 'error')
    : parsed.problems;
  if (problems.length > 0) throw new UsageError(problems.map(formatPolicyProblem).join('\n'));
  return text;
}

@SubCommand({ name: 'lint', arguments: '<file>', description: 'Check a policy document' })
export class LintPolicy extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override run([file = '']: string[]): Promise<void> {
    readPolicy(file, this.session.config.channels);
    printLine(`${file}: nothing is wrong`);
    return Promise.resolve();
  }
}

@SubCommand({ name: 'publish', arguments: '<file>', description: 'Ask the policy role to publish a policy document' })
export class PublishPolicy extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([file = '']: string[]): Promise<void> {
    const { config, connections, writer } = this.session;
    const document = readPolicy(file, config.channels);
    await connections.serde.prepare(['policy.requested']);
    const requestId = hashFields('policy', document);
    const value = { requestId, document, requestedBy: 'operator', requestedAt: Date.now() };
    await writer.write([{ topic: 'policy.requested', key: requestId, value }]);
    printLine(`request ${requestId} is on policy.requested; bundles follow within seconds`);
  }
}

@SubCommand({ name: 'list', description: 'Every published version' })
export class ListPolicies extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: { readonly json?: boolean }): Promise<void> {
    const { broker, serde } = this.session.connections;
    const policies = await openTable({ broker, serde, topic: 'policy.published', onFatal: () => undefined });
    const found = [...policies.values()].sort((a, b) => a.publishedAt - b.publishedAt);
    await policies.close();
    if (options.json === true) {
      for (const policy of found) printJson(policy);
      return;
    }
    printTable(
      ['policy', 'title', 'owner', 'changelog', 'channels', 'published'],
      found.map((policy) => [
        `${policy.policyId}@${policy.version}`,
        policy.title,
        policy.owner,
        policy.changelog,
        Object.keys(policy.channels).join(', '),
        new Date(policy.publishedAt).toISOString(),
      ]),
    );
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'mode',
  arguments: '<channel> <mode>',
  description: `The kill switch: ${Object.keys(modes).join(', ')}`,
})
export class SetMode extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([channel = '', name = '']: string[], options: { readonly reason?: string }): Promise<void> {
    const { config, connections, writer } = this.session;
    const mode = modes[name];
    if (!config.channels.includes(channel))
      throw new UsageError(`${channel}: must be one of ${config.channels.join(', ')}`);
    if (mode === undefined) throw new UsageError(`${name}: must be one of ${Object.keys(modes).join(', ')}`);
    if (options.reason === undefined) throw new UsageError('--reason <text> is needed: it stays with the change');
    const requestedAt = Date.now();
    const requestId = hashFields('mode', channel, mode, requestedAt);
    await connections.serde.prepare(['deployment.requested']);
    await writer.write([
      {
        topic: 'deployment.requested',
        key: requestId,
        value: {
          requestId,
          channel,
          kind: 'SET_MODE',
          modelId: null,
          mode,
          reason: options.reason,
          requestedBy: 'operator',
          requestedAt,
        },
      },
    ]);
    printLine(`${channel} goes to ${mode}: request ${requestId}`);
  }

  @Option({ flags: '--reason <text>', description: 'Why' })
  reason(value: string): string {
    return value;
  }
}

@Command({
  name: 'policy',
  description: 'Check, publish and list policies; the kill switch',
  subCommands: [LintPolicy, PublishPolicy, ListPolicies, SetMode],
})
export class PolicyCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
