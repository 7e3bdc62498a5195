import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createUserStore, readFirstPassword, type UserStore } from './user-store.js';

let home: string;
let store: UserStore;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'tidegate-users-'));
  store = createUserStore({ home, clock: () => 0 });
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

describe('the first user', () => {
  it('has every role and a one-time password that is kept until it is replaced', async () => {
    const made = await store.ensureFirst();
    const first = await readFirstPassword(home);
    expect(made).toMatchObject({ name: 'admin', mustChangePassword: true });
    expect(made?.roles).toHaveLength(6);
    expect(await store.ensureFirst()).toBeNull();
    const user = await store.verify('admin', first?.password ?? '');
    expect(user).toEqual(made);
    await store.setPassword(user?.userId ?? '', 'a password of my own');
    expect(await readFirstPassword(home)).toBeNull();
    expect(await store.verify('admin', first?.password ?? '')).toBeNull();
    expect(await store.verify('ADMIN', 'a password of my own')).toMatchObject({ mustChangePassword: false });
  });
});

describe('the file of users', () => {
  it('is readable for its owner alone and holds no password', async () => {
    const { password } = await store.add('Ann Lee', ['reviewer']);
    const file = path.join(home, 'console-users.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain(password);
  });

  it('loses no user when many are added at once, by several processes', async () => {
    const stores = [store, createUserStore({ home, clock: () => 0 })];
    const names = Array.from({ length: 6 }, (_, index) => `user ${index}`);
    await Promise.all(names.map((name, index) => (stores[index % 2] ?? store).add(name, ['analyst'])));
    expect((await store.list()).map(({ name }) => name).sort()).toEqual(names);
  });

  it('of an earlier release is read: nobody had languages or teams then', async () => {
    const { user } = await store.add('Ann', ['reviewer'], { languages: ['en', 'de'], teams: ['general'] });
    const file = path.join(home, 'console-users.json');
    const { users } = JSON.parse(await readFile(file, 'utf8')) as { users: Record<string, unknown>[] };
    const isLater = (key: string) => key === 'languages' || key === 'teams';
    const before = JSON.stringify({ version: 1, users }, (key, value: unknown) => (isLater(key) ? undefined : value));
    await writeFile(file, before);
    expect(await store.find(user.userId)).toEqual({ ...user, languages: [], teams: [] });
  });

  it('refuses to work on a file that is damaged', async () => {
    await writeFile(path.join(home, 'console-users.json'), '{"version":1,"users":[{}]}');
    await expect(store.list()).rejects.toMatchObject({ code: 'bad_file' });
    await expect(store.add('ann', ['reviewer'])).rejects.toMatchObject({ code: 'bad_file' });
  });
});

describe('a user', () => {
  it('has a name of its own, also in other letters of the same', async () => {
    await store.add('Ann', ['reviewer']);
    await expect(store.add('ANN', ['expert'])).rejects.toMatchObject({ code: 'name_taken' });
    await expect(store.add('x\u202ey', ['expert'])).rejects.toMatchObject({ code: 'bad_name' });
    await expect(store.add('bob', [])).rejects.toMatchObject({ code: 'no_roles' });
  });

  it('reads some languages and belongs to some teams, and what is not named stays', async () => {
    await store.add('ann', ['reviewer'], { languages: ['en'], teams: ['general'] });
    expect(await store.set('Ann', { languages: ['en', 'pt-BR', 'en'] })).toMatchObject({
      roles: ['reviewer'],
      languages: ['en', 'pt-BR'],
      teams: ['general'],
    });
    await expect(store.set('ann', { languages: ['English!'] })).rejects.toMatchObject({ code: 'bad_language' });
    await expect(store.set('ann', { teams: ['\u202e'] })).rejects.toMatchObject({ code: 'bad_team' });
    await expect(store.set('ann', { roles: [] })).rejects.toMatchObject({ code: 'no_roles' });
    await expect(store.set('nobody', { teams: [] })).rejects.toMatchObject({ code: 'no_such_user' });
  });

  it('who is disabled cannot sign in', async () => {
    const { user, password } = await store.add('ann', ['reviewer']);
    await store.disable('ann');
    expect(await store.verify('ann', password)).toBeNull();
    expect(await store.find(user.userId)).toMatchObject({ disabled: true });
    await expect(store.disable('nobody')).rejects.toMatchObject({ code: 'no_such_user' });
  });
});
