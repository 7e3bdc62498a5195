import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KeyStore } from '#flow/content';

const PLATFORM = 'demo';
const KEY = /^tg_([0-9a-f]{12})_/;

/** A key of the platform `demo`: the one of the last start as long as it is valid, or a new one. Only its owner can read the file. */
export async function readyKey(options: {
  readonly home: string;
  readonly channel: string;
  readonly store: Pick<KeyStore, 'create' | 'list'>;
}): Promise<string> {
  const { home, channel, store } = options;
  const file = path.join(home, 'demo-key');
  const kept = await readFile(file, 'utf8').catch(() => '');
  const [, keyId] = KEY.exec(kept) ?? [];
  const isValid = (await store.list()).some((key) => key.keyId === keyId && key.revokedAt === null);
  if (isValid) return kept.trim();
  const { text } = await store.create({ platform: PLATFORM, name: 'made at the first start', channel });
  await writeFile(file, `${text}\n`, { mode: 0o600 });
  return text;
}
