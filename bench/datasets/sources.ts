import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildRows,
  formatProblem,
  importRows,
  parseMapping,
  parseRecipe,
  readImport,
  reportQuality,
  type QualityReport,
} from '#flow/dataset';
import {
  createContaminationGuard,
  createDuplicateRegistry,
  duplicatePrint,
  suspectLabels,
  type DatasetRow,
} from '#model';

export const salt = 'bench';
const mappings = 'samples/mappings';

export interface ImportedSourceRows {
  readonly name: string;
  readonly licence: string;
  readonly keepsPairs: boolean;
  readonly rows: readonly DatasetRow[];
  readonly seconds: number;
}

/** Every source with a mapping whose files are there, by name. Throws, naming file, line and field, when one cannot be read. */
export async function importSources(data: string): Promise<readonly ImportedSourceRows[]> {
  const imported: ImportedSourceRows[] = [];
  for (const file of readdirSync(mappings)
    .filter((name) => name.endsWith('.yaml'))
    .sort()) {
    const path = join(mappings, file);
    const parsed = parseMapping(readFileSync(path, 'utf8'), path);
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    const mapping = parsed.value;
    if (!mapping.files.every((name) => existsSync(join(data, name)))) continue;
    const began = performance.now();
    const { texts, problems } = await readImport(mapping, (name) => createReadStream(join(data, name)));
    if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'));
    const rows = importRows(texts, mapping, createDuplicateRegistry({ salt }));
    const { name, licence, keepsPairs } = mapping;
    imported.push({ name, licence, keepsPairs, rows, seconds: (performance.now() - began) / 1000 });
  }
  return imported;
}

/** What a build of this source alone says of it. */
export async function reportSource({ name, licence, keepsPairs, rows }: ImportedSourceRows): Promise<QualityReport> {
  const recipe = parseRecipe(`name: ${name}\npolicy: default\nsources: [${name}]\n`, name);
  if (!recipe.ok) throw new Error(recipe.problems.map(formatProblem).join('\n'));
  const registry = createDuplicateRegistry({ salt });
  for (const { key, text } of rows) registry.add({ key, text });
  const imports = [{ datasetId: 'ds-0000000000000000', name, licence, keepsPairs, rows }];
  const built = buildRows({ items: [], imports, evaluation: [], registry }, recipe.value);
  const { checked, flagged, suspected } = await suspectLabels(built.rows);
  return reportQuality({ built, suspected: { checked, flagged, first: suspected.slice(0, 100) } }, recipe.value);
}

/** Texts of each other source that would be refused if models were judged by this one. */
export function findContaminated(
  judge: ImportedSourceRows,
  sources: readonly ImportedSourceRows[],
): readonly { readonly name: string; readonly refused: number }[] {
  const guard = createContaminationGuard();
  for (const { text } of judge.rows) guard.add(duplicatePrint(text));
  return sources
    .filter(({ name }) => name !== judge.name)
    .map(({ name, rows }) => ({ name, refused: rows.filter(({ text }) => guard.hits(duplicatePrint(text))).length }));
}
