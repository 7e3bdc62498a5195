import fs from 'node:fs';
import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import {
  formatPolicyProblem,
  hashFields,
  lintPolicy,
  parsePolicy,
  type PolicyDocument,
  type PolicyProblem,
} from '#policy';
import { openTable } from '#platform/stream';
import type { Mode } from '#platform/contracts';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { UsageError } from '../usage-error.js';
import { explainPolicy, explanationRows } from './explain-policy.js';

const modes: Readonly<Record<string, Mode>> = {
  normal: 'NORMAL',
  'review-all': 'REVIEW_ALL',
  'allow-all': 'ALLOW_ALL',
};

interface CheckedPolicy {
  readonly text: string;
  readonly problems: readonly PolicyProblem[];
  /** Null when there are errors. */
  readonly policy: PolicyDocument | null;
}

/**
 * @param channels of the installation; without them any channel will do
 * @throws UsageError when there is no such file
 */
function checkPolicy(file: string, channels?: readonly string[]): CheckedPolicy {
  if (!fs.existsSync(file)) throw new UsageError(`${file}: there is no such file`);
  const text = fs.readFileSync(file, 'utf8');
  const parsed = parsePolicy(text, file);
  const problems = parsed.ok ? lintPolicy(parsed, channels ?? Object.keys(parsed.policy.channels)) : parsed.problems;
  const sound = problems.every(({ severity }) => severity === 'warning');
  return { text, problems, policy: parsed.ok && sound ? parsed.policy : null };
}

/** @throws Error with every error, each with file, line, column and field */
function soundPolicy(
  file: string,
  channels?: readonly string[],
): { readonly text: string; readonly policy: PolicyDocument } {
  const { text, problems, policy } = checkPolicy(file, channels);
  if (policy !== null) return { text, policy };
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw new Error(errors.map(formatPolicyProblem).join('\n'));
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

@SubCommand({ name: 'lint', arguments: '<file>', description: 'Check a policy document' })
export class LintPolicy extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override run([file = '']: string[], options: { readonly json?: boolean } = {}): Promise<void> {
    const { problems, policy } = checkPolicy(file, this.session.config.channels);
    for (const problem of problems) {
      if (options.json === true) printJson(problem);
      else printLine(formatPolicyProblem(problem));
    }
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const found = `${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}`;
    if (policy === null) throw new Error(`${file}: ${found}; it cannot be published`);
    if (options.json !== true) {
      printLine(`${file}: ${problems.length === 0 ? 'nothing is wrong' : `${found}; it can be published`}`);
    }
    return Promise.resolve();
  }

  @Option({ flags: '--json', description: 'Each problem as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({
  name: 'explain',
  arguments: '<file>',
  description: 'Which categories a policy derives from answers, and which answers decide them',
})
export class ExplainPolicy extends CommandRunner {
  override run([file = '']: string[], options: { readonly facts?: string; readonly json?: boolean }): Promise<void> {
    const { policy } = soundPolicy(file);
    if (policy.questions.length === 0) throw new Error(`${file}: asks no questions, so no category can be derived`);
    const explanation = explainPolicy(policy, options.facts ?? '');
    if (options.json === true) printJson(explanation);
    else printTable(['category', 'is', 'because'], explanationRows(explanation));
    return Promise.resolve();
  }

  @Option({ flags: '--facts <facts>', description: 'For example sexual=yes,quoted=no; the rest is unknown' })
  facts(value: string): string {
    return value;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({ name: 'publish', arguments: '<file>', description: 'Ask the policy role to publish a policy document' })
export class PublishPolicy extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([file = '']: string[]): Promise<void> {
    const { config, connections, writer } = this.session;
    const { text: document } = soundPolicy(file, config.channels);
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
          artefactId: null,
          mode,
          override: null,
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
  description: 'Check, explain, publish and list policies; the kill switch',
  subCommands: [LintPolicy, ExplainPolicy, PublishPolicy, ListPolicies, SetMode],
})
export class PolicyCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
