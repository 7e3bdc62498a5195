import { Command, CommandRunner, Option, SubCommand } from 'nest-commander';
import { consoleRoles, createUserStore, isConsoleRole, type ConsoleRole } from '#flow/console';
import { CliSession } from '../cli-session.js';
import { printJson, printLine, printTable } from '../output/print.js';
import { UsageError } from '../usage-error.js';

const storeOf = (session: CliSession) => createUserStore({ home: session.config.home, clock: Date.now });

interface Traits {
  readonly roles?: readonly ConsoleRole[];
  readonly languages?: readonly string[];
  readonly teams?: readonly string[];
}

const rolesHint = `Separated by commas: ${consoleRoles.join(', ')}`;
const languagesHint = 'Languages that the person reads, separated by commas, such as en,de; all: every one';
const teamsHint = 'Teams whose tasks the person gets, separated by commas; all: those of every team';

function rolesOf(value: string): readonly ConsoleRole[] {
  return listOf(value).map((role) => {
    if (!isConsoleRole(role)) throw new UsageError(`--roles ${role}: must be of ${consoleRoles.join(', ')}`);
    return role;
  });
}

function listOf(value: string): readonly string[] {
  if (value.trim() === 'all') return [];
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function orAll(list: readonly string[]): string {
  return list.length === 0 ? 'all' : list.join(', ');
}

@SubCommand({
  name: 'add',
  arguments: '<name>',
  description: 'Add a user with a one-time password, which is shown once',
})
export class AddUser extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([name = '']: string[], { roles, ...traits }: Traits): Promise<void> {
    if (roles === undefined) throw new UsageError(`--roles is needed: ${consoleRoles.join(', ')}`);
    const { password } = await storeOf(this.session).add(name, roles, traits);
    printLine(`${password}\nThis is shown once. It works once: the console asks for a new one.`);
  }

  @Option({ flags: '--roles <list>', description: rolesHint })
  roles(value: string): readonly ConsoleRole[] {
    return rolesOf(value);
  }

  @Option({ flags: '--languages <list>', description: languagesHint })
  languages(value: string): readonly string[] {
    return listOf(value);
  }

  @Option({ flags: '--teams <list>', description: teamsHint })
  teams(value: string): readonly string[] {
    return listOf(value);
  }
}

@SubCommand({
  name: 'set',
  arguments: '<name>',
  description: 'Change the roles, languages or teams of a user; what is not named stays',
})
export class SetUser extends CommandRunner {
  constructor(private readonly session: CliSession) {
    super();
  }

  override async run([name = '']: string[], traits: Traits): Promise<void> {
    if (Object.keys(traits).length === 0) throw new UsageError('name --roles, --languages or --teams');
    const { roles, languages, teams } = await storeOf(this.session).set(name, traits);
    printLine(`${name}: roles ${roles.join(', ')}; languages ${orAll(languages)}; teams ${orAll(teams)}`);
  }

  @Option({ flags: '--roles <list>', description: rolesHint })
  roles(value: string): readonly ConsoleRole[] {
    return rolesOf(value);
  }

  @Option({ flags: '--languages <list>', description: languagesHint })
  languages(value: string): readonly string[] {
    return listOf(value);
  }

  @Option({ flags: '--teams <list>', description: teamsHint })
  teams(value: string): readonly string[] {
    return listOf(value);
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
      ['id in the audit log', 'name', 'roles', 'languages', 'teams', 'state'],
      users.map(({ userId, name, roles, languages, teams, disabled, mustChangePassword }) => [
        userId,
        name,
        roles.join(', '),
        orAll(languages),
        orAll(teams),
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
  subCommands: [AddUser, SetUser, ListUsers, DisableUser],
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
