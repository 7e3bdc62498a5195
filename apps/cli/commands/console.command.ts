import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { consoleRoles, createUserStore, isConsoleRole, type ConsoleRole } from '#flow/console';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { UsageError } from '../usage-error.js';

const storeOf = (session: CliSession) => createUserStore({ home: session.config.home, clock: Date.now });

@SubCommand({
  name: 'add',
  arguments: '<name>',
  description: 'Add a user with a one-time password, which is shown once',
})
export class AddUser extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([name = '']: string[], options: { readonly roles?: readonly ConsoleRole[] }): Promise<void> {
    if (options.roles === undefined) throw new UsageError(`--roles is needed: ${consoleRoles.join(', ')}`);
    const { password } = await storeOf(this.session).add(name, options.roles);
    printLine(`${password}\nThis is shown once. It works once: the console asks for a new one.`);
  }

  @Option({ flags: '--roles <list>', description: `Separated by commas: ${consoleRoles.join(', ')}` })
  roles(value: string): readonly ConsoleRole[] {
    return value.split(',').map((role) => {
      if (!isConsoleRole(role)) throw new UsageError(`--roles ${role}: must be of ${consoleRoles.join(', ')}`);
      return role;
    });
  }
}

@SubCommand({ name: 'list', description: 'All users of the console on this machine' })
export class ListUsers extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run(_: string[], options: { readonly json?: boolean }): Promise<void> {
    const users = await storeOf(this.session).list();
    if (options.json === true) {
      for (const user of users) printJson(user);
      return;
    }
    printTable(
      ['id in the audit log', 'name', 'roles', 'state'],
      users.map(({ userId, name, roles, disabled, mustChangePassword }) => [
        userId,
        name,
        roles.join(', '),
        disabled ? 'disabled' : mustChangePassword ? 'has a one-time password' : 'active',
      ]),
    );
  }

  @Option({ flags: '--json', description: 'Answer as JSON' })
  json(): boolean {
    return true;
  }
}

@SubCommand({ name: 'disable', arguments: '<name>', description: 'Sign a user out and keep them out' })
export class DisableUser extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([name = '']: string[]): Promise<void> {
    await storeOf(this.session).disable(name);
    printLine(`${name} is disabled`);
  }
}

@SubCommand({
  name: 'users',
  description: 'Who may sign in, where no OpenID Connect issuer says so',
  subCommands: [AddUser, ListUsers, DisableUser],
})
export class ConsoleUsers extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}

@Command({ name: 'console', description: 'Users of the console', subCommands: [ConsoleUsers] })
export class ConsoleCommand extends CommandRunner {
  override run(): Promise<void> {
    this.command.help();
  }
}
