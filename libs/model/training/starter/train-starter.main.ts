import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { writeArtefactFolder } from '../../artefact/artefact-folder.js';
import { categoryTable } from '../../evaluation/report-tables.js';
import { publicSources } from './public-sources.js';
import { starterRecipe } from './starter-recipe.js';
import { inDomainFile, trainStarter } from './train-starter.js';

// node dist/libs/model/training/starter/train-starter.main.js [data folder] [output folder]
const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const data = resolve(process.argv[2] ?? join(root, '..', 'shared', 'data'));
const out = resolve(process.argv[3] ?? join(root, 'models', 'starter'));

const needed = [
  inDomainFile,
  ...publicSources
    .filter(({ language }) => starterRecipe.publicLanguages.includes(language))
    .flatMap(({ files }) => files),
];
const missing = needed.filter((file) => !existsSync(join(data, file)));
if (missing.length > 0) {
  process.stderr.write(
    `The starter model cannot be rebuilt: ${data} lacks ${missing.join(', ')}.\n` +
      'Fetch the public data sets that models/starter/README.md names, or pass their folder as the first argument.\n' +
      'The model that is checked in stays as it is.\n',
  );
  process.exit(1);
}

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const startedAt = performance.now();
let lastStep = '';
const trained = trainStarter(
  (path) => readFileSync(join(data, path), 'utf8'),
  starterRecipe,
  version,
  (step, done, total) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(4);
    const line = `${seconds} s  ${step.padEnd(24)} ${String(Math.round((100 * done) / total)).padStart(3)} %`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}\u001b[K${step === lastStep ? '' : '\n'}`);
    else if (step !== lastStep) process.stdout.write(`${line}\n`);
    lastStep = step;
  },
);
writeArtefactFolder(out, trained.files);

const { quality, assessment } = trained.facts;
const { headings, rows } = categoryTable(assessment.evaluation);
for (const cells of [headings, ...rows]) {
  process.stdout.write(`${cells.map((cell) => cell.padEnd(13)).join(' ')}\n`);
}
process.stdout.write('(one folding; the means over all foldings are in CARD.md)\n');
for (const one of [...quality.categories, quality.macro]) {
  process.stdout.write(
    `${one.category.padEnd(6)} AP ${one.pooled.toFixed(3)} [${one.low.toFixed(3)}, ${one.high.toFixed(3)}], per fold ${one.perFold.toFixed(3)}\n`,
  );
}
const bytes = [...trained.files.values()].reduce((sum, file) => sum + file.byteLength, 0);
process.stdout.write(
  `${trained.modelId}: ${trained.files.size} files, ${(bytes / 2 ** 20).toFixed(2)} MiB in ${out}\n`,
);
