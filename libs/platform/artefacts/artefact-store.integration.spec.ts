import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { LocalStorageAdapter } from '@flystorage/local-fs';
import { createArtefactStore, type ArtefactStore } from './artefact-store.js';
import { openArtefactStore } from './open-artefact-store.js';

const ID = 'm-0123456789abcdef';
const files = new Map<string, Uint8Array>([
  ['model.onnx', Uint8Array.of(1, 2, 3)],
  ['tables/terms.bin', Uint8Array.of(4)],
  ['model.json', new TextEncoder().encode('{}')],
]);

let home: string;

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'tidegate-artefacts-'));
});
afterEach(() => {
  fs.rmSync(home, { recursive: true });
});

/** Dies before the n-th call that changes something, as a process does that is killed there. */
class DyingAdapter extends LocalStorageAdapter {
  private changes = 0;
  constructor(
    root: string,
    private readonly diesAt: number,
  ) {
    super(root);
  }
  override async write(...parameters: Parameters<LocalStorageAdapter['write']>): Promise<void> {
    this.dieWhenDue();
    await super.write(...parameters);
  }
  override async moveFile(...parameters: Parameters<LocalStorageAdapter['moveFile']>): Promise<void> {
    this.dieWhenDue();
    await super.moveFile(...parameters);
  }
  private dieWhenDue(): void {
    if (++this.changes >= this.diesAt) throw new Error('the process was killed');
  }
}

/** What every storage must do; further adapters join the list. */
describe.each([['local folder', () => new LocalStorageAdapter(path.join(home, 'store'))]])(
  'artefact store on a %s',
  (_, adapter) => {
    let store: ArtefactStore;

    beforeEach(() => {
      store = createArtefactStore(adapter());
    });

    it('gives back what was put, byte for byte', async () => {
      await store.put(ID, files);
      expect(await store.get(ID)).toEqual(new Map([...files].sort()));
      expect(await store.list()).toMatchObject([{ artefactId: ID, bytes: 6 }]);
    });

    it('has nothing before the first put', async () => {
      expect(await store.get(ID)).toBeNull();
      expect(await store.list()).toEqual([]);
      expect(await store.sweep(Number.MAX_SAFE_INTEGER)).toBe(0);
    });

    it('takes the same files again without a change', async () => {
      await store.put(ID, files);
      await store.put(ID, new Map([...files].reverse()));
      expect(await store.list()).toHaveLength(1);
    });

    it('refuses the same id with other bytes, naming the file, and keeps the first', async () => {
      await store.put(ID, files);
      const other = new Map(files).set('model.onnx', Uint8Array.of(9));
      await expect(store.put(ID, other)).rejects.toMatchObject({
        code: 'already_other',
        message: expect.stringContaining('model.onnx') as unknown,
      });
      expect((await store.get(ID))?.get('model.onnx')).toEqual(files.get('model.onnx'));
    });

    it('of two puts at once both succeed', async () => {
      await Promise.all([store.put(ID, files), store.put(ID, files)]);
      expect(await store.get(ID)).toEqual(new Map([...files].sort()));
    });

    it('removes', async () => {
      await store.put(ID, files);
      await store.remove(ID);
      await store.remove(ID);
      expect(await store.get(ID)).toBeNull();
    });

    it.each(['../outside', 'a/../b', '.hidden', '/etc/passwd', 'manifest.json'])(
      'refuses the path %s',
      async (name) => {
        await expect(store.put(ID, new Map([[name, Uint8Array.of(1)]]))).rejects.toMatchObject({
          code: 'path_invalid',
        });
      },
    );

    it.each(['', '..', 'm-', 'm-xyz', '../m-0123456789abcdef'])('refuses the id "%s"', async (id) => {
      await expect(store.get(id)).rejects.toMatchObject({ code: 'id_invalid' });
    });
  },
);

describe('artefact store in a folder', () => {
  const folder = (): string => path.join(home, 'store');

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'shows nothing of a put that was killed before its change %i, and the next put repairs it',
    async (diesAt) => {
      const dying = createArtefactStore(new DyingAdapter(folder(), diesAt));
      await expect(dying.put(ID, files)).rejects.toMatchObject({ code: 'storage_failed' });
      const store = openArtefactStore(folder());
      expect(await store.get(ID)).toBeNull();
      expect(await store.list()).toEqual([]);
      await store.put(ID, files);
      expect(await store.get(ID)).toEqual(new Map([...files].sort()));
    },
  );

  it('sweeps what killed puts left, and not what is under way', async () => {
    await expect(createArtefactStore(new DyingAdapter(folder(), 4)).put(ID, files)).rejects.toThrow('killed');
    const store = openArtefactStore(folder());
    await store.put('m-00000000000000aa', files);
    expect(await store.sweep(Date.now() - 3_600_000)).toBe(0);
    expect(await store.sweep(Date.now() + 3_600_000)).toBe(2);
    expect(fs.readdirSync(folder()).filter((name) => name.startsWith('m-'))).toEqual(['m-00000000000000aa']);
    expect(await store.sweep(Date.now() + 3_600_000)).toBe(0);
  });

  it('names the file that was changed and the file that is gone', async () => {
    const store = openArtefactStore(pathToFileURL(folder()).href);
    await store.put(ID, files);
    fs.writeFileSync(path.join(folder(), ID, 'tables/terms.bin'), 'x');
    await expect(store.get(ID)).rejects.toMatchObject({
      code: 'file_changed',
      message: expect.stringContaining(`${ID}/tables/terms.bin`) as unknown,
    });
    fs.rmSync(path.join(folder(), ID, 'tables/terms.bin'));
    await expect(store.get(ID)).rejects.toMatchObject({ code: 'file_missing' });
  });

  it('is whole again when what was damaged or lost is put once more', async () => {
    const store = openArtefactStore(folder());
    await store.put(ID, files);
    fs.writeFileSync(path.join(folder(), ID, 'tables/terms.bin'), 'x');
    fs.rmSync(path.join(folder(), ID, 'model.onnx'));
    await store.put(ID, files);
    expect(await store.get(ID)).toEqual(new Map([...files].sort()));
    expect(fs.readdirSync(path.join(folder(), '.incoming'))).toEqual([]);
  });

  it('says so when the manifest is broken', async () => {
    const store = openArtefactStore(folder());
    await store.put(ID, files);
    fs.writeFileSync(path.join(folder(), ID, 'manifest.json'), '{');
    await expect(store.get(ID)).rejects.toMatchObject({ code: 'manifest_invalid' });
  });

  it('is a folder of models for whoever reads folders', async () => {
    await openArtefactStore(folder()).put(ID, files);
    expect(fs.readFileSync(path.join(folder(), ID, 'model.json'), 'utf8')).toBe('{}');
  });

  it('refuses addresses that it does not know', () => {
    expect(() => openArtefactStore('s3://bucket/models')).toThrow('s3: is not known');
  });
});
