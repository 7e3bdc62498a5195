import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createPreferencesStore, defaultPreferences } from './preferences.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'tidegate-preferences-'));
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

describe('how people want to work', () => {
  it('is gentle until they say otherwise, and theirs alone', async () => {
    const store = createPreferencesStore(home);
    expect(await store.of('u-1')).toEqual(defaultPreferences);
    expect(defaultPreferences).toMatchObject({ isBlurred: true, isGrey: true });
    const chosen = { ...defaultPreferences, isBlurred: false, limits: { SH: 5 } };
    await Promise.all([store.keep('u-1', chosen), store.keep('u-2', defaultPreferences)]);
    expect(await createPreferencesStore(home).of('u-1')).toEqual(chosen);
    expect(await store.of('u-2')).toEqual(defaultPreferences);
  });

  it('is kept in a file that its owner alone may read', async () => {
    await createPreferencesStore(home).keep('u-1', { ...defaultPreferences, limits: { SH: 0 } });
    const file = path.join(home, 'console-preferences.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain('"SH": 0');
  });
});
