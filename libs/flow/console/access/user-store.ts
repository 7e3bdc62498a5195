import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ConsoleRole } from '../api/index.js';
import { hashPassword, isPasswordOf, makeOneTimePassword, nobodysPassword } from './password.js';
import { consoleRoles } from './roles.js';
import { createSharedFile, hasCode } from './shared-file.js';

/** A person who signs in with a name and a password, without the password. */
export interface LocalUser {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
  /** Languages that the person reads, BCP-47; empty: all. */
  readonly languages: readonly string[];
  /** Teams whose tasks the person gets; empty: those of every team. */
  readonly teams: readonly string[];
  readonly mustChangePassword: boolean;
  readonly disabled: boolean;
  readonly createdAt: string;
}

/** What can be said of a user beside the name. */
export interface UserTraits {
  readonly roles: readonly ConsoleRole[];
  readonly languages: readonly string[];
  readonly teams: readonly string[];
}

/** Named users of one machine. Their file is read anew at each question, so that the command line changes what a server knows. */
export interface UserStore {
  list(): Promise<readonly LocalUser[]>;
  find(userId: string): Promise<LocalUser | null>;
  /** The user, or null: no such name, another password, or disabled. All three take as long. */
  verify(name: string, password: string): Promise<LocalUser | null>;
  /** @throws UserError `name_taken`, `bad_name`, `no_roles`, `bad_language` or `bad_team` */
  add(
    name: string,
    roles: readonly ConsoleRole[],
    traits?: Partial<Omit<UserTraits, 'roles'>>,
  ): Promise<{ readonly user: LocalUser; readonly password: string }>;
  /** What is not named stays. @throws UserError `no_such_user`, `no_roles`, `bad_language` or `bad_team` */
  set(name: string, traits: Partial<UserTraits>): Promise<LocalUser>;
  /** @throws UserError `no_such_user` */
  setPassword(userId: string, password: string): Promise<void>;
  /** @throws UserError `no_such_user` */
  disable(name: string): Promise<LocalUser>;
  /** Makes the first user, with every role, when there is none; its one-time password stays in a file until it is replaced. */
  ensureFirst(): Promise<LocalUser | null>;
}

/** Closed list of what can be wrong with a change. */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    readonly code: 'name_taken' | 'bad_name' | 'no_roles' | 'bad_language' | 'bad_team' | 'no_such_user',
    message: string,
  ) {
    super(message);
  }
}

const passwordSchema = z.object({
  algorithm: z.literal('scrypt'),
  cost: z.int().min(2),
  salt: z.string(),
  hash: z.string(),
});
const fileSchema = z.object({
  version: z.literal(1),
  users: z.array(
    z.object({
      userId: z.string(),
      name: z.string(),
      roles: z.array(z.enum(consoleRoles)),
      // Files from before people answered questions have neither.
      languages: z.array(z.string()).default([]),
      teams: z.array(z.string()).default([]),
      password: passwordSchema,
      mustChangePassword: z.boolean(),
      disabled: z.boolean(),
      createdAt: z.string(),
    }),
  ),
});
type UserFile = z.output<typeof fileSchema>;

const FILE = 'console-users.json';
const FIRST_PASSWORD_FILE = 'console-first-password';
const FIRST_NAME = 'admin';
const MOST_TRAITS = 64;

export function createUserStore(options: { readonly home: string; readonly clock: () => number }): UserStore {
  const { home, clock } = options;
  const firstPasswordFile = firstPasswordFileOf(home);
  const file = createSharedFile<UserFile>({
    file: path.join(home, FILE),
    what: 'list of users',
    schema: fileSchema,
    empty: () => ({ version: 1, users: [] }),
  });
  const read = () => file.read();
  const change = <R>(decide: (users: UserFile['users']) => R | Promise<R>) => file.change(({ users }) => decide(users));

  async function addTo(users: UserFile['users'], name: string, traits: UserTraits) {
    checkName(name);
    checkTraits(name, traits);
    if (users.some((user) => isSameName(user.name, name))) {
      throw new UserError('name_taken', `${name}: there is a user of that name`);
    }
    const password = makeOneTimePassword();
    const user = {
      userId: userIdOf(name),
      name: name.normalize('NFC'),
      ...ownTraits(traits),
      password: await hashPassword(password),
      mustChangePassword: true,
      disabled: false,
      createdAt: new Date(clock()).toISOString(),
    };
    users.push(user);
    return { user: publicPart(user), password };
  }

  return {
    list: async () => (await read()).users.map(publicPart),
    find: async (userId) => {
      const found = (await read()).users.find((user) => user.userId === userId);
      return found === undefined ? null : publicPart(found);
    },
    verify: async (name, password) => {
      const found = (await read()).users.find((user) => isSameName(user.name, name) && !user.disabled);
      const isRight = await isPasswordOf(password, found?.password ?? nobodysPassword);
      return isRight && found !== undefined ? publicPart(found) : null;
    },
    add: (name, roles, { languages = [], teams = [] } = {}) =>
      change((users) => addTo(users, name, { roles, languages, teams })),
    set: (name, traits) =>
      change((users) => {
        const user = named(users, name);
        const next = { ...user, ...traits };
        checkTraits(name, next);
        Object.assign(user, ownTraits(next));
        return publicPart(user);
      }),
    setPassword: async (userId, password) => {
      const hash = await hashPassword(password);
      const isFirst = await change((users) => {
        const user = users.find((one) => one.userId === userId);
        if (user === undefined) throw new UserError('no_such_user', `${userId}: there is no such user`);
        user.password = hash;
        user.mustChangePassword = false;
        return user.name === FIRST_NAME;
      });
      if (isFirst) await rm(firstPasswordFile, { force: true });
    },
    disable: (name) =>
      change((users) => {
        const user = named(users, name);
        user.disabled = true;
        return publicPart(user);
      }),
    ensureFirst: async () => {
      if ((await read()).users.length > 0) return null;
      return await change(async (users) => {
        if (users.length > 0) return null;
        const { user, password } = await addTo(users, FIRST_NAME, { roles: consoleRoles, languages: [], teams: [] });
        await writeFile(firstPasswordFile, `${password}\n`, { mode: 0o600 });
        return user;
      });
    },
  };
}

/** The first user's name and one-time password, as long as it was not replaced. */
export async function readFirstPassword(
  home: string,
): Promise<{ readonly name: string; readonly password: string } | null> {
  try {
    return { name: FIRST_NAME, password: (await readFile(firstPasswordFileOf(home), 'utf8')).trim() };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Stands for a person in logs: names do not enter them (streaming 7). */
export function userIdOf(name: string): string {
  return `u-${createHash('sha256').update(fold(name)).digest('hex').slice(0, 12)}`;
}

function firstPasswordFileOf(home: string): string {
  return path.join(home, FIRST_PASSWORD_FILE);
}

function checkName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,62}$/u.test(name)) {
    throw new UserError('bad_name', 'a name has 1 to 63 letters, digits, spaces or . _ @ -, and begins with a letter');
  }
}

/** Primary subtag, and script or region where it matters. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const TEAM = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u;

function checkTraits(name: string, { roles, languages, teams }: UserTraits): void {
  if (roles.length === 0) throw new UserError('no_roles', `${name}: needs a role of ${consoleRoles.join(', ')}`);
  if (languages.length > MOST_TRAITS || !languages.every((language) => LANGUAGE.test(language))) {
    throw new UserError(
      'bad_language',
      `${name}: languages are BCP-47 tags such as en or pt-BR, at most ${MOST_TRAITS}`,
    );
  }
  if (teams.length > MOST_TRAITS || !teams.every((team) => TEAM.test(team))) {
    throw new UserError('bad_team', `${name}: a team has 1 to 63 letters, digits, spaces or . _ -`);
  }
}

function ownTraits({ roles, languages, teams }: UserTraits) {
  return { roles: [...new Set(roles)], languages: [...new Set(languages)], teams: [...new Set(teams)] };
}

/** @throws UserError `no_such_user` */
function named(users: UserFile['users'], name: string): UserFile['users'][number] {
  const user = users.find((one) => isSameName(one.name, name));
  if (user === undefined) throw new UserError('no_such_user', `${name}: there is no such user`);
  return user;
}

function isSameName(a: string, b: string): boolean {
  return fold(a) === fold(b);
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function publicPart(user: UserFile['users'][number]): LocalUser {
  const { userId, name, roles, languages, teams, mustChangePassword, disabled, createdAt } = user;
  return { userId, name, roles, languages, teams, mustChangePassword, disabled, createdAt };
}
