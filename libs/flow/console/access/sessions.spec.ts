import { createSessions, type SessionUser } from './sessions.js';

const ann: SessionUser = {
  userId: 'u-1',
  name: 'Ann',
  roles: ['reviewer'],
  languages: [],
  teams: [],
  mustChangePassword: false,
};
const bob: SessionUser = { ...ann, userId: 'u-2', name: 'Bob' };

function setUp() {
  const time = { now: 0 };
  let made = 0;
  const sessions = createSessions({
    clock: () => time.now,
    newToken: () => `token-${made++}`,
    idleMs: 100,
    lifetimeMs: 1000,
    perUser: 2,
  });
  return { time, sessions };
}

describe('a session', () => {
  it('is found by its token alone, and has a secret of its own for requests', () => {
    const { sessions } = setUp();
    const { token, session } = sessions.start(ann, 'password');
    expect(sessions.find(token)).toBe(session);
    expect(sessions.find('token-9')).toBeNull();
    expect(session.csrf).not.toBe(token);
  });

  it('ends when it is not used for long, however often that happens', () => {
    const { time, sessions } = setUp();
    const { token } = sessions.start(ann, 'password');
    time.now += 99;
    expect(sessions.find(token)).not.toBeNull();
    time.now += 99;
    expect(sessions.find(token)).not.toBeNull();
    time.now += 100;
    expect(sessions.find(token)).toBeNull();
    time.now = 0;
    expect(sessions.find(token)).toBeNull();
  });

  it('ends at its age although it is used', () => {
    const { time, sessions } = setUp();
    const { token } = sessions.start(ann, 'password');
    for (time.now = 0; time.now < 1000; time.now += 50) expect(sessions.find(token)).not.toBeNull();
    expect(sessions.find(token)).toBeNull();
  });

  it('ends alone, or with all of its user', () => {
    const { sessions } = setUp();
    const [one, two, other] = [ann, ann, bob].map((user) => sessions.start(user, 'password').token);
    sessions.end(one ?? '');
    expect(sessions.find(one ?? '')).toBeNull();
    sessions.endAll('u-1');
    expect(sessions.find(two ?? '')).toBeNull();
    expect(sessions.find(other ?? '')).not.toBeNull();
  });

  it('gives way to newer ones of its user', () => {
    const { sessions } = setUp();
    const tokens = [ann, bob, ann, ann].map((user) => sessions.start(user, 'password').token);
    expect(tokens.map((token) => sessions.find(token) !== null)).toEqual([false, true, true, true]);
  });
});
