import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { createKeyStore } from '#flow/content';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { positiveInteger, UsageError } from '../usage-error.js';

interface CreateOptions {
  readonly platform?: string;
  readonly name?: string;
  readonly channel?: string;
  readonly rate?: number;
  readonly dailyQuota?: number;
  readonly withoutStore?: boolean;
  readonly json?: boolean;
}

const storeOf = (session: CliSession) => createKeyStore({ clickhouse: session.clickhouse, clock: Date.now });

@SubCommand({ name: 'create', description: 'Make a key for a platform; it is shown once' })
export class CreateKey extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: CreateOptions): Promise<void> {
    if (options.platform === undefined) throw new UsageError('--platform <name> is needed');
    const { channels } = this.session.config;
    const channel = options.channel ?? channels[0] ?? '';
    if (!channels.includes(channel))
      throw new UsageError(`--channel ${channel}: must be one of ${channels.join(', ')}`);
    const { text, key } = await storeOf(this.session).create({
      platform: options.platform,
      name: options.name ?? options.platform,
      channel,
      storeSynchronous: options.withoutStore !== true,
      ...(options.rate === undefined ? {} : { ratePerSecond: options.rate, burst: 2 * options.rate }),
      ...(options.dailyQuota === undefined ? {} : { dailyQuota: options.dailyQuota }),
    });
    if (options.json === true) printJson({ key: text, id: key.keyId, platform: key.platform });
    else
      printLine(
        `${text}\nThis is shown once. Gateways accept it within seconds; revoke it with: tidegate keys revoke ${key.keyId}`,
      );
  }

  @Option({ flags: '--platform <name>', description: 'Platform that the key speaks for' })
  platform(value: string): string {
    return value;
  }

  @Option({ flags: '--name <text>', description: 'Name for people (default: the platform)' })
  name(value: string): string {
    return value;
  }

  @Option({ flags: '--channel <name>', description: 'Channel of synchronous calls (default: the first one)' })
  channel(value: string): string {
    return value;
  }

  @Option({ flags: '--rate <n>', description: 'Texts a second' })
  rate(value: string): number {
    return positiveInteger('--rate', value);
  }

  @Option({ flags: '--daily-quota <n>', description: 'Texts a day' })
  dailyQuota(value: string): number {
    return positiveInteger('--daily-quota', value);
  }

  @Option({ flags: '--without-store', description: 'Synchronous calls leave no event and no text' })
  withoutStore(): boolean {
    return true;
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({ name: 'list', description: 'All keys, without their secrets' })
export class ListKeys extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: { readonly json?: boolean }): Promise<void> {
    const keys = await storeOf(this.session).list();
    if (options.json === true) {
      for (const key of keys) printJson({ ...key, secretHash: undefined });
      return;
    }
    printTable(
      ['id', 'platform', 'name', 'channel', 'rate/s', 'quota/day', 'created', 'revoked'],
      keys.map((key) => [
        key.keyId,
        key.platform,
        key.name,
        key.channel,
        String(key.ratePerSecond),
        key.dailyQuota === null ? 'none' : String(key.dailyQuota),
        new Date(key.createdAt).toISOString(),
        key.revokedAt === null ? '' : new Date(key.revokedAt).toISOString(),
      ]),
    );
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({ name: 'revoke', arguments: '<id>', description: 'Make a key useless, within seconds' })
export class RevokeKey extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([id = '']: string[]): Promise<void> {
    if (!(await storeOf(this.session).revoke(id)))
      throw new Error(`${id}: there is no such key, or it is revoked already`);
    printLine(`${id} is revoked`);
  }
}

@Command({ name: 'keys', description: 'Make, list and revoke API keys', subCommands: [CreateKey, ListKeys, RevokeKey] })
export class KeysCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
