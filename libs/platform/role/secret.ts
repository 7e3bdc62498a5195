import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * The installation's secret: the configured one, or one made once under `home` and readable by its owner only.
 * Replicas on several machines must share it, so there it is configured.
 */
export function installationSecret(options: { readonly home: string; readonly configured: string | null }): Buffer {
  if (options.configured !== null) return Buffer.from(options.configured, 'utf8');
  const file = path.join(options.home, 'secret');
  fs.mkdirSync(options.home, { recursive: true });
  try {
    fs.writeFileSync(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return Buffer.from(fs.readFileSync(file, 'utf8').trim(), 'hex');
}
