import { createDuplicateRegistry, groupNearDuplicates, type DatasetRow, type DuplicateEntry } from '#model';
import { salt } from './sources.js';

export interface RegistryResult {
  readonly texts: number;
  readonly microsecondsEach: number;
  readonly resumeMicrosecondsEach: number;
  readonly bytesEach: number;
  readonly groups: number;
  readonly quarantined: number;
  /** Texts whose group differs from that of the whole list at once with exact sets. */
  readonly otherwise: number;
}

/** Every text through the registry; the same again from its entries; and beside the grouping of the whole list at once. */
export function measureRegistry(rows: readonly DatasetRow[]): RegistryResult {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const registry = createDuplicateRegistry({ salt });
  const entries: DuplicateEntry[] = [];
  const began = performance.now();
  for (const { key, text } of rows) entries.push(registry.add({ key, text }));
  const took = performance.now() - began;
  globalThis.gc?.();
  const after = process.memoryUsage();
  const again = performance.now();
  createDuplicateRegistry({ salt, known: entries });
  const resumed = performance.now() - again;
  const roots = groupNearDuplicates(rows.map(({ text }) => text));
  const rootKeys = rows.map(({ key }) => registry.rootOf(key) ?? key);
  const otherwise = rows.filter((_, i) => rows[roots[i] ?? i]?.key !== rootKeys[i]).length;
  return {
    texts: rows.length,
    microsecondsEach: (1000 * took) / rows.length,
    resumeMicrosecondsEach: (1000 * resumed) / rows.length,
    bytesEach: (after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers) / rows.length,
    groups: new Set(rootKeys).size,
    quarantined: entries.filter(({ isQuarantined }) => isQuarantined).length,
    otherwise,
  };
}
