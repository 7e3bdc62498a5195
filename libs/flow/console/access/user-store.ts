import { createHash } from 'node:crypto';
import { readFile, rename, rm, open, writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ConsoleRole } from '../api/index.js';
import { hashPassword, isPasswordOf, makeOneTimePassword, nobodysPassword } from './password.js';
import { consoleRoles } from './roles.js';

/** A person who signs in with a name and a password, without the password. */
export interface LocalUser {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
  readonly mustChangePassword: boolean;
  readonly disabled: boolean;
  readonly createdAt: string;
}

/** Named users of one machine. Their file is read anew at each question, so that the command line changes what a server knows. */
export interface UserStore {
  list(): Promise<readonly LocalUser[]>;
  find(userId: string): Promise<LocalUser | null>;
  /** The user, or null: no such name, another password, or disabled. All three take as long. */
  verify(name: string, password: string): Promise<LocalUser | null>;
  /** @throws UserError `name_taken`, `bad_name` or `no_roles` */
  add(name: string, roles: readonly ConsoleRole[]): Promise<{ readonly user: LocalUser; readonly password: string }>;
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
    readonly code: 'name_taken' | 'bad_name' | 'no_roles' | 'no_such_user' | 'busy' | 'bad_file',
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
const LOCK_ATTEMPTS = 40;
const LOCK_PAUSE_MS = 50;

export function createUserStore(options: { readonly home: string; readonly clock: () => number }): UserStore {
  const { home, clock } = options;
  const file = path.join(home, FILE);
  const firstPasswordFile = firstPasswordFileOf(home);

  async function read(): Promise<UserFile> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (text === null) return { version: 1, users: [] };
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch {
      throw new UserError('bad_file', `${file}: is no list of users; restore it, or move it away to begin anew`);
    }
  }

  /** The next file is the lock of the change, and becomes the file: readers see the old or the new one, never a part. */
  async function change<R>(decide: (users: UserFile['users']) => R | Promise<R>): Promise<R> {
    await mkdir(home, { recursive: true });
    const next = `${file}.next`;
    const handle = await lock(next);
    let isDone = false;
    try {
      const { users } = await read();
      const result = await decide(users);
      await handle.writeFile(`${JSON.stringify({ version: 1, users }, null, 2)}\n`);
      await handle.sync();
      await rename(next, file);
      isDone = true;
      return result;
    } finally {
      await handle.close();
      if (!isDone) await rm(next, { force: true });
    }
  }

  async function addTo(users: UserFile['users'], name: string, roles: readonly ConsoleRole[]) {
    checkName(name);
    if (roles.length === 0) throw new UserError('no_roles', `${name}: needs a role of ${consoleRoles.join(', ')}`);
    if (users.some((user) => isSameName(user.name, name))) {
      throw new UserError('name_taken', `${name}: there is a user of that name`);
    }
    const password = makeOneTimePassword();
    const user = {
      userId: userIdOf(name),
      name: name.normalize('NFC'),
      roles: [...roles],
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
    add: (name, roles) => change((users) => addTo(users, name, roles)),
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
        const user = users.find((one) => isSameName(one.name, name));
        if (user === undefined) throw new UserError('no_such_user', `${name}: there is no such user`);
        user.disabled = true;
        return publicPart(user);
      }),
    ensureFirst: async () => {
      if ((await read()).users.length > 0) return null;
      return await change(async (users) => {
        if (users.length > 0) return null;
        const { user, password } = await addTo(users, FIRST_NAME, consoleRoles);
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
    if (isMissing(error)) return null;
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

async function lock(next: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(next, 'wx', 0o600);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      if (attempt === LOCK_ATTEMPTS) {
        throw new UserError('busy', `${next}: another change is under way; if none is, remove this file`);
      }
      await sleep(LOCK_PAUSE_MS);
    }
  }
}

function checkName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,62}$/u.test(name)) {
    throw new UserError('bad_name', 'a name has 1 to 63 letters, digits, spaces or . _ @ -, and begins with a letter');
  }
}

function isSameName(a: string, b: string): boolean {
  return fold(a) === fold(b);
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function publicPart({ userId, name, roles, mustChangePassword, disabled, createdAt }: UserFile['users'][number]) {
  return { userId, name, roles, mustChangePassword, disabled, createdAt };
}

function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
