import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { createSessions } from '../access/sessions.js';
import type { LocalUser } from '../access/user-store.js';
import { createEntrance } from './entrance.js';

const ann: LocalUser = {
  userId: 'u-1',
  name: 'Ann',
  roles: ['reviewer'],
  languages: [],
  teams: [],
  mustChangePassword: false,
  disabled: false,
  createdAt: '',
};

function setUp() {
  const known = { user: ann as LocalUser | null };
  let made = 0;
  const sessions = createSessions({
    clock: () => 0,
    newToken: () => `token-${made++}`,
    idleMs: 100,
    lifetimeMs: 100,
    perUser: 5,
  });
  const entrance = createEntrance({
    sessions,
    users: { find: () => Promise.resolve(known.user) },
    isSecure: false,
    host: null,
    isLoopbackOnly: true,
  });
  const { token, session } = sessions.start(ann, 'password');
  const ask = async (method: string, url: string, headers: Readonly<Record<string, string>> = {}) => {
    const raw = new IncomingMessage(new Socket());
    await entrance.enter({
      raw,
      method,
      url,
      headers: { host: '127.0.0.1:3000', cookie: `tidegate-console=${token}`, ...headers },
    });
    return raw;
  };
  return { known, entrance, session, ask };
}

describe('the entrance', () => {
  it('knows who asks by the cookie, and what they may', async () => {
    const { entrance, ask } = setUp();
    const raw = await ask('GET', '/api/session');
    expect(entrance.sessionOf(raw)?.name).toBe('Ann');
    expect(entrance.require(raw, 'read_text').userId).toBe('u-1');
    expect(() => entrance.require(raw, 'read_dead_letters')).toThrow(/administrator/);
    const stranger = await ask('GET', '/api/session', { cookie: 'tidegate-console=token-9' });
    expect(() => entrance.require(stranger, 'watch_verdicts')).toThrow(/Sign in/);
  });

  it('lets nothing be changed without the secret of the session, but signing in', async () => {
    const { session, ask } = setUp();
    const json = { 'content-type': 'application/json' };
    await expect(ask('DELETE', '/api/session', json)).rejects.toMatchObject({ code: 'foreign_request' });
    await expect(ask('PUT', '/api/password', json)).rejects.toMatchObject({ code: 'foreign_request' });
    await ask('DELETE', '/api/session', { ...json, 'x-tidegate-csrf': session.csrf });
    await ask('POST', '/api/session', json);
  });

  it('follows the list of users: roles change and people leave while they are signed in', async () => {
    const { known, entrance, ask } = setUp();
    const raw = await ask('GET', '/api/session');
    known.user = { ...ann, roles: ['analyst'] };
    expect(await entrance.stillMay(raw, 'watch_verdicts')).toBe(true);
    expect(await entrance.stillMay(raw, 'read_text')).toBe(false);
    known.user = { ...ann, disabled: true };
    expect(await entrance.stillMay(raw, 'watch_verdicts')).toBe(false);
    known.user = ann;
    expect(await entrance.stillMay(raw, 'watch_verdicts')).toBe(false);
  });

  it('asks nobody who looks after machines', async () => {
    const { ask } = setUp();
    await ask('GET', '/health/live', { host: '10.0.0.7:3000' });
    await expect(ask('GET', '/live', { host: 'evil.example' })).rejects.toMatchObject({ code: 'foreign_request' });
  });
});
